// Every mistake that a person can make in a scenario has a message of its own, and a test of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/api/registry.h"
#include "sim/scenario/words.h"
#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using testing::Findings;
using testing::Folder;
using ::testing::HasSubstr;
using testing::Small;

// Findings of the small scenario with a few more lines in front of it.
std::string With(const std::string& more) { return Findings(Small(more)); }

TEST(BadInputTest, TheSmallScenarioIsFine) { EXPECT_EQ(Findings(Small()), ""); }

TEST(BadInputTest, UnknownKeysComeWithTheNearest) {
  EXPECT_EQ(With("warmup: 5min\n"),
            "s.yaml:1:1: warmup: got an unknown key, expected a known one (did you mean "
            "'warm_up'?)");
  EXPECT_EQ(With("scheduler: {plaice: cheapest}\n"),
            "s.yaml:1:13: scheduler.plaice: got an unknown key, expected a known one (did you mean "
            "'place'?)");
  EXPECT_EQ(With("scheduler: {delays: {xyz: 1s}}\n"),
            "s.yaml:1:22: scheduler.delays.xyz: got an unknown key, expected one of decide, start, "
            "stop");
  EXPECT_EQ(
      Findings(Small(), {"workload={generate: {preset: philly}}"}),
      "--set workload={generate: {preset: philly}}: workload[0].generate: got an unknown key, "
      "expected a known one (did you mean 'generator'?)");
}

TEST(BadInputTest, ServicesAreChecked) {
  const std::string chat = "services: {name: chat, requests: {arrivals: {rate: 1/s}}}\n";
  EXPECT_EQ(With(chat), "");
  EXPECT_EQ(With("services: {name: chat}\n"),
            "s.yaml:1:11: services[0].requests.arrivals.rate: got nothing, expected a rate such as "
            "2/s");
  EXPECT_THAT(With("services: {model: llama-3-7b, requests: {arrivals: {rate: 1/s}}}\n"),
              ::testing::StartsWith("s.yaml:1:19: services[0].model.preset: got 'llama-3-7b', "
                                    "expected one of llama-3-8b, "));
  EXPECT_EQ(With("services: {requests: {arrivals: {rate: 1/s}}, replicas: {min: 4, max: 3}}\n"),
            "s.yaml:1:71: services[0].replicas.max: got 3, expected at least replicas.min, 4");
  EXPECT_EQ(With("services: {requests: {arrivals: {rate: 1/s}}, route: closest}\n").substr(0, 63),
            "s.yaml:1:54: services[0].route.policy: got 'closest', expected ");
  EXPECT_EQ(With("services:\n  - " + chat.substr(10) + "  - " + chat.substr(10)),
            "s.yaml:3:12: services[1].name: got 'chat', which services[0].name has already, "
            "expected each name once");
  EXPECT_EQ(With("services: {requests: {arrivals: {rate: 1/s}}, replicas: {cold_start: {mean: 10s, "
                 "p95: 40s}}}\n"),
            "s.yaml:1:87: services[0].replicas.cold_start.p95: got '40s', expected 1 to 3.8 times "
            "the mean");
  EXPECT_THAT(With("services: {requests: {trace: {format: azure, dir: ., file: x}}}\n"),
              HasSubstr("requests.trace.format: got 'azure', expected one of azure_llm, mooncake, "
                        "servegen (did you mean 'azure_llm'?)"));
  EXPECT_THAT(
      With("services: {requests: {trace: {format: mooncake, dir: ., file: x}, prompt: 7}}\n"),
      HasSubstr("requests.prompt: got it beside a trace that has its own lengths, expected "
                "none, or trace.format: servegen"));
  EXPECT_THAT(
      With("services: {requests: {trace: {format: mooncake, dir: ., file: x}, arrivals: {rate: "
           "1/s}}}\n"),
      HasSubstr("requests.arrivals: got a map, expected no such key beside 'trace'"));
  EXPECT_THAT(
      Findings(Small(), {"services={requests: {arrivals: {rate: 1/s}}}", "horizon=none"}),
      HasSubstr("horizon: got none beside services, which have no end of their own; expected a "
                "duration"));
}

TEST(BadInputTest, RepeatedKeysAreReported) {
  EXPECT_EQ(With("seed: 1\nseed: 2\n"),
            "s.yaml:2:1: seed: got the key a second time, expected it once (first at s.yaml:1)");
}

