#include "models/workload/generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace orrery::workload {
namespace {

using ::testing::HasSubstr;

GeneratorParams Simple() {
  GeneratorParams params;
  params.arrivals.rate_per_h = 360;
  params.populations = {Population{.name = "one", .duration = {.law = Exponential{600}}}};
  return params;
}

std::vector<Job> Jobs(const GeneratorParams& params, size_t n, uint64_t seed = 1,
                      RequirementsTable* table = nullptr) {
  RequirementsTable own;
  auto source = MakeGenerator(params, seed, 0, table == nullptr ? &own : table);
  EXPECT_TRUE(source.has_value()) << source.error().ToString();
  std::vector<Job> jobs;
  Job job;
  while (jobs.size() < n && (*source)->Next(&job).value()) jobs.push_back(job);
  return jobs;
}

TEST(GeneratorTest, JobsOfAnMM1QueueHaveExponentialGapsAndWork) {
  const int n = 200'000;
  const auto jobs = Jobs(Simple(), n);
  double gap = 0, gap2 = 0, work = 0, work2 = 0;
  SimTime last = SimTime::Zero();
  for (const Job& job : jobs) {
    const double g = (job.submit - last).seconds(), w = job.work.seconds();
    gap += g, gap2 += g * g, work += w, work2 += w * w;
    last = job.submit;
  }
  gap /= n, work /= n;
  // Four standard errors: mean / √n × 4 for the means; the variance of an exponential's squares is
  // larger.
  EXPECT_NEAR(gap, 10, 10 * 4 / std::sqrt(n));
  EXPECT_NEAR(work, 600, 600 * 4 / std::sqrt(n));
  EXPECT_NEAR(gap2 / n / (gap * gap) - 1, 1, 0.03);
  EXPECT_NEAR(work2 / n / (work * work) - 1, 1, 0.03);
}

TEST(GeneratorTest, DeterministicWorkIsExact) {
  GeneratorParams params = Simple();
  params.populations[0].duration = {.law = Deterministic{42}};
  for (const Job& job : Jobs(params, 100)) {
    EXPECT_EQ(job.work, Duration::Seconds(42));
    EXPECT_EQ(job.estimate, job.work);
    EXPECT_EQ(job.limit, Duration::Max());
    EXPECT_EQ(job.deadline, SimTime::Never());
    EXPECT_LT(job.budget, Usd());
    EXPECT_EQ(job.bag, 0u);
  }
}

TEST(GeneratorTest, TheSameSeedGivesTheSameJobsAndAnotherSeedOthers) {
  const auto a = Jobs(Simple(), 100), b = Jobs(Simple(), 100), c = Jobs(Simple(), 100, 2);
  for (size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(a[i].submit, b[i].submit);
    EXPECT_EQ(a[i].work, b[i].work);
    EXPECT_NE(a[i].submit, c[i].submit);
  }
}

TEST(GeneratorTest, GeneratorsOfDifferentNamesAreIndependent) {
  GeneratorParams other = Simple();
  other.name = "other";
  EXPECT_NE(Jobs(Simple(), 1)[0].submit, Jobs(other, 1)[0].submit);
}

TEST(GeneratorTest, SourceIdsCountFromZero) {
  const auto jobs = Jobs(Simple(), 5);
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(jobs[i].source_id, i);
}

TEST(GeneratorTest, DrawsStayPutWhenOthersAreSwitchedOn) {
  const auto plain = Jobs(Simple(), 500);
  GeneratorParams rich = Simple();
  Population& population = rich.populations[0];
  population.sizes = {{.weight = 1, .gpus = 1}, {.weight = 1, .gpus = 16}};
  population.estimate.factor = {.law = Uniform{1, 5}};
  population.deadline.probability = 0.5;
  population.priorities = {{.priority = 1}, {.priority = 2}};
  population.requirements = {{.requirements = {}, .probability = 0.3}};
  rich.users = {.count = 50, .zipf_exponent = 1};
  rich.regions = {{RegionId(0), 1}, {RegionId(1), 2}};
  const auto jobs = Jobs(rich, 500);
  for (size_t i = 0; i < 500; ++i) {
    EXPECT_EQ(jobs[i].submit, plain[i].submit);
    EXPECT_EQ(jobs[i].work, plain[i].work);
  }
}

TEST(GeneratorTest, AnotherRateStretchesTimeAndKeepsTheJobs) {
  GeneratorParams faster = Simple();
  faster.arrivals.rate_per_h *= 2;
  const auto slow = Jobs(Simple(), 500), fast = Jobs(faster, 500);
  for (size_t i = 0; i < 500; ++i) {
    EXPECT_EQ(slow[i].work, fast[i].work);
    EXPECT_NEAR(slow[i].submit.seconds(), 2 * fast[i].submit.seconds(), 1e-5);
  }
}

TEST(GeneratorTest, SizesAndPopulationsComeByWeight) {
  GeneratorParams params = Simple();
  params.populations[0].weight = 3;
  params.populations[0].sizes = {{.weight = 2, .gpus = 1, .gpu_milli = 250},
                                 {.weight = 1, .gpus = 1},
                                 {.weight = 1, .gpus = 24}};
  Population inference{.name = "two", .weight = 1, .job_class = BatchInferenceParams()};
  inference.sizes[0].gpus = 4;
  params.populations.push_back(inference);
  std::map<std::string, double> share;
  const int n = 40'000;
  for (const Job& job : Jobs(params, n)) {
    share[std::string(JobClassName(job.job_class)) + " " + std::to_string(job.replicas) + "x" +
          std::to_string(job.demand.gpus) + "@" + std::to_string(job.demand.gpu_milli)] += 1.0 / n;
  }
  EXPECT_EQ(share.size(), 4u);
  EXPECT_NEAR(share["batch_training 1x1@250"], 0.75 / 2, 0.01);
  EXPECT_NEAR(share["batch_training 1x1@1000"], 0.75 / 4, 0.01);
  EXPECT_NEAR(share["batch_training 3x8@1000"], 0.75 / 4, 0.01);
  EXPECT_NEAR(share["batch_inference 4x1@1000"], 0.25, 0.01);
}

TEST(GeneratorTest, ASizeMayHaveRunTimesOfItsOwn) {
  GeneratorParams params = Simple();
  params.populations[0].sizes = {{.weight = 1, .gpus = 1}, {.weight = 1, .gpus = 2}};
  params.populations[0].sizes[1].duration = Distribution{.law = Deterministic{7}};
  for (const Job& job : Jobs(params, 200)) {
    if (job.demand.gpus == 2)
      EXPECT_EQ(job.work, Duration::Seconds(7));
    else
      EXPECT_NE(job.work, Duration::Seconds(7));
  }
}

TEST(GeneratorTest, UsersFollowZipfAndLiveInOneRegion) {
  GeneratorParams params = Simple();
  params.users = {.count = 100, .zipf_exponent = 1};
  params.regions = {{RegionId(4), 3}, {RegionId(9), 1}};
  std::map<uint32_t, double> share;
  std::map<uint32_t, std::set<uint16_t>> homes;
  const int n = 100'000;
  for (const Job& job : Jobs(params, n)) {
    share[job.user.value] += 1.0 / n;
    homes[job.user.value].insert(job.region.value);
  }
  EXPECT_EQ(share.size(), 100u);
  // Region 4 has 75 users and 3/4 of the jobs. H(75) = 1 + 1/2 + … + 1/75.
  double h75 = 0;
  for (int k = 1; k <= 75; ++k) h75 += 1.0 / k;
  EXPECT_NEAR(share[0], 0.75 / h75, 0.005);
  EXPECT_NEAR(share[1], 0.75 / h75 / 2, 0.004);
  for (const auto& [user, places] : homes) {
    ASSERT_EQ(places.size(), 1u);
    EXPECT_EQ(*places.begin(), user < 75 ? 4 : 9);
  }
}

TEST(GeneratorTest, EstimatesLimitsDeadlinesAndBudgetsAreAsStated) {
  GeneratorParams params = Simple();
  Population& population = params.populations[0];
  population.sizes[0].gpus = 4;
  population.duration = {.law = Deterministic{3600}};
  population.estimate = {.factor = {.law = Uniform{2, 4}}, .limit_factor = 1.5};
  population.deadline = {.probability = 0.25, .slack = {.law = Deterministic{3}}};
  population.budget = {.probability = 0.5,
                       .price = UsdPerHour::FromDollars(2),
                       .factor = {.law = Deterministic{1.25}}};
  int with_deadline = 0, with_budget = 0;
  double estimates = 0;
  const int n = 20'000;
  for (const Job& job : Jobs(params, n)) {
    const double estimate = job.estimate.seconds();
    estimates += estimate;
    EXPECT_GE(estimate, 2 * 3600);
    EXPECT_LE(estimate, 4 * 3600);
    EXPECT_NEAR(job.limit.seconds(), 1.5 * estimate, 1e-6);
    if (job.deadline != SimTime::Never()) {
      ++with_deadline;
      EXPECT_EQ(job.deadline - job.submit, Duration::Hours(3));
    }
    if (job.budget >= Usd()) {
      ++with_budget;
      EXPECT_NEAR(job.budget.dollars(), 2 * 4 * estimate / 3600 * 1.25, 1e-5);
    }
  }
  EXPECT_NEAR(estimates / n / 3600, 3, 0.02);
  EXPECT_NEAR(with_deadline, 0.25 * n, 250);
  EXPECT_NEAR(with_budget, 0.5 * n, 300);
}

TEST(GeneratorTest, ABudgetIsWithinWhatMoneyCanHold) {
  GeneratorParams params = Simple();
  params.populations[0].sizes[0].gpus = 4;
  params.populations[0].budget = {.probability = 1,
                                  .price = UsdPerHour::FromDollars(1e6),
                                  .factor = {.law = Deterministic{1e6}}};
  for (const Job& job : Jobs(params, 100)) {
    EXPECT_GE(job.budget, Usd());
    EXPECT_LE(job.budget, Usd::FromDollars(kMostBudgetUsd));
  }
}

TEST(GeneratorTest, TypesPrioritiesAndRequirementsComeByTheirShares) {
  GeneratorParams params = Simple();
  Population& population = params.populations[0];
  population.reference_gpu = GpuModelId(3);
  population.types = {{JobTypeId(5), 1}, {JobTypeId(6), 3}};
  population.priorities = {{.priority = -1, .weight = 1}, {.priority = 10, .weight = 4}};
  Requirements verified;
  verified.verified_only = true;
  Requirements big;
  big.min_gpu_memory_mib = 40 * 1024;
  population.requirements = {{verified, 0.2}, {big, 0.3}};
  RequirementsTable table;
  const int n = 20'000;
  double type6 = 0, urgent = 0, needs_verified = 0, needs_memory = 0, anything = 0;
  for (const Job& job : Jobs(params, n, 1, &table)) {
    EXPECT_EQ(job.reference_gpu, GpuModelId(3));
    type6 += job.type == JobTypeId(6);
    urgent += job.priority == 10;
    needs_verified += table[job.requirements].verified_only;
    needs_memory += table[job.requirements].min_gpu_memory_mib > 0;
    anything += job.requirements == RequirementsTable::kAny;
  }
  EXPECT_EQ(table.size(), 3u);
  EXPECT_NEAR(type6 / n, 0.75, 0.015);
  EXPECT_NEAR(urgent / n, 0.8, 0.015);
  EXPECT_NEAR(needs_verified / n, 0.2, 0.015);
  EXPECT_NEAR(needs_memory / n, 0.3, 0.015);
  EXPECT_NEAR(anything / n, 0.5, 0.015);
}

TEST(GeneratorTest, ABagIsHandedOutTaskByTaskWithOneSubmissionAndOneDeadline) {
  GeneratorParams params = Simple();
  SweepParams sweep;
  sweep.trials = {.law = Deterministic{5}};
  params.populations[0].job_class = sweep;
  params.populations[0].deadline = {.probability = 1, .slack = {.law = Deterministic{2}}};
  const auto jobs = Jobs(params, 15);
  std::set<uint64_t> ids;
  std::set<int64_t> works;
  for (size_t first = 0; first < 15; first += 5) {
    Duration longest;
    for (size_t i = first; i < first + 5; ++i) longest = std::max(longest, jobs[i].work);
    for (size_t i = first; i < first + 5; ++i) {
      EXPECT_EQ(jobs[i].bag, first / 5 + 1);
      EXPECT_EQ(jobs[i].submit, jobs[first].submit);
      EXPECT_EQ(jobs[i].user, jobs[first].user);
      EXPECT_NEAR((jobs[i].deadline - jobs[i].submit).seconds(), 2 * longest.seconds(), 1e-6);
      ids.insert(jobs[i].source_id);
      works.insert(jobs[i].work.nanos());
    }
  }
  EXPECT_EQ(ids.size(), 15u);
  EXPECT_EQ(works.size(), 15u);
  EXPECT_EQ(jobs[7].source_id, 1 | uint64_t{2} << 40);
}

TEST(GeneratorTest, StopsAtItsEndAndAtItsNumberOfArrivals) {
  GeneratorParams params = Simple();
  params.max_arrivals = 7;
  EXPECT_EQ(Jobs(params, 100).size(), 7u);
  params.max_arrivals = 0;
  params.end = SimTime::FromSeconds(3600);
  const auto jobs = Jobs(params, 10'000);
  EXPECT_NEAR(static_cast<double>(jobs.size()), 360, 80);
  for (const Job& job : jobs) EXPECT_LT(job.submit, params.end);
}

TEST(CheckGeneratorTest, ReportsEveryMistakeWithItsPlace) {
  GeneratorParams params = Simple();
  params.arrivals.rate_per_h = -1;
  params.users.count = 0;
  Population& population = params.populations[0];
  population.duration = {.law = Exponential{-1}};
  population.sizes = {
      {.weight = -1, .gpus = 3, .replicas = 2}, {.gpus = 0}, {.gpus = 2, .gpu_milli = 500}};
  population.requirements = {{{}, 0.75}, {{}, 0.5}};
  population.budget.probability = 1;
  const std::string text = Error(CheckGenerator(params)).ToString();
  EXPECT_THAT(text, HasSubstr("arrivals.rate: got -1, expected more than 0"));
  EXPECT_THAT(text, HasSubstr("users.count: got 0, expected 1 … 1000000"));
  EXPECT_THAT(text, HasSubstr("populations[0].duration.mean: got -1"));
  EXPECT_THAT(text, HasSubstr("populations[0].sizes[0].weight: got -1"));
  EXPECT_THAT(text, HasSubstr("populations[0].sizes[0]: got 3 GPUs in 2 replicas"));
  EXPECT_THAT(text, HasSubstr("populations[0].sizes[1]: got a size without GPUs"));
  EXPECT_THAT(text, HasSubstr("populations[0].sizes[2]: got a share of 500 thousandths on 2 GPUs"));
  EXPECT_THAT(text, HasSubstr("populations[0].requirements: got probabilities that sum to 1.25"));
  EXPECT_THAT(text, HasSubstr("populations[0].budget.price: got none"));
  RequirementsTable table;
  EXPECT_FALSE(MakeGenerator(params, 1, 0, &table).has_value());
}

TEST(CheckGeneratorTest, RefusesNothingToGenerate) {
  const std::string text = Error(CheckGenerator(GeneratorParams())).ToString();
  EXPECT_THAT(text, HasSubstr("populations: got none, expected at least one"));
}

TEST(CheckGeneratorTest, SessionsHaveNoDeadlinesButTheirPatience) {
  GeneratorParams params = Simple();
  params.populations[0].job_class = InteractiveParams();
  params.populations[0].deadline.probability = 0.5;
  params.populations[0].estimate.limit_factor = 2;
  const std::string text = Error(CheckGenerator(params)).ToString();
  EXPECT_THAT(text,
              HasSubstr("populations[0].deadline.probability: got a deadline for interactive"));
  EXPECT_THAT(text, HasSubstr("populations[0].estimate.limit_factor: got a limit for interactive"));
}

}  // namespace
}  // namespace orrery::workload
