#include "sim/cluster/remaining_index.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace orrery::cluster {
namespace {

policies::JobInfo JobOf(int64_t estimate_s, int64_t done_s = 0) {
  policies::JobInfo job;
  job.estimate = Duration::Seconds(estimate_s);
  job.done = Duration::Seconds(done_s);
  return job;
}

QueueEntry Turn(int64_t key, uint32_t id) {
  return {.key = {key, 0}, .tie = id, .job = JobId(id), .slot = JobSlot(id)};
}

TEST(RemainingIndexTest, FindsTheNextJobThatIsShortEnough) {
  RemainingIndex index;
  index.Insert(Turn(1, 0), JobOf(50));
  index.Insert(Turn(2, 1), JobOf(30, 20));
  index.Insert(Turn(3, 2), JobOf(5));
  const auto first = [&](const QueueEntry& turn, int64_t longest_s) {
    const QueueEntry* entry = index.FirstAfter(turn, Duration::Seconds(longest_s));
    return entry == nullptr ? -1 : static_cast<int>(entry->job.value);
  };
  EXPECT_EQ(first(Turn(0, 9), 100), 0);
  EXPECT_EQ(first(Turn(1, 0), 100), 1);
  EXPECT_EQ(first(Turn(0, 9), 10), 1);
  EXPECT_EQ(first(Turn(0, 9), 9), 2);
  EXPECT_EQ(first(Turn(0, 9), 4), -1);
  EXPECT_EQ(first(Turn(3, 2), 100), -1);
}

// Thousands of jobs come and go, so that blocks split and vanish.
TEST(RemainingIndexTest, AgreesWithALookAtEveryJob) {
  std::mt19937_64 random(7);
  RemainingIndex index;
  std::map<QueueEntry, int64_t> jobs;
  uint32_t id = 0;
  for (int step = 0; step < 20'000; ++step) {
    const bool grows = step % 10'000 < 6'000;
    if (jobs.empty() || random() % 10 < (grows ? 8u : 1u)) {
      const QueueEntry entry = Turn(static_cast<int64_t>(random() % 5'000), id++);
      jobs[entry] = 1 + static_cast<int64_t>(random() % 1'000);
      index.Insert(entry, JobOf(jobs[entry]));
    } else {
      auto at = jobs.lower_bound(Turn(static_cast<int64_t>(random() % 5'000), 0));
      if (at == jobs.end()) at = jobs.begin();
      index.Erase(at->first);
      jobs.erase(at);
    }
    ASSERT_EQ(index.size(), jobs.size());
    const QueueEntry turn = Turn(static_cast<int64_t>(random() % 5'000), 0);
    const auto longest = static_cast<int64_t>(random() % 20);
    auto expected = jobs.upper_bound(turn);
    while (expected != jobs.end() && expected->second > longest) ++expected;
    const QueueEntry* found = index.FirstAfter(turn, Duration::Seconds(longest));
    ASSERT_EQ(found != nullptr, expected != jobs.end());
    if (found != nullptr) {
      ASSERT_EQ(*found, expected->first);
    }
  }
}

TEST(RemainingIndexTest, KnowsAJobOfEveryKind) {
  RemainingIndex index;
  policies::JobInfo job = JobOf(1);
  for (uint32_t i = 0; i < 30; ++i) {
    job.reference_gpu = GpuModelId(static_cast<uint16_t>(i % 3));
    job.job_class = i % 2 == 0 ? JobClass::kBatchTraining : JobClass::kRendering;
    index.Insert(Turn(i, i), job);
  }
  EXPECT_EQ(index.kinds().size(), 6u);
}

}  // namespace
}  // namespace orrery::cluster
