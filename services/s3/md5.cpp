#include "services/s3/md5.hpp"

#include <algorithm>
#include <cstring>

namespace orrery::s3 {

namespace {

constexpr std::size_t kBlockBytes = 64, kStepsOfTurn = 16;

constexpr std::uint32_t kSines[4 * kStepsOfTurn] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

template <int round>
inline std::uint32_t mixed(std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  if constexpr (round == 0) return ((c ^ d) & b) ^ d;
  if constexpr (round == 1) return (d & b) + (~d & c);  // no bit in both, so that the sum waits for b alone
  if constexpr (round == 2) return (c ^ d) ^ b;
  return (b | ~d) ^ c;
}

template <std::size_t count>
struct States {
  std::uint32_t a[count], b[count], c[count], d[count];
};

template <int round, int bits, std::size_t count>
[[gnu::always_inline]] inline void step(std::uint32_t* a, const std::uint32_t* b, const std::uint32_t* c,
                                        const std::uint32_t* d, const char* const* bytes, std::size_t word,
                                        std::uint32_t sine) {
  for (std::size_t n = 0; n < count; ++n) {
    std::uint32_t text;  // little-endian machines only, as all of ours are
    std::memcpy(&text, bytes[n] + 4 * word, 4);
    a[n] += text + sine + mixed<round>(b[n], c[n], d[n]);
    a[n] = (a[n] << bits | a[n] >> (32 - bits)) + b[n];
  }
}

/// Sixteen steps; step i takes the word (i * stride + first) mod 16.
template <int round, int s0, int s1, int s2, int s3, std::size_t stride, std::size_t first, std::size_t count>
[[gnu::always_inline]] inline void turn(States<count>& s, const char* const* bytes) {
  const auto word = [](std::size_t i) { return (i * stride + first) % kStepsOfTurn; };
  const std::uint32_t* sine = kSines + round * kStepsOfTurn;
#pragma GCC unroll 4
  for (std::size_t i = 0; i < kStepsOfTurn; i += 4) {
    step<round, s0, count>(s.a, s.b, s.c, s.d, bytes, word(i), sine[i]);
    step<round, s1, count>(s.d, s.a, s.b, s.c, bytes, word(i + 1), sine[i + 1]);
    step<round, s2, count>(s.c, s.d, s.a, s.b, bytes, word(i + 2), sine[i + 2]);
    step<round, s3, count>(s.b, s.c, s.d, s.a, bytes, word(i + 3), sine[i + 3]);
  }
}

template <std::size_t count>
void take_blocks(Md5::State* const* states, const char* const* from, std::size_t blocks) {
  States<count> all;
  const char* bytes[count];
  for (std::size_t n = 0; n < count; ++n) {
    const Md5::State& state = *states[n];
    all.a[n] = state[0], all.b[n] = state[1], all.c[n] = state[2], all.d[n] = state[3];
    bytes[n] = from[n];
  }
  for (; blocks > 0; --blocks) {
    States<count> s = all;
    turn<0, 7, 12, 17, 22, 1, 0>(s, bytes);
    turn<1, 5, 9, 14, 20, 5, 1>(s, bytes);
    turn<2, 4, 11, 16, 23, 3, 5>(s, bytes);
    turn<3, 6, 10, 15, 21, 7, 0>(s, bytes);
    for (std::size_t n = 0; n < count; ++n) {
      all.a[n] += s.a[n], all.b[n] += s.b[n], all.c[n] += s.c[n], all.d[n] += s.d[n];
      bytes[n] += kBlockBytes;
    }
  }
  for (std::size_t n = 0; n < count; ++n) *states[n] = {all.a[n], all.b[n], all.c[n], all.d[n]};
}

}  // namespace

/// Completes the block that was begun, as far as `bytes` go.
void Md5::fill(std::span<const char>& bytes) {
  size_ += bytes.size();
  if (begun_size_ == 0) return;
  const std::size_t n = std::min(bytes.size(), kBlock - begun_size_);
  std::copy_n(bytes.data(), n, begun_.data() + begun_size_);
  bytes = bytes.subspan(n);
  begun_size_ += n;
  if (begun_size_ < kBlock) return;
  State* state = &state_;
  const char* block = begun_.data();
  take_blocks<1>(&state, &block, 1);
  begun_size_ = 0;
}

void Md5::update(std::span<Part> parts) {
  for (auto& part : parts) part.md5->fill(part.bytes);
  for (;;) {
    State* states[kTogether];
    const char* from[kTogether];
    std::span<const char>* taken[kTogether];
    std::size_t count = 0, blocks = SIZE_MAX;
    for (auto& part : parts) {
      if (part.bytes.size() < kBlock) continue;
      states[count] = &part.md5->state_;
      from[count] = part.bytes.data();
      taken[count++] = &part.bytes;
      blocks = std::min(blocks, part.bytes.size() / kBlock);
    }
    if (count == 0) break;
    if (count == 1) take_blocks<1>(states, from, blocks);
    if (count == 2) take_blocks<2>(states, from, blocks);
    if (count == 3) take_blocks<3>(states, from, blocks);
    for (std::size_t n = 0; n < count; ++n) *taken[n] = taken[n]->subspan(blocks * kBlock);
  }
  for (auto& [md5, bytes] : parts) {
    if (bytes.empty()) continue;
    std::copy_n(bytes.data(), bytes.size(), md5->begun_.data());
    md5->begun_size_ = bytes.size();
  }
}

void Md5::update(std::span<const char> bytes) {
  Part part{this, bytes};
  update(std::span(&part, 1));
}

std::string Md5::finish() {
  const std::uint64_t bits = size_ * 8;
  std::string end(1 + (kBlock + 55 - begun_size_) % kBlock, '\0');  // to 8 bytes before the end of a block
  end[0] = static_cast<char>(0x80);
  end.append(reinterpret_cast<const char*>(&bits), sizeof bits);
  update(end);
  return {reinterpret_cast<const char*>(state_.data()), sizeof state_};
}

}  // namespace orrery::s3
