#include "sim/cluster/fragmentation.h"

#include <algorithm>

namespace orrery::cluster {

namespace {

// GPU thousandths left on a node that takes the shape, and that it cannot use.
uint32_t TooSmall(const Residual& residual, const Demand& demand) {
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
  // Nodes with something left.
  struct Left {
    const policies::NodeClass* nodes;
    uint32_t milli;
  };
  std::vector<Left> all;
  const ClassIndex& classes = state_->classes();
  for (uint32_t slot = 0; slot < classes.slot_count(); ++slot) {
    const policies::NodeClass& node_class = classes.at(slot).view;
    if (node_class.count == 0 || node_class.shape->gpus == 0) continue;
    const uint32_t milli = node_class.residual.gpu_milli();
    if (milli > 0) all.push_back({&node_class, milli});
  }
  double unusable = 0;
  for (uint32_t id : typical) {
    const ShapeId shape(id);
    const PlacementIndex& index = state_->index(shape);
    const Demand& demand = index.shape().demand;
    uint64_t milli = 0;
    for (const Left& left : all) {
      const policies::NodeClass& nodes = *left.nodes;
      const bool taken =
          policies::FitCount(nodes.residual, demand) > 0 && index.EligibleNode(nodes.first);
      milli += uint64_t{nodes.count} * (taken ? TooSmall(nodes.residual, demand) : left.milli);
    }
    unusable += static_cast<double>(milli) * static_cast<double>(arrivals_[id]);
  }
  return unusable / static_cast<double>(jobs) /
         static_cast<double>(state_->present_total().gpu_milli);
}

}  // namespace orrery::cluster
