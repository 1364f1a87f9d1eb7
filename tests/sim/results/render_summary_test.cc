#include "sim/results/render_summary.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace orrery::results {
namespace {

Summary Week() {
  Summary summary;
  summary.scenario = "quickstart";
  summary.seed = 1;
  summary.jobs = {120431, 118002, 12, 2417, 0, 0, 1203, 37, 900, 100};
  summary.measured.warm_up_s = 86400;
  summary.measured.finished = 101234;
  summary.wait_s = {101234, 723, 4.25, 1800, 5400, 12345, 90061};
  summary.jct_s = {101234, 9000, 3600, 20000, 40000, 86400, 400000};
  summary.slowdown = {101200, 2.5, 1.01, 3, 7, 40, 12345};
  summary.bounded_slowdown = {101234, 1.4, 1, 2, 3, 8, 99.5};
  summary.unfinished_wait_s = {400, 500, 400, 900, 1000, 1200, 1500};
  summary.end_s = 7 * 86400;
  summary.makespan_s = 7 * 86400 - 30;
  summary.utilisation = {0.783, 0.412, 0.25};
  summary.gpu_hours = {263000, 250000, 3000, 10000};
  summary.cost_usd = 131500.5;
  summary.allocation_ratio = {0.78, 1, 0.91};
  summary.fragmentation = {0.031, 0.082, 0.05};
  summary.per_class.push_back(
      {"batch_training", summary.jobs, summary.gpu_hours, 131500.5, summary.wait_s, summary.jct_s});
  summary.per_user = {212, 0.83, 0.97};
  summary.decisions = {131000, 2};
  summary.policy_seconds = 0.412;
  summary.wall_seconds = 3.2;
  summary.events = 980000;
  summary.trace_digest = "0123456789abcdef";
  summary.outcome_digest = "fedcba9876543210";
  return summary;
}

TEST(RenderSummaryTest, ShowsARunOnOnePage) {
  EXPECT_EQ(RenderSummary(Week(), 80, false),
            R"(quickstart  seed 1                                                      complete
────────────────────────────────────────────────────────────────────────────────
time              7d 00h simulated in 3.20 s
events            980,000, 306,250 a second
jobs              120,431 submitted
                  ███████████████████████████████████████░  98.0% finished
                  2,417 unfinished, 12 rejected, 0 killed, 0 failed
                  90.0% in time, of 1,000 with a deadline
                  1,203 preemptions
                  37 migrations

                        mean       p50       p90       p95       p99       max
wait                 12m 03s    4.25 s   30m 00s    1h 30m    3h 26m    1d 01h
completion (JCT)      2h 30m    1h 00m    5h 33m   11h 07m    1d 00h    4d 15h
slowdown                2.50      1.01      3.00      7.00     40.00    12,345
bounded slowdown        1.40      1.00      2.00      3.00      8.00     99.50
still waiting ≥       8m 20s    6m 40s   15m 00s   16m 40s   20m 00s   25m 00s
                  over 101,234 finished jobs submitted after 1d 00h
                  400 more had not started at the end

GPU use           ███████████████████████████████░░░░░░░░░   78.3%
CPU use           ████████████████░░░░░░░░░░░░░░░░░░░░░░░░   41.2%
memory use        ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   25.0%
GPU-hours         263,000 = 250,000 useful + 3,000 lost + 10,000 overhead
cost to users     $131,500.50, $0.500 a GPU-hour
GPUs allocated    78.0% mean, 100.0% max, 91.0% at the end
fragmentation     3.1% mean, 8.2% max, 5.0% at the end
makespan          7d 00h

class                   jobs GPU-hours mean wait  p95 wait  mean JCT   in time
batch_training       120,431   263,000   12m 03s    1h 30m    2h 30m     90.0%

users             212; Jain's index 0.83 of GPU-hours, 0.97 of pace
decisions         131,000 made, 2 refused; policies took 412 ms
digests           trace 0123456789abcdef  outcome fedcba9876543210
)");
}

TEST(RenderSummaryTest, SaysThatARunIsPartialAndQuantilesAreNotExact) {
  Summary summary = Week();
  summary.complete = false;
  summary.partial_reason = "interrupted (SIGINT)";
  summary.measured.exact_quantiles = false;
  summary.measured.quantile_relative_error = 1.0 / 512;
  const std::string text = RenderSummary(summary, 100, false);
  EXPECT_NE(text.find(" PARTIAL\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\ninterrupted (SIGINT)\n"), std::string::npos) << text;
  EXPECT_NE(text.find("quantiles are off by 0.2% at most"), std::string::npos) << text;
}

TEST(RenderSummaryTest, RunWithoutJobsHasDashes) {
  const std::string text = RenderSummary(Summary(), 80, false);
  EXPECT_NE(text.find("wait                       -         -         -"), std::string::npos)
      << text;
  EXPECT_EQ(text.find("nan"), std::string::npos) << text;
}

TEST(RenderSummaryTest, AFleetWithoutGpusHasNoRowsOfThem) {
  Summary summary = Week();
  summary.utilisation.gpu = kNoValue;
  summary.gpu_hours = {};
  summary.allocation_ratio = {};
  summary.fragmentation = {};
  summary.jobs.slo_met = summary.jobs.slo_missed = 0;
  const std::string text = RenderSummary(summary, 80, false);
  EXPECT_EQ(text.find("GPU"), std::string::npos) << text;
  EXPECT_NE(text.find("\nclass                     jobs   mean wait    p95 wait    mean JCT\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\nusers             212; Jain's index 0.97 of pace\n"), std::string::npos)
      << text;
}

TEST(RenderSummaryTest, LargeNumbersOfAClassLeaveRoomBetweenThem) {
  Summary summary = Week();
  summary.per_class[0].gpu_hours.allocated = 14'638'655;
  EXPECT_NE(RenderSummary(summary, 80, false).find("120,431    14.6 M "), std::string::npos);
}

TEST(RenderSummaryTest, LinesFitTheTerminal) {
  for (const int width : {20, 80, 100, 120, 300}) {
    std::istringstream lines(RenderSummary(Week(), width, false));
    for (std::string line; std::getline(lines, line);) {
      const auto letters =
          std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xc0) != 0x80; });
      EXPECT_LE(letters, std::clamp(width, 80, 120)) << line;
    }
  }
}

TEST(RenderSummaryTest, ColoursOnlyOnRequest) {
  EXPECT_EQ(RenderSummary(Week(), 80, false).find('\033'), std::string::npos);
  EXPECT_NE(RenderSummary(Week(), 80, true).find("\033[32m"), std::string::npos);
}

}  // namespace
}  // namespace orrery::results
