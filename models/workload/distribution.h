// One-dimensional distributions of durations, factors and counts, as a scenario states them.
//
// Every draw is the inverse of the distribution function at ONE uniform number, so that a draw
// never shifts another one and equal numbers give ordered values under two parameter sets (common
// random numbers).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/base/distributions.h"
#include "sim/base/result.h"

namespace orrery::workload {

struct Deterministic {
  double value = 0;
};
struct Exponential {
  double mean = 1;
};
// Uniform on [low, high).
struct Uniform {
  double low = 0;
  double high = 1;
};
// ln X is normal with mean ln(median) and standard deviation `sigma`.
struct LogNormal {
  double median = 1;
  double sigma = 1;
};
// P(X > x) = exp(-(x / scale)^shape).
struct Weibull {
  double shape = 1;
  double scale = 1;
};
// A table of quantiles; between two of them ln x is linear in p, or x where a value is 0.
struct Empirical {
  struct Point {
    double p = 0;      // 0 … 1; the first point has p = 0, the last p = 1
    double value = 0;  // not decreasing
  };
  std::vector<Point> points = {};
};

using Law = std::variant<Deterministic, Exponential, Uniform, LogNormal, Weibull, Empirical>;

// A law, cut off (not clamped) to [min, max]: draws follow the law on condition that they lie
// there.
struct Distribution {
  Law law = Deterministic{};
  double min = 0;
  double max = std::numeric_limits<double>::infinity();
};

// The names scenarios use, in the order of `Law`: "deterministic", "exponential", "uniform",
// "lognormal", "weibull", "empirical".
const char* LawName(const Law& law);

// Appends a finding for every parameter that makes no sense (not finite, negative, points out of
// order, an empty [min, max], a law with no mass in it) to `findings`; `place` names the
// distribution
// ("workload.populations[0].duration").
void CheckDistribution(const Distribution& distribution, const std::string& place,
                       std::vector<Finding>* findings);

// A distribution made ready for drawing. O(1) a draw (O(log points) for a table).
class Sampler {
 public:
  Sampler() = default;
  // `distribution` must have passed CheckDistribution.
  explicit Sampler(const Distribution& distribution);

  // The value at probability `u`, 0 < u < 1.
  double At(double u) const;
  // True where every draw is the same.
  bool constant() const { return kind_ == Kind::kConstant; }
  // False where [min, max] leaves less than 1e-9 of the law.
  bool HasMass() const;

 private:
  enum class Kind : uint8_t { kConstant, kExponential, kUniform, kLogNormal, kWeibull, kTable };
  double AtLaw(double p) const;
  double Below(double x) const;

  Kind kind_ = Kind::kConstant;
  double a_ = 0;                   // value | mean | low | median | scale
  double b_ = 0;                   // - | - | high - low | sigma | 1 / shape
  double p_low_ = 0, p_span_ = 1;  // the part of (0, 1) that [min, max] leaves
  double min_ = 0, max_ = std::numeric_limits<double>::infinity();
  bool cut_ = false;
  std::optional<EmpiricalDistribution> table_;
};

}  // namespace orrery::workload
