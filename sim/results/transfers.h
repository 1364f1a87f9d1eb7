// What moving data came to in a run.
#pragma once

#include <cstdint>

namespace orrery::results {

struct TransferFigures {
  uint64_t fetches = 0;      // attempts that data were brought for
  uint64_t sends = 0;        // attempts that sent what they wrote
  uint64_t broken_off = 0;   // of both, those that did not end
  uint64_t images_kept = 0;  // images that a node had already
  uint64_t rerouted = 0;     // flows that lost their way and took another
  uint64_t cut = 0;          // flows that had to wait for a way, or for their store
  double fetched_gb = 0;     // [1e9 bytes]
  double sent_gb = 0;
  double hours = 0;       // from begin to end, all of them together
  double gpu_hours = 0;   // held meanwhile
  double egress_usd = 0;  // charged for what left the stores' regions
};

}  // namespace orrery::results
