#include "sim/cli/arms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::cli {
namespace {

using results::Summary;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string ErrorOf(const std::string& text) {
  const auto arms = ParseArms(text);
  return arms ? "none" : arms.error().ToString();
}

TEST(ParseArmsTest, CommasInsideBracketsAndQuotesBelongToTheValue) {
  const auto arms = ParseArms("network={level: full, relays: [tokyo, paris]}, off,'a, b'");
  ASSERT_TRUE(arms);
  EXPECT_EQ(arms->key, "network");
  EXPECT_THAT(arms->values, ElementsAre("{level: full, relays: [tokyo, paris]}", "off", "'a, b'"));
}

TEST(ParseArmsTest, AnApostropheInAWordIsNoQuote) {
  const auto arms = ParseArms(" description = it's, [\"a, b\", 'c']");
  ASSERT_TRUE(arms);
  EXPECT_EQ(arms->key, "description");
  EXPECT_THAT(arms->values, ElementsAre("it's", "[\"a, b\", 'c']"));
}

TEST(ParseArmsTest, SaysWhatIsMissing) {
  EXPECT_THAT(ErrorOf("network.topology"), HasSubstr("KEY=VALUE,VALUE"));
  EXPECT_THAT(ErrorOf("=a,b"), HasSubstr("KEY=VALUE,VALUE"));
  EXPECT_THAT(ErrorOf("scale=1"), HasSubstr("at least two values"));
  EXPECT_THAT(ErrorOf("scale="), HasSubstr("a value before and after each comma"));
  EXPECT_THAT(ErrorOf("scale=1,,2"), HasSubstr("a value before and after each comma"));
  EXPECT_THAT(ErrorOf("scale=1,2,1"), HasSubstr("names '1' twice"));
  EXPECT_THAT(ErrorOf("network={level: full,off"), HasSubstr("is not closed"));
  EXPECT_THAT(ErrorOf("name='a,b"), HasSubstr("is not closed"));
  EXPECT_THAT(ErrorOf("replications=1,2"), HasSubstr("the same random numbers"));
  EXPECT_THAT(ErrorOf("seed=1,2"), HasSubstr("the same random numbers"));
  EXPECT_THAT(ErrorOf("outputs.file=a.h5,b.h5"), HasSubstr("--output"));
}

TEST(ArmSuffixTest, IsTheValueWhereAFileMayBeCalledSo) {
  const ArmValues arms{"churn", {"off", "{level: full}"}};
  EXPECT_EQ(ArmSuffix(arms, 0), "-0") << "all or none: a value may be another one's number";
  EXPECT_EQ(ArmSuffix(arms, 1), "-1");
  EXPECT_EQ(ArmSuffix({"churn", {"off", "full"}}, 1), "-full");
}

// Mean waits in minutes.
Arm ArmOf(const std::string& value, const std::vector<double>& waits) {
  Arm arm{.value = value, .summaries = {}};
  for (size_t r = 0; r < waits.size(); ++r) {
    Summary& run = arm.summaries.emplace_back();
    run.scenario = "small";
    run.replicate = static_cast<uint32_t>(r);
    run.jobs.finished = 100;
    run.wait_s.mean = 60 * waits[r];
  }
  return arm;
}

// 10, 14 and 11, 15: apart by 1 in both replications, however far these are from each other.
TEST(RenderArmsTest, TakesDifferencesReplicationByReplication) {
  const std::vector<Arm> arms = {ArmOf("mesh", {10, 14}), ArmOf("relay", {11, 15})};
  EXPECT_EQ(RenderArms("network.topology", arms, Style()),
            "small  seed 0, 2 replications of each network.topology\n"
            "mean ± half the 95% interval; differences are taken replication by replication\n"
            "                mesh         relay\n"
            "jobs finished   100 ± 0      100 ± 0\n"
            "jobs rejected   0 ± 0        0 ± 0\n"
            "mean wait       12 ± 25 min  13 ± 25 min\n"
            "  less mesh                  +1 ± 0 min\n"
            "GPU-hours lost  0 ± 0        0 ± 0\n"
            "cost to users   0 ± 0 USD    0 ± 0 USD\n");
}

TEST(RenderArmsTest, PairsWhatAnInterruptLeft) {
  std::vector<Arm> arms = {ArmOf("mesh", {10, 14, 16}), ArmOf("relay", {11, 15, 20})};
  arms[1].summaries.erase(arms[1].summaries.begin());  // 15 − 14, 20 − 16
  EXPECT_THAT(RenderArms("network.topology", arms, Style()), HasSubstr("+2 ± 19 min"));
}

TEST(RenderArmsTest, ShowsWhatTheFirstArmDoesNotHave) {
  std::vector<Arm> arms = {ArmOf("off", {10}), ArmOf("full", {10})};
  arms[1].summaries[0].trust.emplace().fake_gpu_hours = 7;
  arms[1].summaries[0].services.emplace_back().name = "chat";
  arms[1].summaries[0].services[0].slo_attainment = 0.5;
  const std::string text = RenderArms("trust.level", arms, Style());
  EXPECT_THAT(text, HasSubstr("GPU-hours sold by fakes  -       7\n"));
  EXPECT_THAT(text, HasSubstr("within the SLO           -       50%\n"));
}

TEST(RenderArmsTest, MarksArmsThatBrokeOff) {
  std::vector<Arm> arms = {ArmOf("mesh", {10, 14}), ArmOf("relay", {11, 15})};
  arms[1].summaries[1].complete = false;
  const std::string text = RenderArms("network.topology", arms, Style());
  EXPECT_THAT(text, HasSubstr("relay (partial)"));
  EXPECT_THAT(text, HasSubstr("+1 min")) << "of the replication that both have whole";
  arms[1].summaries.pop_back();  // an error left it out
  EXPECT_THAT(RenderArms("network.topology", arms, Style()), Not(HasSubstr("partial")));
  arms[1].broken = true;
  EXPECT_THAT(RenderArms("network.topology", arms, Style()), HasSubstr("relay (partial)"));
}

TEST(RenderArmsTest, OneRunOfEachHasNoIntervals) {
  const std::vector<Arm> arms = {ArmOf("mesh", {10}), ArmOf("relay", {9})};
  const std::string text = RenderArms("network.topology", arms, Style());
  EXPECT_THAT(text, HasSubstr("one run of each: differences may be chance"));
  EXPECT_THAT(text, HasSubstr("-1 min"));
  EXPECT_THAT(text, Not(HasSubstr("±")));
}

TEST(ArmsJsonTest, HoldsEachArmAndTheDifferenceToTheFirst) {
  const std::vector<Arm> arms = {ArmOf("mesh", {10, 14}), ArmOf("relay", {11, 15})};
  const nlohmann::ordered_json json = ArmsJson("network.topology", arms);
  EXPECT_EQ(json.at("key"), "network.topology");
  ASSERT_EQ(json.at("arms").size(), 2u);
  EXPECT_FALSE(json.at("arms")[0].contains("difference"));
  const auto& relay = json.at("arms")[1];
  EXPECT_EQ(relay.at("value"), "relay");
  EXPECT_DOUBLE_EQ(relay.at("intervals").at("wait_s").at("mean").at("mean"), 13 * 60);
  EXPECT_DOUBLE_EQ(relay.at("difference").at("wait_s").at("mean").at("mean"), 60);
  EXPECT_DOUBLE_EQ(relay.at("difference").at("wait_s").at("mean").at("half_width_95"), 0);
  EXPECT_EQ(relay.at("runs").size(), 2u);
}

}  // namespace
}  // namespace orrery::cli
