#include "sim/results/summary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace orrery::results {
namespace {

using Json = nlohmann::ordered_json;

std::string KeysOf(const Json& object) {
  std::string keys;
  for (const auto& [key, value] : object.items()) keys += key + " ";
  return keys;
}

Summary Filled() {
  Summary summary;
  summary.scenario = "quickstart";
  summary.seed = 7;
  summary.jobs.submitted = 10;
  summary.jobs.finished = 9;
  summary.wait_s = {9, 1.5, 1, 2, 3, 4, 5};
  summary.utilisation.gpu = 0.75;
  summary.per_class.push_back(
      {"rendering", {3, 2, 1, 0, 0, 0, 4, 1, 1}, {1, 1, 0, 0}, 2.5, {}, {}});
  summary.trace_digest = "0123456789abcdef";
  return summary;
}

TEST(SummaryJsonTest, HasTheKeysThatScriptsRelyOn) {
  const Json json = ToJson(Filled());
  EXPECT_EQ(KeysOf(json),
            "scenario version seed replicate complete partial_reason jobs measured wait_s jct_s "
            "slowdown bounded_slowdown unfinished_wait_s end_s makespan_s utilisation gpu_hours "
            "cost_usd allocation_ratio fragmentation per_class per_user failures decisions "
            "latency policy_seconds wall_seconds events trace_digest outcome_digest ");
  EXPECT_EQ(KeysOf(json["jobs"]),
            "submitted finished rejected unfinished killed failed released preemptions migrations "
            "slo_met slo_missed ");
  EXPECT_EQ(KeysOf(json["wait_s"]), "count mean p50 p90 p95 p99 max ");
  EXPECT_EQ(KeysOf(json["utilisation"]), "gpu cpu memory ");
  EXPECT_EQ(KeysOf(json["gpu_hours"]), "allocated useful lost overhead ");
  EXPECT_EQ(KeysOf(json["decisions"]), "made refused ");
  EXPECT_EQ(KeysOf(json["per_class"]), "rendering ");
  EXPECT_EQ(KeysOf(json["per_class"]["rendering"]), "jobs gpu_hours cost_usd wait_s jct_s ");
  EXPECT_EQ(KeysOf(json["per_user"]), "users jain_gpu_hours jain_pace ");
  EXPECT_EQ(KeysOf(json["latency"]), "jobs unbounded mean_ms max_ms ");
}

TEST(SummaryJsonTest, FiguresThatDoNotExistAreNull) {
  const Json json = ToJson(Summary());
  EXPECT_TRUE(json["jct_s"]["mean"].is_null());
  EXPECT_EQ(json["jct_s"]["count"], 0);
}

TEST(SummaryJsonTest, EnergyIsThereWhereItIsModelled) {
  Summary summary = Filled();
  EXPECT_FALSE(ToJson(summary).contains("energy"));
  summary.energy.emplace();
  summary.energy->busy_kwh = 10;
  summary.energy->per_class.push_back({"rendering", 10, 2, 5});
  summary.energy->per_region.push_back({"tokyo", 12, 2.4, 6, 9, 6.6});
  const Json json = ToJson(summary);
  EXPECT_EQ(KeysOf(json["energy"]),
            "busy_kwh idle_kwh usd carbon_kg owner_profit_usd peak_temperature_c "
            "throttled_gpu_hours per_class per_region ");
  EXPECT_TRUE(json["energy"]["peak_temperature_c"].is_null());
  const auto again = FromJson(json, "x");
  ASSERT_TRUE(again.has_value()) << again.error().ToString();
  EXPECT_EQ(ToJson(*again), json);
  EXPECT_EQ(again->energy->per_region[0].profit_usd, 6.6);
}

TEST(SummaryJsonTest, ServicesAreThereByNameWhereThereAreAny) {
  Summary summary = Filled();
  EXPECT_FALSE(ToJson(summary).contains("services"));
  ServiceFigures& chat = summary.services.emplace_back();
  chat.name = "chat";
  chat.requests = 7;
  chat.ttft_s.p95 = 0.25;
  chat.per_region.push_back({.name = "tokyo", .requests = 7, .served = 6, .ttft_s = {}});
  const Json json = ToJson(summary);
  EXPECT_EQ(KeysOf(json["services"]["chat"]),
            "requests served refused failed under_way retries ttft_s tbt_s slo_attainment "
            "output_tokens cached_prompt_share replica_hours cold_starts replicas_lost "
            "mean_cold_start_s utilisation "
            "busy per_region ");
  EXPECT_EQ(json["services"]["chat"]["per_region"]["tokyo"]["served"], 6);
  const auto again = FromJson(json, "x");
  ASSERT_TRUE(again.has_value()) << again.error().ToString();
  EXPECT_EQ(ToJson(*again), json);
}

TEST(SummaryJsonTest, TransfersAreThereWhereDataMove) {
  Summary summary = Filled();
  EXPECT_FALSE(ToJson(summary).contains("transfers"));
  summary.transfers.emplace().fetched_gb = 1.5;
  const Json json = ToJson(summary);
  EXPECT_EQ(KeysOf(json["transfers"]),
            "fetches sends broken_off images_kept rerouted cut fetched_gb sent_gb hours gpu_hours "
            "egress_usd ");
  const auto again = FromJson(json, "x");
  ASSERT_TRUE(again.has_value()) << again.error().ToString();
  EXPECT_EQ(again->transfers->fetched_gb, 1.5);
}

TEST(SummaryJsonTest, ReadsBackWhatItWrote) {
  const Summary summary = Filled();
  const auto again = FromJson(Json::parse(ToJson(summary).dump()), "x");
  ASSERT_TRUE(again.has_value()) << again.error().ToString();
  EXPECT_EQ(ToJson(*again), ToJson(summary));
  EXPECT_TRUE(std::isnan(again->slowdown.p99));
}

TEST(SummaryJsonTest, ReadsSummariesOfOtherVersions) {
  const auto summary = FromJson(Json::parse(R"({"seed": 3, "colour": "red"})"), "x");
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->seed, 3u);
}

TEST(SummaryJsonTest, NamesAValueOfTheWrongType) {
  const auto message = [](const char* text) {
    const auto summary = FromJson(Json::parse(text), "old.h5");
    return summary ? "" : summary.error().ToString();
  };
  EXPECT_EQ(message(R"({"jobs": {"finished": "many"}})"),
            "old.h5: the summary's jobs.finished is \"many\", expected a count");
  EXPECT_EQ(message(R"({"wait_s": {"p50": true}})"),
            "old.h5: the summary's wait_s.p50 is true, expected a number or null");
  EXPECT_EQ(message(R"({"jobs": 3})"), "old.h5: the summary's jobs is 3, expected an object");
  EXPECT_EQ(message("[]"), "old.h5: the summary's value is [], expected an object");
}

TEST(SummaryJsonTest, SameOutcomeLooksPastTheMachine) {
  Summary a = Filled();
  Summary b = Filled();
  b.policy_seconds = 3;
  b.wall_seconds = 9;
  EXPECT_TRUE(SameOutcome(a, b));
  b.jobs.preemptions = 1;
  EXPECT_FALSE(SameOutcome(a, b));
}

}  // namespace
}  // namespace orrery::results