TEST(BadInputTest, MissingUnitsAreSuggested) {
  EXPECT_EQ(With("warm_up: 300\n"),
            "s.yaml:1:10: warm_up: got '300', expected a duration with its unit such as 90s or 6h, "
            "from 0s to 36500d (did you mean '300s'?)");
  EXPECT_EQ(Findings(Small(), {"fleet.memory=128"}),
            "--set fleet.memory=128: fleet[0].memory: got '128', expected an amount of memory with "
            "its unit (a whole number of MiB) such as 80GiB, from 1MiB to 256TiB (did you mean "
            "'128GiB'?)");
  EXPECT_EQ(Findings(Small(), {"fleet.memory=80GB"}),
            "--set fleet.memory=80GB: fleet[0].memory: got '80GB', expected an amount of memory "
            "with its unit (a whole number of MiB) such as 80GiB, from 1MiB to 256TiB (did you "
            "mean '80GiB'?)");
  EXPECT_EQ(Findings(Small(), {"fleet.ask=2.19"}),
            "--set fleet.ask=2.19: fleet[0].ask.median: got '2.19', expected a price per hour such "
            "as $2.19/h, from $0/h to $10000/h, or none (did you mean '$2.19/h'?)");
  EXPECT_EQ(Findings(Small(), {"workload.generator.arrivals.rate=10"}),
            "--set workload.generator.arrivals.rate=10: workload[0].generator.arrivals.rate: got "
            "'10', expected a rate with its unit such as 30/h or 0.5/s, above 0/h and at most "
            "1e+09/h (did you mean '10/h'?)");
}

TEST(BadInputTest, NegativeZeroNanAndAbsurdValuesAreOutOfBounds) {
  const std::string seconds =
      "expected a duration with its unit such as 90s or 6h, from 1s to "
      "36500d, or none";
  for (const char* value : {"-1h", "0s", "nan", "inf", "1e9d", "1e400s", ".nan"}) {
    EXPECT_EQ(Findings(Small(), {std::string("horizon=") + value}),
              std::string("--set horizon=") + value + ": horizon: got '" + value + "', " + seconds);
  }
  const std::string count = "expected a whole number, from 1 to 10000000";
  for (const char* value : {"0", "-3", "1.5", "99999999999999999999", "1e8", "nan", "twelve"}) {
    EXPECT_EQ(Findings(Small(), {std::string("fleet.count=") + value}),
              std::string("--set fleet.count=") + value + ": fleet[0].count: got '" + value +
                  "', " + count);
  }
  EXPECT_EQ(Findings(Small(), {"fleet.gpus_per_node=17"}),
            "--set fleet.gpus_per_node=17: fleet[0].gpus_per_node: got '17', expected a whole "
            "number, from 0 to 16");
  EXPECT_EQ(Findings(Small(), {"fleet.verified=120%"}),
            "--set fleet.verified=120%: fleet[0].verified: got '120%', expected a share such as "
            "0.8 or 80%, from 0 to 1");
  EXPECT_EQ(Findings(Small(), {"seed=-1"}),
            "--set seed=-1: seed: got '-1', expected a whole number, at least 0");
}

TEST(BadInputTest, NoBoundIsWrittenNone) {
  const std::string generator = "workload.generator.";
  EXPECT_THAT(Findings(Small(), {generator + "max_arrivals=0"}),
              HasSubstr("generator.max_arrivals: got '0', expected a whole number, from 1 to "
                        "1099511627776, or none"));
  EXPECT_THAT(Findings(Small(), {generator + "populations.estimate.limit_factor=0"}),
              HasSubstr("estimate.limit_factor: got '0', expected a number, above 0 and at most "
                        "1e+06, or none"));
  EXPECT_THAT(Findings(Small(), {generator + "arrivals.superset_rate=0/h"}),
              HasSubstr("arrivals.superset_rate: got '0/h', expected a rate"));
  EXPECT_EQ(Findings(Small(), {generator + "max_arrivals=none",
                               generator + "populations.estimate.limit_factor=none",
                               generator + "arrivals.superset_rate=none"}),
            "");
}

TEST(BadInputTest, UnknownNamesComeWithTheNearest) {
  EXPECT_EQ(Findings(Small(), {"fleet.gpu=h100-sxn"}),
            "--set fleet.gpu=h100-sxn: fleet[0].gpu: got 'h100-sxn', expected a GPU model of the "
            "catalogue such as h100-sxm, or none (did you mean 'h100-sxm'?)");
  EXPECT_EQ(With("regions: [tokyo, oslo]\n") +
                Findings(Small("regions: [tokyo, oslo]\n"), {"fleet.regions={tokio: 2, oslo: 1}"}),
            "--set fleet.regions={tokio: 2, oslo: 1}: fleet[0].regions: got 'tokio', expected a "
            "region of the scenario (did you mean 'tokyo'?)");
  EXPECT_EQ(With("regions: [tokio]\n"),
            "s.yaml:1:11: regions[0].country: got nothing, expected a country as two capital "
            "letters (ISO 3166-1) beside 'tokio', which is no city of `orrery list regions` (did "
            "you mean 'tokyo'?)");
  EXPECT_EQ(With("scheduler: {ties: lowest}\n"),
            "s.yaml:1:19: scheduler.ties: got 'lowest', expected one of lowest_id, random, "
            "most_reliable (did you mean 'lowest_id'?)");
  EXPECT_EQ(With("scheduler: {order: fifoo}\n"),
            "s.yaml:1:20: scheduler.order.policy: got 'fifoo', expected an order policy: " +
                Join(policies::PolicyNames("order")) + " (did you mean 'fifo'?)");
  EXPECT_EQ(Findings(Small(), {"fleet.owner=miners"}),
            "--set fleet.owner=miners: fleet[0].owner: got 'miners', expected one of datacentre, "
            "miner, consumer, partner (did you mean 'miner'?)");
}

