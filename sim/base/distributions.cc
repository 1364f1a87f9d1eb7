#include "sim/base/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "sim/base/check.h"
#include "sim/base/math.h"
#include "sim/base/text.h"

namespace orrery {
namespace {

std::string At(const char* what, size_t index) {
  return std::string(what) + " " + std::to_string(index);
}

}  // namespace

Result<DiscreteDistribution> DiscreteDistribution::Create(std::span<const double> weights) {
  constexpr size_t kMaxItems = std::numeric_limits<uint32_t>::max();
  if (weights.empty()) return MakeError("", "got no weights, expected at least one");
  if (weights.size() > kMaxItems) {
    return MakeError("", "got " + std::to_string(weights.size()) + " weights, expected at most " +
                             std::to_string(kMaxItems));
  }
  double total = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (!(weights[i] >= 0 && std::isfinite(weights[i]))) {
      return MakeError("", At("weight", i) + ": got " + FormatDouble(weights[i]) +
                               ", expected a finite number of at least 0");
    }
    total += weights[i];
  }
  if (!(total > 0 && std::isfinite(total))) {
    return MakeError("",
                     "weights sum to " + FormatDouble(total) + ", expected a finite sum above 0");
  }

  // Each column has room for one average item. A column below it is filled up by one above it.
  const size_t n = weights.size();
  std::vector<double> room(n);
  std::vector<uint32_t> below;
  std::vector<uint32_t> above;
  for (size_t i = 0; i < n; ++i) {
    room[i] = weights[i] / total * static_cast<double>(n);
    (room[i] < 1 ? below : above).push_back(static_cast<uint32_t>(i));
  }
  DiscreteDistribution distribution;
  // What rounding leaves over on either list are columns that keep their own item throughout,
  // unless its weight is 0, which no column may give.
  const auto heaviest = std::max_element(weights.begin(), weights.end()) - weights.begin();
  distribution.threshold_.assign(n, std::numeric_limits<uint64_t>::max());
  distribution.alias_.resize(n);
  for (size_t i = 0; i < n; ++i) {
    const bool never = weights[i] == 0;
    if (never) distribution.threshold_[i] = 0;
    distribution.alias_[i] = static_cast<uint32_t>(never ? static_cast<size_t>(heaviest) : i);
  }
  while (!below.empty() && !above.empty()) {
    const uint32_t small = below.back();
    const uint32_t large = above.back();
    below.pop_back();
    distribution.threshold_[small] = static_cast<uint64_t>(room[small] * 0x1p64);
    distribution.alias_[small] = large;
    room[large] -= 1 - room[small];
    if (room[large] < 1) {
      above.pop_back();
      below.push_back(large);
    }
  }
  return distribution;
}

DiscreteDistribution DiscreteDistribution::Of(std::span<const double> weights) {
  Result<DiscreteDistribution> made = Create(weights);
  ORRERY_CHECK(made.has_value(), made.error().ToString());
  return *std::move(made);
}

size_t DiscreteDistribution::operator()(Draw& draw) const {
  const size_t column = draw.UniformInt(threshold_.size());
  return draw.Bits() < threshold_[column] ? column : alias_[column];
}

Result<EmpiricalDistribution> EmpiricalDistribution::Create(std::span<const Row> rows,
                                                            Interpolation interpolation) {
  if (rows.size() < 2) {
    return MakeError("", "got " + std::to_string(rows.size()) +
                             " quantile rows, expected at least two, from probability 0 to 1");
  }
  const bool log = interpolation == Interpolation::kLog;
  EmpiricalDistribution distribution;
  distribution.interpolation_ = interpolation;
  distribution.rows_.assign(rows.begin(), rows.end());
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto [probability, value] = rows[i];
    const double first_or_last = i == 0 ? 0 : 1;
    if ((i == 0 || i + 1 == rows.size()) && probability != first_or_last) {
      return MakeError("", At("quantile row", i) + ": got probability " +
                               FormatDouble(probability) + ", expected " +
                               FormatDouble(first_or_last));
    }
    if (i > 0 && !(probability > rows[i - 1].probability)) {
      return MakeError("", At("quantile row", i) + ": got probability " +
                               FormatDouble(probability) + " after " +
                               FormatDouble(rows[i - 1].probability) + ", expected a higher one");
    }
    if (!std::isfinite(value) || (log && !(value > 0))) {
      return MakeError("", At("quantile row", i) + ": got value " + FormatDouble(value) +
                               ", expected a finite number" + (log ? " above 0" : ""));
    }
    if (i > 0 && value < rows[i - 1].value) {
      return MakeError("", At("quantile row", i) + ": got value " + FormatDouble(value) +
                               " after " + FormatDouble(rows[i - 1].value) +
                               ", expected one that is not lower");
    }
    if (log) distribution.rows_[i].value = Log(value);
  }
  return distribution;
}

double EmpiricalDistribution::Quantile(double probability) const {
  ORRERY_CHECK(probability >= 0 && probability <= 1, probability);
  const auto above = std::upper_bound(rows_.begin() + 1, rows_.end() - 1, probability,
                                      [](double p, const Row& row) { return p < row.probability; });
  const Row& low = *(above - 1);
  const Row& high = *above;
  const double share = (probability - low.probability) / (high.probability - low.probability);
  const double value = low.value + (high.value - low.value) * share;
  return interpolation_ == Interpolation::kLog ? Exp(value) : value;
}

double EmpiricalDistribution::Mean() const {
  double mean = 0;
  for (size_t i = 1; i < rows_.size(); ++i) {
    const double width = rows_[i].probability - rows_[i - 1].probability;
    const double low = rows_[i - 1].value;
    const double rise = rows_[i].value - low;
    if (interpolation_ == Interpolation::kLinear) {
      mean += width * (low + rise / 2);
    } else {
      // ∫ e^(low + rise t) dt over 0 … 1.
      mean += width * Exp(low) * (rise == 0 ? 1 : Expm1(rise) / rise);
    }
  }
  return mean;
}

}  // namespace orrery
