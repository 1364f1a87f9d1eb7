// Transformations that choose jobs or move them in time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "models/workload/traces/format.h"
#include "tests/models/workload/transforms/testing.h"

namespace orrery::workload {
namespace {

using testing::Applied;
using testing::Apply;
using ::testing::ElementsAre;
using testing::ErrorOf;
using ::testing::HasSubstr;
using testing::Ids;
using testing::MakeJob;
using testing::MakeJobs;
using testing::Step;

constexpr uint64_t kLow = (uint64_t{1} << kCopyShift) - 1;

TEST(WindowTest, KeepsJobsFromTheFirstInstantToBeforeTheLast) {
  const auto jobs = Applied(MakeJobs(10), {Step("window", {{"from", "3s"}, {"to", "6s"}})}, {});
  EXPECT_THAT(Ids(jobs), ElementsAre(3, 4, 5));
  EXPECT_EQ(jobs[0].submit, SimTime::Zero());
  EXPECT_EQ(jobs[2].submit, SimTime::FromSeconds(2));
}

TEST(WindowTest, MovesDeadlinesAlongAndKeepsTimeWhereAsked) {
  std::vector<Job> jobs = {MakeJob(0, 10, 5)};
  jobs[0].deadline = SimTime::FromSeconds(30);
  EXPECT_EQ(Applied(jobs, {Step("window", {{"from", "10s"}})}, {})[0].deadline,
            SimTime::FromSeconds(20));
  const auto kept = Applied(jobs, {Step("window", {{"from", "10s"}, {"rebase", "false"}})}, {});
  EXPECT_EQ(kept[0].submit, SimTime::FromSeconds(10));
  EXPECT_EQ(kept[0].deadline, SimTime::FromSeconds(30));
}

TEST(WindowTest, RejectsAnEmptyWindow) {
  EXPECT_THAT(ErrorOf(Apply(MakeJobs(3), {Step("window", {{"from", "3s"}, {"to", "3s"}})}, {})),
              HasSubstr("test.yaml:3:5: to: got '3s', expected a time after 'from' "
                        "(transformation 'window')"));
}

TEST(StretchTest, MultipliesGapsExactly) {
  std::vector<Job> jobs = {MakeJob(0, 7, 1), MakeJob(1, 8, 1), MakeJob(2, 10, 1)};
  jobs[2].deadline = SimTime::FromSeconds(12);
  const auto stretched = Applied(jobs, {Step("stretch", {{"factor", "2.5"}})}, {});
  EXPECT_EQ(stretched[0].submit, SimTime::FromSeconds(7));
  EXPECT_EQ(stretched[1].submit, SimTime::FromNanos(9'500'000'000));
  EXPECT_EQ(stretched[2].submit, SimTime::FromNanos(14'500'000'000));
  EXPECT_EQ(stretched[2].deadline, SimTime::FromNanos(16'500'000'000));
  EXPECT_EQ(stretched[1].work, Duration::Seconds(1));
}

TEST(StretchTest, EndsAfter95Years) {
  std::vector<Job> jobs = {MakeJob(0, 0, 1), MakeJob(1, 75 * 86'400, 1)};
  jobs[1].deadline = SimTime::FromNanos(INT64_MAX - 5);
  const auto stretched = Applied(jobs, {Step("stretch", {{"factor", "10000"}})}, {});
  EXPECT_EQ(stretched[1].submit, SimTime::FromNanos(3'000'000'000'000'000'000));
  EXPECT_EQ(stretched[1].deadline, SimTime::FromNanos(INT64_MAX - 1));
}

// Load offered between the first arrival and the last.
double LoadOf(const std::vector<Job>& jobs, double gpus) {
  double work = 0;
  for (const Job& job : jobs) {
    work += job.work.seconds() * job.replicas * job.demand.total_gpu_milli() / 1000.0;
  }
  return work / ((jobs.back().submit - jobs.front().submit).seconds() * gpus);
}

TEST(ScaleLoadTest, ReachesTheTargetWhateverTheLoadWas) {
  TransformContext context;
  context.capacity.gpu_milli = 16'000;
  for (const double gap : {0.01, 1.0, 50.0}) {
    for (const char* target : {"0.25", "0.8", "1.5"}) {
      const auto jobs =
          Applied(MakeJobs(1000, gap), {Step("scale_load", {{"utilisation", target}})}, context);
      EXPECT_NEAR(LoadOf(jobs, 16), std::stod(target), 1e-9);
      EXPECT_EQ(jobs.size(), 1000U);
    }
  }
}

TEST(ScaleLoadTest, CountsSharesReplicasAndCores) {
  std::vector<Job> jobs = {MakeJob(0, 0, 100), MakeJob(1, 100, 100)};
  jobs[0].demand.gpu_milli = 500;
  jobs[1].replicas = 3;
  TransformContext context;
  context.capacity = {.gpu_milli = 7'000, .cpu_milli = 4'000};
  // 350 GPU-seconds in 100 s on 7 GPUs are 0.5; 400 core-seconds on 4 cores are 1.
  EXPECT_EQ(Applied(jobs, {Step("scale_load", {{"utilisation", "0.25"}})}, context)[1].submit,
            SimTime::FromSeconds(200));
  EXPECT_EQ(
      Applied(jobs, {Step("scale_load", {{"utilisation", "0.5"}, {"resource", "cpu"}})}, context)[1]
          .submit,
      SimTime::FromSeconds(200));
}

TEST(ScaleLoadTest, SaysWhyThereIsNoLoadToScale) {
  TransformContext context;
  EXPECT_THAT(ErrorOf(Apply(MakeJobs(5), {Step("scale_load")}, context)),
              HasSubstr("the fleet has none of the resource"));
  context.capacity = {.gpu_milli = 1'000, .cpu_milli = 1'000};
  EXPECT_THAT(ErrorOf(Apply(MakeJobs(1), {Step("scale_load")}, context)),
              HasSubstr("or all arrive at once"));
  EXPECT_THAT(
      ErrorOf(Apply({MakeJob(0, 0, 5, 0), MakeJob(1, 1, 5, 0)}, {Step("scale_load")}, context)),
      HasSubstr("ask for no GPU time"));
  std::vector<Job> forever = MakeJobs(2);
  forever[1].work = kNeverEnds;
  EXPECT_THAT(ErrorOf(Apply(forever, {Step("scale_load")}, context)),
              HasSubstr("job 1 never ends"));
}

TEST(ShuffleTest, KeepsInstantsAndJobsButNotTheirOrder) {
  const auto before = MakeJobs(200);
  const auto after = Applied(before, {Step("shuffle")}, {});
  std::vector<uint64_t> ids = Ids(after);
  EXPECT_NE(ids, Ids(before));
  for (size_t i = 0; i < 200; ++i) {
    EXPECT_EQ(after[i].submit, before[i].submit);
    EXPECT_EQ(after[i].work, before[after[i].source_id].work);
  }
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(ids, Ids(before));
}

TEST(ShuffleTest, LeavesTheOrderOfTheOthersWhenJobsAreMissing) {
  const auto all = MakeJobs(100);
  std::vector<Job> half;
  for (const Job& job : all) {
    if (job.source_id % 2 == 0) half.push_back(job);
  }
  std::vector<uint64_t> of_all = Ids(Applied(all, {Step("shuffle")}, {}));
  std::erase_if(of_all, [](uint64_t id) { return id % 2 == 1; });
  EXPECT_EQ(of_all, Ids(Applied(half, {Step("shuffle")}, {})));
}

TEST(ShuffleTest, IsUniform) {
  // Where job 0 lands among 4, over 4,000 replicates: chi-squared with 3 degrees of freedom below
  // its 99.9% quantile.
  std::map<size_t, int> places;
  for (uint64_t replicate = 0; replicate < 4000; ++replicate) {
    TransformContext context;
    context.random = RandomStreams(1, replicate);
    const auto ids = Ids(Applied(MakeJobs(4), {Step("shuffle")}, context));
    ++places[static_cast<size_t>(std::find(ids.begin(), ids.end(), 0) - ids.begin())];
  }
  double chi2 = 0;
  for (size_t i = 0; i < 4; ++i) chi2 += std::pow(places[i] - 1000, 2) / 1000;
  EXPECT_LT(chi2, 16.27);
}

TEST(ResampleTest, DrawsJobsForTheSameInstants) {
  const auto before = MakeJobs(500);
  const auto after = Applied(before, {Step("resample", {{"unit", "jobs"}})}, {});
  ASSERT_EQ(after.size(), 500U);
  std::set<uint64_t> originals, ids;
  for (size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(after[i].submit, before[i].submit);
    EXPECT_EQ(after[i].work, before[after[i].source_id & kLow].work);
    originals.insert(after[i].source_id & kLow);
    ids.insert(after[i].source_id);
  }
  // Every copy has an id of its own; of n jobs a share of 1 − 1/e is drawn at least once.
  EXPECT_EQ(ids.size(), 500U);
  EXPECT_NEAR(static_cast<double>(originals.size()), 500 * (1 - std::exp(-1)), 30);
}

// Four weeks and a bit with w + 1 jobs in week w, on its first day.
std::vector<Job> Weeks() {
  std::vector<Job> jobs;
  for (uint64_t week = 0; week < 5; ++week) {
    for (uint64_t k = 0; k <= week; ++k) {
      const double start = static_cast<double>(week) * 7 * 86400;
      jobs.push_back(MakeJob(jobs.size(), start + static_cast<double>(k) * 3600, 60));
      jobs.back().user = UserId(static_cast<uint32_t>(k % 2));
    }
  }
  return jobs;
}

TEST(ResampleTest, DrawsWholeWeeks) {
  const auto after = Applied(Weeks(), {Step("resample", {{"weeks", "50"}})}, {});
  std::map<int64_t, std::vector<int64_t>> hours_by_week;
  for (const Job& job : after) {
    const int64_t hour = job.submit.nanos() / 3'600'000'000'000;
    hours_by_week[hour / 168].push_back(hour % 168);
  }
  EXPECT_EQ(hours_by_week.size(), 50U);
  std::set<size_t> sizes;
  for (const auto& [week, hours] : hours_by_week) {
    // A week of the result is a week of the source: w + 1 jobs in the first hours of its Monday.
    for (size_t k = 0; k < hours.size(); ++k) EXPECT_EQ(hours[k], static_cast<int64_t>(k));
    sizes.insert(hours.size());
  }
  // The fifth week is not whole: it ends with its last job.
  EXPECT_EQ(sizes, (std::set<size_t>{1, 2, 3, 4}));
}

TEST(ResampleTest, UsersDrawTheirWeeksOnTheirOwn) {
  const auto after =
      Applied(Weeks(), {Step("resample", {{"unit", "user_weeks"}, {"weeks", "200"}})}, {});
  std::map<int64_t, std::map<uint32_t, int>> jobs;
  for (const Job& job : after) ++jobs[job.submit.nanos() / 604'800'000'000'000][job.user.value];
  std::set<std::pair<int, int>> mixes;
  for (auto& [week, by_user] : jobs) mixes.insert({by_user[0], by_user[1]});
  // In the source weeks the mixes are (1,0), (1,1), (2,1), (2,2): users together give others too.
  EXPECT_TRUE(mixes.count({2, 0}) == 1 || mixes.count({1, 2}) == 1);
}

TEST(ResampleTest, NeedsAWholeWeek) {
  EXPECT_THAT(ErrorOf(Apply(MakeJobs(10), {Step("resample")}, {})),
              HasSubstr("ends before its first week does"));
  EXPECT_THAT(
      ErrorOf(Apply(MakeJobs(10), {Step("resample", {{"unit", "jobs"}, {"weeks", "3"}})}, {})),
      HasSubstr("weeks: got '3', expected 0"));
}

class InflateTest : public ::testing::Test {
 protected:
  InflateTest() { context_.capacity.gpu_milli = 100'000; }
  TransformContext context_;
};

TEST_F(InflateTest, StopsBeforeTheShareIsPassed) {
  for (const char* repeat : {"draw", "permute"}) {
    const auto jobs = Applied(MakeJobs(40), {Step("inflate", {{"repeat", repeat}})}, context_);
    // One GPU each, so that exactly 130% of 100 GPUs arrive.
    EXPECT_EQ(jobs.size(), 130U);
    EXPECT_EQ(jobs[129].submit, SimTime::FromSeconds(129));
  }
  std::vector<Job> eights = MakeJobs(40);
  for (Job& job : eights) job.demand.gpus = 8;
  EXPECT_EQ(Applied(eights, {Step("inflate")}, context_).size(), 16U);
}

TEST_F(InflateTest, StartsWithARandomOrderOfAllJobs) {
  const auto jobs = Applied(MakeJobs(40), {Step("inflate")}, context_);
  std::vector<uint64_t> first = Ids({jobs.begin(), jobs.begin() + 40});
  EXPECT_NE(first, Ids(MakeJobs(40)));
  std::sort(first.begin(), first.end());
  EXPECT_EQ(first, Ids(MakeJobs(40)));
}

TEST_F(InflateTest, RepeatsByDrawsOrByPermutations) {
  const auto counts = [&](const char* repeat) {
    std::map<uint64_t, int> times;
    for (const uint64_t id : Ids(Applied(
             MakeJobs(40), {Step("inflate", {{"repeat", repeat}, {"share", "1.2"}})}, context_))) {
      ++times[id & kLow];
    }
    std::set<int> different;
    for (const auto& [id, n] : times) different.insert(n);
    return different;
  };
  EXPECT_EQ(counts("permute"), (std::set<int>{3}));
  EXPECT_GT(counts("draw").size(), 2U);
}

TEST_F(InflateTest, NobodyLeavesUnlessAsked) {
  const auto stay = Applied(MakeJobs(10), {Step("inflate")}, context_);
  EXPECT_EQ(stay[5].work, kNeverEnds);
  EXPECT_EQ(stay[5].limit, Duration::Max());
  const auto leave = Applied(MakeJobs(10), {Step("inflate", {{"departures", "true"}})}, context_);
  EXPECT_LE(leave[5].work, Duration::Seconds(10));
}

TEST_F(InflateTest, CopiesHaveIdsOfTheirOwn) {
  const auto ids = Ids(Applied(MakeJobs(10), {Step("inflate")}, context_));
  EXPECT_EQ(std::set<uint64_t>(ids.begin(), ids.end()).size(), ids.size());
}

TEST_F(InflateTest, CpuJobsArriveAsOftenAsOthersAndCountNothing) {
  std::vector<Job> jobs = MakeJobs(40);
  for (Job& job : jobs) job.demand.gpus = job.source_id % 2 == 0 ? 1 : 0;
  const auto inflated = Applied(jobs, {Step("inflate", {{"repeat", "permute"}})}, context_);
  EXPECT_NEAR(static_cast<double>(inflated.size()), 260, 10);
}

TEST_F(InflateTest, NeedsGpusOnBothSides) {
  EXPECT_THAT(ErrorOf(Apply({MakeJob(0, 0, 1, 0)}, {Step("inflate")}, context_)),
              HasSubstr("no job asks for a GPU"));
  EXPECT_THAT(ErrorOf(Apply(MakeJobs(3), {Step("inflate")}, {})),
              HasSubstr("the fleet has no GPU"));
}

}  // namespace
}  // namespace orrery::workload
