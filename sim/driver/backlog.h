// The requests of a `simple` service that wait, in numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "sim/base/time.h"

namespace orrery::driver {

// First come, first served. Remembers when requests came, however often they change their place.
class Backlog {
 public:
  using Counts = std::vector<uint64_t>;  // by row of the clients

  // Requests that came evenly over some time, rows evenly mixed.
  struct Cohort {
    Counts counts;
    uint64_t size = 0;
    SimTime from, to;
  };

  bool empty() const { return size_ == 0; }
  uint64_t size() const { return size_; }
  // By row; empty where there are none.
  Counts counts() const;
  // Of a row, those who came before `time`.
  double CameBefore(size_t row, SimTime time) const;

  // Those who came from `from` to `to`, at any time. Long waits are remembered in 64 pieces.
  void Add(const Counts& counts, SimTime from, SimTime to);
  // The oldest ones, so many of them if there are.
  std::vector<Cohort> Take(uint64_t count);
  std::vector<Cohort> TakeAll() { return Take(size_); }

 private:
  void MergeTwo();

  std::deque<Cohort> cohorts_;  // oldest first
  uint64_t size_ = 0;
};

}  // namespace orrery::driver
