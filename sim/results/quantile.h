// Quantiles of more values than fit into memory, and Jain's index.
//
// A quantile here is type 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", The
// American Statistician 50(4), 1996, which numpy and R use by default: with n values in order
// x[0] ≤ … ≤ x[n−1] and h = (n − 1) q, it is x[⌊h⌋] + (h − ⌊h⌋) (x[⌊h⌋ + 1] − x[⌊h⌋]).
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace orrery::results {

// The two order statistics that quantile `q` (0 … 1) of `count` values (at least one) lies between.
struct QuantileRanks {
  uint64_t lower = 0;
  uint64_t upper = 0;
  double fraction = 0;  // of the way from lower to upper
};
QuantileRanks RanksOf(double q, uint64_t count);
// Between two values as numpy does it, to the last bit.
double Interpolate(double lower, double upper, double fraction);

// Counts of values in buckets whose width grows with the value: 2^kBits to each power of two. Two
// of them can be added up. Values are 0 or at least 1 and below 2^128; what lies between 0 and 1
// counts as 0, what is larger as 2^128.
class LogHistogram {
 public:
  static constexpr int kBits = 8;
  // A value differs from what stands for its bucket by at most this share of the value.
  static constexpr double kRelativeError = 1.0 / (1 << (kBits + 1));
  static constexpr uint32_t kBuckets = (128u << kBits) + 1;

  // O(1), a few nanoseconds. The first call takes 256 KiB.
  void Add(double value) {
    if (counts_.empty()) counts_.resize(kBuckets);
    ++counts_[BucketOf(value)];
    ++count_;
    if (value > max_) max_ = value;
  }
  // The same value `count` times.
  void Add(double value, uint64_t count) {
    if (count == 0) return;
    Add(value);
    counts_[BucketOf(value)] += count - 1;
    count_ += count - 1;
  }
  void Merge(const LogHistogram& other);

  uint64_t count() const { return count_; }
  // Exact; 0 where there is none.
  double max() const { return max_; }
  uint64_t CountIn(uint32_t bucket) const { return counts_.empty() ? 0 : counts_[bucket]; }
  // The bucket that holds the value of rank `rank` (0 is the least), and the rank of its first
  // value.
  struct Position {
    uint32_t bucket = 0;
    uint64_t first_rank = 0;
  };
  Position Locate(uint64_t rank) const;
  // Quantile `q`, off by at most kRelativeError of itself; NaN without values.
  double Quantile(double q) const;

  static uint32_t BucketOf(double value) {
    // The bits of a double that is not negative are in the order of the values, and their upper
    // part is the logarithm.
    const uint64_t bits = std::bit_cast<uint64_t>(value);
    if (bits < kOne) return 0;
    const uint64_t bucket = ((bits - kOne) >> (52 - kBits)) + 1;
    return bucket < kBuckets ? static_cast<uint32_t>(bucket) : kBuckets - 1;
  }

 private:
  static constexpr uint64_t kOne = std::bit_cast<uint64_t>(1.0);

  std::vector<uint64_t> counts_;
  uint64_t count_ = 0;
  double max_ = 0;
};

// Exact order statistics of a stream that can be read again, in memory that does not grow with it.
// A histogram of the stream says in which bucket each rank lies; a pass over the stream keeps the
// values of these buckets where they are few, and else splits them. One or two passes do for ten
// million values, and never more than five.
//
//   OrderStatistics wanted(histogram, ranks);
//   while (!wanted.done()) { for (double v : stream) wanted.Add(v); wanted.EndPass(); }
class OrderStatistics {
 public:
  OrderStatistics(const LogHistogram& histogram, std::span<const uint64_t> ranks);

  bool done() const { return open_.empty(); }
  // Each value of the stream, in every pass; the order does not matter.
  void Add(double value) {
    const uint32_t bucket = LogHistogram::BucketOf(value);
    if (watched_[bucket]) AddToOpen(value);
  }
  void EndPass();
  // The value of `rank`, one of the ranks asked for; only when done.
  double At(uint64_t rank) const;

 private:
  // Keys (bits of doubles) from `low` to `high`, that at least one wanted rank lies between.
  struct Range {
    uint64_t low = 0;
    uint64_t high = 0;
    uint64_t first_rank = 0;
    uint64_t count = 0;
    std::vector<uint64_t> ranks;  // wanted ones, ascending
    bool collect = false;
    std::vector<uint64_t> keys;  // if collect
    // Else: counts, least and greatest key of each of kParts equal parts.
    std::vector<uint64_t> counts, least, greatest;
  };
  static constexpr uint32_t kParts = 4096;
  static constexpr uint64_t kMostCollected = 1 << 16;

  void AddToOpen(double value);
  void Open(uint64_t low, uint64_t high, uint64_t first_rank, uint64_t count,
            std::vector<uint64_t> wanted);
  void Split(const Range& range);
  void Found(uint64_t rank, uint64_t key);
  void Watch();

  std::vector<Range> open_;  // ascending, disjoint
  std::vector<uint8_t> watched_;
  std::vector<std::pair<uint64_t, double>> found_;  // rank, value
};

// Jain's fairness index (Σx)² / (n Σx²): 1 where all are equal, 1/n where one has everything (Jain,
// Chiu, Hawe, DEC-TR-301, 1984). NaN without values, 1 where all are 0.
double JainIndex(std::span<const double> values);

}  // namespace orrery::results
