#include "sim/scenario/item_lists.h"
#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

using workload::ArrivalParams;
using workload::GammaArrivals;
using workload::kMostPerHour;
using workload::MmppArrivals;
using workload::PoissonArrivals;

struct VisitArrivalLaw {
  Visitor& v;
  void operator()(PoissonArrivals&) const {}
  void operator()(MmppArrivals& law) const {
    // A preset has its states already.
    const bool required = law.states.empty();
    v.List({.key = "states", .doc = "visited in turn, 0 → 1 → … → 0", .required = required},
           law.states, {.min = 2, .max = 16, .single = false}, [&](MmppArrivals::State& state) {
             v.Group({}, [&] {
               v.Field("rate", state.rate, NumberCodec(),
                       {.min = 0.0,
                        .max = 1e9,
                        .doc = "rate of arrivals relative to the other states",
                        .required = true});
               v.Time("mean_sojourn", state.mean_sojourn,
                      {.min = Duration::Seconds(1),
                       .max = Duration::Hours(24 * 365),
                       .doc = "mean time in the state (exponential)",
                       .required = true});
             });
           });
  }
  void operator()(GammaArrivals& law) const {
    v.Field("cv", law.cv, NumberCodec(),
            {.min = 0.0,
             .max = 100.0,
             .doc = "standard deviation of a gap over its mean; 0: constant gaps",
             .required = true});
  }
};

void VisitRates(Visitor& v, std::string_view key, size_t count, std::string_view plural,
                std::string_view doc, std::vector<double>& rates) {
  CodecItems<double> items(&rates, NumberCodec(), {.min = 0.0, .max = 1e9}, plural, {count, count});
  v.OnItems({.key = key, .doc = doc}, items);
}

void VisitShape(Visitor& v, workload::RateShape& shape) {
  VisitRates(v, "daily", 24, "24 numbers",
             "relative rate in each hour of local time, 00–01 h first; empty: flat", shape.daily);
  VisitRates(v, "weekly", 7, "7 numbers",
             "relative rate on each day of local time, Monday first; empty: flat", shape.weekly);
  VisitRates(v, "weekend_daily", 24, "24 numbers",
             "stands in for `daily` on Saturday and Sunday; empty: `daily` holds there too",
             shape.weekend_daily);
}

}  // namespace

void VisitArrivals(Visitor& v, ArrivalParams& arrivals) {
  v.Field("rate", arrivals.rate_per_h, PerHourCodec(),
          {.min = 0.0,
           .max = kMostPerHour,
           .above_min = true,
           .doc = "arrivals, the mean over a week; a bag of tasks counts once; needed without a "
                  "preset"});
  v.Choice({.key = "law", .doc = "the arrival process"},
           {.tag = "law",
            .alternatives = {{"poisson", "Poisson process, with the shape as its rate"},
                             {"mmpp", "Markov-modulated Poisson process"},
                             {"gamma", "renewal process with Gamma distributed gaps"}}},
           arrivals.law, VisitArrivalLaw{v});
  v.Group({.key = "shape", .doc = "daily and weekly shape, on the clock of the job's region"},
          [&] { VisitShape(v, arrivals.shape); });
  v.Time("start_of_week", arrivals.start_of_week,
         {.min = Duration(),
          .max = Duration::Hours(24 * 7),
          .doc = "UTC at the start of the run, as time since Monday 00:00"});
  v.Field("superset_rate", arrivals.superset_rate_per_h, PerHourCodec(),
          {.min = 0.0,
           .max = kMostPerHour,
           .above_min = true,
           .none = 0.0,
           .none_means = "the highest rate that is reached",
           .doc = "rate of the candidates that arrivals are thinned from; scenarios that share it "
                  "share jobs"});
}

void VisitGenerator(Visitor& v, workload::GeneratorParams& generator) {
  v.Group({.key = "arrivals", .doc = "when jobs arrive"},
          [&] { VisitArrivals(v, generator.arrivals); });
  const RegionCodec region_codec(v.names());
  CodecWeights<workload::RegionShare, RegionId> regions(
      &generator.regions, &workload::RegionShare::region, region_codec);
  v.OnWeights({.key = "regions",
               .doc = "where users are, by weight; default: every region of the scenario alike"},
              regions);
  v.List({.key = "populations", .doc = "the kinds of job in the mix; needed without a preset"},
         generator.populations, {.min = 1, .max = 1000}, [&](workload::Population& population) {
           v.Group({}, [&] { VisitPopulation(v, population); });
         });
  v.Group({.key = "users", .doc = "who submits"}, [&] {
    v.Field("count", generator.users.count, Whole<uint32_t>(),
            {.min = 1, .max = workload::kMaxUsers, .doc = "users in all"});
    v.Field("zipf_exponent", generator.users.zipf_exponent, NumberCodec(),
            {.min = 0.0,
             .max = 10.0,
             .doc = "the k-th user of a region submits in proportion to k^-exponent"});
  });
  Duration until = generator.end - SimTime::Zero();
  v.Time("until", until,
         {.min = Duration::Seconds(1),
          .max = Duration::Hours(24 * 36'500),
          .none = Duration::Max(),
          .none_means = "until the horizon",
          .doc = "no job arrives at this time or later"});
  generator.end = SimTime::Zero() + until;
  v.Field("max_arrivals", generator.max_arrivals, Whole<uint64_t>(),
          {.min = 1,
           .max = workload::kMostArrivals,
           .none = 0,
           .none_means = "no bound",
           .doc = "no job arrives after so many arrivals"});
}

}  // namespace orrery::scenario