TEST(BadInputTest, ParametersOfPoliciesAreChecked) {
  EXPECT_THAT(With("scheduler: {place: {policy: power_of_d, d: 0}}\n"),
              ::testing::StartsWith("s.yaml:1:44: scheduler.place.d: got '0', expected "));
  EXPECT_EQ(With("scheduler: {place: {policy: power_of_d, dd: 2}}\n"),
            "s.yaml:1:41: scheduler.place.dd: got an unknown key, expected one of d, policy");
  EXPECT_EQ(With("scheduler: {place: {policy: power_of_d, d: [2]}}\n"),
            "s.yaml:1:44: scheduler.place.d: got a list, expected a single value");
}

TEST(BadInputTest, MissingKeysAreReportedAtTheirMap) {
  EXPECT_EQ(Findings("name: x\n"), "s.yaml:1:1: fleet: got nothing, expected a list");
  EXPECT_EQ(Findings("name: x\nfleet:\n  - {count: 1, cpu: 1, memory: 1GiB, gpus_per_node: 0}\n"),
            "s.yaml:1:1: workload: got nothing, expected sources of jobs, or services");
  EXPECT_EQ(Findings("fleet:\n  - {gpu: t4, cpu: 1, memory: 1GiB}\n"
                     "name: x\nworkload: {generator: {preset: philly}}\nhorizon: 1d\n"),
            "s.yaml:2:5: fleet[0].gpus_per_node: got nothing, expected a whole number, from 0 to "
            "16\ns.yaml:2:5: fleet[0].count: got nothing, expected a whole number, from 1 to "
            "10000000");
  EXPECT_EQ(Findings(Small(), {"workload={}"}),
            "--set workload={}: workload[0]: got none of them, expected one of the keys trace, "
            "generator");
}

TEST(BadInputTest, WrongShapesAreReported) {
  EXPECT_EQ(With("scheduler: fifo\n"), "s.yaml:1:12: scheduler: got 'fifo', expected a map");
  EXPECT_EQ(With("scheduler:\n"), "s.yaml:1:1: scheduler: got nothing, expected a map");
  EXPECT_EQ(With("seed: [1]\n"),
            "s.yaml:1:7: seed: got a list, expected a whole number, at least "
            "0");
  EXPECT_EQ(With("seed: {a: 1}\n"),
            "s.yaml:1:7: seed: got a map, expected a whole number, at least 0");
  EXPECT_EQ(With("seed:\n"), "s.yaml:1:1: seed: got nothing, expected a whole number, at least 0");
  EXPECT_EQ(Findings(Small(), {"fleet=5"}), "--set fleet=5: fleet[0]: got '5', expected a map");
  EXPECT_EQ(Findings(Small(), {"fleet=[]"}),
            "--set fleet=[]: fleet: got a list of 0, expected 1 to 10000 entries");
  EXPECT_EQ(Findings(Small(), {"workload.generator.arrivals.shape.daily=[1, 2]"}),
            "--set workload.generator.arrivals.shape.daily=[1, 2]: "
            "workload[0].generator.arrivals.shape.daily: got a list of 2, expected 24 numbers");
}

TEST(BadInputTest, ContradictionsAreReported) {
  EXPECT_EQ(With("scheduler: {allocate: equal_share, backfill: easy}\n"),
            "s.yaml:1:46: scheduler.backfill: got 'easy', expected no such key beside 'allocate' "
            "(--set scheduler.backfill=none takes it out)");
  EXPECT_EQ(With("scheduler: {blocking: skip, backfill: easy}\n"),
            "s.yaml:1:23: scheduler.blocking: got 'skip' beside backfill: easy, which says itself "
            "who may pass the head of the queue; expected strict, or scheduler.backfill=none");
  EXPECT_EQ(With("scheduler: {blocking: skip, allocate: equal_share}\n"),
            "s.yaml:1:23: scheduler.blocking: got 'skip' beside allocate: equal_share, which says "
            "itself who may pass the head of the queue; expected strict, or "
            "scheduler.allocate=none");
  EXPECT_EQ(With("scheduler: {round: 1min}\n"),
            "s.yaml:1:20: scheduler.round: got '1min', expected no such key beside 'allocate: "
            "none' (--set scheduler.round=none takes it out)");
  EXPECT_EQ(With("outputs: {sample_fraction: 5%}\n"),
            "s.yaml:1:28: outputs.sample_fraction: got '5%', expected no such key beside 'jobs: "
            "all' (--set outputs.sample_fraction=none takes it out)");
  EXPECT_EQ(With("scheduler: {trigger: {each_event: false}}\n"),
            "s.yaml:1:22: scheduler.trigger: got neither, expected each_event: true or every: a "
            "duration");
  EXPECT_EQ(With("warm_up: 1h\n"),
            "s.yaml:1:10: warm_up: got '1h', expected a duration below the horizon");
  EXPECT_EQ(With("regions: [oslo, oslo]\n"),
            "s.yaml:1:17: regions[1].id: got 'oslo', which regions[0].id has already, expected "
            "each region once");
  EXPECT_EQ(Findings(Small(), {"fleet.gpu=none"}),
            "--set fleet.gpu=none: fleet[0].gpu: got none beside gpus_per_node: 4, expected a GPU "
            "model of the catalogue");
  EXPECT_EQ(Findings(Small(), {"horizon=none"}),
            "s.yaml:6:5: workload[0].generator: got jobs without end, expected `horizon`, `until` "
            "or `max_arrivals`");
  EXPECT_EQ(Findings(Small(), {"fleet.reputation={low: 0.9, high: 0.5}"}),
            "--set fleet.reputation={low: 0.9, high: 0.5}: fleet[0].reputation.low: got '0.9', "
            "expected at most reputation.high");
  EXPECT_EQ(
      Findings(Small(), {"fleet.gpu=mi250"}),
      "s.yaml:3:8: fleet[0].ask: got nothing, expected a price such as $2.19/h: the catalogue "
      "has no market price of 'mi250'");
}

