#include "sim/scenario/echo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/scenario_testing.h"
#include "tests/sim/scenario/scenario_writer.h"

namespace orrery::scenario {
namespace {

using testing::Findings;
using testing::Parse;
using testing::RandomScenario;
using testing::ShippedTables;
using testing::Small;

// The echo reads back as a scenario with the same echo.
void ExpectEchoReadsBack(const Loaded& loaded) {
  const std::string echo = ResolvedEcho(loaded);
  const Result<Loaded> again = ParseScenario(echo, "echo.yaml", {}, ShippedTables());
  ASSERT_TRUE(again) << echo << Findings(again);
  EXPECT_EQ(ResolvedEcho(*again), echo);
  const Result<Loaded> report = ParseScenario(CheckReport(loaded), "r.yaml", {}, ShippedTables());
  ASSERT_TRUE(report) << CheckReport(loaded) << Findings(report);
  EXPECT_EQ(ResolvedEcho(*report), echo);
}

TEST(EchoTest, HasEveryValueInCanonicalNotation) {
  const Result<Loaded> loaded = Parse(Small("warm_up: 90s\n"));
  ASSERT_TRUE(loaded) << Findings(loaded);
  const std::string echo = ResolvedEcho(*loaded);
  EXPECT_THAT(echo, ::testing::StartsWith("name: small\n"
                                          "description: \"\"\n"
                                          "seed: 1\n"
                                          "replications: 1\n"
                                          "scale: 1\n"
                                          "horizon: 1h\n"
                                          "warm_up: 90s\n"
                                          "unplaceable: reject\n"
                                          "throughputs: none\n"
                                          "regions:\n"
                                          "  - id: local\n"
                                          "    country: ZZ\n"
                                          "    lat: 0\n"));
  EXPECT_THAT(echo, ::testing::HasSubstr("        - name: population0\n"
                                         "          weight: 1\n"
                                         "          class: batch_training\n"));
  EXPECT_THAT(echo, ::testing::HasSubstr("          duration:\n"
                                         "            law: deterministic\n"
                                         "            value: 300s\n"));
}

TEST(EchoTest, QuotesWhatYamlWouldMisread) {
  for (const char* name :
       {"'null'", "'~'",    "''",        "'a: b'", "'# x'",  "'- x'", "\"a\\nb\\t\\\"\"",
        "'[x]'",  "'{x}'",  "'*x'",      "'&x'",   "'!x'",   "'%x'",  "'@x'",
        "' x '",  "'Null'", "\"\\x01\"", "'東京'", "'a, b'", "'---'", "'x:'"}) {
    const Result<Loaded> loaded = Parse(Small("description: " + std::string(name) + "\n"));
    ASSERT_TRUE(loaded) << name << Findings(loaded);
    ExpectEchoReadsBack(*loaded);
    const Result<Loaded> again = Parse(ResolvedEcho(*loaded));
    EXPECT_EQ(again->scenario.description, loaded->scenario.description) << name;
  }
}

TEST(EchoTest, ShippedScenariosReadBack) {
  const Result<Loaded> loaded = LoadScenario("scenarios/quickstart.yaml", {}, ShippedTables());
  ASSERT_TRUE(loaded) << Findings(loaded);
  ExpectEchoReadsBack(*loaded);
}

TEST(EchoTest, PresetsReadBack) {
  for (const char* preset : {"philly", "helios_venus", "acme_seren"}) {
    const Result<Loaded> loaded =
        Parse(Small(), {"workload={generator: {preset: " + std::string(preset) + "}}"});
    ASSERT_TRUE(loaded) << Findings(loaded);
    ExpectEchoReadsBack(*loaded);
  }
}

TEST(EchoTest, RandomScenariosReadBack) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    const std::string text = RandomScenario(seed);
    const Result<Loaded> loaded = Parse(text);
    ASSERT_TRUE(loaded) << text << Findings(loaded);
    ExpectEchoReadsBack(*loaded);
  }
}

TEST(CheckReportTest, TellsTheOriginOfEveryValue) {
  const Result<Loaded> loaded = Parse(Small("seed: 4\n"), {"warm_up=5min"});
  ASSERT_TRUE(loaded) << Findings(loaded);
  const std::string report = CheckReport(*loaded);
  const auto line = [&](const std::string& key) {
    const size_t start = report.find("\n" + key + ":") + 1;
    return report.substr(start, report.find('\n', start) - start);
  };
  EXPECT_EQ(line("seed"), "seed: 4                                     # s.yaml:1");
  EXPECT_EQ(line("warm_up"), "warm_up: 5min                               # --set warm_up=5min");
  EXPECT_EQ(line("replications"), "replications: 1                             # default");
  EXPECT_EQ(line("scheduler"), "scheduler:");
}

}  // namespace
}  // namespace orrery::scenario
