// Transformations that change what single jobs ask for or are worth.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "sim/base/math.h"
#include "tests/models/workload/transforms/testing.h"

namespace orrery::workload {
namespace {

using testing::Applied;
using testing::Apply;
using testing::ErrorOf;
using ::testing::HasSubstr;
using testing::MakeJob;
using testing::MakeJobs;
using testing::Step;

constexpr int kMany = 20'000;

double MedianOf(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

std::vector<double> EstimateFactors(const TransformStep& step) {
  std::vector<double> factors;
  for (const Job& job : Applied(MakeJobs(kMany), {step}, {})) {
    factors.push_back(job.estimate.seconds() / job.work.seconds());
  }
  return factors;
}

TEST(EstimatesTest, TheFModelIsUniformBetweenTheTruthAndItsMultiple) {
  const auto factors = EstimateFactors(Step("estimates", {{"f", "3"}}));
  const auto [least, most] = std::minmax_element(factors.begin(), factors.end());
  EXPECT_GE(*least, 1);
  EXPECT_LE(*most, 4);
  EXPECT_NEAR(MedianOf(factors), 2.5, 0.05);
  EXPECT_NEAR(static_cast<double>(
                  std::count_if(factors.begin(), factors.end(), [](double x) { return x < 1.75; })),
              kMany / 4.0, 250);
}

TEST(EstimatesTest, LogNormalErrorsHaveTheirMedianAndSpread) {
  const auto factors = EstimateFactors(
      Step("estimates", {{"model", "lognormal"}, {"median", "2"}, {"sigma", "0.5"}}));
  EXPECT_NEAR(MedianOf(factors), 2, 0.03);
  // One standard deviation above the median lies the quantile 0.8413.
  EXPECT_NEAR(static_cast<double>(std::count_if(factors.begin(), factors.end(),
                                                [](double x) { return x < 2 * std::exp(0.5); })),
              0.8413 * kMany, 200);
}

TEST(EstimatesTest, ExactEstimatesAreTheWork) {
  std::vector<Job> jobs = MakeJobs(5);
  for (Job& job : jobs) job.estimate = Duration::Hours(9);
  for (const Job& job : Applied(jobs, {Step("estimates", {{"model", "exact"}})}, {})) {
    EXPECT_EQ(job.estimate, job.work);
    EXPECT_EQ(job.limit, Duration::Max());
  }
}

TEST(EstimatesTest, LimitsFollowEstimatesWhereAsked) {
  std::vector<Job> jobs = MakeJobs(50);
  for (Job& job : jobs) job.limit = Duration::Seconds(1);
  for (const Job& job : Applied(jobs, {Step("estimates", {{"limit", "estimate"}})}, {})) {
    EXPECT_EQ(job.limit, job.estimate);
  }
  EXPECT_EQ(Applied(jobs, {Step("estimates")}, {})[0].limit, Duration::Seconds(1));
  EXPECT_EQ(Applied(jobs, {Step("estimates", {{"limit", "none"}})}, {})[0].limit, Duration::Max());
}

TEST(EstimatesTest, DrawsBelongToJobsNotToPlacesInTheStream) {
  const auto all = Applied(MakeJobs(100), {Step("estimates")}, {});
  const auto late =
      Applied(MakeJobs(100), {Step("window", {{"from", "40s"}}), Step("estimates")}, {});
  ASSERT_EQ(late.size(), 60U);
  for (size_t i = 0; i < late.size(); ++i) EXPECT_EQ(late[i].estimate, all[i + 40].estimate);
}

TEST(EstimatesTest, ASecondStepDrawsAnew) {
  const auto once = Applied(MakeJobs(50), {Step("estimates")}, {});
  const auto twice = Applied(MakeJobs(50), {Step("estimates"), Step("estimates")}, {});
  const auto other = Applied(MakeJobs(50), {Step("deadlines"), Step("estimates")}, {});
  int equal = 0;
  for (size_t i = 0; i < 50; ++i) {
    equal += once[i].estimate == twice[i].estimate;
    EXPECT_EQ(once[i].estimate, other[i].estimate);
  }
  EXPECT_LT(equal, 5);
}

TEST(UsersTest, SharesFollowZipfsLaw) {
  std::map<uint32_t, int> jobs;
  for (const Job& job : Applied(MakeJobs(kMany), {Step("users", {{"count", "4"}})}, {})) {
    ++jobs[job.user.value];
  }
  // 1 : 1/2 : 1/3 : 1/4 of 25/12.
  EXPECT_EQ(jobs.size(), 4U);
  EXPECT_NEAR(jobs[0], kMany * 12.0 / 25, 300);
  EXPECT_NEAR(jobs[1], kMany * 6.0 / 25, 300);
  EXPECT_NEAR(jobs[3], kMany * 3.0 / 25, 300);
}

TEST(UsersTest, AreAllAlikeWithoutAnExponent) {
  std::map<uint32_t, int> jobs;
  const auto step = Step("users", {{"count", "5"}, {"zipf_exponent", "0"}});
  for (const Job& job : Applied(MakeJobs(kMany), {step}, {})) ++jobs[job.user.value];
  for (const auto& [user, count] : jobs) EXPECT_NEAR(count, kMany / 5, 300) << user;
}

TEST(PrioritiesTest, AreDrawnByTheirShares) {
  std::map<int32_t, int> jobs;
  const auto step = Step("priorities", {{"shares", "-5=1, 0 = 2,10=1"}});
  for (const Job& job : Applied(MakeJobs(kMany), {step}, {})) ++jobs[job.priority];
  EXPECT_EQ(jobs.size(), 3U);
  EXPECT_NEAR(jobs[0], kMany / 2, 300);
  EXPECT_NEAR(jobs[-5], kMany / 4, 300);
}

TEST(PrioritiesTest, RejectsAListThatDoesNotReadAsOne) {
  for (const char* shares : {"", "high=1", "1=0", "1=-2", "=1", "3000000000=1"}) {
    EXPECT_THAT(ErrorOf(Apply(MakeJobs(1), {Step("priorities", {{"shares", shares}})}, {})),
                HasSubstr("expected a list such as '0=0.8, 1=0.2'"))
        << shares;
  }
}

TEST(DeadlinesTest, LieASlackOfTheWorkAfterTheArrival) {
  int with = 0;
  const auto step = Step("deadlines", {{"share", "0.5"}, {"slack_min", "2"}, {"slack_max", "3"}});
  for (const Job& job : Applied(MakeJobs(kMany), {step}, {})) {
    if (job.deadline == SimTime::Never()) continue;
    ++with;
    const double slack = (job.deadline - job.submit).seconds() / job.work.seconds();
    EXPECT_GE(slack, 2 - 1e-9);
    EXPECT_LE(slack, 3 + 1e-9);
  }
  EXPECT_NEAR(with, kMany / 2, 300);
  EXPECT_THAT(ErrorOf(Apply(MakeJobs(1), {Step("deadlines", {{"slack_max", "1"}})}, {})),
              HasSubstr("slack_max: got '1', expected at least slack_min"));
}

TEST(BudgetsTest, PayThePriceOfTheEstimateTimesAFactor) {
  std::vector<Job> jobs = {MakeJob(0, 0, 7200)};
  jobs[0].replicas = 2;
  jobs[0].demand.gpus = 4;
  jobs[0].estimate = Duration::Hours(3);
  const auto step =
      Step("budgets", {{"price", "$1.50/h"}, {"factor_min", "2"}, {"factor_max", "2"}});
  // $1.50 × 8 GPUs × 3 h × 2.
  EXPECT_EQ(Applied(jobs, {step}, {})[0].budget, Usd::FromDollars(72));
  EXPECT_EQ(Applied(jobs, {Step("budgets", {{"share", "0"}})}, {})[0].budget, Usd::Micros(-1));
}

class RequirementsTest : public ::testing::Test {
 protected:
  RequirementsTest() {
    context_.gpus = &gpus_;
    context_.requirements = &table_;
    context_.regions = {"tokyo", "berlin"};
  }
  const Requirements& Of(const Job& job) const { return table_[job.requirements]; }

  fleet::GpuCatalogue gpus_ = fleet::GpuCatalogue::Load("tests/data/traces/gpus.csv").value();
  RequirementsTable table_;
  TransformContext context_;
};

TEST_F(RequirementsTest, MapGpuDrawsKindsByTheirShares) {
  std::map<size_t, int> kinds;
  const auto step = Step("map_gpu", {{"gpus", "v100=3, t4=1"}, {"effect", "both"}});
  for (const Job& job : Applied(MakeJobs(kMany), {step}, context_)) {
    EXPECT_EQ(Of(job).gpu_models.count(), 1U);
    EXPECT_TRUE(Of(job).gpu_models[job.reference_gpu.index()]);
    ++kinds[job.reference_gpu.index()];
  }
  EXPECT_EQ(kinds.size(), 2U);
  EXPECT_NEAR(kinds[gpus_.Find("t4")->index()], kMany / 4, 300);
  EXPECT_EQ(table_.size(), 3U);
}

TEST_F(RequirementsTest, MapGpuLeavesCpuJobsAndConstrainedOnes) {
  std::vector<Job> jobs = {MakeJob(0, 0, 1, 0), MakeJob(1, 0, 1)};
  Requirements p100;
  p100.gpu_models.set(gpus_.Find("p100")->index());
  jobs[1].requirements = table_.Intern(p100);
  const auto kept = Applied(jobs, {Step("map_gpu", {{"gpus", "t4"}})}, context_);
  EXPECT_EQ(kept[0].requirements, RequirementsTable::kAny);
  EXPECT_EQ(Of(kept[1]), p100);
  const auto forced =
      Applied(jobs, {Step("map_gpu", {{"gpus", "t4"}, {"overwrite", "true"}})}, context_);
  EXPECT_TRUE(Of(forced[1]).gpu_models[gpus_.Find("t4")->index()]);
  EXPECT_FALSE(Of(forced[1]).gpu_models[gpus_.Find("p100")->index()]);
}

TEST_F(RequirementsTest, MapGpuNamesAnUnknownGpu) {
  EXPECT_THAT(ErrorOf(Apply(MakeJobs(1), {Step("map_gpu", {{"gpus", "v1000=1"}})}, context_)),
              HasSubstr("map_gpu: got the GPU 'v1000', expected one of the catalogue (did you mean "
                        "'v100'?)"));
  EXPECT_THAT(ErrorOf(Apply(MakeJobs(1), {Step("map_gpu")}, context_)),
              HasSubstr("gpus: got nothing, expected a list such as"));
}

TEST_F(RequirementsTest, RequireRaisesMinimaAndReplacesLists) {
  Requirements own;
  own.min_gpu_memory_mib = 40 * 1024;
  own.min_tier = 1;
  own.countries_allowed = {"FR"};
  own.max_price = UsdPerHour::FromDollars(1);
  std::vector<Job> jobs = {MakeJob(0, 0, 1)};
  jobs[0].requirements = table_.Intern(own);
  const auto step = Step("require", {{"gpus", "v100, t4"},
                                     {"min_gpu_memory", "24GiB"},
                                     {"min_fp16_tflops", "60"},
                                     {"min_bandwidth_gbs", "500.5"},
                                     {"countries_allowed", "JP,DE"},
                                     {"countries_barred", "US"},
                                     {"min_tier", "2"},
                                     {"owner_kinds", "datacentre, partner"},
                                     {"verified_only", "true"},
                                     {"max_price", "$3/h"},
                                     {"min_reputation", "0.75"}});
  const auto after = Apply(jobs, {step}, context_);
  ASSERT_TRUE(after) << after.error().ToString();
  const Requirements& r = Of((*after)[0]);
  EXPECT_EQ(r.gpu_models.count(), 2U);
  EXPECT_EQ(r.min_gpu_memory_mib, 40U * 1024);
  EXPECT_EQ(r.min_fp16_tflops, 60);
  EXPECT_EQ(r.min_bandwidth_gbs, 500.5F);
  EXPECT_EQ(r.countries_allowed, (std::vector<std::string>{"DE", "JP"}));
  EXPECT_EQ(r.countries_barred, (std::vector<std::string>{"US"}));
  EXPECT_EQ(r.min_tier, 2);
  EXPECT_EQ(r.owner_kinds, 0b1001);
  EXPECT_TRUE(r.verified_only);
  EXPECT_EQ(r.max_price, UsdPerHour::FromDollars(1));
  EXPECT_EQ(r.min_reputation, 0.75F);
}

TEST_F(RequirementsTest, RequireHoldsForTheShareAsked) {
  int verified = 0;
  const auto step = Step("require", {{"share", "0.3"}, {"verified_only", "true"}});
  for (const Job& job : Applied(MakeJobs(kMany), {step}, context_)) {
    verified += Of(job).verified_only;
  }
  EXPECT_NEAR(verified, 0.3 * kMany, 300);
  EXPECT_EQ(table_.size(), 2U);
}

TEST_F(RequirementsTest, RequireRejectsWhatMakesNoSense) {
  const auto error = [&](const char* option, const char* text) {
    return ErrorOf(Apply(MakeJobs(1), {Step("require", {{option, text}})}, context_));
  };
  EXPECT_THAT(error("min_gpu_memory", "24"), HasSubstr("an amount of memory such as 24GiB"));
  EXPECT_THAT(error("countries_allowed", "Japan"), HasSubstr("two-letter codes"));
  EXPECT_THAT(error("owner_kinds", "pirate"), HasSubstr("datacentre, miner, consumer, partner"));
  EXPECT_THAT(error("max_price", "$-1/h"), HasSubstr("a price that is not negative"));
  EXPECT_THAT(error("gpus", "h1000"), HasSubstr("got the GPU 'h1000'"));
}

TEST_F(RequirementsTest, PreferAddsPreferences) {
  using Kind = Requirements::Preference::Kind;
  const auto after = Apply(MakeJobs(1),
                           {Step("prefer", {{"kind", "region"}, {"value", "berlin"}}),
                            Step("prefer", {{"kind", "tier"}, {"value", "2"}, {"weight", "0.5"}}),
                            Step("prefer", {{"kind", "gpu"}, {"value", "T4"}})},
                           context_);
  ASSERT_TRUE(after) << after.error().ToString();
  const auto& preferences = Of((*after)[0]).preferences;
  ASSERT_EQ(preferences.size(), 3U);
  EXPECT_EQ(preferences[0], (Requirements::Preference{Kind::kRegion, 1, 0.2F}));
  EXPECT_EQ(preferences[1], (Requirements::Preference{Kind::kTier, 2, 0.5F}));
  EXPECT_EQ(preferences[2],
            (Requirements::Preference{Kind::kGpuModel, gpus_.Find("t4")->value, 0.2F}));
  EXPECT_THAT(ErrorOf(Apply(MakeJobs(1),
                            {Step("prefer", {{"kind", "region"}, {"value", "berlni"}})}, context_)),
              HasSubstr("got 'berlni', expected a region: tokyo, berlin (did you mean 'berlin'?)"));
}

}  // namespace
}  // namespace orrery::workload
