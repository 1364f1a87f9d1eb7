#include "models/energy/power.h"

#include <algorithm>

#include "sim/base/check.h"

namespace orrery::energy {
namespace {

uint64_t Thousandths(double value) { return static_cast<uint64_t>(value * 1000 + 0.5); }

}  // namespace

PowerModel::PowerModel(const PowerParams& params, const fleet::GpuCatalogue& gpus)
    : params_(params),
      core_idle_mw_(Thousandths(params.core_idle_w)),
      core_dynamic_mw_(Thousandths(params.core_busy_w - params.core_idle_w)),
      gib_mw_(Thousandths(params.memory_w_per_gib)) {
  ORRERY_CHECK(params.core_busy_w >= params.core_idle_w, params.core_busy_w, params.core_idle_w);
  for (const fleet::GpuModel& gpu : gpus.rows()) {
    const double tdp_w = gpu.tdp_w > 0 ? gpu.tdp_w : params.unknown_tdp_w;
    idle_mw_.push_back(Thousandths(tdp_w * params.gpu_idle_share));
    dynamic_mw_.push_back(Thousandths(tdp_w) - idle_mw_.back());
  }
  for (int kind = 0; kind < kOwnerKinds; ++kind) {
    grid_milli_[kind] = Thousandths(params.overhead[kind] * params.pue[kind]);
  }
}

int64_t PowerModel::FromGrid(uint64_t milliwatts, OwnerKind owner) const {
  return static_cast<int64_t>(milliwatts * grid_milli_[static_cast<int>(owner)] / 1000);
}

int64_t PowerModel::Idle(const Hardware& hardware) const {
  uint64_t milliwatts = core_idle_mw_ * hardware.cpu_milli / 1000;
  milliwatts += gib_mw_ * hardware.memory_mib / 1024;
  if (hardware.gpu_milli > 0) {
    milliwatts += idle_mw_[hardware.gpu.index()] * hardware.gpu_milli / 1000;
  }
  return FromGrid(milliwatts, hardware.owner);
}

int64_t PowerModel::Dynamic(const Hardware& hardware, JobClass job_class, double effort) const {
  uint64_t milliwatts = core_dynamic_mw_ * hardware.cpu_milli / 1000;
  if (hardware.gpu_milli > 0) {
    const double load = params_.gpu_load[static_cast<int>(job_class)] * effort;
    milliwatts +=
        dynamic_mw_[hardware.gpu.index()] * hardware.gpu_milli / 1000 * Thousandths(load) / 1000;
  }
  return FromGrid(milliwatts, hardware.owner);
}

int64_t PowerModel::AboveIdle(GpuModelId gpu, OwnerKind owner, double tdp_share) const {
  const double above_w = GpuWattsAt(gpu, tdp_share) - GpuIdleWatts(gpu);
  return FromGrid(Thousandths(above_w), owner);
}

double PowerModel::GpuWattsAt(GpuModelId gpu, double tdp_share) const {
  const uint64_t tdp_mw = idle_mw_[gpu.index()] + dynamic_mw_[gpu.index()];
  return std::max(static_cast<double>(tdp_mw) / 1000 * tdp_share, GpuIdleWatts(gpu));
}

double PowerModel::GpuIdleWatts(GpuModelId gpu) const {
  return static_cast<double>(idle_mw_[gpu.index()]) / 1000;
}

double PowerModel::GpuBusyWatts(GpuModelId gpu, JobClass job_class) const {
  const double load = params_.gpu_load[static_cast<int>(job_class)];
  return GpuIdleWatts(gpu) + static_cast<double>(dynamic_mw_[gpu.index()]) / 1000 * load;
}

}  // namespace orrery::energy
