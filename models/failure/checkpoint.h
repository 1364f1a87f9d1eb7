// What it costs to save a job's state, and how often to do so.
#pragma once

#include <cstdint>

#include "models/failure/failures.h"
#include "sim/base/time.h"

namespace orrery::failure {

// The time that a save takes, in which the job makes no progress.
struct SaveCost {
  // Of every save, whatever its size.
  Duration fixed = {};
  // What each of the job's nodes writes at [GB/s]; 0: the size costs nothing.
  float bandwidth_gbs = 0;
  // The state, for each GPU, of a job that does not say how large its own is [byte]. BLOOM-176B
  // (BigScience 2022): 2.3 TB with the optimizer's state, on 384 GPUs.
  double bytes_per_gpu = 6e9;

  bool zero() const { return fixed == Duration() && bandwidth_gbs == 0; }
};

// Time to save `bytes` of which the node that has most writes the share `largest`, in (0, 1]: nodes
// write at the same time. Cut off at a hundred years.
Duration SaveTime(const SaveCost& cost, double bytes, double largest);

// The work between two checkpoints that makes the expected run time least, where saving takes
// `cost` and failures are `mtbf` apart on average: J. T. Daly, "A higher order estimate of the
// optimum checkpoint interval for restart dumps", Future Generation Computer Systems 22, 2006,
// equation 37; to first order √(2 cost mtbf) (J. W. Young, CACM 17(9), 1974). At least 1 s; with
// cost ≥ 2 mtbf it is `mtbf`. Duration::Max() where nothing fails.
Duration YoungDalyInterval(Duration cost, Duration mtbf);

// Mean time between failures of a job with so many GPUs on so many nodes, of nodes, GPUs, a region,
// a provider and the job itself; Duration::Max(): it never fails.
Duration JobMtbf(const Failures& failures, double gpus, uint32_t nodes);

}  // namespace orrery::failure
