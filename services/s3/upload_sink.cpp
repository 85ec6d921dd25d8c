#include "services/s3/upload_sink.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "aws/ids.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/form_sink.hpp"
#include "services/s3/hasher_beside.hpp"
#include "services/s3/second_layer.hpp"

namespace orrery::s3 {

namespace {

constexpr std::size_t kInlineLimit = BodyCipher::kPlain;
constexpr std::uint64_t kMostInOnePut = 5ull << 30;
constexpr std::uint64_t kLarge = 1 << 20;  ///< from here on MD5 on another thread pays

std::optional<Algorithm> algorithm_of_header(std::string_view header) {
  for (const auto& row : algorithms()) {
    if (http::iequals(row.header, header)) return row.algorithm;
  }
  return std::nullopt;
}

}  // namespace

UploadSink::UploadSink(const http::Headers& headers, std::string data_dir)
    : data_dir_(std::move(data_dir)),
      key_(BodyCipher::new_key(layers_for(headers.get("x-amz-server-side-encryption")))) {
  choose(headers);
  hasher_ = make_hasher(algorithm_);
  if (const auto* md5 = headers.find("content-md5")) expected_md5_ = *md5;
}

UploadSink::~UploadSink() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!file_.empty()) ::unlink(file_.c_str());
}

void UploadSink::choose(const http::Headers& headers) {
  for (const auto& row : algorithms()) {
    if (const auto* value = headers.find(row.header)) {
      if (asked_) {
        throw errors::invalid_request(
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
      }
      algorithm_ = row.algorithm;
      asked_ = true;
      expected_checksum_ = *value;
    }
  }
  if (const auto* trailer = headers.find("x-amz-trailer"); trailer && !asked_) {
    if (const auto algorithm = algorithm_of_header(*trailer)) {
      algorithm_ = *algorithm;
      asked_ = true;
      trailer_header_ = *trailer;
    }
  }
  for (const auto& [name, value] : headers) {
    if (!name.empty() && http::iequals(std::string_view(name).substr(0, 21), "x-amz-checksum-xxhash")) {
      throw errors::not_implemented(name);
    }
  }
  if (const auto* named = headers.find("x-amz-sdk-checksum-algorithm"); named && !asked_) {
    if (const auto algorithm = algorithm_named(*named)) {
      algorithm_ = *algorithm;
      asked_ = true;
    }
  }
}

void UploadSink::write(std::span<const char> bytes) {
  size_ += bytes.size();
  if (size_ > kMostInOnePut) {
    throw errors::make("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size");
  }
  if (size_ >= kLarge && !md5_beside_) md5_beside_ = beside(md5_hasher_);
  if (md5_beside_) {
    md5_beside_->update(bytes);
  } else {
    md5_hasher_.update(bytes);
  }
  hasher_->update(bytes);
  if (descriptor_ < 0 && memory_.size() + bytes.size() > kInlineLimit) spill();
  if (descriptor_ >= 0) {
    store(bytes);
  } else {
    memory_.append(bytes.data(), bytes.size());
  }
}

/// Cuts what goes to the file into chunks.
void UploadSink::store(std::span<const char> bytes) {
  while (!bytes.empty()) {
    if (chunk_.empty() && bytes.size() >= BodyCipher::kPlain) {
      seal_chunk(bytes.first(BodyCipher::kPlain));
      bytes = bytes.subspan(BodyCipher::kPlain);
      continue;
    }
    const auto n = std::min<std::size_t>(bytes.size(), BodyCipher::kPlain - chunk_.size());
    chunk_.append(bytes.data(), n);
    bytes = bytes.subspan(n);
    if (chunk_.size() < BodyCipher::kPlain) return;
    seal_chunk(chunk_);
    chunk_.clear();
  }
}

void UploadSink::seal_chunk(std::span<const char> plain) {
  thread_local std::string sealed;
  sealed.resize(cipher_.stored(plain.size()));
  cipher_.seal(chunks_++, plain, sealed.data());
  write_file(sealed);
}

void UploadSink::spill() {
  file_ = ObjectStore::temporary_file(data_dir_);
  descriptor_ = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "cannot write an object body");
  store(memory_);
  memory_ = {};
}

void UploadSink::write_file(std::span<const char> bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw std::system_error(errno, std::generic_category(), "cannot write an object body");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void UploadSink::finish(const http::Headers& trailers) {
  if (descriptor_ >= 0) {
    if (!chunk_.empty()) seal_chunk(chunk_);
    ::close(descriptor_);
    descriptor_ = -1;
  }
  md5_ = md5_beside_ ? md5_beside_->finish() : md5_hasher_.finish();
  md5_beside_.reset();
  checksum_ = hasher_->finish();
  if (trailer_header_) expected_checksum_ = trailers.get(*trailer_header_);
}

std::string UploadSink::checksum() const { return aws::base64(checksum_); }

void UploadSink::verify() const {
  if (expected_md5_) {
    std::string raw;
    if (!aws::base64_decode(*expected_md5_, raw) || raw.size() != 16) throw errors::invalid_digest(*expected_md5_);
    if (raw != md5_) {
      throw errors::make("BadDigest", 400, "The Content-MD5 you specified did not match what we received.")
          .with("ExpectedDigest", aws::hex(raw))
          .with("CalculatedDigest", aws::base64(md5_));
    }
  }
  if (!expected_checksum_.empty()) {
    std::string raw;
    if (!aws::base64_decode(expected_checksum_, raw) || raw.size() != names(algorithm_).bytes) {
      throw errors::invalid_request("Value for " + std::string(names(algorithm_).header) + " header is invalid.");
    }
    if (raw != checksum_) throw errors::bad_digest(std::string(names(algorithm_).name));
  }
}

NewBody UploadSink::take() {
  NewBody out{size_, {}, std::move(file_), key_};
  if (out.file.empty()) {
    out.data.resize(cipher_.stored(memory_.size()));
    cipher_.seal(0, memory_, out.data.data());
  }
  memory_.clear();
  file_.clear();
  return out;
}

std::unique_ptr<http::BodySink> open_body(std::string_view operation, const http::Request& request,
                                          const Settings& settings) {
  const std::string length(request.headers.has("x-amz-decoded-content-length")
                               ? request.headers.get("x-amz-decoded-content-length")
                               : request.headers.get("content-length"));
  if (!length.empty() && std::strtoull(length.c_str(), nullptr, 10) > kMostInOnePut) {
    throw errors::make("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size")
        .with("ProposedSize", length)
        .with("MaxSizeAllowed", std::to_string(kMostInOnePut));
  }
  if (operation == "PostObject")
    return std::make_unique<FormSink>(request.headers.get("content-type"), settings.data_dir);
  return std::make_unique<UploadSink>(request.headers, settings.data_dir);
}

UploadSink& upload_of(RequestContext& context, std::unique_ptr<UploadSink>& own) {
  if (auto* sink = dynamic_cast<UploadSink*>(context.body)) return *sink;
  own = std::make_unique<UploadSink>(context.request.headers, context.settings.data_dir);
  if (!context.request.body.empty()) own->write(context.request.body);
  own->finish({});
  return *own;
}

void verify_payload(const RequestContext& context) {
  UploadSink sink(context.request.headers, context.settings.data_dir);
  if (!context.request.body.empty()) sink.write(context.request.body);
  sink.finish({});
  sink.verify();
}

}  // namespace orrery::s3
