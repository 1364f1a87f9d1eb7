// Digest: a 64-bit fingerprint of a sequence of words, the same on every platform and build mode.
//
// Runs store two of them: `trace_digest` (every event) and `outcome_digest` (jobs, attempts,
// money). A step is a bijection of the state for each word and of the word for each state:
// sequences that differ in a single word never collide; others do with a probability of about
// 2^-64. Not for cryptography. A few nanoseconds a step, most of them hidden behind other work.
#pragma once

#include <bit>
#include <cstdint>
#include <string>

namespace orrery::engine {

class Digest {
 public:
  void Add(uint64_t word) { state_ = Mix(state_ ^ word); }
  // Three words in one step.
  void Add(uint64_t a, uint64_t b, uint64_t c) {
    Add(a * kA + std::rotl(b * kB, 32) + std::rotl(c * kC, 16));
  }

  uint64_t value() const { return state_; }
  // 16 lower-case hexadecimal digits.
  std::string ToString() const;

  bool operator==(const Digest&) const = default;

 private:
  // Odd numbers from the binary expansions of the golden ratio and of the square roots of 2, 3, 5.
  static constexpr uint64_t kA = 0x9e3779b97f4a7c15u;
  static constexpr uint64_t kB = 0x6a09e667f3bcc909u;
  static constexpr uint64_t kC = 0xbb67ae8584caa73bu;
  static constexpr uint64_t kD = 0x3c6ef372fe94f82bu;

  // Multiplications carry low bits upwards, shifts bring high bits down; each step is invertible.
  // The sum keeps zero from being a fixed point.
  static constexpr uint64_t Mix(uint64_t x) {
    x *= kA;
    x ^= x >> 32;
    x *= kB;
    x ^= x >> 29;
    return x + kD;
  }
  uint64_t state_ = kD;
};

}  // namespace orrery::engine
