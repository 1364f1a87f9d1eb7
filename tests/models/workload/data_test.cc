#include "models/workload/data.h"

#include <gtest/gtest.h>

#include <vector>

#include "models/workload/generator.h"

namespace orrery::workload {
namespace {

DataParams Reads(double median) {
  DataParams params;
  params.input.law = LogNormal{.median = median, .sigma = 1};
  params.output.law = Exponential{1e9};
  return params;
}

struct Generated {
  std::vector<Job> jobs;
  JobTables tables;
};

Generated Generate(const std::vector<Population>& populations) {
  GeneratorParams params;
  params.arrivals.rate_per_h = 60;
  params.max_arrivals = 200;
  params.populations = populations;
  Generated made;
  RequirementsTable requirements;
  auto source = MakeGenerator(params, 1, 0, &requirements, &made.tables, "jobs").value();
  Job job;
  while (source->Next(&job).value()) made.jobs.push_back(job);
  return made;
}

TEST(DataTest, DrawsFollowTheLawOfThePopulation) {
  const Generated made = Generate({Population{.data = Reads(50e9)}});
  int above = 0;
  for (const Job& job : made.jobs) {
    ASSERT_EQ(job.data, 1);
    above += made.tables.data.Of(job, RandomStreams(1, 0)).input > 50'000'000'000;
  }
  EXPECT_NEAR(above, 100, 25);
}

TEST(DataTest, TheTasksOfABagReadTheSame) {
  Population films{.job_class = RenderingParams{}};
  films.data = Reads(1e9);
  const Generated made = Generate({films});
  ASSERT_EQ(made.jobs[0].bag, made.jobs[1].bag);
  const RandomStreams streams(1, 0);
  EXPECT_EQ(made.tables.data.Of(made.jobs[0], streams).input,
            made.tables.data.Of(made.jobs[1], streams).input);
  const Job* other = nullptr;
  for (const Job& job : made.jobs) {
    if (job.bag != made.jobs[0].bag) other = &job;
  }
  EXPECT_NE(made.tables.data.Of(made.jobs[0], streams).input,
            made.tables.data.Of(*other, streams).input);
}

TEST(DataTest, AnotherPopulationsDataShiftNobodys) {
  Population moves{.data = Reads(1e9)}, still{};
  const Generated one = Generate({moves, still});
  still.data = Reads(7e9);
  const Generated both = Generate({moves, still});
  const RandomStreams streams(1, 0);
  for (size_t i = 0; i < one.jobs.size(); ++i) {
    EXPECT_EQ(one.jobs[i].work, both.jobs[i].work);
    if (one.jobs[i].data == DataTable::kNothing) continue;
    EXPECT_EQ(one.tables.data.Of(one.jobs[i], streams).input,
              both.tables.data.Of(both.jobs[i], streams).input);
  }
}

TEST(DataTest, MistakesAreNamed) {
  std::vector<Finding> findings;
  DataParams params;
  params.output.law = Uniform{5, 1};
  CheckData(params, "data", &findings);
  ASSERT_FALSE(findings.empty());
  EXPECT_NE(findings[0].place.find("data.output"), std::string::npos);
}

}  // namespace
}  // namespace orrery::workload
