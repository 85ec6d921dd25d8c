// Build-time: orrery_embed OUT.cpp NAME FILE writes FILE, gzipped, as `extern const std::string_view orrery::NAME`.
#include <zlib.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace {

std::string gzip(std::string text) {
  z_stream stream{};
  constexpr int kGzip = 15 + 16, kMemory = 9;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("deflate failed");
  return out;
}

void run(const std::string& to, const std::string& name, const std::string& from) {
  std::ifstream in(from, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + from);
  const std::string bytes = gzip(std::string(std::istreambuf_iterator<char>(in), {}));
  std::ofstream out(to);
  out << "#include <string_view>\nnamespace orrery {\nextern const std::string_view " << name << ";\nnamespace {\n"
      << "constexpr char bytes[] =";
  static constexpr char digits[] = "01234567";
  constexpr std::size_t kLine = 100;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i % kLine == 0) out << (i == 0 ? "\n\"" : "\"\n\"");
    const auto byte = static_cast<unsigned char>(bytes[i]);
    out << '\\' << digits[byte >> 6] << digits[(byte >> 3) & 7] << digits[byte & 7];
  }
  out << "\";\n}\nconst std::string_view " << name << "(bytes, sizeof bytes - 1);\n}\n";
  if (!out.flush()) throw std::runtime_error("cannot write " + to);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 4) throw std::runtime_error("usage: orrery_embed OUT.cpp NAME FILE");
    run(argv[1], argv[2], argv[3]);
  } catch (const std::exception& error) {
    std::cerr << "orrery_embed: " << error.what() << '\n';
    return 1;
  }
}
