#pragma once
#include <string>
#include <string_view>

namespace orrery::s3 {

// User metadata beyond ASCII ("Working with object metadata" in the S3 user guide): S3 decodes the encoded words of
// RFC 2047 in what it is sent, and answers in them what ASCII cannot hold.

/// Text with its encoded words (UTF-8, ISO-8859-1, US-ASCII; B and Q) decoded; what does not decode stays as it is.
std::string from_mail_text(std::string_view text);
/// `text` itself where it is plain ASCII; else one encoded word: Q, or B where a character of it does not print.
std::string to_mail_text(const std::string& text);

}  // namespace orrery::s3
