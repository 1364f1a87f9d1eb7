// Each preset has the marginals that docs/models/workload.md states.
#include "models/workload/presets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace orrery::workload {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<JobSource> Source(std::string_view name) {
  auto params = MakePreset(name);
  EXPECT_TRUE(params.has_value()) << params.error().ToString();
  RequirementsTable table;
  auto source = MakeGenerator(*params, /*seed=*/1, /*replicate=*/0, &table);
  EXPECT_TRUE(source.has_value()) << source.error().ToString();
  return *std::move(source);
}

double Gpus(const Job& job) { return job.demand.total_gpu_milli() * 1e-3 * job.replicas; }

struct AcmeRow {
  const char* preset;
  double mean_s, median_s, max_s, mean_gpus, max_gpus;
  double gpu_time;  // mean GPU seconds a job; 0: the row has none
};

// acme-summary, cluster_summary.csv; the GPU time is the sum of its three parts over the GPU jobs.
constexpr AcmeRow kRows[] = {
    {"acme_seren", 1414.335, 122, 1209604, 5.68, 1024, 32405},
    {"acme_kalos", 1259.689, 124, 625740, 26.77, 1024, 267905},
    {"acme_philly", 18006.055, 874, 4240676, 1.928, 128, 61039},
    {"acme_helios", 6651.681, 206, 4320009, 3.716, 2048, 49351},
    {"acme_pai", 4787.109, 480.667, 626371, 0.683, 8, 0},
};

class AcmePresetTest : public ::testing::TestWithParam<AcmeRow> {};

TEST_P(AcmePresetTest, HasTheRowsMeansMediansAndMaxima) {
  const AcmeRow& row = GetParam();
  auto source = Source(row.preset);
  const size_t n = 1'000'000;
  std::vector<double> times(n), gpus(n);
  double time = 0, size = 0, gpu_time = 0;
  Job job;
  for (size_t i = 0; i < n; ++i) {
    ASSERT_TRUE(source->Next(&job).value());
    times[i] = job.work.seconds();
    gpus[i] = Gpus(job);
    time += times[i];
    size += gpus[i];
    gpu_time += times[i] * gpus[i];
  }
  std::nth_element(times.begin(), times.begin() + n / 2, times.end());
  std::nth_element(gpus.begin(), gpus.begin() + n / 2, gpus.end());
  // The fit is exact; what is left is chance, more of it in means of heavy tails.
  EXPECT_NEAR(times[n / 2] / row.median_s, 1, 0.01);
  EXPECT_NEAR(time / n / row.mean_s, 1, 0.03);
  EXPECT_LE(*std::max_element(times.begin(), times.end()), row.max_s);
  EXPECT_GE(*std::max_element(times.begin(), times.end()), 0.7 * row.max_s);
  EXPECT_NEAR(size / n / row.mean_gpus, 1, 0.02);
  EXPECT_EQ(gpus[n / 2], row.mean_gpus < 1 ? 0.5 : 1);
  EXPECT_EQ(*std::max_element(gpus.begin(), gpus.end()), row.max_gpus);
  if (row.gpu_time > 0) {
    EXPECT_NEAR(gpu_time / n / row.gpu_time, 1, 0.1);
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, AcmePresetTest, ::testing::ValuesIn(kRows),
                         [](const auto& instance) { return std::string(instance.param.preset); });

TEST(PhillyPresetTest, HasTheQuantilesAndSizesOfTheTrace) {
  auto source = Source("philly");
  const size_t n = 400'000;
  std::vector<double> times;
  double single = 0;
  Job job;
  for (size_t i = 0; i < n; ++i) {
    ASSERT_TRUE(source->Next(&job).value());
    times.push_back(job.work.seconds());
    single += Gpus(job) == 1;
  }
  std::sort(times.begin(), times.end());
  // Of all 82,247 jobs of the trace: 5/25/50/75/95/99% = 48/115/1144/2932/43648/254884 s, 93.2% on
  // one GPU. The preset comes from every other job, and its tables have a point each 5%.
  const std::pair<double, double> quantiles[] = {{0.05, 48},   {0.25, 115},    {0.50, 1144},
                                                 {0.75, 2932}, {0.95, 43'648}, {0.99, 254'884}};
  for (const auto& [p, value] : quantiles) {
    // The Kolmogorov–Smirnov distance that the docs state, 0.018, and chance.
    const auto share = [&](double x) {
      return static_cast<double>(std::lower_bound(times.begin(), times.end(), x) - times.begin()) /
             static_cast<double>(n);
    };
    EXPECT_NEAR(share(value), p, 0.02) << p;
  }
  EXPECT_NEAR(single / n, 0.9317, 0.002);
}

// Arrivals an hour by the hour of the day, and the variance of the hourly rate around the profile.
struct Arrivals {
  double rate = 0;
  std::vector<double> daily = std::vector<double>(24, 0);
};

Arrivals Count(JobSource* source, int weeks) {
  Arrivals arrivals;
  Job job;
  while (source->Next(&job).value() &&
         job.submit < SimTime::Zero() + Duration::Hours(168 * weeks)) {
    const int64_t hour = (job.submit - SimTime::Zero()) / Duration::Hours(1);
    arrivals.daily[static_cast<size_t>(hour % 24)] += 1;
    arrivals.rate += 1;
  }
  for (double& count : arrivals.daily) count *= 24 / arrivals.rate;
  arrivals.rate /= 168.0 * weeks;
  return arrivals;
}

TEST(HeliosVenusPresetTest, HasTheDayAndNightOfTheCluster) {
  const Arrivals arrivals = Count(Source("helios_venus").get(), 400);
  EXPECT_NEAR(arrivals.rate, 29.42, 1.5);
  // helios-venus-arrivals: the busiest hour is at 16 h or 17 h, 9.25 times the quietest.
  const auto [low, high] = std::minmax_element(arrivals.daily.begin(), arrivals.daily.end());
  EXPECT_EQ(high - arrivals.daily.begin(), 16);
  EXPECT_NEAR(*high / *low, 9.0, 0.6);
  EXPECT_NEAR(arrivals.daily[9], 0.81, 0.06);
}

TEST(HeliosVenusPresetTest, HasTheMeanSizeOfTheCluster) {
  auto source = Source("helios_venus");
  double gpus = 0;
  Job job;
  for (int i = 0; i < 200'000; ++i) {
    ASSERT_TRUE(source->Next(&job).value());
    gpus += Gpus(job);
  }
  // 843,064 GPUs asked for by 125,214 jobs.
  EXPECT_NEAR(gpus / 200'000, 6.733, 0.07);
}

TEST(PresetsTest, AreListedInOrderAndAllOfThemWork) {
  std::string last;
  for (const PresetInfo& preset : Presets()) {
    EXPECT_GT(std::string(preset.name), last);
    last = preset.name;
    const auto params = MakePreset(preset.name);
    ASSERT_TRUE(params.has_value());
    EXPECT_TRUE(CheckGenerator(*params).empty()) << Error(CheckGenerator(*params)).ToString();
  }
}

TEST(PresetsTest, AnUnknownNameGetsTheNearest) {
  const auto params = MakePreset("phily");
  ASSERT_FALSE(params.has_value());
  EXPECT_THAT(params.error().ToString(), HasSubstr("got 'phily', expected a workload preset: "));
  EXPECT_THAT(params.error().ToString(), HasSubstr("did you mean 'philly'?"));
}

}  // namespace
}  // namespace orrery::workload
