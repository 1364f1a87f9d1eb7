// How late people see what happens on a node that renders for them.
#pragma once

#include <cstdint>
#include <span>

#include "models/fleet/gpu.h"
#include "models/workload/frames.h"
#include "policies/api/job_info.h"
#include "policies/api/view.h"
#include "sim/driver/gang_links.h"
#include "sim/driver/stream_links.h"

namespace orrery::driver {

class LatencyJudge {
 public:
  LatencyJudge() = default;
  // All outlive this.
  LatencyJudge(const fleet::GpuCatalogue& gpus, const GangLinks* links, const StreamLinks* streams,
               const workload::FrameTable* frames)
      : gpus_(&gpus), links_(links), streams_(streams), frames_(frames) {}

  double BudgetMs(uint16_t frames) const { return (*frames_)[frames].budget_ms; }
  // What 19 of 20 pictures are not older than, for a job with this row of the FrameTable on the
  // node of `grant`, whose GPU is really a `gpu` and goes at the share `pace` of its speed [ms].
  // Infinite where all relays on the way are down now, or the link was too thin for the streams.
  double LatencyMs(uint16_t frames, const policies::JobInfo& job, const policies::NodeGrant& grant,
                   GpuModelId gpu, double pace, SimTime now) const;

 private:
  const fleet::GpuCatalogue* gpus_ = nullptr;
  const GangLinks* links_ = nullptr;
  const StreamLinks* streams_ = nullptr;
  const workload::FrameTable* frames_ = nullptr;
};

}  // namespace orrery::driver
