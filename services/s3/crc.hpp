#pragma once
#include <array>
#include <cstdint>
#include <span>

namespace orrery::s3 {

/// A reflected CRC of 32 or 64 bits with all ones before and after. By carry-less multiplication where the processor
/// has it, else by tables. Immutable.
class Crc {
 public:
  /// `polynomial` reflected; `bytes` 4 or 8.
  Crc(std::uint64_t polynomial, std::size_t bytes);

  /// The register after further bytes; the checksum is its complement. Begins with ones().
  std::uint64_t update(std::uint64_t crc, std::span<const char> input) const;
  /// The same without instructions of one processor.
  std::uint64_t update_portable(std::uint64_t crc, std::span<const char> input) const;
  std::uint64_t ones() const { return bytes_ == 8 ? ~std::uint64_t{0} : 0xFFFFFFFFu; }
  std::size_t bytes() const { return bytes_; }

  /// What folds 128 bits onto those that follow at some distance: one factor for each half.
  struct Fold {
    std::uint64_t low = 0, high = 0;
  };

 private:
  std::uint64_t power(std::size_t exponent) const;
  Fold fold_over(std::size_t bits) const { return {power(bits + 63), power(bits - 1)}; }

  std::uint64_t polynomial_;
  std::size_t bytes_;
  std::array<std::array<std::uint64_t, 256>, 8> tables_{};
  Fold near_, far_;
};

}  // namespace orrery::s3
