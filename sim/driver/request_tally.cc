#include "sim/driver/request_tally.h"

#include <utility>

namespace orrery::driver {

void RequestTally::BeginCounting(Counts waiting) {
  counting_ = true;
  uncounted_ = std::move(waiting);
}

void RequestTally::Send(size_t row, uint64_t count) {
  if (counting_) figures_.CountSent(ClientOf(row), count);
}

void RequestTally::Lose(size_t row, uint64_t count, RequestEnd end) {
  const uint64_t counted = Counted(row, count);
  if (counted > 0) figures_.CountLost(ClientOf(row), end, counted);
}

void RequestTally::Retry(uint64_t count) {
  if (counting_) figures_.CountRetry(count);
}

// How many of these requests are to be counted.
uint64_t RequestTally::Counted(size_t row, uint64_t count) {
  if (!counting_) return 0;
  const uint64_t before = std::min(uncounted_[row], count);
  uncounted_[row] -= before;
  return count - before;
}

// How many of those that would be served are, after those that fail for others.
uint64_t RequestTally::Pay(size_t row, uint64_t count) {
  const uint64_t failed = std::min(owed_, count);
  owed_ -= failed;
  Lose(row, failed, RequestEnd::kFailed);
  return count - failed;
}

void RequestTally::CountTokens(size_t row, double tokens) {
  tokens_ += tokens;
  const auto whole = static_cast<uint64_t>(tokens_);
  tokens_ -= static_cast<double>(whole);
  figures_.CountTokens(ClientOf(row), whole);
}

}  // namespace orrery::driver
