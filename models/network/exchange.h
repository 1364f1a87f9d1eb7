// What the members of a gang exchange, and how long that takes over the links between them.
//
// A message of m bytes takes α + m/B: a latency and a bandwidth (R. W. Hockney, "The communication
// challenge for MPP", Parallel Computing 20, 1994). Members on one node combine what they have for
// nothing; then the nodes of a site do over the provider's own network, where the scenario gives it
// one; then the sites, one message stream a site.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "models/network/access.h"
#include "sim/base/time.h"

namespace orrery::network {

enum class Pattern : uint8_t {
  kNone,             // members do not wait for each other's data
  kRing,             // all-reduce around a ring
  kParameterServer,  // everyone sends to one site and hears back from it
  kPipeline,         // each stage passes on to the next, and gradients back
};

struct Exchange {
  Pattern pattern = Pattern::kNone;
  // What is reduced, or passed between two stages one way, in a step.
  uint32_t volume_mib = 0;
  // Work between two exchanges, on the reference GPU; > 0.
  Duration step = Duration::Seconds(1);
  // The next step is computed meanwhile.
  bool overlap = false;
};

// A way between two neighbours.
struct Hop {
  double latency_s = 0;  // one way
  double bytes_s = 0;    // > 0; infinity: bandwidth does not bind
};

// Seconds for one exchange of `bytes` among members, at least two: sites, or nodes of one site.
//
// Ring all-reduce (R. Thakur, R. Rabenseifner, W. Gropp, "Optimization of collective communication
// operations in MPICH", IJHPCA 19(1), 2005, section 4): a reduce-scatter and an all-gather of
// n − 1 rounds each, every round as slow as its slowest hop: 2 (n−1) α + 2 (n−1)/n m/B. `hops`: the
// n of the ring, the last one back to the first.
double RingSeconds(std::span<const Hop> hops, double bytes);

// Every worker pushes `bytes` and pulls as many; the server's own link carries all of them. `push`
// and `pull`: the way of each worker, at least one; `down` and `up` of the server [bytes/s]. (M. Li
// et al., "Scaling distributed machine learning with the parameter server", OSDI 2014, with one
// server.)
double ParameterServerSeconds(std::span<const Hop> push, std::span<const Hop> pull, double down,
                              double up, double bytes);

// The n − 1 hops of a chain of stages: micro-batches follow each other, so that bytes pass the
// slowest hop once each way, and the first one passes every hop's latency (Y. Huang et al.,
// "GPipe", NeurIPS 2019: synchronous pipeline). `there` and `back`: of each hop.
double PipelineSeconds(std::span<const Hop> there, std::span<const Hop> back, double bytes);

// One of the above among `nodes` ≥ 2 of one site, any two of which `lan` joins; each of them sends
// and receives that much at once.
double LanSeconds(Pattern pattern, const Hop& lan, size_t nodes, double bytes);

// What passes each way of such an exchange of `bytes` among `members`: the hops of a ring, the ways
// to a server and as much on those back, the hops of a chain and as much back.
double BytesOnEachWay(Pattern pattern, size_t members, double bytes);

// Speed of a job that goes at `speed` > 0 but for an exchange of `seconds` after each step; one
// that overlaps slows the job down only as far as it takes longer than the step.
double SpeedWithExchange(double speed, double seconds, const Exchange& exchange);

}  // namespace orrery::network
