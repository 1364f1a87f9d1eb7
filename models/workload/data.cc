#include "models/workload/data.h"

#include <algorithm>

#include "sim/base/check.h"

namespace orrery::workload {
namespace {

// At most 8 EB: sizes are whole numbers of 64 bits, and sums of them are taken.
int64_t Bytes(double bytes) { return static_cast<int64_t>(std::min(bytes, 8e18) + 0.5); }

}  // namespace

uint16_t DataTable::Add(const std::string& name, const DataParams& params) {
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].name == name) return static_cast<uint16_t>(i + 1);
  }
  ORRERY_CHECK(rows_.size() < UINT16_MAX, rows_.size());
  rows_.push_back({.name = name,
                   .params = params,
                   .stream = StreamName::FromText("data/" + name),
                   .input = Sampler(params.input),
                   .output = Sampler(params.output)});
  return static_cast<uint16_t>(rows_.size());
}

JobData DataTable::Of(const Job& job, const RandomStreams& streams) const {
  ORRERY_CHECK(job.data > kNothing && job.data <= rows_.size(), job.data, rows_.size());
  const Row& row = rows_[job.data - 1u];
  // A bag is numbered from 1, by its candidate (generator.h).
  const uint64_t entity = job.bag > 0 ? job.bag - 1u : job.source_id;
  Draw draw = streams.Stream(row.stream, entity).At(0);
  const double input_u = draw.UniformOpen(), output_u = draw.UniformOpen();
  return {.input = Bytes(row.input.At(input_u)),
          .output = Bytes(row.output.At(output_u)),
          .image = Bytes(row.params.image),
          .checkpoint = Bytes(row.params.checkpoint)};
}

void CheckData(const DataParams& params, const std::string& place, std::vector<Finding>* findings) {
  CheckDistribution(params.input, place + ".input", findings);
  CheckDistribution(params.output, place + ".output", findings);
}

}  // namespace orrery::workload
