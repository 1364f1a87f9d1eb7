#include <string>

#include "sim/base/text.h"
#include "sim/base/units.h"
#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

using trust::ByCheat;
using trust::Cheat;
using trust::Cheats;
using trust::FullTrust;
using trust::kCheats;
using trust::Rules;
using trust::SimpleTrust;

// An amount of money.
class UsdCodec final : public Codec<Usd> {
 public:
  bool Read(std::string_view text, Usd* value, std::string* suggestion) const override {
    const Parsed<Usd> parsed = ParseUsd(text);
    if (parsed) *value = *parsed;
    if (!parsed && ParseDouble(text)) *suggestion = "$" + std::string(text);
    return parsed.has_value();
  }
  std::string Write(const Usd& value) const override { return FormatUsd(value); }
  KindInfo Kind() const override {
    return {
        "an amount of money", "$480", {"string"}, R"(^\$[0-9.]+([eE][-+]?[0-9]+)?$)", {}, false};
  }
};

constexpr Duration kLongest = Duration::Hours(24 * 36'500);

void VisitByCheat(Visitor& v, ByCheat& figures, const Spec<double>& spec) {
  for (int c = 1; c < kCheats; ++c) {
    v.Field(CheatName(static_cast<Cheat>(c)), figures[c], ShareCodec(), spec);
  }
}

void VisitCheats(Visitor& v, Cheats& cheats) {
  v.Group(
      {.key = "shares", .doc = "who cheats: shares of the nodes with GPUs, by owner kind"}, [&] {
        for (int kind = 0; kind < kOwnerKinds; ++kind) {
          v.Group(
              {.key = OwnerKindName(static_cast<OwnerKind>(kind)), .doc = "of these owners' nodes"},
              [&] {
                VisitByCheat(v, cheats.shares[kind],
                             {.min = 0.0,
                              .max = 1.0,
                              .doc = "share that cheats so",
                              .source = "Assumption: cheat_shares"});
              });
        }
      });
  v.Field("real_model", cheats.real_model, GpuCodec(v.names()),
          {.none = GpuModelId::None(),
           .none_means = "drawn evenly from the models that are cheaper and slower than the one "
                         "claimed",
           .doc = "what a spoofed card is"});
  v.Field("real_memory", cheats.real_memory, ShareCodec(),
          {.min = 0.01,
           .max = 1.0,
           .doc = "memory that a card with less has, as a share of what it claims",
           .source = "Assumption: real_memory"});
  v.Field("real_bandwidth", cheats.real_bandwidth, ShareCodec(),
          {.min = 0.001,
           .max = 1.0,
           .doc = "what a link carries that is slower than its owner claims, as a share of that",
           .source = "Assumption: real_bandwidth"});
  v.Field("names", cheats.names, Whole<uint32_t>(),
          {.min = 2,
           .max = 1000,
           .doc = "nodes that an oversold card is offered as, each under a name of its own",
           .source = "Assumption: names_of_a_card"});
  v.Field("returns", cheats.returns, ShareCodec(),
          {.min = 0.0,
           .max = 1.0,
           .doc = "share of the cheats that register again under a new name once refused or "
                  "suspended, as long as they have earned what they lost",
           .source = "Assumption: new_names"});
  v.Time("returns_after", cheats.returns_after,
         {.min = Duration::Seconds(1),
          .max = kLongest,
          .doc = "how long that takes them",
          .source = "Assumption: new_names"});
  v.Time("out_of_memory", cheats.out_of_memory,
         {.min = Duration(),
          .max = Duration::Hours(24),
          .doc = "running time after which a job fails whose requirements name more GPU memory "
                 "than there is",
          .source = "Assumption: out_of_memory"});
}

void VisitStake(Visitor& v, trust::Stake& stake) {
  using To = trust::Stake::To;
  static const UsdCodec usd;
  v.Field("per_gpu", stake.per_gpu, usd,
          {.min = Usd(),
           .max = Usd::FromDollars(1e6),
           .doc = "put up for each GPU when its node registers",
           .source = "io.net documentation, IO Staking: 200 IO a card, at $2.42 (mean of July 2024 "
                     "to January 2025)"});
  v.Field("slashed", stake.slashed, ShareCodec(),
          {.min = 0.0,
           .max = 1.0,
           .doc = "share that is lost with a suspension; the rest is given back",
           .source = "Assumption: slashed_share"});
  static const WordCodec<To> takers(
      {{"burned", To::kBurned}, {"treasury", To::kTreasury}, {"users", To::kUsers}});
  v.Field("to", stake.to, takers,
          {.doc = "where that goes: nowhere, to the network's treasury, or to the users who paid "
                  "for the device, in proportion"});
}

void VisitRatings(Visitor& v, trust::Ratings& ratings) {
  v.Field(
      "share", ratings.share, ShareCodec(),
      {.min = 0.0,
       .max = 1.0,
       .doc = "share of the attempts that are rated, of those that finished, failed or were killed",
       .source = "Assumption: rating_share"});
  v.Field("noise", ratings.noise, NumberCodec(),
          {.min = 0.0,
           .max = 1.0,
           .doc = "standard deviation of a rating, which is from 0 to 1",
           .source = "Assumption: rating_noise"});
  v.Field("remembered", ratings.remembered, ShareCodec(),
          {.min = 0.0,
           .max = 1.0,
           .doc = "weight of earlier ratings at each new one",
           .source = "Assumption: rating_memory"});
  v.Field("prior", ratings.prior, NumberCodec(),
          {.min = 0.0,
           .max = 1000.0,
           .doc = "ratings that a device begins with, of the reputation that its fleet group says",
           .source = "Assumption: prior_ratings"});
  v.Field("colluders", ratings.colluders, ShareCodec(),
          {.min = 0.0,
           .max = 1.0,
           .doc = "share of the cheats whose friends rate them, too",
           .source = "Assumption: collusion"});
  v.Field("praise", ratings.praise, Whole<uint32_t>(),
          {.min = 0,
           .max = 1000,
           .doc = "best ratings of friends for each rating of somebody else",
           .source = "Assumption: collusion"});
}

void VisitRules(Visitor& v, Rules& rules) {
  v.Group({.key = "cheats", .doc = "devices that are not what they claim"},
          [&] { VisitCheats(v, rules.cheats); });
  v.Group({.key = "registration", .doc = "the check before a node is offered"}, [&] {
    v.Time("time", rules.registration.time,
           {.min = Duration(),
            .max = kLongest,
            .doc = "how long it takes",
            .source = "Assumption: registration_time"});
    v.Group({.key = "passes", .doc = "chance of a cheat to pass"}, [&] {
      VisitByCheat(
          v, rules.registration.passes,
          {.min = 0.0, .max = 1.0, .doc = "chance", .source = "Assumption: registration_passes"});
    });
    v.Field("refuses", rules.registration.refuses, ShareCodec(),
            {.min = 0.0,
             .max = 1.0,
             .doc = "chance of an honest node to be refused",
             .source = "Assumption: registration_refuses"});
  });
  v.Group({.key = "challenges", .doc = "proofs of work that all nodes give at the same times"},
          [&] {
            v.Time("every", rules.challenges.every,
                   {.min = Duration::Seconds(1),
                    .max = kLongest,
                    .doc = "time between them",
                    .source = "io.net documentation, Proof of Work: hourly"});
            v.Time("time", rules.challenges.time,
                   {.min = Duration(),
                    .max = Duration::Hours(24),
                    .doc = "how long one takes all GPUs of a node, whose jobs wait meanwhile",
                    .source = "Assumption: proof_time (io.net: 15 minutes at most)"});
            v.Field("failures", rules.challenges.failures, Whole<uint32_t>(),
                    {.min = 1,
                     .max = trust::Streak::kMostInARow,
                     .doc = "failures in a row after which a node is suspended",
                     .source = "Assumption: strikes"});
          });
  v.Group({.key = "suspension", .doc = "what becomes of a node that failed too often"}, [&] {
    v.Time("length", rules.suspension.length,
           {.min = Duration::Seconds(1),
            .max = kLongest,
            .none = Duration::Max(),
            .none_means = "for good",
            .doc = "how long it lasts"});
    v.Time("appeal", rules.suspension.appeal,
           {.min = Duration::Seconds(1),
            .max = kLongest,
            .none = Duration::Max(),
            .none_means = "they are not heard",
            .doc = "time after which honest nodes that were suspended or refused are back, with "
                   "their stake",
            .source = "Assumption: appeal_time"});
  });
  v.Group({.key = "stake", .doc = "money that owners put up, and lose"}, {.shorthand = "per_gpu"},
          [&] { VisitStake(v, rules.stake); });
  v.Group({.key = "ratings",
           .doc = "what users say of devices; for placement by most_reputable, and min_reputation "
                  "of jobs"},
          {.shorthand = "share"}, [&] { VisitRatings(v, rules.ratings); });
}

struct VisitLevel {
  Visitor& v;

  void operator()(trust::NoTrust&) const {}

  void operator()(SimpleTrust& simple) const {
    VisitRules(v, simple);
    v.Group({.key = "fails", .doc = "chance to fail a challenge"}, [&] {
      const Spec<double> spec = {
          .min = 0.0, .max = 1.0, .doc = "chance", .source = "Assumption: challenge_fails"};
      VisitByCheat(v, simple.fails, spec);
      v.Field("honest", simple.fails[0], ShareCodec(), spec);
    });
  }

  void operator()(FullTrust& full) const {
    VisitRules(v, full);
    v.Group({.key = "time_lock", .doc = "what makes a device fail a challenge"}, [&] {
      v.Field("tolerance", full.lock.tolerance, NumberCodec(),
              {.min = 1.0,
               .max = 100.0,
               .doc = "longest time for a proof, over what the claimed model takes",
               .source = "Assumption: time_lock"});
      v.Field("jitter", full.lock.jitter, NumberCodec(),
              {.min = 0.0,
               .max = 3.0,
               .doc = "standard deviation of the logarithm of that time between proofs of a card",
               .source = "Assumption: proof_jitter"});
      v.Field("spread", full.lock.spread, NumberCodec(),
              {.min = 0.0,
               .max = 3.0,
               .doc = "the same between cards of one model, for good",
               .source = "Sinha et al. 2022 (SC22): cards of one model differ by 8%. Assumption: "
                         "card_spread"});
      v.Field("transfer", full.lock.transfer, ShareCodec(),
              {.min = 0.0,
               .max = 1.0,
               .doc = "share of the time agreed that goes into moving data",
               .source = "Assumption: proof_transfer"});
      v.Field("probes", full.lock.probes, Whole<uint32_t>(),
              {.min = 0,
               .max = 1000,
               .doc = "random places of the memory claimed that a proof looks at",
               .source = "Assumption: memory_probes"});
    });
  }
};

}  // namespace

void VisitTrust(Visitor& v, Trust& trust) {
  v.Choice({.key = "level", .doc = "how much of it is modelled"},
           {.tag = "level",
            .alternatives = {{"off", "all nodes are what they claim to be, and nobody looks"},
                             {"simple", "cheats, and challenges that they fail by stated chances"},
                             {"full",
                              "challenges with a time-lock: chances follow from what a device "
                              "really is"}}},
           trust.level, VisitLevel{v});
}

}  // namespace orrery::scenario
