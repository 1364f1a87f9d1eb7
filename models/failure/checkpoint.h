// How often to save a job's state.
#pragma once

#include <cstdint>

#include "models/failure/failures.h"
#include "sim/base/time.h"

namespace orrery::failure {

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
