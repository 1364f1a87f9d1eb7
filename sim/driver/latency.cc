#include "sim/driver/latency.h"

#include <limits>

#include "models/network/rtt.h"

namespace orrery::driver {
namespace {

// The slowest of as many round trips is at the median above 19 of 20: ln 2 / −ln 0.95.
constexpr double kMessages = 13.513407333964873;

}  // namespace

double LatencyJudge::LatencyMs(uint16_t frames, const policies::JobInfo& job,
                               const policies::NodeGrant& grant, GpuModelId gpu, double pace,
                               SimTime now) const {
  workload::FrameSource source;
  source.speed = pace;
  source.gpu_share = job.demand.total_gpu_milli() * 1e-3;
  // Rendering is bound by arithmetic (Assumption: rendering_compute_bound).
  if (job.reference_gpu.valid() && gpu.valid() && (*gpus_)[gpu].fp32_tflops > 0) {
    source.speed *= (*gpus_)[gpu].fp32_tflops / (*gpus_)[job.reference_gpu].fp32_tflops;
  }
  if (links_->on()) {
    const SiteEnd end = links_->EndOf(grant.node);
    const SitePaths::StoreWay way = links_->ClientWay(job.region, end);
    if (way.cut || streams_->Choked(job.slot, now)) return std::numeric_limits<double>::infinity();
    source.rtt_ms = way.rtt_ms;
    if (links_->full()) {
      source.up_bytes_s = end.link.up_bytes_s;
      if (source.rtt_ms > 0) {
        source.rtt_ms = network::SlowestRttMs(source.rtt_ms, kMessages, end.link.home);
      }
    }
  }
  return workload::MotionToPhotonMs((*frames_)[frames], source);
}

}  // namespace orrery::driver
