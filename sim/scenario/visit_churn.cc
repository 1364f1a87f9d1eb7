#include "sim/scenario/item_lists.h"
#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

constexpr Duration kLongest = Duration::Hours(24 * 36'500);

void VisitOwners(Visitor& v, OwnersByKind& owners) {
  v.Group({.key = "miner", .doc = "owners of kind miner"},
          [&] { VisitHabits(v, owners.miner, "Assumption: miner_churn"); });
  v.Group({.key = "consumer", .doc = "owners of kind consumer"},
          [&] { VisitHabits(v, owners.consumer, "Assumption: consumer_churn"); });
}

constexpr std::string_view kFit =
    "fitted on the spot traces of Wu et al. 2024 (docs/models/churn.md)";

struct VisitLevel {
  Visitor& v;

  void operator()(NoChurn&) const {}
  void operator()(SimpleChurn& churn) const { VisitOwners(v, churn.owners); }
  void operator()(ReplayedChurn& churn) const { VisitReplay(v, churn.replay); }
  void operator()(FullChurn& churn) const {
    VisitOwners(v, churn.owners);
    v.Group({.key = "market", .doc = "what the nodes of a region have in common"}, [&] {
      failure::RegionMarket& market = churn.market;
      v.Time("calm", market.calm,
             {.min = Duration::Minutes(1),
              .max = kLongest,
              .doc = "mean length of calm times (exponential)",
              .source = kFit});
      v.Time("tight", market.tight,
             {.min = Duration::Minutes(1),
              .max = kLongest,
              .doc = "mean length of tight times (exponential)",
              .source = kFit});
      v.Field("leave", market.leave, NumberCodec(),
              {.min = 0.001,
               .max = 1000.0,
               .doc = "how often nodes leave in tight times, over calm ones",
               .source = kFit});
      v.Field("back", market.back, NumberCodec(),
              {.min = 0.001,
               .max = 1000.0,
               .doc = "how often nodes that are away come back in tight times, over calm ones",
               .source = kFit});
    });
  }
};

}  // namespace

void VisitHabits(Visitor& v, failure::OwnerHabits& habits, std::string_view source) {
  v.Time("on", habits.on,
         {.min = Duration::Seconds(1),
          .max = kLongest,
          .none = Duration::Max(),
          .none_means = "the owner never leaves",
          .doc = "mean time for which a node is offered",
          .source = source});
  v.Time("off", habits.off,
         {.min = Duration::Seconds(1),
          .max = kLongest,
          .doc = "mean time for which it is away",
          .source = source});
  v.Time("notice", habits.notice,
         {.min = Duration(),
          .max = Duration::Hours(24),
          .doc = "how long before it leaves its jobs are told; they save their progress then, and "
                 "the scheduler hears of it when the node goes; 0s: it goes without a word",
          .source = source});
  CodecItems<double> busy(&habits.busy, NumberCodec(), {.min = 0.001, .max = 1000.0}, "24 numbers",
                          {24, 24});
  v.OnItems(
      {.key = "busy",
       .doc = "how much the owner wants the machine in each hour of local time, 00–01 h first: "
              "the rate of leaving goes with it, that of coming back against it; empty: flat",
       .source = source},
      busy);
}

void VisitChurn(Visitor& v, Churn& churn) {
  v.Choice({.key = "level", .doc = "how much of it is modelled"},
           {.tag = "level",
            .alternatives = {{"off", "nodes are offered all the time"},
                             {"simple", "every node comes and goes by itself"},
                             {"full", "nodes of a region share a market that is calm or tight"},
                             {"replay", "nodes come and go as machines of traces did"}}},
           churn.level, VisitLevel{v});
}

}  // namespace orrery::scenario
