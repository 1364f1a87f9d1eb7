#include "sim/base/params.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace orrery {
namespace {

Params With(const std::string& name, const std::string& text) {
  return Params("policy 'las'", GivenParams{{name, {text, "scenario.yaml:7:5"}}});
}

double Threshold(Params& params) {
  return params.Real("threshold", {.value = 3250,
                                   .unit = "GPU-s",
                                   .min = 0,
                                   .max = 1e9,
                                   .doc = "where a queue ends",
                                   .source = "a paper"});
}

Duration Quantum(Params& params) {
  return params.Time("quantum", {.value = Duration::Minutes(6),
                                 .min = Duration(),
                                 .max = Duration::Hours(24),
                                 .doc = "",
                                 .source = ""});
}

int64_t Depth(Params& params) {
  return params.Integer("depth",
                        {.value = 2, .unit = "", .min = 1, .max = 100, .doc = "", .source = ""});
}

std::string OnlyFinding(const Params& params) {
  const std::vector<Finding> findings = params.Findings();
  EXPECT_EQ(findings.size(), 1u);
  if (findings.empty()) return "";
  EXPECT_EQ(findings[0].place, "scenario.yaml:7:5");
  return findings[0].what;
}

TEST(ParamsTest, DefaultsStandWhereNothingIsGiven) {
  Params params;
  EXPECT_EQ(Threshold(params), 3250);
  EXPECT_EQ(Quantum(params), Duration::Minutes(6));
  EXPECT_EQ(Depth(params), 2);
  EXPECT_TRUE(params.Flag("fast", {.value = true, .doc = "", .source = ""}));
  EXPECT_EQ(params.Choice("rule", {.value = "a", .choices = {"a", "b"}, .doc = "", .source = ""}),
            0u);
  EXPECT_TRUE(params.Findings().empty());
  EXPECT_EQ(params.resolved(), (std::vector<std::string>{"3250 GPU-s", "6min", "2", "true", "a"}));
}

TEST(ParamsTest, DescribesWhatWasDeclared) {
  Params params;
  Threshold(params);
  ASSERT_EQ(params.declared().size(), 1u);
  const ParamInfo& info = params.declared()[0];
  EXPECT_EQ(info.name, "threshold");
  EXPECT_EQ(info.type, ParamInfo::Type::kReal);
  EXPECT_EQ(info.value, "3250 GPU-s");
  EXPECT_EQ(info.unit, "GPU-s");
  EXPECT_EQ(info.min, "0 GPU-s");
  EXPECT_EQ(info.max, "1e+09 GPU-s");
  EXPECT_EQ(info.doc, "where a queue ends");
  EXPECT_EQ(info.source, "a paper");
}

TEST(ParamsTest, GivenValuesWin) {
  Params params("policy 'las'", GivenParams{{"threshold", {"7200GPU-s", "a"}},
                                            {"quantum", {"90s", "a"}},
                                            {"depth", {"10", "a"}},
                                            {"fast", {"false", "a"}},
                                            {"rule", {"b", "a"}}});
  EXPECT_EQ(Threshold(params), 7200);
  EXPECT_EQ(Quantum(params), Duration::Seconds(90));
  EXPECT_EQ(Depth(params), 10);
  EXPECT_FALSE(params.Flag("fast", {.value = true, .doc = "", .source = ""}));
  EXPECT_EQ(params.Choice("rule", {.value = "a", .choices = {"a", "b"}, .doc = "", .source = ""}),
            1u);
  EXPECT_TRUE(params.Findings().empty());
  EXPECT_EQ(params.resolved(), (std::vector<std::string>{"7200 GPU-s", "90s", "10", "false", "b"}));
}

TEST(ParamsTest, UnknownParameterNamesTheNearest) {
  Params params = With("tresholt", "1 GPU-s");
  Threshold(params);
  Quantum(params);
  EXPECT_EQ(OnlyFinding(params),
            "tresholt: unknown parameter of policy 'las'; it has 'threshold', 'quantum' (did you "
            "mean 'threshold'?)");
}

TEST(ParamsTest, UnknownParameterOfAPolicyWithoutAny) {
  EXPECT_EQ(OnlyFinding(With("size", "1")), "size: unknown parameter of policy 'las'; it has none");
}

TEST(ParamsTest, MissingUnitIsAnError) {
  Params params = With("threshold", "7200");
  EXPECT_EQ(Threshold(params), 3250);
  EXPECT_EQ(OnlyFinding(params),
            "threshold: got '7200', expected a number from 0 GPU-s to 1e+09 GPU-s, with its unit, "
            "for example '3250 GPU-s' (policy 'las')");
}

TEST(ParamsTest, WrongUnitIsAnError) {
  Params params = With("threshold", "2 h");
  Threshold(params);
  EXPECT_EQ(params.Findings().size(), 1u);
}

TEST(ParamsTest, MissingUnitOfADurationIsAnError) {
  Params params = With("quantum", "360");
  EXPECT_EQ(Quantum(params), Duration::Minutes(6));
  EXPECT_EQ(OnlyFinding(params),
            "quantum: got '360', expected a duration from 0s to 1d, with its unit (s, min, h, d) "
            "(policy 'las')");
}

TEST(ParamsTest, OutOfBoundsIsAnErrorWithTheBounds) {
  Params params = With("depth", "0");
  EXPECT_EQ(Depth(params), 2);
  EXPECT_EQ(OnlyFinding(params),
            "depth: got '0', expected a whole number from 1 to 100 (policy 'las')");
  Params duration = With("quantum", "2d");
  Quantum(duration);
  EXPECT_EQ(duration.Findings().size(), 1u);
}

TEST(ParamsTest, WrongKindIsAnError) {
  for (const char* text : {"two", "2.5", "", "2x", "nan"}) {
    Params params = With("depth", text);
    EXPECT_EQ(Depth(params), 2) << text;
    EXPECT_EQ(params.Findings().size(), 1u) << text;
  }
  for (const char* text : {"nan GPU-s", "inf GPU-s", "GPU-s", "-1 GPU-s", "x GPU-s"}) {
    Params params = With("threshold", text);
    EXPECT_EQ(Threshold(params), 3250) << text;
    EXPECT_EQ(params.Findings().size(), 1u) << text;
  }
}

TEST(ParamsTest, FlagsAndChoicesNameWhatIsAllowed) {
  Params flag = With("fast", "yes");
  flag.Flag("fast", {.value = true, .doc = "", .source = ""});
  EXPECT_EQ(OnlyFinding(flag), "fast: got 'yes', expected true or false (policy 'las')");
  Params choice = With("rule", "c");
  choice.Choice("rule", {.value = "a", .choices = {"a", "b"}, .doc = "", .source = ""});
  EXPECT_EQ(OnlyFinding(choice), "rule: got 'c', expected one of 'a', 'b' (policy 'las')");
}

TEST(ParamsTest, AWordThatIsNearlyRightIsNamed) {
  Params params = With("rule", "smallst");
  params.Choice("rule",
                {.value = "smallest", .choices = {"smallest", "first"}, .doc = "", .source = ""});
  EXPECT_EQ(OnlyFinding(params),
            "rule: got 'smallst', expected one of 'smallest', 'first' (did you mean 'smallest'?) "
            "(policy 'las')");
}

TEST(ParamsTest, PricesAndTexts) {
  Params params("x", GivenParams{{"price", {"$2/h", "a"}}, {"free", {"-$1/h", "f:1:1"}}});
  EXPECT_EQ(params.Price("price", {.value = UsdPerHour(), .doc = "", .source = ""}),
            UsdPerHour::FromDollars(2));
  EXPECT_EQ(params.Price("free", {.value = UsdPerHour(), .doc = "", .source = ""}), UsdPerHour());
  EXPECT_EQ(params.Text("text", {.value = "as it is", .doc = "", .source = ""}), "as it is");
  EXPECT_EQ(params.resolved(), (std::vector<std::string>{"$2/h", "$0/h", "as it is"}));
  ASSERT_EQ(params.Findings().size(), 1u);
  EXPECT_EQ(params.Findings()[0].what,
            "free: got '-$1/h', expected a price that is not negative, for example $2.19/h (x)");
}

TEST(ParamsTest, WhoDeclaresMayFindMore) {
  Params params = With("list", "a, c");
  params.Text("list", {.value = "", .doc = "", .source = ""});
  params.Text("other", {.value = "", .doc = "", .source = ""});
  params.Complain("list", "letters up to b");
  EXPECT_EQ(OnlyFinding(params), "list: got 'a, c', expected letters up to b (policy 'las')");
  params.Complain("other", "one as well");
  EXPECT_EQ(params.Findings()[1].what, "other: got nothing, expected one as well (policy 'las')");
}

TEST(ParamsTest, ReportsAllMistakesAtOnce) {
  Params params("policy 'las'", GivenParams{{"depth", {"0", "f:1:1"}},
                                            {"quantum", {"5", "f:2:1"}},
                                            {"other", {"5", "f:3:1"}}});
  Depth(params);
  Quantum(params);
  EXPECT_EQ(params.Findings().size(), 3u);
}

using ParamsDeathTest = ::testing::Test;

TEST(ParamsDeathTest, DeclaringTwiceAborts) {
  Params params;
  Depth(params);
  EXPECT_DEATH(Depth(params), "invariant broken.*depth");
}

TEST(ParamsDeathTest, ContradictoryBoundsAbort) {
  Params params;
  EXPECT_DEATH(
      params.Integer("n", {.value = 5, .unit = "", .min = 9, .max = 1, .doc = "", .source = ""}),
      "invariant broken");
  EXPECT_DEATH(
      params.Real("x", {.value = 5, .unit = "", .min = 0, .max = 1, .doc = "", .source = ""}),
      "invariant broken");
  EXPECT_DEATH(params.Choice("c", {.value = "z", .choices = {"a"}, .doc = "", .source = ""}),
               "invariant broken");
}

}  // namespace
}  // namespace orrery
