// EASY looks at queue shapes instead of jobs; with a depth it looks at every job. A depth that no
// queue reaches must make no difference.
#include <gtest/gtest.h>

#include <string>

#include "tests/sim/driver/random_world.h"
#include "tests/testing/worlds.h"

namespace orrery {
namespace {

using testing::MakeRandomWorld;
using testing::RandomWorld;
using testing::SetRole;

struct Roles {
  std::string order, place, preempt;
};

class EasyWalkTest : public ::testing::TestWithParam<Roles> {};

TEST_P(EasyWalkTest, DecidesAsALookAtEveryJobWould) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    RandomWorld world = MakeRandomWorld(seed, {.jobs = 600, .delays = seed % 2 == 0});
    // A long queue of few shapes: most arrive in the first minutes.
    for (size_t i = 0; i < world.jobs.size(); ++i) {
      workload::Job& job = world.jobs[i];
      job.submit = SimTime::Zero() + Duration::Seconds(static_cast<int64_t>(i) / 4);
      if (i % 8 != 0) {
        const workload::Job& like = world.jobs[i % 4];
        job.demand = like.demand;
        job.replicas = like.replicas;
        job.requirements = like.requirements;
        if (like.demand.gpus == 0 || !job.reference_gpu.valid()) {
          job.reference_gpu = like.reference_gpu;
        }
      }
    }
    SetRole(&world.scenario, "order", GetParam().order);
    SetRole(&world.scenario, "place", GetParam().place);
    SetRole(&world.scenario, "preempt", GetParam().preempt);
    world.scenario.scheduler.ties = scenario::TieRule::kRandom;
    const auto run = [&](const char* depth) {
      SetRole(&world.scenario, "backfill", "easy", {{"depth", depth}});
      return testing::RunSummary(world.scenario, world.jobs, 0, world.requirements);
    };
    const results::Summary by_shape = run("0");
    const results::Summary by_job = run("1000000000");
    EXPECT_GT(by_shape.wait_s.mean, 60);
    EXPECT_EQ(by_shape.trace_digest, by_job.trace_digest) << "seed " << seed;
    EXPECT_EQ(by_shape.outcome_digest, by_job.outcome_digest) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Roles, EasyWalkTest,
    ::testing::Values(Roles{"fifo", "best_fit", "none"}, Roles{"fifo", "random", "none"},
                      Roles{"sjf", "power_of_d", "none"}, Roles{"priority", "fastest", "priority"},
                      Roles{"srtf", "cheapest", "by_order"}),
    [](const auto& roles) { return roles.param.order + "_" + roles.param.place; });

}  // namespace
}  // namespace orrery
