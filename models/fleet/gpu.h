// The GPU catalogue: one row a model, with the figures that scheduling, speed and energy use.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/ids.h"
#include "sim/base/result.h"

namespace orrery::fleet {

// One GPU model. 0 means unknown where marked (0: unknown).
struct GpuModel {
  std::string id;    // "h100-sxm"; unique, lower case
  std::string name;  // "H100 SXM5 80GB"
  std::string vendor;
  double fp32_tflops = 0;
  double fp16_tflops = 0;  // dense tensor/matrix, fp32 accumulation
  uint32_t memory_mib = 0;
  double bandwidth_gbs = 0;  // memory bandwidth
  double tdp_w = 0;
  double market_usd_h = 0;  // typical ask on an open market, per GPU-hour (0: unknown)
  std::string sources;      // where each figure comes from, as in the catalogue's own columns
};

// All GPU models of a scenario; GpuModelId is the row. At most kMaxGpuModels rows.
class GpuCatalogue {
 public:
  // Reads a file like `scenarios/data/gpus.csv` (docs/models/gpus.md tells the columns). Every
  // mistake is reported at once, as "file:line:column name: got X, expected Y".
  static Result<GpuCatalogue> Load(const std::string& path);

  // A catalogue given in code; ids must differ. It has no aliases.
  static GpuCatalogue FromRows(std::vector<GpuModel> rows);

  const GpuModel& operator[](GpuModelId id) const { return rows_[id.index()]; }
  size_t size() const { return rows_.size(); }
  const std::vector<GpuModel>& rows() const { return rows_; }
  // The model with this id; case does not matter; aliases of traces (for example "V100M32")
  // resolve.
  std::optional<GpuModelId> Find(std::string_view id) const;
  // The id of the model whose id or alias is nearest by edit distance, for messages.
  std::string Nearest(std::string_view id) const;

 private:
  std::vector<GpuModel> rows_;
  std::vector<std::pair<std::string, GpuModelId>> aliases_;  // ids too; normalised, sorted
};

}  // namespace orrery::fleet