TEST(BadInputTest, MiningNeedsEnergyAndUnits) {
  EXPECT_EQ(Findings(Small(), {"mining=simple"}),
            "--set mining=simple: mining.level: got mining without electricity, expected energy: "
            "simple or full beside it: a GPU mines while that pays for the power it draws");
  EXPECT_THAT(Findings(Small(), {"mining={level: full, coin: 20}"}),
              HasSubstr("mining.coin.price: got '20', expected a price in dollars such as $20, "
                        "from $0 to $1e+07 (did you mean '$20'?)"));
  EXPECT_THAT(Findings(Small(), {"mining={level: full, coin: {network: 242}}"}),
              HasSubstr("mining.coin.network: got '242', expected a hash rate such as 242TH/s"));
  EXPECT_THAT(Findings(Small(), {"mining={level: simple, walk: {drift: 0.1}}"}),
              HasSubstr("mining.walk"));
  EXPECT_THAT(Findings(Small(), {"mining=simple", "energy=simple"}),
              HasSubstr("mining.owners: got no GPU that could mine"));
  EXPECT_THAT(Findings(Small(), {"mining.coin.network=1MH/s", "mining.level=simple",
                                 "energy=simple", "fleet.owner=miner"}),
              HasSubstr("mining.coin.network: got 1e-06TH/s, expected more than the fleet's"));
  // Eight T4s make some 0.3 GH/s; a thousand times as many pass the coin's 10 GH/s.
  EXPECT_THAT(Findings(Small(), {"scale=1000", "mining.coin.network=10GH/s", "mining.level=simple",
                                 "energy=simple", "fleet.owner=miner"}),
              HasSubstr("mining.coin.network: got 0.01TH/s, expected more than the fleet's"));
  EXPECT_THAT(Findings(Small(), {"mining={level: simple, power: 12%}", "energy=simple",
                                 "fleet.owner=miner"}),
              HasSubstr("mining.power: got 0.12 of the TDP, expected more than an idle GPU draws, "
                        "energy.gpu_idle, 0.12"));
  EXPECT_THAT(Findings(Small(), {"mining.coin.price=$1e7", "mining.level=simple", "energy=simple",
                                 "fleet.owner=miner"}),
              HasSubstr("an hour, expected at most $100"));
}

TEST(BadInputTest, ALeastReputationNeedsSomebodyWithLess) {
  const std::string need =
      "workload.generator.populations.requirements=[{probability: 1, min_reputation: 0.8}]";
  EXPECT_THAT(
      Findings(Small(), {need}),
      HasSubstr("populations[0].requirements[0].min_reputation: got it where every node has "
                "reputation 1 for good, expected ratings"));
  EXPECT_EQ(Findings(Small(), {need, "fleet.reputation={low: 0.5}"}), "");
  EXPECT_EQ(Findings(Small(), {need, "trust=simple", "horizon=1d"}), "");
  EXPECT_THAT(Findings(Small(), {need, "trust={level: simple, ratings: 0}", "horizon=1d"}),
              HasSubstr("min_reputation"));
  const std::string service =
      "services={requests: {arrivals: {rate: 1/s}}, replicas: {requirements: {min_reputation: "
      "0.5}}}";
  EXPECT_THAT(Findings(Small(), {service}),
              HasSubstr("services[0].replicas.requirements.min_reputation: got it where"));
  const std::string step = "workload.transforms=[shuffle, require: {min_reputation: 0.8}]";
  EXPECT_THAT(Findings(Small(), {step}),
              HasSubstr("workload[0].transforms[1].require.min_reputation: got it where"));
  EXPECT_EQ(Findings(Small(), {step, "fleet.reputation={low: 0.5}"}), "");
  EXPECT_EQ(Findings(Small(), {"workload.transforms=require"}), "");
}

