#include "services/s3/body_cipher.hpp"

#include <stdexcept>

#include "aws/ids.hpp"

namespace orrery::s3 {

namespace {

std::string chunk_nonce(std::uint64_t number) {
  std::string out(aws::Aead::kNonce, '\0');
  for (std::size_t i = 0; i < sizeof number; ++i) out[out.size() - 1 - i] = static_cast<char>(number >> (8 * i));
  return out;
}

}  // namespace

std::string BodyCipher::new_key() { return aws::random_bytes(32); }

void BodyCipher::seal(std::uint64_t number, std::span<const char> plain, std::string& out) {
  const std::size_t at = out.size();
  out.resize(at + plain.size() + aws::Aead::kTag);
  aead_.seal(chunk_nonce(number), "", plain, out.data() + at);
}

void BodyCipher::open(std::uint64_t number, std::span<const char> stored, char* out) {
  if (!aead_.open(chunk_nonce(number), "", stored, out)) throw std::runtime_error("an object body was changed");
}

}  // namespace orrery::s3
