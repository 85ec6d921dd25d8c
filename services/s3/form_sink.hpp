#pragma once
#include <memory>
#include <string>

#include "services/s3/upload_sink.hpp"

namespace orrery::s3 {

/// Takes a multipart/form-data body apart as it arrives (RFC 7578; S3 API reference, "POST Object"):
///
///   body  = [preamble] *("--" boundary CRLF part) "--" boundary "--"
///   part  = Content-Disposition: form-data; name="…"[; filename="…"] CRLF *header CRLF value CRLF
///
/// The part "file" is the object and goes to an UploadSink; what comes after it is ignored, as S3 does. Throws
/// MalformedPOSTRequest, MaxPostPreDataLengthExceededError.
class FormSink : public http::BodySink {
 public:
  /// Throws PreconditionFailed for another content type.
  FormSink(std::string_view content_type, std::string data_dir);

  void write(std::span<const char> bytes) override;
  void finish(const http::Headers& trailers) override;

  /// Names compare without case, as S3's do.
  const http::Headers& fields() const { return fields_; }
  const std::string& filename() const { return filename_; }
  /// Null where the form had no file.
  UploadSink* upload() const { return upload_.get(); }

 private:
  enum class State { preamble, boundary, head, field, file, done };
  bool step();
  bool begin_part();
  void read_head(std::string_view head);
  bool take_field();
  bool take_file();

  std::string data_dir_, delimiter_, pending_, name_, filename_;
  State state_ = State::preamble;
  std::size_t gathered_ = 0;
  http::Headers fields_;
  std::unique_ptr<UploadSink> upload_;
};

}  // namespace orrery::s3
