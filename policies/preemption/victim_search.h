// Finds which of the jobs that may be stopped must be, so that a waiting job fits.
#pragma once

#include <memory>
#include <vector>

#include "policies/api/view.h"

namespace orrery::policies {

// A job that may be stopped. Those with a greater rank go first.
struct Candidate {
  struct Rank {
    int64_t first = 0;
    int64_t second = 0;
    uint32_t tie = 0;  // JobInfo::tie
    uint32_t id = 0;
    auto operator<=>(const Rank&) const = default;
  };
  Rank rank;
  JobSlot slot;
};

class VictimSearch {
 public:
  // Appends the candidates to stop so that `head` fits: taken by rank until it does, less those it
  // turns out to fit without, least rank first. Nothing if stopping all would not help, or if jobs
  // that are stopping already make room enough (`stopping`). `candidates` is left in any order.
  // O(candidates × nodes of one).
  void Find(const ClusterView& view, const JobInfo& head, const std::vector<JobSlot>& stopping,
            std::vector<Candidate>* candidates, std::vector<JobSlot>* victims);

 private:
  void Reset(const ClusterView& view, const JobInfo& head, const std::vector<JobSlot>& stopping);
  void Spare(const ClusterView& view, const JobInfo& head, const std::vector<JobSlot>& stopping,
             std::vector<JobSlot>* chosen);

  std::unique_ptr<FitProbe> probe_;
};

// What was found out when nobody could be stopped, and how long that holds: while the same job
// heads the queue, no job begins to hold nodes or lets go of them, and nothing is due to change by
// itself.
class QuietSpell {
 public:
  void Begin(const ClusterView& view, const JobInfo& head, SimTime until);
  void End() { head_ = JobId::None(); }
  bool Holds(const ClusterView& view, const JobInfo& head) const;
  SimTime until() const { return until_; }

 private:
  JobId head_;
  uint64_t epoch_ = 0;
  size_t running_ = 0;
  SimTime until_;
};

}  // namespace orrery::policies
