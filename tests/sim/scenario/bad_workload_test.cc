// Mistakes in what a scenario says of its jobs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using testing::Findings;
using testing::FindingsWith;
using testing::Folder;
using ::testing::HasSubstr;
using testing::Small;

TEST(BadWorkloadTest, TermsOfNobodyAreReported) {
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

TEST(BadWorkloadTest, CountriesAreThoseOfTheStandard) {
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

TEST(BadWorkloadTest, LimitsThatKillNobodyAreReported) {
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

TEST(BadWorkloadTest, WhatTheModelsRefuseIsPlacedInTheFile) {
  EXPECT_THAT(Findings(Small(), {"workload.generator.populations.sizes={gpus: 2, gpu_share: 0.5}"}),
              HasSubstr("workload[0].generator.populations[0].sizes[0]"));
  EXPECT_THAT(Findings(Small(), {"workload.generator.populations.duration={law: uniform, low: 2h, "
                                 "high: 1h}"}),
              ::testing::StartsWith("--set workload.generator.populations.duration={law: uniform, "
                                    "low: 2h, high: 1h}: "
                                    "workload[0].generator.populations[0].duration"));
}

TEST(BadWorkloadTest, WhatTheModelsRefuseIsNamedByItsKey) {
  const std::string rate = "workload.generator.arrivals=";
  EXPECT_THAT(
      Findings(Small(), {rate + "{rate: 10/h, superset_rate: 5/h}"}),
      HasSubstr("workload[0].generator.arrivals.superset_rate: got 5, expected at least 10"));
  EXPECT_THAT(
      Findings(Small(), {rate + "{rate: 1/h, superset_rate: 5/h, law: gamma, cv: 1}"}),
      HasSubstr("workload[0].generator.arrivals.superset_rate: got one for gamma arrivals"));
  EXPECT_EQ(
      FindingsWith("regions: [tokyo, {id: x, country: DE, lat: 50, lon: 8, utc_offset: 20min}]\n"),
      "s.yaml:1:68: regions[1].utc_offset: got '20min', expected quarters of an hour");
}

TEST(BadWorkloadTest, MissingFilesOfTracesComeWithTheNearest) {
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

}  // namespace
}  // namespace orrery::scenario
