#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "http/message.hpp"
#include "registry/context.hpp"
#include "services/s3/body_cipher.hpp"
#include "services/s3/checksum.hpp"
#include "services/s3/md5.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

/// Receives the body of PutObject and UploadPart: in memory while it is small, then in a file with a temporary name.
/// Hashes as it goes. What it was told to expect (Content-MD5, x-amz-checksum-…, in headers or trailers) is checked by
/// verify(); x-amz-content-sha256 is the signature's and checked by the host.
class UploadSink : public http::BodySink {
 public:
  UploadSink(const http::Headers& headers, std::string data_dir);
  ~UploadSink() override;
  UploadSink(const UploadSink&) = delete;
  UploadSink& operator=(const UploadSink&) = delete;

  void write(std::span<const char> bytes) override;
  void finish(const http::Headers& trailers) override;

  /// Throws BadDigest, InvalidDigest or InvalidRequest.
  void verify() const;
  std::uint64_t size() const { return size_; }
  const std::string& md5() const { return md5_; }  ///< 16 raw bytes
  Algorithm algorithm() const { return algorithm_; }
  /// The client named the algorithm; otherwise it is S3's default, CRC64NVME.
  bool asked() const { return asked_; }
  std::string checksum() const;  ///< base64
  /// Gives the bytes away.
  NewBody take();

 private:
  void choose(const http::Headers& headers);
  void spill();
  void store(std::span<const char> bytes);
  void seal_chunk(std::span<const char> plain);
  void write_file(std::span<const char> bytes);

  std::string data_dir_;
  std::string memory_, file_;
  const std::string key_;
  BodyCipher cipher_{key_};
  std::string chunk_;         ///< plain bytes that do not fill a chunk yet
  std::uint64_t chunks_ = 0;  ///< how many were written
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  Algorithm algorithm_ = Algorithm::crc64nvme;
  bool asked_ = false;
  Md5 md5_hasher_;
  std::unique_ptr<Hasher> md5_beside_, hasher_;  ///< md5_beside_: of a large upload, from some byte on
  std::string md5_, checksum_;
  std::optional<std::string> expected_md5_;
  std::string expected_checksum_;
  std::optional<std::string> trailer_header_;
};

/// Service::open_body.
std::unique_ptr<http::BodySink> open_body(std::string_view operation, const http::Request& request,
                                          const Settings& settings);

/// The sink of this request; of an empty or buffered body where the host made none. `own` keeps that one.
UploadSink& upload_of(RequestContext& context, std::unique_ptr<UploadSink>& own);

/// Checks the digests that came with an XML body (Content-MD5, x-amz-checksum-…).
void verify_payload(const RequestContext& context);

}  // namespace orrery::s3
