#include <functional>
#include <limits>
#include <utility>

#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

using workload::Deterministic;
using workload::Empirical;
using workload::Exponential;
using workload::LogNormal;
using workload::Uniform;
using workload::Weibull;

// Visits the parameters of one law. Values have the codec and the bounds of the key; shapes are
// plain numbers.
struct VisitLaw {
  Visitor& v;
  const Codec<double>& codec;
  double smallest, largest;

  void Value(std::string_view key, double& value, std::string_view doc) const {
    v.Field(key, value, codec, {.min = smallest, .max = largest, .doc = doc, .required = true});
  }
  void Positive(std::string_view key, double& value, std::string_view doc) const {
    v.Field(key, value, codec,
            {.min = 0.0, .max = largest, .above_min = true, .doc = doc, .required = true});
  }
  void operator()(Deterministic& law) const { Value("value", law.value, "every draw"); }
  void operator()(Exponential& law) const { Positive("mean", law.mean, "mean"); }
  void operator()(Uniform& law) const {
    Value("low", law.low, "lower end");
    Value("high", law.high, "upper end, above `low`");
  }
  void operator()(LogNormal& law) const {
    Positive("median", law.median, "median");
    v.Field(
        "sigma", law.sigma, NumberCodec(),
        {.min = 0.0, .max = 10.0, .doc = "standard deviation of the logarithm", .required = true});
  }
  void operator()(Weibull& law) const {
    v.Field("shape", law.shape, NumberCodec(),
            {.min = 0.05, .max = 100.0, .doc = "shape", .required = true});
    Positive("scale", law.scale, "scale");
  }
  void operator()(Empirical& law) const {
    v.List({.key = "points",
            .doc = "quantiles: the first with p = 0, the last with p = 1, values not decreasing",
            .required = true},
           law.points, {.min = 2, .max = 10'000, .single = false}, [&](Empirical::Point& point) {
             v.Group({}, [&] {
               v.Field("p", point.p, ShareCodec(),
                       {.min = 0.0, .max = 1.0, .doc = "probability", .required = true});
               Value("value", point.value, "value at that probability");
             });
           });
  }
};

void VisitDistributionKeys(Visitor& v, const Codec<double>& codec, double smallest, double largest,
                           workload::Distribution& distribution) {
  v.Choice({.key = "law", .doc = "the law of the distribution", .required = true},
           {.tag = "law",
            .alternatives = {{"deterministic", "always the same value"},
                             {"exponential", "exponential"},
                             {"uniform", "uniform"},
                             {"lognormal", "log-normal"},
                             {"weibull", "P(X > x) = exp(-(x / scale)^shape)"},
                             {"empirical", "a table of quantiles, log-linear between them"}}},
           distribution.law, VisitLaw{v, codec, smallest, largest});
  v.Field("min", distribution.min, codec,
          {.min = 0.0, .max = largest, .doc = "draws below are cut off (not clamped)"});
  v.Field("max", distribution.max, codec,
          {.min = 0.0,
           .max = largest,
           .above_min = true,
           .none = std::numeric_limits<double>::infinity(),
           .none_means = "no upper end",
           .doc = "draws above are cut off (not clamped)"});
}

GroupSpec DistributionGroup(std::function<void()> reset) {
  return {.shorthand = "value",
          .implied = {"law", "deterministic"},
          .reset = std::move(reset),
          .kind = "distribution"};
}

}  // namespace

void VisitDistribution(Visitor& v, const Info& info, const Codec<double>& codec, double smallest,
                       double largest, workload::Distribution& distribution) {
  v.Group(info, DistributionGroup([&] { distribution = workload::Distribution(); }),
          [&] { VisitDistributionKeys(v, codec, smallest, largest, distribution); });
}

void VisitOptionalDistribution(Visitor& v, const Info& info, const Codec<double>& codec,
                               double smallest, double largest,
                               std::optional<workload::Distribution>& distribution) {
  v.Optional(info, DistributionGroup([&] { distribution = workload::Distribution(); }),
             distribution, [&](workload::Distribution& held) {
               VisitDistributionKeys(v, codec, smallest, largest, held);
             });
}

}  // namespace orrery::scenario
