// Makes a Summary of rows: of those that pass by during a run, or of those in a file.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sim/base/demand.h"
#include "sim/base/result.h"
#include "sim/results/job_totals.h"
#include "sim/results/quantile.h"
#include "sim/results/rows.h"
#include "sim/results/run.h"
#include "sim/results/summary.h"

namespace orrery::results {

// Memory does not grow with the number of jobs (1.3 MiB for each class of jobs there is, and 32
// bytes a user; for exact quantiles up to 50 MiB more). Adding the same rows in the same order
// gives the same bits.
class SummaryBuilder {
 public:
  // Reads a stream of job rows anew and hands it over in blocks.
  using Replay =
      std::function<Result<void>(const std::function<void(std::span<const JobRow>)>& block)>;

  explicit SummaryBuilder(const RunDescription& run);

  // A job that has left the run, or is still there at its end. About 20 ns. The row must be sound:
  // FaultOf(row) is empty.
  void Add(const JobRow& row);
  // In order of time.
  void Add(const SampleRow& row);
  // Jobs that still wait have waited until `time`: to be said before unfinished jobs are added;
  // else the horizon holds.
  void EndAt(SimTime time) { end_ = time; }

  // The summary of what was added so far, with quantiles off by LogHistogram::kRelativeError at
  // most.
  Summary Approximate(const RunCounters& counters, const RunEnd& end) const;
  // The same with exact quantiles: reads the job rows that were added once or twice more, in
  // `replay`'s own order. Errors are the replay's.
  Result<Summary> Exact(const RunCounters& counters, const RunEnd& end, const Replay& replay) const;

  // Of all jobs added.
  JobTotals totals() const;

  // What contradicts itself in a row, or nothing. For rows of a file, which may be anybody's.
  static std::string FaultOf(const JobRow& row);

 private:
  enum FigureKind { kWait, kJct, kSlowdown, kBoundedSlowdown, kUnfinishedWait, kFigures };
  static constexpr bool IsTime(int kind) { return kind != kSlowdown && kind != kBoundedSlowdown; }

  // All values of one figure: times in nanoseconds, or what ratios are more than 1, times 2^52.
  // Many slowdowns are 1 and a trifle; so scaled they are told apart, without loss.
  struct Figure {
    LogHistogram histogram;
    __int128 sum_ns = 0;      // of times
    double sum = 0;           // of ratios, with what rounding
    double compensation = 0;  // took from it (Neumaier's summation)

    void AddRatio(double ratio);
    void Merge(const Figure& other);
  };
  using Figures = std::array<Figure, kFigures>;
  using Statistics = std::array<std::unique_ptr<OrderStatistics>, kFigures>;
  // The values of one measured job, in the units of Figure; negative where it has none.
  using Values = std::array<double, kFigures>;

  struct ClassState {
    JobCounts jobs;
    JobTotals totals;
    Figures figures;
  };
  struct UserState {
    double gpu_allocated = 0;  // [1e-3 GPU · ns]
    double run = 0;            // of measured finished jobs [ns], and
    double jct = 0;
    bool submitted = false;
  };
  struct Series {
    SeriesFigures figures;
    double integral = 0;
    double first_time = 0;
    double last_time = 0;

    void Add(double time, double value);
    SeriesFigures Result() const;
  };

  struct Distributions;
  class Passes;

  bool IsMeasured(const JobRow& row) const;
  Values Measure(const JobRow& row) const;
  void AddToFigures(const JobRow& row, Figures* figures);
  void AddLatency(int64_t us);
  void AddToUser(const JobRow& row, __int128 gpu_allocated);
  Figures Merged() const;
  Summary Frame(const RunCounters& counters, const RunEnd& end) const;
  Summary::PerUser PerUser() const;

  const RunDescription run_;
  SimTime end_;
  std::array<std::unique_ptr<ClassState>, kJobClasses> classes_;
  std::vector<UserState> users_;
  uint64_t measured_ = 0;
  uint64_t shown_ = 0;  // jobs with a latency
  uint64_t unbounded_ = 0;
  __int128 latency_us_ = 0;  // of the others, as the next
  int64_t max_latency_us_ = -1;
  int64_t first_submit_ns_ = INT64_MAX;
  int64_t last_end_ns_ = -1;
  Series allocation_;
  Series fragmentation_;
};

}  // namespace orrery::results
