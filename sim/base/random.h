// Chance, counter-based: every number is a pure function of (seed, replicate, stream name, entity,
// sample, place within the sample). Nothing is shared and nothing is consumed, so no number depends
// on the order in which components are built or events interleave, and two runs that differ in a
// policy see the same world (common random numbers).
//
//   const RandomStreams random(/*seed=*/7, /*replicate=*/0);
//   const RandomStream repairs = random.Stream("node/repair", node.value);
//   Draw draw = repairs.At(failure_number);
//   const double hours = draw.Weibull(1.5, 24.0);
//
// The bits are Philox4x64-10 (J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
// SC11) of Random123. Layout:
//   key     = {seed, replicate}
//   counter = {block, sample, entity, name}
// `name` is the 64-bit FNV-1a hash of the stream's name. A block gives four 64-bit words, taken in
// order 0 … 3; then `block` counts up from 0. A sample thus owns 2^66 words of its own, and a
// rejection sampler that takes more of them leaves every other sample, entity and stream as it was.
// Within one sample later numbers do move when an earlier sampler takes more words: quantities that
// must stay comparable between scenarios with different parameters take streams of their own.
//
// All distributions use sim/base/math.h: same bits in every build mode and on every machine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace orrery {

// The hashed name of a stream. A literal is hashed by the compiler; a name that is known only at
// run time goes through FromText. By convention "who/what": "workload/arrival", "node/repair".
class StreamName {
 public:
  template <size_t size>
  consteval StreamName(const char (&literal)[size])  // NOLINT: implicit, so that literals just work
      : hash_(Hash(std::string_view(literal, size - 1))) {}
  static constexpr StreamName FromText(std::string_view text) { return StreamName(Hash(text)); }

  constexpr uint64_t hash() const { return hash_; }

 private:
  explicit constexpr StreamName(uint64_t hash) : hash_(hash) {}
  // FNV-1a (G. Fowler, L. C. Noll, K.-P. Vo).
  static constexpr uint64_t Hash(std::string_view text) {
    uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
    return hash;
  }
  uint64_t hash_;
};

// The numbers of one sample, in order. Cheap to make (nothing is computed before the first number)
// and meant to live on the stack. Satisfies UniformRandomBitGenerator.
//
// Parameters outside the stated ranges are broken invariants (ORRERY_CHECK): a scenario's values
// are to be checked where they are read.
class Draw {
 public:
  using result_type = uint64_t;
  static constexpr uint64_t min() { return 0; }
  static constexpr uint64_t max() { return ~uint64_t{0}; }

  constexpr Draw(const std::array<uint64_t, 2>& key, uint64_t name, uint64_t entity,
                 uint64_t sample)
      : key_(key), name_(name), entity_(entity), sample_(sample) {}

  // 64 random bits.
  uint64_t Bits() {
    if (next_ == 4) [[unlikely]]
      Refill();
    return words_[next_++];
  }
  uint64_t operator()() { return Bits(); }

  // Uniform on [0, 1): the multiples of 2^-53. One word.
  double Uniform01() { return static_cast<double>(Bits() >> 11) * 0x1p-53; }
  // Uniform on (0, 1): the odd multiples of 2^-53, symmetric about ½. One word.
  double UniformOpen() { return (static_cast<double>(Bits() >> 12) + 0.5) * 0x1p-52; }
  // Uniform on [low, high); low ≤ high, both finite. One word.
  double Uniform(double low, double high) { return low + (high - low) * Uniform01(); }
  // Uniform on {0, …, n − 1}, without bias; n ≥ 1. One word, rarely more.
  // D. Lemire, "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019.
  uint64_t UniformInt(uint64_t n);
  // True with probability p, 0 ≤ p ≤ 1. One word.
  bool Bernoulli(double p) { return Uniform01() < p; }

  // Exponential with the given mean ≥ 0; at most 37 means. One word, by inversion.
  double Exponential(double mean);
  // Normal; sigma ≥ 0. One word, by inversion, so that it rises with its word; at most 8.3 sigma
  // out.
  double Normal() { return Normal(0, 1); }
  double Normal(double mean, double sigma);
  // e^Normal(mu, sigma); sigma ≥ 0. Median e^mu, mean e^(mu + sigma²/2). One word.
  double LogNormal(double mu, double sigma);
  // Weibull with shape > 0 and scale ≥ 0; mean scale × Γ(1 + 1/shape). One word, by inversion.
  double Weibull(double shape, double scale);
  // Gamma with shape > 0 and scale ≥ 0; mean shape × scale. Two words or more, by rejection.
  // G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3),
  // 2000.
  double Gamma(double shape, double scale);
  // Poisson with 0 ≤ mean ≤ 1e8 (beyond, a double no longer resolves its log-probabilities). One
  // word by inversion below 10; above, two or more by rejection.
  // W. Hörmann, "The transformed rejection method for generating Poisson random variables",
  // Insurance: Mathematics and Economics 12, 1993 (algorithm PTRS).
  uint64_t Poisson(double mean);

 private:
  void Refill();

  std::array<uint64_t, 4> words_;
  std::array<uint64_t, 2> key_;
  uint64_t name_;
  uint64_t entity_;
  uint64_t sample_;
  uint64_t block_ = 0;
  uint32_t next_ = 4;
};

// One entity's samples: "the repairs of node 17".
class RandomStream {
 public:
  constexpr RandomStream(const std::array<uint64_t, 2>& key, StreamName name, uint64_t entity)
      : key_(key), name_(name.hash()), entity_(entity) {}

  constexpr Draw At(uint64_t sample) const { return Draw(key_, name_, entity_, sample); }

 private:
  std::array<uint64_t, 2> key_;
  uint64_t name_;
  uint64_t entity_;
};

// All streams of one replicate of a run.
class RandomStreams {
 public:
  constexpr RandomStreams(uint64_t seed, uint64_t replicate) : key_{seed, replicate} {}

  constexpr RandomStream Stream(StreamName name, uint64_t entity = 0) const {
    return RandomStream(key_, name, entity);
  }

  constexpr uint64_t seed() const { return key_[0]; }
  constexpr uint64_t replicate() const { return key_[1]; }

 private:
  std::array<uint64_t, 2> key_;
};

}  // namespace orrery
