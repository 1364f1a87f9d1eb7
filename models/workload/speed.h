// How fast a job goes on a GPU, relative to the GPU on which its work is stated.
//
// Where the job's type is in a throughput table, the measured steps a second decide. Elsewhere the
// roofline of its class does (S. Williams et al., "Roofline", CACM 52(4), 2009): a GPU of peak P
// [FLOP/s] and memory bandwidth B [byte/s] does min(P, I·B), I being the FLOPs that the class does
// for each byte it moves. Both are worked out once for every pair; a query is two array reads and a
// division.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "models/fleet/gpu.h"
#include "models/workload/classes/job_class.h"
#include "models/workload/job.h"
#include "models/workload/throughput_table.h"

namespace orrery::workload {

// What the roofline gives for a GPU [FLOP/s]; 0 where the catalogue does not know a figure it
// needs.
double RooflineFlops(const ClassRoofline& roofline, const fleet::GpuModel& gpu);

class SpeedModel {
 public:
  // `table` may be null; its GPUs must be bound to rows of `catalogue` (ThroughputTable::Bind).
  // Neither is used after the call. O(types × models).
  SpeedModel(const fleet::GpuCatalogue& catalogue, const ThroughputTable* table);

  // The speed of `job` on `gpu`: seconds of its `work` done in a second of running, all replicas on
  // GPUs of that model. Exactly 1 on the job's reference GPU. 0: the type does not run there.
  //
  // 1 on every GPU for a job without GPUs or without a reference GPU, and for a pair of which one
  // GPU's figures are not known (Assumption: unknown_gpu_speed; openb's G1, G2 and G3 are such).
  // Where a table holds the type but not the GPU, the nearest GPU that it does hold (by the
  // roofline of sweeps, which fits Gavel's types) is scaled by the ratio of the two rooflines.
  double Speed(const Job& job, GpuModelId gpu, Spread spread = Spread::kConsolidated) const {
    if (job.demand.gpus == 0 || !job.reference_gpu.valid() || !gpu.valid()) return 1;
    return Ratio(RowOf(job), job.reference_gpu, gpu, spread);
  }

  // The same by row, for callers that keep the row of a job: rates of the row on each GPU, in a
  // unit of its own. RowOf is O(1).
  uint32_t RowOf(const Job& job) const;
  double Ratio(uint32_t row, GpuModelId reference, GpuModelId gpu, Spread spread) const {
    if (reference == gpu && spread == Spread::kConsolidated) return 1;
    const double base = rates_[row * stride_ + reference.index()];
    const double rate =
        rates_[row * stride_ + gpu.index() + (spread == Spread::kUnconsolidated ? gpus_ : 0)];
    return base > 0 && rate >= 0 ? rate / base : 1;
  }

 private:
  // Scales of the table's rows: 1, 2, 4, 8 and 16 GPUs. A job counts with the largest that is not
  // larger than it.
  static constexpr uint32_t kScales = 5;

  void AddClassRows(const fleet::GpuCatalogue& catalogue);
  void AddTypeRows(const ThroughputTable& table);

  size_t gpus_ = 0;
  size_t stride_ = 0;  // 2 × gpus_: consolidated, then unconsolidated
  uint32_t types_ = 0;
  // kJobClasses rows, then kScales a type. Negative: not known.
  std::vector<double> rates_;
};

}  // namespace orrery::workload