TEST(BadInputTest, DataNeedUnitsAndANetwork) {
  const std::string data = "workload.generator.populations.data=";
  EXPECT_THAT(Findings(Small(), {data + "{input: 50}"}), HasSubstr("(did you mean '50GB'?)"));
  EXPECT_THAT(
      Findings(Small(), {"network.stores.egress=0.09"}),
      HasSubstr("expected a price per gigabyte such as $0.09/GB, from $0/GB to $100/GB (did "
                "you mean '$0.09/GB'?)"));
  EXPECT_THAT(Findings(Small(), {"network.stores.others=[{region: atlantis}]"}),
              HasSubstr("atlantis"));
  EXPECT_THAT(Findings(Small(), {data + "{input: 50GiB}"}),
              HasSubstr("workload[0].generator.populations[0].data: got data to move without a "
                        "network, expected network: simple or full (or off, said so, to move "
                        "nothing)"));
  for (const char* level : {"off", "simple", "full"}) {
    EXPECT_EQ(Findings(Small(), {data + "{input: 50GiB}", std::string("network=") + level}), "");
  }
}

TEST(BadInputTest, TermsOfNobodyAreReported) {
  const std::string populations = "workload.generator.populations.";
  EXPECT_EQ(Findings(Small(), {populations + "deadline={slack: 3}"}),
            "--set workload.generator.populations.deadline={slack: 3}: "
            "workload[0].generator.populations[0].deadline.slack: got it without probability, "
            "expected the share of the jobs that have a deadline beside it");
  EXPECT_EQ(Findings(Small(), {populations + "deadline={probability: 0, slack: 3}"}), "");
  EXPECT_EQ(Findings(Small(), {populations + "deadline={probability: 0.5, slack: 3}"}), "");
  EXPECT_THAT(Findings(Small(), {populations + "budget={price: $1/h, factor: 2}"}),
              ::testing::AllOf(HasSubstr("populations[0].budget.price: got it without probability, "
                                         "expected the share of the jobs that have a budget"),
                               HasSubstr("populations[0].budget.factor: got it without")));
  const auto service = [](const std::string& prefix) {
    return Findings(Small(),
                    {"services={requests: {arrivals: {rate: 1/s}, prefix: " + prefix + "}}"});
  };
  EXPECT_THAT(service("{count: 3, tokens: 100}"),
              HasSubstr("services[0].requests.prefix.count: got it without share, expected the "
                        "share of the requests that begin alike beside it"));
  EXPECT_EQ(service("{share: 50%, count: 3, tokens: 100}"), "");
  EXPECT_EQ(service("50%"), "");
}

TEST(BadInputTest, CountriesAreThoseOfTheStandard) {
  const std::string key = "workload.generator.populations.requirements=";
  const std::string expected =
      ", expected a country as two capital letters (ISO 3166-1) such as DE";
  const auto with = [&](const std::string& list) {
    return Findings(Small(), {key + "[{probability: 1, countries_barred: " + list + "}]"});
  };
  EXPECT_THAT(with("[FR, UK]"), HasSubstr("requirements[0].countries_barred[1]: got 'UK'" +
                                          expected + " (did you mean 'GB'?)"));
  EXPECT_THAT(with("EN"), HasSubstr("got 'EN'" + expected + " (did you mean 'GB'?)"));
  EXPECT_THAT(with("uk"), HasSubstr("got 'uk'" + expected + " (did you mean 'GB'?)"));
  EXPECT_THAT(with("gb"), HasSubstr("got 'gb'" + expected + " (did you mean 'GB'?)"));
  EXPECT_THAT(with("QQQ"), HasSubstr("got 'QQQ'" + expected));
  EXPECT_THAT(with("AB"), ::testing::EndsWith("got 'AB'" + expected));
  EXPECT_EQ(with("[GB, XK, ZZ, TW]"), "");
  EXPECT_THAT(
      Findings(Small(), {"workload.transforms=[require: {countries_barred: 'FR, UK'}]"}),
      HasSubstr(
          "workload[0].transforms[0].require.countries_barred: got 'FR, UK', expected a list "
          "of two-letter codes of ISO 3166-1 such as 'DE, JP', of which 'UK' is none (did you "
          "mean 'GB'?)"));
  EXPECT_EQ(Findings(Small(), {"workload.transforms=[require: {countries_allowed: 'FR, GB'}]"}),
            "");
}

TEST(BadInputTest, KeysOfANetworkNeedOne) {
  EXPECT_EQ(Findings(Small(), {"network.topology=star"}),
            "--set network.topology=star: network.topology: got it without a network, expected "
            "network: simple or full beside it (or off, said so)");
  EXPECT_THAT(Findings(Small(), {"network.stores.egress=$0/GB", "network.relay_failures.mtbf=1d"}),
              ::testing::AllOf(HasSubstr("network.stores: got it"),
                               HasSubstr("network.relay_failures: got it")));
  EXPECT_EQ(Findings(Small(), {"fleet.access=home"}),
            "--set fleet.access=home: fleet[0].access: got it without a network, expected network: "
            "full beside it (or off, said so)");
  for (const char* level : {"network=off", "network.level=simple", "network=full"}) {
    EXPECT_EQ(Findings(Small(), {"network.route=backbone", "fleet.access=home", level}), "");
  }
}

