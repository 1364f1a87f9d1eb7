#include "models/workload/distribution.h"

#include <algorithm>
#include <cmath>

#include "sim/base/check.h"
#include "sim/base/math.h"
#include "sim/base/text.h"

namespace orrery::workload {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};

class Checker {
 public:
  Checker(const std::string& place, std::vector<Finding>* findings)
      : place_(place), findings_(findings) {}

  // `value` must be finite, and above 0 (or at least 0 where `zero` is fine).
  bool Check(const char* key, double value, bool zero) {
    if (std::isfinite(value) && (zero ? value >= 0 : value > 0)) return true;
    Report(key, "got " + FormatDouble(value) + ", expected a finite number " +
                    (zero ? "of at least 0" : "above 0"));
    return false;
  }
  void Report(const std::string& key, std::string what) {
    findings_->push_back({key.empty() ? place_ : place_ + "." + key, std::move(what)});
  }

 private:
  const std::string& place_;
  std::vector<Finding>* findings_;
};

void CheckPoints(const Empirical& law, Checker* check) {
  const std::vector<Empirical::Point>& points = law.points;
  if (points.size() < 2) {
    check->Report("points", "got " + std::to_string(points.size()) +
                                " points, expected at least two (p = 0 and p = 1)");
    return;
  }
  if (points.front().p != 0)
    check->Report("points[0].p", "got " + FormatDouble(points[0].p) + ", expected 0");
  for (size_t i = 0; i < points.size(); ++i) {
    const std::string key = "points[" + std::to_string(i) + "]";
    if (!check->Check((key + ".value").c_str(), points[i].value, /*zero=*/true)) return;
    if (i == 0) continue;
    if (!(points[i].p > points[i - 1].p)) {
      check->Report(key + ".p",
                    "got " + FormatDouble(points[i].p) + ", expected more than the point before");
    }
    if (points[i].value < points[i - 1].value) {
      check->Report(key + ".value", "got " + FormatDouble(points[i].value) +
                                        ", expected at least the value before");
    }
  }
  if (points.back().p != 1) {
    check->Report("points[" + std::to_string(points.size() - 1) + "].p",
                  "got " + FormatDouble(points.back().p) + ", expected 1");
  }
}

void CheckLaw(const Law& law, Checker* check) {
  std::visit(Overloaded{
                 [&](const Deterministic& d) { check->Check("value", d.value, true); },
                 [&](const Exponential& d) { check->Check("mean", d.mean, false); },
                 [&](const Uniform& d) {
                   check->Check("low", d.low, true);
                   check->Check("high", d.high, true);
                   if (d.low > d.high) {
                     check->Report("high", "got " + FormatDouble(d.high) +
                                               ", expected at least low (" + FormatDouble(d.low) +
                                               ")");
                   }
                 },
                 [&](const LogNormal& d) {
                   check->Check("median", d.median, false);
                   check->Check("sigma", d.sigma, true);
                 },
                 [&](const Weibull& d) {
                   check->Check("shape", d.shape, false);
                   check->Check("scale", d.scale, false);
                 },
                 [&](const Empirical& d) { CheckPoints(d, check); },
             },
             law);
}

EmpiricalDistribution Table(const Empirical& law) {
  std::vector<EmpiricalDistribution::Row> rows;
  for (const Empirical::Point& point : law.points) rows.push_back({point.p, point.value});
  auto table = EmpiricalDistribution::Create(
      rows, rows.front().value > 0 ? EmpiricalDistribution::Interpolation::kLog
                                   : EmpiricalDistribution::Interpolation::kLinear);
  ORRERY_CHECK(table.has_value(), table.error().ToString());
  return *std::move(table);
}

}  // namespace

const char* LawName(const Law& law) {
  constexpr const char* kNames[] = {"deterministic", "exponential", "uniform",
                                    "lognormal",     "weibull",     "empirical"};
  return kNames[law.index()];
}

Sampler::Sampler(const Distribution& distribution) {
  std::visit(Overloaded{
                 [&](const Deterministic& d) { kind_ = Kind::kConstant, a_ = d.value; },
                 [&](const Exponential& d) { kind_ = Kind::kExponential, a_ = d.mean; },
                 [&](const Uniform& d) { kind_ = Kind::kUniform, a_ = d.low, b_ = d.high - d.low; },
                 [&](const LogNormal& d) {
                   kind_ = d.sigma == 0 ? Kind::kConstant : Kind::kLogNormal;
                   a_ = d.median, b_ = d.sigma;
                 },
                 [&](const Weibull& d) { kind_ = Kind::kWeibull, a_ = d.scale, b_ = 1 / d.shape; },
                 [&](const Empirical& d) { kind_ = Kind::kTable, table_ = Table(d); },
             },
             distribution.law);
  cut_ = distribution.min > 0 || std::isfinite(distribution.max);
  if (!cut_) return;
  min_ = distribution.min;
  max_ = distribution.max;
  p_low_ = Below(min_);
  p_span_ = (std::isfinite(max_) ? Below(max_) : 1) - p_low_;
}

// The share of the law below `x`, found by bisection of the quantile function: the same bits on
// every machine, and no second formula to keep in step with the first.
double Sampler::Below(double x) const {
  double low = 0, high = 1;
  for (int i = 0; i < 64; ++i) {
    const double middle = low + (high - low) / 2;
    (AtLaw(middle) < x ? low : high) = middle;
  }
  return low;
}

double Sampler::AtLaw(double p) const {
  switch (kind_) {
    case Kind::kConstant:
      return a_;
    case Kind::kExponential:
      return -a_ * Log(1 - p);
    case Kind::kUniform:
      return a_ + b_ * p;
    case Kind::kLogNormal:
      return a_ * Exp(b_ * NormalQuantile(p));
    case Kind::kWeibull:
      return a_ * Pow(-Log(1 - p), b_);
    case Kind::kTable:
      return table_->Quantile(p);
  }
  return a_;
}

double Sampler::At(double u) const {
  if (!cut_) return AtLaw(u);
  return std::clamp(AtLaw(p_low_ + u * p_span_), min_, max_);
}

void CheckDistribution(const Distribution& distribution, const std::string& place,
                       std::vector<Finding>* findings) {
  Checker check(place, findings);
  const size_t before = findings->size();
  CheckLaw(distribution.law, &check);
  if (!check.Check("min", distribution.min, /*zero=*/true)) return;
  if (std::isnan(distribution.max) || distribution.max < distribution.min) {
    check.Report("max", "got " + FormatDouble(distribution.max) + ", expected at least min (" +
                            FormatDouble(distribution.min) + ")");
  }
  if (findings->size() > before) return;
  const Sampler sampler(distribution);
  if (!sampler.HasMass()) {
    check.Report("", std::string("the ") + LawName(distribution.law) +
                         " law has nothing between min (" + FormatDouble(distribution.min) +
                         ") and max (" + FormatDouble(distribution.max) + ")");
  }
}

bool Sampler::HasMass() const {
  if (!cut_) return true;
  if (kind_ == Kind::kConstant) return a_ >= min_ && a_ <= max_;
  return p_span_ > 1e-9;
}

}  // namespace orrery::workload
