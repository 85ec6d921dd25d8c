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

std::string BodyCipher::new_key(Layers layers) { return aws::random_bytes(layers == Layers::two ? 2 * kKey : kKey); }

BodyCipher::BodyCipher(std::string_view data_key) : inner_(data_key.substr(0, kKey)) {
  if (layers(data_key) == Layers::two) outer_.emplace(data_key.substr(kKey));
}

void BodyCipher::seal(std::uint64_t number, std::span<const char> plain, char* out) {
  if (!outer_) {
    inner_.seal(chunk_nonce(number), "", plain, out);
    return;
  }
  thread_local std::string once;
  once.resize(plain.size() + aws::Aead::kTag);
  inner_.seal(chunk_nonce(number), "", plain, once.data());
  outer_->seal(chunk_nonce(number), "", once, out);
}

void BodyCipher::open(std::uint64_t number, std::span<const char> stored, char* out) {
  thread_local std::string once;
  bool good = true;
  if (outer_) {
    once.resize(stored.size() - aws::Aead::kTag);
    good = outer_->open(chunk_nonce(number), "", stored, once.data());
    stored = once;
  }
  if (!good || !inner_.open(chunk_nonce(number), "", stored, out))
    throw std::runtime_error("an object body was changed");
}

}  // namespace orrery::s3