TEST(BadInputTest, ANetworkNamesARegionOnce) {
  const auto with = [](const std::string& key) {
    return Findings(Small("regions: [tokyo, oslo]\nnetwork: full\n"), {"network." + key});
  };
  EXPECT_EQ(with("relays=[tokyo, oslo, tokyo]"),
            "--set network.relays=[tokyo, oslo, tokyo]: network.relays[2]: got 'tokyo', which "
            "network.relays[0] has already, expected each region once");
  EXPECT_THAT(with("stores.others=[{region: oslo, egress: $0/GB}, {region: oslo}]"),
              HasSubstr("network.stores.others[1].region: got 'oslo', which "
                        "network.stores.others[0].region has already, expected each region once"));
  EXPECT_EQ(with("relays=[tokyo, oslo]"), "");
}

TEST(BadInputTest, LimitsThatKillNobodyAreReported) {
  const std::string limit = "workload.generator.populations.estimate.limit_factor=2";
  EXPECT_THAT(
      Findings(Small(), {limit}),
      HasSubstr("workload[0].generator.populations[0].estimate.limit_factor: got a limit of "
                "run times that kills no job, expected kill_at_limit: true"));
  EXPECT_EQ(Findings(Small(), {limit, "workload.kill_at_limit=true"}), "");
  EXPECT_EQ(Findings(Small(), {limit, "workload.kill_at_limit=false"}), "");
  const std::string step = "workload.transforms=[estimates: {limit: estimate}]";
  EXPECT_THAT(Findings(Small(), {step}),
              HasSubstr("workload[0].transforms[0].estimates.limit: got a limit of run times that "
                        "kills no job"));
  EXPECT_EQ(Findings(Small(), {step, "workload.kill_at_limit=true"}), "");
  EXPECT_EQ(Findings(Small(), {"workload.transforms=[estimates: {limit: none}]"}), "");
}

TEST(BadInputTest, TrustIsCheckedAsAWhole) {
  EXPECT_EQ(Findings(Small(), {"trust={level: full, challenges: {every: 1h, time: 2h}}"}),
            "--set trust={level: full, challenges: {every: 1h, time: 2h}}: trust.challenges.time: "
            "got '2h', expected less than challenges.every, 1h");
  EXPECT_THAT(Findings(Small(), {"trust={level: simple, cheats: {shares: {miner: {spoofed_model: "
                                 "80%, less_memory: 30%, oversold: 0%}}}}"}),
              HasSubstr("trust.cheats.shares.miner: got shares that sum to 1.1, expected 1 at "
                        "most"));
  EXPECT_THAT(
      Findings(Small(), {"trust={level: full, cheats: {shares: {miner: {bandwidth: 10%}}}}"}),
      HasSubstr(
          "trust.cheats.shares.miner.bandwidth: got a share above 0, expected network: full"));
  EXPECT_THAT(Findings(Small(), {"trust={level: full, stake: 480}"}), HasSubstr("'$480'"));
  EXPECT_THAT(
      Findings(Small(), {"trust={level: full, cheats: {real_model: g1}}"}),
      HasSubstr("trust.cheats.real_model: got 'g1', expected a model whose speed is known"));
  EXPECT_THAT(Findings(Small(), {"trust=full", "horizon=none"}),
              HasSubstr("horizon: got none beside trust, expected a duration"));
  EXPECT_THAT(Findings(Small(), {"trust={level: simple, time_lock: {jitter: 1}}"}),
              HasSubstr("trust.time_lock"));
}

TEST(BadInputTest, SumsOfMoneyStayWithinAnAccount) {
  const std::vector<std::string> large = {"fleet.count=1000000", "fleet.gpus_per_node=8",
                                          "horizon=30d"};
  EXPECT_EQ(Findings(Small(), large), "");
  std::vector<std::string> settings = large;
  settings.push_back("trust={level: simple, stake: {per_gpu: $1000000}}");
  EXPECT_THAT(Findings(Small(), settings),
              HasSubstr("trust.stake.per_gpu: got stakes of the fleet that add up to $8e+12, "
                        "expected at most $1e+12"));
  settings = large;
  settings.push_back("fleet.ask={median: $1000/h, sigma: 0}");
  EXPECT_THAT(Findings(Small(), settings),
              HasSubstr("fleet: got asks of all GPUs for the whole run that add up to $5.76e+12, "
                        "expected at most $1e+12"));
}

TEST(BadInputTest, CheapHoursNeedHoursThatDiffer) {
  for (const char* level : {"energy=off", "energy=simple"}) {
    EXPECT_THAT(
        Findings(Small(), {"workload.transforms=cheap_hours", level}),
        HasSubstr("workload[0].transforms[0].cheap_hours: got hours that all cost the same, "
                  "expected energy: full"));
  }
  EXPECT_EQ(Findings(Small(), {"workload.transforms=cheap_hours", "energy=full"}), "");
}

