#include "sim/cluster/fragmentation.h"

#include <algorithm>

namespace orrery::cluster {

namespace {

// GPU thousandths left on a node that the shape cannot use.
uint32_t Unusable(const Residual& residual, const Demand& demand, bool eligible) {
  if (!eligible || policies::FitCount(residual, demand) == 0) return residual.gpu_milli();
  uint32_t unusable = 0;
  for (int g = 0; g < residual.partial_gpus; ++g) {
    const uint16_t left = residual.partial_milli[static_cast<size_t>(g)];
    if (left < demand.gpu_milli) unusable += left;
  }
  return unusable;
}

}  // namespace

void FragmentationMeter::Count(const JobInfo& job) {
  if (job.demand.gpus == 0) return;
  if (job.shape.index() >= arrivals_.size()) arrivals_.resize(job.shape.index() + 1);
  if (arrivals_[job.shape.index()]++ == 0) gpu_shapes_.push_back(job.shape.value);
}

double FragmentationMeter::Measure() const {
  if (gpu_shapes_.empty() || state_->present_total().gpu_milli == 0) return 0;
  std::vector<uint32_t> typical = gpu_shapes_;
  std::sort(typical.begin(), typical.end(), [&](uint32_t a, uint32_t b) {
    return arrivals_[a] != arrivals_[b] ? arrivals_[a] > arrivals_[b] : a < b;
  });
  typical.resize(std::min(typical.size(), kShapes));
  uint64_t jobs = 0;
  for (uint32_t shape : typical) jobs += arrivals_[shape];
  const ClassIndex& classes = state_->classes();
  double unusable = 0;
  for (uint32_t id : typical) {
    const ShapeId shape(id);
    const PlacementIndex& index = state_->index(shape);
    uint64_t milli = 0;
    for (uint32_t slot = 0; slot < classes.slot_count(); ++slot) {
      const policies::NodeClass& node_class = classes.at(slot).view;
      if (node_class.count == 0 || node_class.shape->gpus == 0) continue;
      milli += uint64_t{node_class.count} * Unusable(node_class.residual, index.shape().demand,
                                                     index.EligibleNode(node_class.first));
    }
    unusable += static_cast<double>(milli) * static_cast<double>(arrivals_[id]);
  }
  return unusable / static_cast<double>(jobs) /
         static_cast<double>(state_->present_total().gpu_milli);
}

}  // namespace orrery::cluster
