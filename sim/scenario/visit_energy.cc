#include <optional>

#include "sim/base/text.h"
#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

// A price of electricity, held in USD/kWh.
class EnergyPriceCodec final : public Codec<double> {
 public:
  bool Read(std::string_view text, double* value, std::string* suggestion) const override {
    const Parsed<double> bare = ParseDouble(text);
    if (bare) {
      *suggestion = Write(*bare);
      return false;
    }
    constexpr std::string_view kUnit = "/kWh";
    if (!text.starts_with('$') || !text.ends_with(kUnit)) return false;
    text.remove_prefix(1);
    text.remove_suffix(kUnit.size());
    const Parsed<double> price = ParseDouble(text);
    if (price) *value = *price;
    return price.has_value();
  }
  std::string Write(const double& value) const override {
    return "$" + FormatDouble(value) + "/kWh";
  }
  KindInfo Kind() const override {
    return {"a price of electricity", "$0.05/kWh", {"string"}, R"(^\$[0-9.]+/kWh$)", {}, false};
  }
};

// A figure for each kind of owner, under the kinds' names.
void VisitByOwner(Visitor& v, const Info& info, std::array<double, kOwnerKinds>& values,
                  const Spec<double>& spec) {
  v.Group(info, [&] {
    for (int kind = 0; kind < kOwnerKinds; ++kind) {
      v.Field(OwnerKindName(static_cast<OwnerKind>(kind)), values[kind], NumberCodec(), spec);
    }
  });
}

void VisitPower(Visitor& v, energy::PowerParams& power) {
  v.Field("gpu_idle", power.gpu_idle_share, ShareCodec(),
          {.min = 0.0,
           .max = 1.0,
           .doc = "power of a GPU that does nothing, as a share of its TDP",
           .source = "Assumption: gpu_idle_share"});
  v.Group({.key = "gpu_load",
           .doc = "how much of the range from idle to TDP a GPU draws that works, by class of job"},
          [&] {
            for (int c = 0; c < kJobClasses; ++c) {
              v.Field(JobClassName(static_cast<JobClass>(c)), power.gpu_load[c], ShareCodec(),
                      {.min = 0.0,
                       .max = 1.0,
                       .doc = "share of the range from idle to TDP",
                       .source = "Assumption: gpu_load"});
            }
          });
  VisitByOwner(v,
               {.key = "overhead",
                .doc = "power of a node over that of its GPUs, cores and memory, by kind of owner: "
                       "fans, network, power supplies"},
               power.overhead,
               {.min = 1.0,
                .max = 5.0,
                .doc = "power of a node over that of its parts",
                .source = "Newkirk et al. 2025 (arXiv 2506.14551): 76% of the rated power of eight "
                          "H100 in training; miners and consumers: Assumption: psu_efficiency"});
  VisitByOwner(v, {.key = "pue", .doc = "power usage effectiveness, by kind of owner"}, power.pue,
               {.min = 1.0,
                .max = 5.0,
                .doc = "power of the site over that of its nodes",
                .source = "Uptime Institute, Global Data Center Survey 2024; miners and consumers: "
                          "Assumption: home_pue"});
}

void VisitHeat(Visitor& v, energy::HeatParams& heat) {
  VisitByOwner(v,
               {.key = "rise", .doc = "how much warmer than the air a board at its TDP gets [K]"},
               heat.rise_k,
               {.min = 1.0,
                .max = 200.0,
                .doc = "rise above the air at TDP [K]",
                .source = "Assumption: thermal_rise"});
  v.Field("spread", heat.spread, NumberCodec(),
          {.min = 0.0,
           .max = 1.0,
           .doc = "standard deviation of the logarithm of that rise among nodes (log-normal)",
           .source = "Assumption: thermal_spread"});
  v.Time("time_constant", heat.time_constant,
         {.min = Duration::Seconds(1),
          .max = Duration::Hours(1),
          .doc = "time in which a board does 63% of the way to its new temperature",
          .source = "Assumption: thermal_time"});
  v.Field("limit", heat.limit_c, NumberCodec(),
          {.min = 40.0,
           .max = 150.0,
           .doc = "temperature at which a board slows down [degrees Celsius]",
           .source = "NVIDIA, GPU Boost: the target temperature of GeForce boards"});
}

}  // namespace

void VisitEnergy(Visitor& v, Energy& energy) {
  static const WordCodec<Energy::Level> levels({{"off", Energy::Level::kOff},
                                                {"simple", Energy::Level::kSimple},
                                                {"full", Energy::Level::kFull}});
  v.Field(
      "level", energy.level, levels,
      {.doc = "off: not counted; simple: one price and one carbon intensity a place; full: both "
              "by hour and month, and boards that get too hot slow down"});
  v.OnUnless("level: off", energy.level == Energy::Level::kOff, [&] {
    static const EnergyPriceCodec price;
    v.Field("delivery", energy.delivery_usd_kwh, price,
            {.min = 0.0,
             .max = 10.0,
             .doc = "network charges and taxes, on top of the wholesale price of a zone",
             .source = "Assumption: delivery_charge"});
    VisitPower(v, energy.power);
  });
  const bool simple = energy.level == Energy::Level::kSimple;
  v.OnUnless(
      simple ? "level: simple" : "level: off, simple", energy.level != Energy::Level::kFull, [&] {
        v.Field("day_of_year", energy.day_of_year, Whole<uint16_t>(),
                {.min = 1,
                 .max = 365,
                 .doc = "day of the year on which a run begins, at midnight UTC; 1: 1 "
                        "January"});
        v.Group({.key = "heat", .doc = "how warm boards get"}, [&] { VisitHeat(v, energy.heat); });
      });
}

}  // namespace orrery::scenario
