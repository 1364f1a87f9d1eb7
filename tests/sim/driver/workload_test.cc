// The workload of a scenario: its sources together.
#include <gtest/gtest.h>

#include <set>

#include "tests/testing/worlds.h"

namespace orrery {
namespace {

scenario::WorkloadSource Source(const std::string& name) {
  workload::GeneratorParams generator;
  generator.arrivals.rate_per_h = 60;
  generator.max_arrivals = 100;
  workload::Population population;
  population.duration = workload::Distribution{.law = workload::Exponential{600}};
  generator.populations = {population};
  scenario::WorkloadSource source;
  source.name = name;
  source.source = generator;
  return source;
}

std::multiset<int64_t> Arrivals(const scenario::Scenario& scenario) {
  std::multiset<int64_t> arrivals;
  for (const testing::Outcome& job : testing::Run(scenario, std::nullopt).jobs) {
    arrivals.insert(job.row.submit_ns);
  }
  return arrivals;
}

// The jobs of one source do not move when another one joins it, and are not the other's.
TEST(WorkloadTest, GeneratorsOfOneScenarioAreIndependent) {
  scenario::Scenario scenario = testing::MakeScenario({{.nodes = 10, .gpus = 8}});
  scenario.workload = {Source("a")};
  const std::multiset<int64_t> alone = Arrivals(scenario);
  scenario.workload.push_back(Source("b"));
  const std::multiset<int64_t> both = Arrivals(scenario);
  ASSERT_EQ(alone.size(), 100u);
  ASSERT_EQ(both.size(), 200u);
  size_t shared = 0;
  for (const int64_t time : both) shared += alone.contains(time);
  EXPECT_EQ(shared, alone.size());
}

}  // namespace
}  // namespace orrery
