#include "models/workload/speed.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "sim/base/check.h"
#include "sim/base/math.h"

namespace orrery::workload {
namespace {

constexpr double kUnknown = -1;
// What a throughput table lacks is filled in by the roofline that fits Gavel's types.
constexpr JobClass kTableClass = JobClass::kSweep;

// Fills the rates that `row` lacks: a GPU's nearest known neighbour by roofline, scaled by the
// ratio.
void FillFromRoofline(const double* rooflines, size_t gpus, double* row) {
  const std::vector<double> known(row, row + gpus);
  for (size_t gpu = 0; gpu < gpus; ++gpu) {
    if (known[gpu] >= 0 || rooflines[gpu] <= 0) continue;
    double best_distance = std::numeric_limits<double>::infinity();
    for (size_t other = 0; other < gpus; ++other) {
      if (known[other] <= 0 || rooflines[other] <= 0) continue;
      const double ratio = rooflines[gpu] / rooflines[other];
      const double distance = std::fabs(Log(ratio));
      if (distance >= best_distance) continue;
      best_distance = distance;
      row[gpu] = known[other] * ratio;
    }
  }
}

}  // namespace

double RooflineFlops(const ClassRoofline& roofline, const fleet::GpuModel& gpu) {
  if (roofline.peak == ClassRoofline::Peak::kWallClock) return 1;
  const double peak =
      1e12 * (roofline.peak == ClassRoofline::Peak::kFp16 ? gpu.fp16_tflops : gpu.fp32_tflops);
  if (std::isinf(roofline.flop_per_byte)) return peak;
  return std::min(peak, roofline.flop_per_byte * gpu.bandwidth_gbs * 1e9);
}

SpeedModel::SpeedModel(const fleet::GpuCatalogue& catalogue, const ThroughputTable* table)
    : gpus_(catalogue.size()), stride_(2 * catalogue.size()) {
  AddClassRows(catalogue);
  if (table != nullptr) AddTypeRows(*table);
}

void SpeedModel::AddClassRows(const fleet::GpuCatalogue& catalogue) {
  rates_.assign(kJobClasses * stride_, kUnknown);
  for (int c = 0; c < kJobClasses; ++c) {
    const ClassRoofline roofline = JobClasses()[static_cast<size_t>(c)]->roofline();
    double* row = &rates_[c * stride_];
    for (size_t gpu = 0; gpu < gpus_; ++gpu) {
      const double flops = RooflineFlops(roofline, catalogue.rows()[gpu]);
      if (flops > 0) row[gpu] = row[gpus_ + gpu] = flops;
    }
  }
}

void SpeedModel::AddTypeRows(const ThroughputTable& table) {
  types_ = static_cast<uint32_t>(table.types().size());
  const size_t first = rates_.size();
  rates_.resize(first + size_t{types_} * kScales * stride_, kUnknown);
  const double* rooflines = &rates_[static_cast<size_t>(kTableClass) * stride_];
  for (uint32_t i = 0; i < types_ * kScales; ++i) {
    const JobTypeId type(static_cast<uint16_t>(i / kScales));
    const uint32_t scale = 1u << (i % kScales);
    double* row = &rates_[first + i * stride_];
    for (const Spread spread : {Spread::kConsolidated, Spread::kUnconsolidated}) {
      double* half = row + (spread == Spread::kUnconsolidated ? gpus_ : 0);
      for (size_t gpu = 0; gpu < gpus_; ++gpu) {
        const auto rate = table.StepsPerSecondAtAnyScale(
            type, GpuModelId(static_cast<uint16_t>(gpu)), scale, spread);
        if (rate.has_value()) half[gpu] = *rate;
      }
    }
    // A type that was measured on one node only runs there at the same speed as spread out.
    for (size_t gpu = 0; gpu < gpus_; ++gpu) {
      if (row[gpus_ + gpu] < 0) row[gpus_ + gpu] = row[gpu];
    }
    FillFromRoofline(rooflines, gpus_, row);
    FillFromRoofline(rooflines, gpus_, row + gpus_);
  }
}

uint32_t SpeedModel::RowOf(const Job& job) const {
  if (!job.type.valid() || job.type.value >= types_) return static_cast<uint32_t>(job.job_class);
  const uint32_t scale = std::max<uint32_t>(1, job.replicas * job.demand.gpus);
  const uint32_t bucket = std::min<uint32_t>(std::bit_width(scale) - 1, kScales - 1);
  return kJobClasses + job.type.value * kScales + bucket;
}

}  // namespace orrery::workload
