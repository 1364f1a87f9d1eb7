#include "sim/results/quantile.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/base/check.h"

namespace orrery::results {
namespace {

uint64_t KeyOf(double value) { return std::bit_cast<uint64_t>(value); }

// The least key of a bucket of LogHistogram.
uint64_t LowestKey(uint32_t bucket) {
  if (bucket == 0) return 0;
  return KeyOf(1.0) + (uint64_t{bucket - 1} << (52 - LogHistogram::kBits));
}

// What stands for a bucket: its middle.
double ValueOf(uint32_t bucket) {
  if (bucket == 0) return 0;
  return std::bit_cast<double>(LowestKey(bucket) + (uint64_t{1} << (51 - LogHistogram::kBits)));
}

}  // namespace

QuantileRanks RanksOf(double q, uint64_t count) {
  ORRERY_CHECK(count > 0 && q >= 0 && q <= 1, count, q);
  const double h = static_cast<double>(count - 1) * q;
  QuantileRanks ranks;
  ranks.lower = std::min(static_cast<uint64_t>(h), count - 1);
  ranks.upper = std::min(ranks.lower + 1, count - 1);
  ranks.fraction = h - static_cast<double>(ranks.lower);
  return ranks;
}

double Interpolate(double lower, double upper, double fraction) {
  const double step = upper - lower;
  return fraction < 0.5 ? lower + step * fraction : upper - step * (1 - fraction);
}

void LogHistogram::Merge(const LogHistogram& other) {
  if (other.counts_.empty()) return;
  if (counts_.empty()) counts_.resize(kBuckets);
  for (uint32_t bucket = 0; bucket < kBuckets; ++bucket) counts_[bucket] += other.counts_[bucket];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

LogHistogram::Position LogHistogram::Locate(uint64_t rank) const {
  ORRERY_CHECK(rank < count_, rank, count_);
  Position position;
  while (position.first_rank + counts_[position.bucket] <= rank) {
    position.first_rank += counts_[position.bucket++];
  }
  return position;
}

double LogHistogram::Quantile(double q) const {
  if (count_ == 0) return std::numeric_limits<double>::quiet_NaN();
  const QuantileRanks ranks = RanksOf(q, count_);
  // No bucket's middle stands for more than the greatest value.
  const double lower = std::min(ValueOf(Locate(ranks.lower).bucket), max_);
  const double upper = std::min(ValueOf(Locate(ranks.upper).bucket), max_);
  return Interpolate(lower, upper, ranks.fraction);
}

OrderStatistics::OrderStatistics(const LogHistogram& histogram, std::span<const uint64_t> ranks)
    : watched_(LogHistogram::kBuckets) {
  std::vector<uint64_t> wanted(ranks.begin(), ranks.end());
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  uint32_t bucket_before = LogHistogram::kBuckets;
  for (const uint64_t rank : wanted) {
    const LogHistogram::Position position = histogram.Locate(rank);
    if (rank + 1 == histogram.count()) {
      Found(rank, KeyOf(histogram.max()));
    } else if (position.bucket == 0) {
      Found(rank, KeyOf(0.0));
    } else if (position.bucket == bucket_before) {
      open_.back().ranks.push_back(rank);
    } else {
      bucket_before = position.bucket;
      const bool last = position.bucket + 1 == LogHistogram::kBuckets;
      Open(LowestKey(position.bucket), last ? UINT64_MAX : LowestKey(position.bucket + 1) - 1,
           position.first_rank, histogram.CountIn(position.bucket), {rank});
    }
  }
  Watch();
}

void OrderStatistics::Open(uint64_t low, uint64_t high, uint64_t first_rank, uint64_t count,
                           std::vector<uint64_t> wanted) {
  Range range;
  range.low = low;
  range.high = high;
  range.first_rank = first_rank;
  range.count = count;
  range.ranks = std::move(wanted);
  range.collect = range.count <= kMostCollected;
  if (range.collect) {
    range.keys.reserve(range.count);
  } else {
    range.counts.assign(kParts, 0);
    range.least.assign(kParts, UINT64_MAX);
    range.greatest.assign(kParts, 0);
  }
  open_.push_back(std::move(range));
}

void OrderStatistics::AddToOpen(double value) {
  const uint64_t key = KeyOf(value);
  for (Range& range : open_) {
    if (key > range.high) continue;
    if (key < range.low) return;
    if (range.collect) {
      range.keys.push_back(key);
      return;
    }
    const uint64_t width = (range.high - range.low) / kParts + 1;
    const uint64_t part = (key - range.low) / width;
    ++range.counts[part];
    range.least[part] = std::min(range.least[part], key);
    range.greatest[part] = std::max(range.greatest[part], key);
    return;
  }
}

void OrderStatistics::EndPass() {
  std::vector<Range> passed = std::exchange(open_, {});
  for (Range& range : passed) {
    if (!range.collect) {
      Split(range);
      continue;
    }
    ORRERY_CHECK(range.keys.size() == range.count, range.keys.size(), range.count);
    std::sort(range.keys.begin(), range.keys.end());
    for (const uint64_t rank : range.ranks) Found(rank, range.keys[rank - range.first_rank]);
  }
  Watch();
}

void OrderStatistics::Split(const Range& range) {
  uint64_t first_rank = range.first_rank;
  auto rank = range.ranks.begin();
  for (uint32_t part = 0; part < kParts; ++part) {
    const uint64_t end_rank = first_rank + range.counts[part];
    std::vector<uint64_t> wanted;
    for (; rank != range.ranks.end() && *rank < end_rank; ++rank) {
      // One value, however often: nothing left to split.
      if (range.least[part] == range.greatest[part]) {
        Found(*rank, range.least[part]);
      } else {
        wanted.push_back(*rank);
      }
    }
    if (!wanted.empty()) {
      Open(range.least[part], range.greatest[part], first_rank, range.counts[part],
           std::move(wanted));
    }
    first_rank = end_rank;
  }
  ORRERY_CHECK(first_rank == range.first_rank + range.count, first_rank, range.first_rank,
               range.count);
}

void OrderStatistics::Found(uint64_t rank, uint64_t key) {
  found_.emplace_back(rank, std::bit_cast<double>(key));
}

void OrderStatistics::Watch() {
  std::fill(watched_.begin(), watched_.end(), 0);
  for (const Range& range : open_) {
    watched_[LogHistogram::BucketOf(std::bit_cast<double>(range.low))] = 1;
  }
}

double OrderStatistics::At(uint64_t rank) const {
  for (const auto& [known, value] : found_) {
    if (known == rank) return value;
  }
  ORRERY_CHECK(false, rank);
  return 0;
}

double JainIndex(std::span<const double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  double squares = 0;
  for (const double value : values) {
    sum += value;
    squares += value * value;
  }
  if (squares == 0) return 1;
  return sum * sum / (static_cast<double>(values.size()) * squares);
}

}  // namespace orrery::results
