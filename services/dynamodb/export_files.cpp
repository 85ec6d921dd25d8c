#include "services/dynamodb/export_files.hpp"

#include <zlib.h>

#include "aws/ids.hpp"
#include "services/dynamodb/ion.hpp"
#include "services/dynamodb/item_json.hpp"

namespace orrery::dynamodb {

/// Compresses what is written into the body of an object.
class ExportFiles::Gzip {
 public:
  explicit Gzip(std::unique_ptr<http::BodySink> body) : body_(std::move(body)) {
    constexpr int kGzip = 15 + 16, kMemory = 8;
    if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  ~Gzip() { deflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  void write(std::string_view text) { run(text, Z_NO_FLUSH); }
  http::BodySink& finish() {
    run("", Z_FINISH);
    body_->finish({});
    return *body_;
  }

 private:
  void run(std::string_view text, int flush) {
    std::array<char, 32 * 1024> out;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream_.avail_in = static_cast<uInt>(text.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(out.data());
      stream_.avail_out = out.size();
      deflate(&stream_, flush);
      if (const std::size_t n = out.size() - stream_.avail_out) body_->write({out.data(), n});
    } while (stream_.avail_out == 0);
  }

  std::unique_ptr<http::BodySink> body_;
  z_stream stream_{};
};

ExportFiles::ExportFiles(RequestContext& context, Place place) : context_(context), place_(std::move(place)) {
  root_ = place_.prefix;
  if (!root_.empty() && root_.back() != '/') root_ += '/';
  root_ += "AWSDynamoDB/";
  folder_ = root_ + place_.id + "/";
  put(folder_ + "_started", "");
  data_ = std::make_unique<Gzip>(context_.peers.s3->new_body(context_));
}

ExportFiles::~ExportFiles() = default;

void ExportFiles::add(const Line& line) {
  const bool ion = place_.format == "ION";
  std::string text = ion ? "$ion_1_0 {" : "{";
  for (const auto& [name, item] : line) {
    if (&name != &line.front().first) text += ',';
    if (ion) {
      text.append(name).append(":").append(ion_struct(*item));
    } else {
      text.append("\"").append(name).append("\":");
      text += portable_item(*item).dump(-1, ' ', false, Json::error_handler_t::replace);
    }
  }
  data_->write(text + "}\n");
  ++items_;
}

void ExportFiles::put(const std::string& key, const std::string& text) {
  const auto body = context_.peers.s3->new_body(context_);
  if (!text.empty()) body->write(text);
  body->finish({});
  ObjectToPut object = place_.object;
  object.key = key;
  context_.peers.s3->put_object(context_, object, *body);
}

void ExportFiles::put_with_checksum(const std::string& name, const std::string& text) {
  put(folder_ + name + ".json", text);
  put(folder_ + name + ".md5", aws::base64(aws::md5(text)));
}

void ExportFiles::finish(const nlohmann::ordered_json& summary) {
  ObjectToPut object = place_.object;
  object.key = (place_.incremental ? root_ : folder_) + "data/" +
               aws::random_text(26, "abcdefghijklmnopqrstuvwxyz234567") +
               (place_.format == "ION" ? ".ion.gz" : ".json.gz");
  const auto written = context_.peers.s3->put_object(context_, object, data_->finish());
  nlohmann::ordered_json file;
  file["itemCount"] = items_;
  file["md5Checksum"] = aws::base64(written.md5);
  file["etag"] = written.etag;
  file["dataFileS3Key"] = object.key;
  put_with_checksum("manifest-files", file.dump() + "\n");
  put_with_checksum("manifest-summary", summary.dump());
}

}  // namespace orrery::dynamodb
