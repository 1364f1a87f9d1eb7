// The jobs behind a blocked head that may pass it, found without a look at every job.
#pragma once

#include <cstdint>
#include <vector>

#include "policies/api/backfill.h"
#include "sim/cluster/state.h"

namespace orrery::cluster {

// What BackfillPass::NextPassing promises. Whether a job passes depends, as long as nothing starts,
// on its shape and on how long it takes: so of each shape that fits one job is asked, and then the
// next that is short enough is searched. A start may change everything, so that all shapes are
// asked again, from the started job's turn on. For each start, and once more: O(shapes × log jobs),
// and for each shape whose asked job did not pass one search of the RemainingIndex, O(jobs of the
// shape / block + block); where there is no index, O(jobs of the shape).
class PassingWalk {
 public:
  // Begins behind the head of the queue. Entering or taking away jobs ends its validity.
  explicit PassingWalk(const ClusterState& state);

  // The next that passes; nullptr: nobody.
  const policies::JobInfo* Next(policies::Sieve& sieve);
  // The job that Next gave last was started.
  void NoteStart() { started_ = true; }

 private:
  // Where the search in a shape stands: at its first job that was not asked as things are, or at
  // one that may be short enough.
  struct Cursor {
    const QueueEntry* at;
    uint32_t shape;
    bool asked;
  };
  static bool Later(const Cursor& a, const Cursor& b) { return *b.at < *a.at; }
  void Push(const Cursor& cursor);
  void BeginAnew();
  const QueueEntry* FirstShort(const Cursor& cursor, policies::Sieve& sieve) const;

  const ClusterState& state_;
  std::vector<Cursor> cursors_;   // heap by entry
  std::vector<uint32_t> asleep_;  // shapes of which nobody passes as things are
  QueueEntry turn_;               // of the job that was asked last
  bool started_ = false;
};

}  // namespace orrery::cluster
