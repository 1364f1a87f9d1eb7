// How attempts save their state: how long a save takes them, and how far apart saves are.
#pragma once

#include <span>

#include "models/failure/failures.h"
#include "models/workload/data.h"
#include "policies/api/view.h"
#include "sim/driver/attempt.h"
#include "sim/scenario/failures.h"

namespace orrery::driver {

// A job's state is of the size that its data say, else of so much for each of its GPUs; each node
// writes a part of it, by the share of the replicas that stand there, and all write at once.
class Saving {
 public:
  // `data` outlives it.
  Saving(const scenario::Checkpoints& checkpoints, const failure::Failures& failures,
         const workload::DataTable* data)
      : checkpoints_(checkpoints), failures_(failures), data_(data) {}

  // Whether the job saves at intervals at all.
  static bool Concerns(const workload::Job& job);
  // Sets the cost of the saves of an attempt on these nodes, and with young_daly the interval that
  // is best at that cost. O(grants).
  void Plan(std::span<const policies::NodeGrant> grants, Attempt* attempt) const;

 private:
  scenario::Checkpoints checkpoints_;
  failure::Failures failures_;
  const workload::DataTable* data_;
};

}  // namespace orrery::driver