TEST(BadInputTest, TransformationsKnowTheNamesOfTheScenario) {
  const auto with = [](const std::string& steps) {
    return Findings(Small("regions: [tokyo, oslo]\n"),
                    {"energy=full", "workload.transforms=" + steps});
  };
  const std::string gpu =
      ": got the GPU 'h100-sxn', expected one of the catalogue (did you mean "
      "'h100-sxm'?)";
  EXPECT_THAT(with("[shuffle, map_gpu: {gpus: 't4=1, h100-sxn=2'}]"),
              HasSubstr("workload[0].transforms[1].map_gpu" + gpu));
  EXPECT_THAT(with("[require: {gpus: h100-sxn}]"),
              HasSubstr("workload[0].transforms[0].require" + gpu));
  EXPECT_THAT(with("[prefer: {kind: gpu, value: h100-sxn}]"),
              HasSubstr("workload[0].transforms[0].prefer" + gpu));
  EXPECT_THAT(with("[prefer: {kind: region, value: osol}]"),
              HasSubstr("workload[0].transforms[0].prefer: got 'osol', expected a region"));
  EXPECT_THAT(with("[prefer: {kind: owner_kind, value: miners}]"),
              HasSubstr("workload[0].transforms[0].prefer: got 'miners', expected an owner kind"));
  EXPECT_THAT(with("[prefer: {kind: tier, value: high}]"),
              HasSubstr("workload[0].transforms[0].prefer: got the tier 'high', expected 0"));
  EXPECT_THAT(with("[cheap_hours: {region: osol}]"),
              HasSubstr("workload[0].transforms[0].cheap_hours: got 'osol', expected a region"));
  EXPECT_EQ(with("[cheap_hours: {region: oslo}, prefer: {kind: region, value: oslo}, require: "
                 "{gpus: 't4, l4'}, map_gpu: {gpus: t4}]"),
            "");
}

TEST(BadInputTest, TransformationsAimAtWhatTheFleetHas) {
  const std::string fleet =
      "fleet={gpus_per_node: 0, count: 2, cpu: 32, memory: 128GiB, ask: $0.1/h}";
  EXPECT_THAT(Findings(Small(), {fleet, "workload.transforms=inflate"}),
              HasSubstr("workload[0].transforms[0].inflate: got it where the fleet has no GPU, "
                        "expected GPUs to fill"));
  EXPECT_THAT(Findings(Small(), {fleet, "workload.transforms=scale_load"}),
              HasSubstr("workload[0].transforms[0].scale_load: got it where the fleet has none of "
                        "the resource that it counts, expected resource: cpu"));
  EXPECT_EQ(Findings(Small(), {fleet, "workload.transforms=[scale_load: {resource: cpu}]"}), "");
  EXPECT_EQ(Findings(Small(), {"workload.transforms=[inflate, scale_load]"}), "");
}

TEST(BadInputTest, ABlacklistNeedsSomethingThatFails) {
  EXPECT_THAT(Findings(Small(), {"failures.blacklist={failures: 3}"}),
              HasSubstr("failures.blacklist: got a list of nodes that fail, where nothing does"));
  for (const char* what : {"failures.level=simple", "churn=simple", "trust=simple"}) {
    EXPECT_EQ(Findings(Small(), {"failures.blacklist={failures: 3}", what, "horizon=1d"}), "")
        << what;
  }
  EXPECT_THAT(Findings(Small(), {"failures={level: simple, blacklist: {within: 5}}"}),
              HasSubstr("failures.blacklist.within"));
}

TEST(BadInputTest, HotNodesNeedTemperatures) {
  EXPECT_THAT(Findings(Small(), {"scheduler.rebalance=hot_nodes"}),
              HasSubstr("scheduler.rebalance: got 'hot_nodes' where nobody measures temperatures, "
                        "expected energy: full"));
  EXPECT_EQ(Findings(Small(), {"scheduler.rebalance=hot_nodes", "energy=full"}), "");
  EXPECT_EQ(Findings(Small(), {"scheduler.rebalance={policy: stragglers, period: 1min}"}), "");
  EXPECT_NE(Findings(Small(), {"scheduler={rebalance: cheaper, allocate: equal_share}"}), "");
  EXPECT_THAT(Findings(Small(), {"scheduler.rebalance=straglers"}),
              HasSubstr("(did you mean 'stragglers'?)"));
}

TEST(BadInputTest, ListsOfNodesNeedAPrice) {
  EXPECT_EQ(Findings(Small(), {"fleet={trace: {dir: ., file: x.csv}}"}),
            "--set fleet={trace: {dir: ., file: x.csv}}: fleet[0].ask: got nothing, expected a "
            "price such as $2.19/h: the nodes of a list are of several GPU models");
}

TEST(BadInputTest, WhatTheModelsRefuseIsPlacedInTheFile) {
  EXPECT_THAT(Findings(Small(), {"workload.generator.populations.sizes={gpus: 2, gpu_share: 0.5}"}),
              HasSubstr("workload[0].generator.populations[0].sizes[0]"));
  EXPECT_THAT(Findings(Small(), {"workload.generator.populations.duration={law: uniform, low: 2h, "
                                 "high: 1h}"}),
              ::testing::StartsWith("--set workload.generator.populations.duration={law: uniform, "
                                    "low: 2h, high: 1h}: "
                                    "workload[0].generator.populations[0].duration"));
}

