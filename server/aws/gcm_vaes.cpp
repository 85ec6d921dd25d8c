#include "aws/gcm_vaes.hpp"

#include <openssl/crypto.h>

#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>

// False positives of GCC 12 in its own header (gcc bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#pragma GCC diagnostic pop

// A block is read as a number with its bytes reversed, so that bit i is the coefficient of x^(127-i). A product of two
// such numbers without carries is then one power of x short: the hash key's powers are kept times 1/x (Gueron and
// Kounavis, "Intel Carry-Less Multiplication Instruction and its Usage for Computing the GCM Mode").
#define ORRERY_VAES __attribute__((target("avx2,avx512f,avx512bw,avx512vl,aes,vaes,pclmul,vpclmulqdq")))

namespace orrery::aws {

namespace {

constexpr std::size_t kStripe = 256;  ///< 16 blocks, in four registers
constexpr std::size_t kTagSize = 16;

bool supported() {
  static const bool known = [] {
    constexpr unsigned kVaes = 1 << 9, kVpclmulqdq = 1 << 10;  // Clang 14's __builtin_cpu_supports does not know them
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __get_cpuid_count(7, 0, &a, &b, &c, &d) == 1 && (c & kVaes) != 0 &&
           (c & kVpclmulqdq) != 0;
  }();
  return known;
}

ORRERY_VAES inline __m128i load(const void* at) { return _mm_loadu_si128(static_cast<const __m128i*>(at)); }
ORRERY_VAES inline void store(void* at, __m128i value) { _mm_storeu_si128(static_cast<__m128i*>(at), value); }

ORRERY_VAES inline __m128i reversal() { return _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15); }
ORRERY_VAES inline __m128i reversed(__m128i block) { return _mm_shuffle_epi8(block, reversal()); }

/// x^128 is x^7 + x^2 + x + 1: folds the low half, which has the high powers, into the high one, 64 bits at a time.
ORRERY_VAES inline __m128i reduce(__m128i high, __m128i low) {
  const __m128i polynomial = _mm_set_epi64x(0, static_cast<long long>(0xC200000000000000u));
  for (int n = 0; n < 2; ++n) {
    low = _mm_xor_si128(_mm_shuffle_epi32(low, 0x4E), _mm_clmulepi64_si128(low, polynomial, 0x00));
  }
  return _mm_xor_si128(high, low);
}

ORRERY_VAES inline __m128i multiply(__m128i a, __m128i b) {
  const __m128i middle = _mm_xor_si128(_mm_clmulepi64_si128(a, b, 0x01), _mm_clmulepi64_si128(a, b, 0x10));
  const __m128i low = _mm_xor_si128(_mm_clmulepi64_si128(a, b, 0x00), _mm_slli_si128(middle, 8));
  const __m128i high = _mm_xor_si128(_mm_clmulepi64_si128(a, b, 0x11), _mm_srli_si128(middle, 8));
  return reduce(high, low);
}

ORRERY_VAES inline __m128i over_x(__m128i value) {
  const auto low = static_cast<std::uint64_t>(_mm_cvtsi128_si64(value));
  const auto high = static_cast<std::uint64_t>(_mm_extract_epi64(value, 1));
  const std::uint64_t carry = high >> 63;
  return _mm_set_epi64x(static_cast<long long>((high << 1 | low >> 63) ^ (carry * 0xC200000000000000u)),
                        static_cast<long long>(low << 1 ^ carry));
}

/// The sums of a product of several blocks before they are reduced, a lane for each.
struct Sums {
  __m512i low, middle, high;
};

ORRERY_VAES inline void add_product(Sums& sums, __m512i blocks, __m512i powers) {
  sums.low = _mm512_xor_si512(sums.low, _mm512_clmulepi64_epi128(blocks, powers, 0x00));
  sums.high = _mm512_xor_si512(sums.high, _mm512_clmulepi64_epi128(blocks, powers, 0x11));
  sums.middle = _mm512_ternarylogic_epi64(sums.middle, _mm512_clmulepi64_epi128(blocks, powers, 0x01),
                                          _mm512_clmulepi64_epi128(blocks, powers, 0x10), 0x96);
}

ORRERY_VAES inline __m128i lanes_together(__m512i lanes) {
  const __m256i half = _mm256_xor_si256(_mm512_castsi512_si256(lanes), _mm512_extracti64x4_epi64(lanes, 1));
  return _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

ORRERY_VAES inline __m128i reduced(const Sums& sums) {
  const __m128i middle = lanes_together(sums.middle);
  return reduce(_mm_xor_si128(lanes_together(sums.high), _mm_srli_si128(middle, 8)),
                _mm_xor_si128(lanes_together(sums.low), _mm_slli_si128(middle, 8)));
}

template <int constant>
ORRERY_VAES inline __m128i next_key(__m128i before, __m128i last, int word) {
  __m128i mix = _mm_aeskeygenassist_si128(last, constant);
  mix = word == 3 ? _mm_shuffle_epi32(mix, 0xFF) : _mm_shuffle_epi32(mix, 0xAA);
  for (int n = 0; n < 3; ++n) before = _mm_xor_si128(before, _mm_slli_si128(before, 4));
  return _mm_xor_si128(before, mix);
}

}  // namespace

std::unique_ptr<const GcmVaes> GcmVaes::make(std::string_view key) {
  if (!supported()) return nullptr;
  auto out = std::unique_ptr<GcmVaes>(new GcmVaes);
  out->prepare(key);
  return out;
}

ORRERY_VAES void GcmVaes::prepare(std::string_view key) {
  __m128i keys[kRoundKeys];
  keys[0] = load(key.data());
  keys[1] = load(key.data() + kBlock);
  keys[2] = next_key<0x01>(keys[0], keys[1], 3), keys[3] = next_key<0x00>(keys[1], keys[2], 2);
  keys[4] = next_key<0x02>(keys[2], keys[3], 3), keys[5] = next_key<0x00>(keys[3], keys[4], 2);
  keys[6] = next_key<0x04>(keys[4], keys[5], 3), keys[7] = next_key<0x00>(keys[5], keys[6], 2);
  keys[8] = next_key<0x08>(keys[6], keys[7], 3), keys[9] = next_key<0x00>(keys[7], keys[8], 2);
  keys[10] = next_key<0x10>(keys[8], keys[9], 3), keys[11] = next_key<0x00>(keys[9], keys[10], 2);
  keys[12] = next_key<0x20>(keys[10], keys[11], 3), keys[13] = next_key<0x00>(keys[11], keys[12], 2);
  keys[14] = next_key<0x40>(keys[12], keys[13], 3);
  for (std::size_t n = 0; n < kRoundKeys; ++n) store(round_keys_[n], keys[n]);
  __m128i hash = keys[0];  // of the block of zeros
  for (std::size_t n = 1; n + 1 < kRoundKeys; ++n) hash = _mm_aesenc_si128(hash, keys[n]);
  const __m128i first = over_x(reversed(_mm_aesenclast_si128(hash, keys[kRoundKeys - 1])));
  __m128i power = first;
  for (std::size_t n = kPowers; n > 0; --n) {
    store(powers_[n - 1], power);
    power = multiply(power, first);
  }
}

template <GcmVaes::Direction direction>
ORRERY_VAES void GcmVaes::run(std::string_view nonce, const char* in, std::size_t size, char* out,
                              unsigned char* tag) const {
  const std::size_t whole_size = size;
  __m512i keys[kRoundKeys];
  for (std::size_t n = 0; n < kRoundKeys; ++n) keys[n] = _mm512_broadcast_i32x4(load(round_keys_[n]));
  const __m512i reversal4 = _mm512_broadcast_i32x4(reversal());
  unsigned char start[kBlock] = {};
  std::memcpy(start, nonce.data(), nonce.size());
  start[kBlock - 1] = 1;
  const __m128i begin = reversed(load(start));  // the counter is its lowest 32 bits
  __m128i hash = _mm_setzero_si128();
  __m512i counters =
      _mm512_add_epi32(_mm512_broadcast_i32x4(begin), _mm512_set_epi32(0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1));
  const __m512i four = _mm512_set_epi32(0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 4);
  __m512i powers[4];
  for (std::size_t n = 0; n < 4; ++n) powers[n] = _mm512_loadu_si512(powers_[4 * n]);
  for (; size >= kStripe; size -= kStripe, in += kStripe, out += kStripe) {
    __m512i stream[4], text[4];
    for (std::size_t n = 0; n < 4; ++n) {
      stream[n] = _mm512_xor_si512(_mm512_shuffle_epi8(counters, reversal4), keys[0]);
      counters = _mm512_add_epi32(counters, four);
      text[n] = _mm512_loadu_si512(in + 64 * n);
    }
    for (std::size_t round = 1; round + 1 < kRoundKeys; ++round) {
      for (auto& one : stream) one = _mm512_aesenc_epi128(one, keys[round]);
    }
    Sums sums{_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
    for (std::size_t n = 0; n < 4; ++n) {
      const __m512i result = _mm512_xor_si512(_mm512_aesenclast_epi128(stream[n], keys[kRoundKeys - 1]), text[n]);
      _mm512_storeu_si512(out + 64 * n, result);
      __m512i cipher = _mm512_shuffle_epi8(direction == Direction::seal ? result : text[n], reversal4);
      if (n == 0) cipher = _mm512_xor_si512(cipher, _mm512_zextsi128_si512(hash));
      add_product(sums, cipher, powers[n]);
    }
    hash = reduced(sums);
  }
  const __m128i power = load(powers_[kPowers - 1]);
  const auto encrypted = [&](__m128i counter) ORRERY_VAES {
    __m128i block = _mm_xor_si128(reversed(counter), load(round_keys_[0]));
    for (std::size_t n = 1; n + 1 < kRoundKeys; ++n) block = _mm_aesenc_si128(block, load(round_keys_[n]));
    return _mm_aesenclast_si128(block, load(round_keys_[kRoundKeys - 1]));
  };
  __m128i counter = _mm512_castsi512_si128(counters);
  while (size > 0) {
    const std::size_t n = size < kBlock ? size : kBlock;
    unsigned char block[kBlock] = {};
    std::memcpy(block, in, n);
    const __m128i text = load(block), result = _mm_xor_si128(encrypted(counter), text);
    store(block, result);
    std::memcpy(out, block, n);
    std::memset(block + n, 0, kBlock - n);
    hash = multiply(_mm_xor_si128(hash, reversed(direction == Direction::seal ? load(block) : text)), power);
    counter = _mm_add_epi32(counter, _mm_set_epi32(0, 0, 0, 1));
    size -= n;
    in += n;
    out += n;
  }
  const __m128i lengths = _mm_set_epi64x(0, static_cast<long long>(whole_size) * 8);
  hash = multiply(_mm_xor_si128(hash, lengths), power);
  store(tag, _mm_xor_si128(reversed(hash), encrypted(begin)));
}

void GcmVaes::seal(std::string_view nonce, std::span<const char> plain, char* out) const {
  run<Direction::seal>(nonce, plain.data(), plain.size(), out, reinterpret_cast<unsigned char*>(out + plain.size()));
}

bool GcmVaes::open(std::string_view nonce, std::span<const char> sealed, char* out) const {
  unsigned char tag[kTagSize];
  const std::size_t size = sealed.size() - kTagSize;
  run<Direction::open>(nonce, sealed.data(), size, out, tag);
  return CRYPTO_memcmp(tag, sealed.data() + size, kTagSize) == 0;
}

}  // namespace orrery::aws

#else

namespace orrery::aws {

std::unique_ptr<const GcmVaes> GcmVaes::make(std::string_view) { return nullptr; }
void GcmVaes::seal(std::string_view, std::span<const char>, char*) const {}
bool GcmVaes::open(std::string_view, std::span<const char>, char*) const { return false; }

}  // namespace orrery::aws

#endif
