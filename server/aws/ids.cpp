#include "aws/ids.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <stdexcept>
#include <vector>

namespace orrery::aws {

namespace {

constexpr std::string_view kHex = "0123456789abcdef";

std::string digest(const EVP_MD* algorithm, std::string_view bytes) {
  std::string out(EVP_MAX_MD_SIZE, 0);
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), &size, algorithm, nullptr);
  out.resize(size);
  return out;
}

/// Fetched once: an implicit fetch in each call costs more than hashing a small request (OpenSSL 3 manual, crypto(7)).
const EVP_MD* fetched(const char* name) { return EVP_MD_fetch(nullptr, name, nullptr); }

std::string generated(std::size_t count) {
  std::string out(count, 0);
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) != 1)
    throw std::runtime_error("the system's random generator failed");
  return out;
}

const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = fetched("SHA256");
  return algorithm;
}

}  // namespace

std::string random_bytes(std::size_t count) {
  // Every request takes an id, every object keys and nonces: small amounts are fetched for many at once, and leave the
  // pool as they are taken.
  constexpr std::size_t kSmall = 64, kPool = 4096;
  thread_local std::string pool;
  if (count > kSmall) return generated(count);
  if (pool.size() < count) pool = generated(kPool);
  std::string out = pool.substr(pool.size() - count);
  std::fill(pool.end() - static_cast<std::ptrdiff_t>(count), pool.end(), '\0');
  pool.resize(pool.size() - count);
  return out;
}

std::string random_text(std::size_t count, std::string_view alphabet) {
  std::string out;
  out.reserve(count);
  const unsigned limit = 256 - 256 % static_cast<unsigned>(alphabet.size());
  while (out.size() < count) {
    for (const unsigned char byte : random_bytes(count - out.size())) {
      if (byte < limit) out += alphabet[byte % alphabet.size()];
    }
  }
  return out;
}

std::string random_hex(std::size_t count) { return random_text(count, kHex); }

std::string resource_id(std::string_view prefix) { return std::string(prefix) + "-0" + random_hex(16); }

std::string uuid() {
  constexpr std::size_t kBytes = 16;
  std::string bytes = random_bytes(kBytes);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  std::string text;
  text.reserve(36);
  for (std::size_t n = 0; n < kBytes; ++n) {
    if (n == 4 || n == 6 || n == 8 || n == 10) text += '-';
    const auto byte = static_cast<unsigned char>(bytes[n]);
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
  }
  return text;
}

std::string arn(std::string_view service, std::string_view region, std::string_view account,
                std::string_view resource) {
  std::string out = "arn:aws:";
  out.append(service).append(":").append(region).append(":").append(account).append(":").append(resource);
  return out;
}

Arn parse_arn(std::string_view text) {
  std::vector<std::string> parts;
  while (parts.size() < 5) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return {};
    parts.emplace_back(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  if (parts[0] != "arn" || parts[1].empty() || parts[2].empty() || text.empty()) return {};
  return {parts[1], parts[2], parts[3], parts[4], std::string(text)};
}

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, 0);
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

bool base64_decode(std::string_view text, std::string& out) {
  if (text.size() % 4 != 0) return false;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  for (const char c : text.substr(0, text.size() - padding)) {
    const bool known =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    if (!known) return false;
  }
  out.assign(text.size() / 4 * 3, 0);
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return false;
  out.resize(static_cast<std::size_t>(size) - padding);
  return true;
}

std::string hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::string sha256(std::string_view bytes) { return digest(sha256_algorithm(), bytes); }

std::string md5(std::string_view bytes) {
  static const EVP_MD* const algorithm = fetched("MD5");
  return digest(algorithm, bytes);
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string out(32, 0);
  unsigned size = 0;
  HMAC(sha256_algorithm(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), reinterpret_cast<unsigned char*>(out.data()),
       &size);
  return out;
}

}  // namespace orrery::aws
