// Waiting jobs of one queue shape by turn, searchable for the next one that is short enough.
#pragma once

#include <cstdint>
#include <vector>

#include "policies/api/job_info.h"
#include "sim/base/time.h"
#include "sim/cluster/job_queue.h"

namespace orrery::cluster {

// Believed run time still to come of a waiting job, reference scale.
inline Duration RemainingOf(const policies::JobInfo& job) {
  return std::max(job.estimate - job.done, Duration());
}

// Blocks of some hundred jobs in queue order, each with the least of its remaining times. Insert
// and Erase: O(log jobs + block). FirstAfter: O(jobs / block + block).
class RemainingIndex {
 public:
  void Insert(const QueueEntry& entry, const policies::JobInfo& job);
  void Erase(const QueueEntry& entry);
  size_t size() const { return size_; }

  // The first job after `turn` with at most `longest` to run; nullptr if there is none. Valid until
  // the next Insert or Erase.
  const QueueEntry* FirstAfter(const QueueEntry& turn, Duration longest) const;

  // One job of each kind that was ever inserted: jobs of a kind have the same speed wherever they
  // run.
  const std::vector<policies::JobInfo>& kinds() const { return kinds_; }

 private:
  struct Item {
    QueueEntry entry;
    Duration remaining;
  };
  using Block = std::vector<Item>;
  // The block in which the entry is, or would be.
  size_t BlockOf(const QueueEntry& entry) const;
  void Split(size_t block);
  static Duration LeastOf(const Block& block);
  void NoteKind(const policies::JobInfo& job);

  std::vector<Block> blocks_;    // none is empty
  std::vector<Duration> least_;  // by block
  std::vector<policies::JobInfo> kinds_;
  size_t size_ = 0;
};

}  // namespace orrery::cluster
