#include "services/s3/crc.hpp"

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#define ORRERY_CLMUL __attribute__((target("pclmul,sse4.1")))
#endif

namespace orrery::s3 {

namespace {

constexpr std::size_t kLane = 16, kLanes = 4, kStripe = kLane * kLanes;

#if defined(__x86_64__)

bool multiplies() {
  static const bool known = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
  return known;
}

ORRERY_CLMUL inline __m128i load(const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }

ORRERY_CLMUL inline __m128i fold(__m128i lane, __m128i factors, __m128i next) {
  return _mm_xor_si128(
      next, _mm_xor_si128(_mm_clmulepi64_si128(lane, factors, 0x00), _mm_clmulepi64_si128(lane, factors, 0x11)));
}

/// Folds whole lanes (at least kStripe bytes), the register included, into the one that has the same CRC after zeros.
ORRERY_CLMUL void fold_lanes(std::uint64_t crc, std::span<const char> input, Crc::Fold near, Crc::Fold far, char* out) {
  const char* at = input.data();
  const char* const end = at + input.size();
  const __m128i by_lane = _mm_set_epi64x(static_cast<long long>(near.high), static_cast<long long>(near.low));
  const __m128i by_stripe = _mm_set_epi64x(static_cast<long long>(far.high), static_cast<long long>(far.low));
  __m128i lanes[kLanes];
  for (auto& lane : lanes) {
    lane = load(at);
    at += kLane;
  }
  lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi64_si128(static_cast<long long>(crc)));
  for (; static_cast<std::size_t>(end - at) >= kStripe; at += kStripe) {
    for (std::size_t n = 0; n < kLanes; ++n) lanes[n] = fold(lanes[n], by_stripe, load(at + n * kLane));
  }
  __m128i all = lanes[0];
  for (std::size_t n = 1; n < kLanes; ++n) all = fold(all, by_lane, lanes[n]);
  for (; at < end; at += kLane) all = fold(all, by_lane, load(at));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), all);
}

#else

bool multiplies() { return false; }
void fold_lanes(std::uint64_t, std::span<const char>, Crc::Fold, Crc::Fold, char*) {}

#endif

}  // namespace

Crc::Crc(std::uint64_t polynomial, std::size_t bytes) : polynomial_(polynomial), bytes_(bytes) {
  for (std::uint64_t i = 0; i < 256; ++i) {
    std::uint64_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) ? polynomial : 0);
    tables_[0][i] = crc;
  }
  for (std::size_t t = 1; t < 8; ++t) {
    for (std::size_t i = 0; i < 256; ++i)
      tables_[t][i] = (tables_[t - 1][i] >> 8) ^ tables_[0][tables_[t - 1][i] & 0xFF];
  }
  near_ = fold_over(8 * kLane);
  far_ = fold_over(8 * kStripe);
}

/// x to the power of `exponent` modulo the polynomial, reflected in 64 bits. The product of two reflected numbers is
/// one bit short, so that the factors of a fold have an exponent less (Gopal et al., "Fast CRC Computation for Generic
/// Polynomials Using PCLMULQDQ Instruction", Intel 2009).
std::uint64_t Crc::power(std::size_t exponent) const {
  std::uint64_t out = std::uint64_t{1} << (bytes_ * 8 - 1);
  for (; exponent > 0; --exponent) out = (out >> 1) ^ ((out & 1) ? polynomial_ : 0);
  return out << (64 - bytes_ * 8);
}

std::uint64_t Crc::update(std::uint64_t crc, std::span<const char> input) const {
  if (input.size() < kStripe || !multiplies()) return update_portable(crc, input);
  const std::size_t whole = input.size() / kLane * kLane;
  char folded[kLane];
  fold_lanes(crc, input.first(whole), near_, far_, folded);
  return update_portable(update_portable(0, folded), input.subspan(whole));
}

// Slicing by 8: eight bytes of input a step.
std::uint64_t Crc::update_portable(std::uint64_t crc, std::span<const char> input) const {
  const char* at = input.data();
  std::size_t left = input.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word;  // little-endian machines only, as all of ours are
    std::memcpy(&word, at, 8);
    word ^= crc;
    crc = tables_[7][word & 0xFF] ^ tables_[6][word >> 8 & 0xFF] ^ tables_[5][word >> 16 & 0xFF] ^
          tables_[4][word >> 24 & 0xFF] ^ tables_[3][word >> 32 & 0xFF] ^ tables_[2][word >> 40 & 0xFF] ^
          tables_[1][word >> 48 & 0xFF] ^ tables_[0][word >> 56];
  }
  for (; left > 0; ++at, --left) crc = crc >> 8 ^ tables_[0][(crc ^ static_cast<unsigned char>(*at)) & 0xFF];
  return crc;
}

}  // namespace orrery::s3
