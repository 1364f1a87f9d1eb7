#include "sim/driver/backlog.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/base/check.h"
#include "sim/driver/parcels.h"

namespace orrery::driver {

namespace {

constexpr size_t kMostCohorts = 64;

// Of two cohorts, how many requests would have come at another time if they were one.
double Misdated(const Backlog::Cohort& a, const Backlog::Cohort& b) {
  const double span_s = (std::max(a.to, b.to) - std::min(a.from, b.from)).seconds();
  if (span_s <= 0) return 0;
  const double evenly = static_cast<double>(a.size + b.size) * (a.to - a.from).seconds() / span_s;
  return std::abs(evenly - static_cast<double>(a.size));
}

}  // namespace

Backlog::Counts Backlog::counts() const {
  Counts all;
  for (const Cohort& cohort : cohorts_) {
    all.resize(cohort.counts.size(), 0);
    for (size_t row = 0; row < all.size(); ++row) all[row] += cohort.counts[row];
  }
  return all;
}

double Backlog::CameBefore(size_t row, SimTime time) const {
  double all = 0;
  for (const Cohort& cohort : cohorts_) {
    const double span_s = (cohort.to - cohort.from).seconds();
    const double past_s = (time - cohort.from).seconds();
    const double part = span_s > 0 ? std::clamp(past_s / span_s, 0.0, 1.0) : past_s > 0;
    all += part * static_cast<double>(cohort.counts[row]);
  }
  return all;
}

void Backlog::Add(const Counts& counts, SimTime from, SimTime to) {
  const uint64_t size = std::accumulate(counts.begin(), counts.end(), uint64_t{0});
  if (size == 0) return;
  size_ += size;
  auto place = cohorts_.end();
  while (place != cohorts_.begin() && from < std::prev(place)->from) --place;
  cohorts_.insert(place, {counts, size, from, to});
  if (cohorts_.size() > kMostCohorts) MergeTwo();
}

// Two neighbours become one where that misdates the fewest.
void Backlog::MergeTwo() {
  size_t best = 0;
  double least = HUGE_VAL;
  for (size_t i = 0; i + 1 < cohorts_.size(); ++i) {
    const double misdated = Misdated(cohorts_[i], cohorts_[i + 1]);
    if (misdated < least) {
      best = i;
      least = misdated;
    }
  }
  Cohort& one = cohorts_[best];
  const Cohort& other = cohorts_[best + 1];
  for (size_t row = 0; row < one.counts.size(); ++row) one.counts[row] += other.counts[row];
  one.size += other.size;
  one.from = std::min(one.from, other.from);
  one.to = std::max(one.to, other.to);
  cohorts_.erase(cohorts_.begin() + static_cast<std::ptrdiff_t>(best) + 1);
}

std::vector<Backlog::Cohort> Backlog::Take(uint64_t count) {
  count = std::min(count, size_);
  size_ -= count;
  std::vector<Cohort> taken;
  while (count > 0) {
    Cohort& head = cohorts_.front();
    if (count >= head.size) {
      count -= head.size;
      taken.push_back(std::move(head));
      cohorts_.pop_front();
      continue;
    }
    const double part = static_cast<double>(count) / static_cast<double>(head.size);
    const SimTime until = head.from + Duration::FromSeconds((head.to - head.from).seconds() * part);
    taken.push_back(
        {Split(count, {head.counts.begin(), head.counts.end()}), count, head.from, until});
    for (size_t row = 0; row < head.counts.size(); ++row) {
      ORRERY_CHECK(taken.back().counts[row] <= head.counts[row], row, count, head.size);
      head.counts[row] -= taken.back().counts[row];
    }
    head.from = until;
    head.size -= count;
    count = 0;
  }
  return taken;
}

}  // namespace orrery::driver
