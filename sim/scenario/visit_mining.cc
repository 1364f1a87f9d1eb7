#include <array>
#include <string>

#include "sim/base/text.h"
#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

using economics::Coin;
using economics::CoinWalk;
using economics::FullMining;
using economics::Rig;
using economics::SimpleMining;

// What a coin costs [USD].
class CoinPriceCodec final : public Codec<double> {
 public:
  bool Read(std::string_view text, double* value, std::string* suggestion) const override {
    const bool dollars = text.starts_with('$');
    if (dollars) text.remove_prefix(1);
    const Parsed<double> price = ParseDouble(text);
    if (!price) return false;
    if (!dollars) *suggestion = Write(*price);
    if (dollars) *value = *price;
    return dollars;
  }
  std::string Write(const double& value) const override { return "$" + FormatDouble(value); }
  KindInfo Kind() const override {
    return {"a price in dollars", "$20", {"string"}, R"(^\$[0-9.]+([eE][-+]?[0-9]+)?$)", {}, false};
  }
};

// A hash rate, held in TH/s.
class HashRateCodec final : public Codec<double> {
 public:
  bool Read(std::string_view text, double* value, std::string* suggestion) const override {
    struct Unit {
      std::string_view name;
      double ths;
    };
    static constexpr auto kUnits = std::to_array<Unit>({{"EH/s", 1e6},
                                                        {"PH/s", 1e3},
                                                        {"TH/s", 1},
                                                        {"GH/s", 1e-3},
                                                        {"MH/s", 1e-6},
                                                        {"kH/s", 1e-9}});
    if (const Parsed<double> bare = ParseDouble(text)) {
      *suggestion = Write(*bare);
      return false;
    }
    for (const Unit& unit : kUnits) {
      if (!text.ends_with(unit.name)) continue;
      text.remove_suffix(unit.name.size());
      const Parsed<double> number = ParseDouble(text);
      if (number) *value = *number * unit.ths;
      return number.has_value();
    }
    return false;
  }
  std::string Write(const double& value) const override { return FormatDouble(value) + "TH/s"; }
  KindInfo Kind() const override {
    return {"a hash rate", "242TH/s", {"string"}, R"(^[0-9.]+([eE][-+]?[0-9]+)?[kMGTPE]H/s$)", {},
            false};
  }
};

void VisitCoin(Visitor& v, Coin& coin) {
  static const CoinPriceCodec usd;
  static const HashRateCodec hash_rate;
  v.Field("price", coin.usd, usd,
          {.min = 0.0,
           .max = 1e7,
           .doc = "what a coin is worth, on the first day",
           .source = "Assumption: coin_price"});
  v.Field("block_reward", coin.block_reward, NumberCodec(),
          {.min = 0.0,
           .max = 1e6,
           .doc = "coins that miners get for a block",
           .source = "Ethereum Classic, ECIP-1017, fifth era"});
  v.Time("block_time", coin.block_time,
         {.min = Duration::Millis(1),
          .max = Duration::Hours(24),
          .doc = "mean time between blocks",
          .source = "Ethereum Classic, mean of its blocks until 2023 (ledgerlife.io)"});
  v.Field("network", coin.network_ths, hash_rate,
          {.min = 1e-6,
           .max = 1e12,
           .doc = "hash rate of all miners; the fleet is taken to be small against it",
           .source = "Ethereum Classic, as told by wuyelx.com"});
}

void VisitRig(Visitor& v, Rig& rig) {
  v.Group({.key = "owners", .doc = "which kinds of owners mine"}, [&] {
    for (int kind = 0; kind < kOwnerKinds; ++kind) {
      v.Flag(OwnerKindName(static_cast<OwnerKind>(kind)), rig.owners[kind],
             {.doc = "whether they do", .source = "Assumption: who_mines"});
    }
  });
  v.Field("bandwidth", rig.bandwidth_share, ShareCodec(),
          {.min = 0.0,
           .max = 1.0,
           .doc = "share of a GPU's memory bandwidth that hashing makes use of, 8 KiB a hash",
           .source = "middle of seven measured hash rates (docs/models/mining.md)"});
  v.Field("power", rig.tdp_share, ShareCodec(),
          {.min = 0.0,
           .max = 1.0,
           .doc = "power of a GPU that mines, as a share of its TDP",
           .source = "327 W of 400 W: eight A100 (mludvig/aws-ethereum-miner, pull request 5)"});
  v.Field("fee", rig.fee, ShareCodec(),
          {.min = 0.0,
           .max = 1.0,
           .doc = "share of the revenue that the pool keeps",
           .source = "Assumption: pool_fee"});
  v.Time("stop", rig.stop,
         {.min = Duration(),
          .max = Duration::Hours(1),
          .doc = "what a job waits for on a GPU that mines, until the miner has left it",
          .source = "Assumption: miner_stop"});
  v.Time("start", rig.start,
         {.min = Duration(),
          .max = Duration::Hours(24),
          .doc = "from when a GPU is free until it mines",
          .source = "Assumption: miner_start"});
}

struct VisitLevel {
  Visitor& v;

  void operator()(economics::NoMining&) const {}

  void operator()(SimpleMining& simple) const {
    v.Group({.key = "coin", .doc = "what is mined"}, {.shorthand = "price"},
            [&] { VisitCoin(v, simple.coin); });
    VisitRig(v, simple.rig);
  }

  void operator()(FullMining& full) const {
    (*this)(static_cast<SimpleMining&>(full));
    v.Group({.key = "walk", .doc = "the coin's price as a geometric Brownian motion, day by day"},
            [&] {
              v.Field("drift", full.walk.drift, NumberCodec(),
                      {.min = -0.1,
                       .max = 0.1,
                       .doc = "of the price's expectation [1/day]",
                       .source = "Assumption: coin_drift"});
              v.Field("volatility", full.walk.volatility, NumberCodec(),
                      {.min = 0.0,
                       .max = 1.0,
                       .doc = "standard deviation of the logarithm of its daily change",
                       .source = "Ether's weekly 15.8%, 2016 to 2022 (tremplin.io)"});
            });
  }
};

}  // namespace

void VisitMining(Visitor& v, Mining& mining) {
  v.Choice({.key = "level", .doc = "how much of it is modelled"},
           {.tag = "level",
            .alternatives = {{"off", "idle GPUs do nothing"},
                             {"simple", "the coin has one price all the time"},
                             {"full", "its price walks at random from day to day"}}},
           mining.level, VisitLevel{v});
}

}  // namespace orrery::scenario
