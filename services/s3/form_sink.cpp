#include "services/s3/form_sink.hpp"

#include "aws/text.hpp"
#include "services/s3/errors.hpp"

namespace orrery::s3 {

namespace {

// "The maximum length of the fields before the file": 20 KB ("MaxPostPreDataLengthExceededError").
constexpr std::size_t kMostFields = 20 * 1024;

AwsError malformed_post() {
  return errors::make("MalformedPOSTRequest", 400,
                      "The body of your POST request is not well-formed multipart/form-data.");
}

AwsError too_much_before_file() {
  return errors::make("MaxPostPreDataLengthExceededError", 400,
                      "Your POST request fields preceding the upload file were too large.")
      .with("MaxPostPreDataLengthBytes", std::to_string(kMostFields));
}

/// The value of `name` among ";"-separated parameters, with or without quotes; "" where there is none.
std::string parameter(std::string_view text, std::string_view name) {
  const std::string lower = aws::lower(text);
  for (auto at = lower.find(';'); at != std::string::npos; at = lower.find(';', at + 1)) {
    auto start = lower.find_first_not_of(" \t", at + 1);
    if (start == std::string::npos || lower.compare(start, name.size(), name) != 0) continue;
    start += name.size();
    if (start >= text.size() || text[start] != '=') continue;
    ++start;
    if (start < text.size() && text[start] == '"') {
      const auto end = text.find('"', start + 1);
      return std::string(text.substr(start + 1, end == std::string_view::npos ? end : end - start - 1));
    }
    return std::string(text.substr(start, text.find_first_of("; \t", start) - start));
  }
  return "";
}

}  // namespace

FormSink::FormSink(std::string_view content_type, std::string data_dir) : data_dir_(std::move(data_dir)) {
  const std::string boundary = parameter(content_type, "boundary");
  if (!aws::lower(content_type).starts_with("multipart/form-data") || boundary.empty()) {
    throw errors::precondition_failed("Bucket POST must be of the enclosure-type multipart/form-data");
  }
  delimiter_ = "\r\n--" + boundary;
  pending_ = "\r\n";  // so that the first boundary is like every other
}

void FormSink::write(std::span<const char> bytes) {
  if (state_ == State::done) return;
  pending_.append(bytes.data(), bytes.size());
  while (state_ != State::done && step()) {
  }
}

/// False when more bytes are needed.
bool FormSink::step() {
  switch (state_) {
    case State::preamble: {
      const auto at = pending_.find(delimiter_);
      if (at == std::string::npos) {
        if (pending_.size() > kMostFields) throw malformed_post();
        return false;
      }
      pending_.erase(0, at + delimiter_.size());
      state_ = State::boundary;
      return true;
    }
    case State::boundary:
      return begin_part();
    case State::head: {
      const auto end = pending_.find("\r\n\r\n");
      if (end == std::string::npos) {
        if (pending_.size() > kMostFields) throw malformed_post();
        return false;
      }
      read_head(std::string_view(pending_).substr(0, end));
      pending_.erase(0, end + 4);
      return true;
    }
    case State::field:
      return take_field();
    case State::file:
      return take_file();
    case State::done:
      break;
  }
  return false;
}

bool FormSink::begin_part() {
  const auto line = pending_.find_first_not_of(" \t");
  if (line == std::string::npos || pending_.size() < line + 2) return false;
  if (pending_.compare(line, 2, "--") == 0) {
    state_ = State::done;
    return false;
  }
  if (pending_.compare(line, 2, "\r\n") != 0) throw malformed_post();
  pending_.erase(0, line + 2);
  state_ = State::head;
  return true;
}

void FormSink::read_head(std::string_view head) {
  std::string_view disposition;
  constexpr std::string_view kName = "content-disposition:";
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    if (http::iequals(line.substr(0, kName.size()), kName)) disposition = line.substr(kName.size());
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + 2);
  }
  name_ = parameter(disposition, "name");
  if (name_.empty()) throw malformed_post();
  if (!http::iequals(name_, "file")) {
    state_ = State::field;
    return;
  }
  filename_ = parameter(disposition, "filename");
  // Internet Explorer sends a whole path; S3 keeps the name alone.
  filename_.erase(0, filename_.find_last_of("/\\") + 1);
  upload_ = std::make_unique<UploadSink>(fields_, data_dir_);
  state_ = State::file;
}

bool FormSink::take_field() {
  const auto end = pending_.find(delimiter_);
  if (gathered_ + std::min(end, pending_.size()) > kMostFields) throw too_much_before_file();
  if (end == std::string::npos) return false;
  gathered_ += end;
  fields_.add(name_, pending_.substr(0, end));
  pending_.erase(0, end + delimiter_.size());
  state_ = State::boundary;
  return true;
}

bool FormSink::take_file() {
  const auto end = pending_.find(delimiter_);
  if (end != std::string::npos) {
    upload_->write(std::span(pending_).first(end));
    state_ = State::done;
    pending_.clear();
    return false;
  }
  if (pending_.size() < delimiter_.size()) return false;
  const std::size_t sure = pending_.size() - delimiter_.size() + 1;
  upload_->write(std::span(pending_).first(sure));
  pending_.erase(0, sure);
  return false;
}

void FormSink::finish(const http::Headers&) {
  if (state_ != State::done) throw malformed_post();
  if (upload_) upload_->finish({});
}

}  // namespace orrery::s3
