// Failures of nodes, of whole regions, and of jobs by their own software.
#pragma once

#include <optional>
#include <variant>

#include "models/failure/on_off.h"
#include "models/failure/replay/spell_trace.h"
#include "sim/base/time.h"

namespace orrery::failure {

// Nothing fails.
struct NoFailures {};

// Each node fails and is repaired by itself; both times are exponential.
struct SimpleFailures {
  // Of a node, whatever its GPUs. 6.5 failures per 1000 days of an eight-GPU node, of the 16,000
  // A100 of RSC-1: Kokolis et al., "Revisiting Reliability in Large-Scale Machine Learning Research
  // Clusters", HPCA 2025 (arXiv:2410.21680).
  Duration mtbf = Duration::Hours(3692);
  // The mean repair of the LANL clusters (docs/models/failures.md).
  Duration mttr = Duration::Minutes(352);
};

// Many nodes are gone at once, and come back at once: exponential times between, log-normal
// lengths.
struct Outage {
  Duration mtbf = Duration::Max();  // mean; Max(): never
  Duration median;
  double sigma = 1;
};

// The rates of GPUs are of A100 in data centres, whoever owns the node: we know of no measured ones
// of miners' and gamers' cards (Assumption: every_gpu_fails_alike).
//
// Weibull times to failure, in proportion to the GPUs of a node; log-normal repairs; outages of
// whole regions and providers; errors of single GPUs; jobs that fail by themselves.
struct FullFailures {
  // Mean time to failure of one GPU with its part of the node: the rate above by its eight GPUs.
  Duration gpu_mtbf = Duration::Hours(29'538);
  // Of a node without GPUs: the mean time between failures of the LANL nodes.
  Duration cpu_node_mtbf = Duration::Hours(1780);
  // Below 1: a node that was just repaired is the likeliest to fail. Fitted on LANL's nodes.
  double shape = 0.68;
  Duration repair_median = Duration::Minutes(64);
  double repair_sigma = 1.40;
  // Every node of the region is gone at once.
  // Assumption: region_outage (one a year and region, half of them shorter than two hours).
  Outage region_outage = {Duration::Hours(8760), Duration::Hours(2), 1};
  // Every node of an owner who has several. Nothing that we know of gives a rate.
  Outage provider_outage = {Duration::Max(), Duration::Hours(2), 1};
  // Of one GPU: uncorrectable memory errors of A100 (MTBE of 283,271 h a GPU on Delta, 448 GPUs,
  // 895 days: Cui et al., "Story of Two GPUs", SC 2025, arXiv:2503.11901). What runs there fails;
  // the GPU is reset and works on. Duration::Max(): none.
  Duration gpu_error_mtbf = Duration::Hours(283'271);
  // Failures of a job for each hour of each of its GPUs that are no node's fault: what is left of
  // the measured 7.9 h to an interruption of a 1024-GPU job (Kokolis et al.) after node failures,
  // (1 / 7.9 − 128 × 0.0065 / 24) / 1024, less the errors of GPUs above.
  double job_rate_per_gpu_h = 8.6e-5;
};

// Nodes go down and come back as machines of a trace did.
struct ReplayedFailures {
  ReplayParams replay;
};

using Failures = std::variant<NoFailures, SimpleFailures, FullFailures, ReplayedFailures>;

// The process of a region or a provider; nothing where it has no outages.
std::optional<OnOff> OutageProcess(const Outage& outage);
// The process of a node with so many GPUs. `failures` must be SimpleFailures or FullFailures.
OnOff NodeProcess(const Failures& failures, int gpus);

}  // namespace orrery::failure