TEST(BadInputTest, WhatTheModelsRefuseIsNamedByItsKey) {
  const std::string rate = "workload.generator.arrivals=";
  EXPECT_THAT(
      Findings(Small(), {rate + "{rate: 10/h, superset_rate: 5/h}"}),
      HasSubstr("workload[0].generator.arrivals.superset_rate: got 5, expected at least 10"));
  EXPECT_THAT(
      Findings(Small(), {rate + "{rate: 1/h, superset_rate: 5/h, law: gamma, cv: 1}"}),
      HasSubstr("workload[0].generator.arrivals.superset_rate: got one for gamma arrivals"));
  EXPECT_EQ(With("regions: [tokyo, {id: x, country: DE, lat: 50, lon: 8, utc_offset: 20min}]\n"),
            "s.yaml:1:68: regions[1].utc_offset: got '20min', expected quarters of an hour");
}

TEST(BadInputTest, MissingFilesOfTracesComeWithTheNearest) {
  const Folder folder;
  folder.Write("jobs.swf", "");
  const std::string base = "name: x\nfleet: {gpus_per_node: 0, count: 1, cpu: 1, memory: 1GiB}\n";
  EXPECT_THAT(Findings(base + "workload: {trace: {format: swf, dir: " + folder.path() +
                       ", file: job.swf}}\n"),
              HasSubstr("workload[0].trace.file: got 'job.swf', expected a file in '" +
                        folder.path() + "' (did you mean 'jobs.swf'?)"));
  EXPECT_EQ(Findings(base + "workload: {trace: {format: swf, dir: nowhere, file: job.swf}}\n"),
            "s.yaml:3:38: workload[0].trace.dir: got 'nowhere', expected a folder that exists: "
            "give yours with --set workload[0].trace.dir=FOLDER (docs/traces.md says where to get "
            "the files)");
  EXPECT_THAT(Findings(base + "workload: {trace: {format: slurm, dir: ., file: x}}\n"),
              HasSubstr("s.yaml:3:28: workload[0].trace.format: got 'slurm', expected a trace "
                        "format: "));
}

TEST(BadInputTest, ReplaysNeedTheirFilesAndOneTraceARegion) {
  EXPECT_EQ(With("failures: {level: replay}\n"),
            "s.yaml:1:11: failures.traces: got nothing, expected a list");
  EXPECT_EQ(With("churn: {level: replay, traces: [{file: nix.tab}]}\n"),
            "s.yaml:1:40: churn.traces[0].file: got 'nix.tab', expected a file that exists "
            "(docs/traces.md says where to get traces)");
  EXPECT_THAT(With("churn: {level: replay, traces: [{file: a}, {file: a}]}\n"),
              HasSubstr("churn.traces[1].region: got 'none', which churn.traces[0].region has "
                        "already, expected each region once"));
  EXPECT_THAT(With("checkpoints: {interval: young_daly, cost: 1min}\n"
                   "failures: {level: replay, traces: [{file: a}]}\n"),
              HasSubstr("checkpoints.interval: got 'young_daly' without a law of failures, "
                        "expected failures: simple or full"));
}

TEST(BadInputTest, RunsThatMightNeverEndNeedAHorizon) {
  const auto with = [](const std::vector<std::string>& more) {
    std::vector<std::string> settings = {"horizon=none", "workload.generator.max_arrivals=9"};
    settings.insert(settings.end(), more.begin(), more.end());
    return Findings(Small(), settings);
  };
  EXPECT_EQ(with({"churn=simple"}),
            "--set horizon=none: horizon: got none beside churn, expected a duration: a job that "
            "needs longer than owners stay may never be done");
  EXPECT_THAT(with({"failures=full", "scheduler.retries=none"}),
              HasSubstr("horizon: got none beside failures and retries: none, expected a duration, "
                        "or scheduler.retries"));
  EXPECT_EQ(with({"failures=full"}), "");
  EXPECT_EQ(with({"scheduler.retries=none"}), "");
  const Folder folder;
  const std::string traces = "{level: replay, traces: [{file: " + folder.Write("x.tab", "") + "}]}";
  for (const char* section : {"failures=", "churn="}) {
    EXPECT_EQ(with({section + traces}),
              "--set horizon=none: horizon: got none beside traces of machines, which end; "
              "expected a duration within them");
  }
}

TEST(BadInputTest, EverythingIsReportedAtOnceInTheOrderOfTheFile) {
  EXPECT_EQ(Findings(Small("seed: x\nwarm_up: 7\n"), {"fleet.count=0", "horizon=0s"}),
            "s.yaml:1:7: seed: got 'x', expected a whole number, at least 0\n"
            "s.yaml:2:10: warm_up: got '7', expected a duration with its unit such as 90s or 6h, "
            "from 0s to 36500d (did you mean '7s'?)\n"
            "--set horizon=0s: horizon: got '0s', expected a duration with its unit such as 90s or "
            "6h, from 1s to 36500d, or none\n"
            "--set fleet.count=0: fleet[0].count: got '0', expected a whole number, from 1 to "
            "10000000");
}

TEST(BadInputTest, ManyFindingsAreCut) {
  std::string text = Small();
  for (int i = 0; i < 300; ++i) text += "bad" + std::to_string(i) + ": 1\n";
  EXPECT_THAT(Findings(text), ::testing::EndsWith("\nand 100 more"));
}

}  // namespace
}  // namespace orrery::scenario
