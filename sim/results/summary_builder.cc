#include "sim/results/summary_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/base/check.h"

namespace orrery::results {
namespace {

constexpr double kQuantiles[] = {0.5, 0.9, 0.95, 0.99};

double Share(__int128 part, __int128 whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : kNoValue;
}

constexpr double kRatioScale = 4503599627370496.0;  // 2^52

double Excess(double ratio) { return (ratio - 1) * kRatioScale; }

// A figure's value as the summary tells it: seconds, or a ratio.
double Told(double value, bool is_time) { return is_time ? value / 1e9 : 1 + value / kRatioScale; }

Summary::Failures FailuresOf(const FailureCounters& counters) {
  Summary::Failures told;
  told.nodes = counters.node_failures;
  told.region_outages = counters.region_outages;
  told.provider_outages = counters.provider_outages;
  told.gpu_errors = counters.gpu_errors;
  told.departures = counters.departures;
  told.evictions = counters.evictions;
  told.attempts_lost = counters.attempts_lost;
  told.job_failures = counters.job_failures;
  told.failed_starts = counters.failed_starts;
  told.blacklistings = counters.blacklistings;
  told.nodes_blacklisted = counters.nodes_blacklisted;
  told.node_hours_blacklisted = static_cast<double>(counters.node_ns_blacklisted) / 3.6e12;
  told.gpu_hours_lost = static_cast<double>(counters.gpu_lost) / kMilliNanosPerHour;
  told.gpu_hours_unnoticed = static_cast<double>(counters.gpu_unnoticed) / kMilliNanosPerHour;
  if (counters.modelled) told.availability = Share(counters.node_ns_up, counters.node_ns);
  if (counters.detections > 0) {
    told.mean_detection_s = counters.detection_s / static_cast<double>(counters.detections);
  }
  return told;
}

std::vector<uint64_t> RanksFor(uint64_t count) {
  std::vector<uint64_t> ranks;
  for (const double q : kQuantiles) {
    const QuantileRanks between = RanksOf(q, count);
    ranks.push_back(between.lower);
    ranks.push_back(between.upper);
  }
  return ranks;
}

double ExactQuantile(const OrderStatistics& statistics, double q, uint64_t count) {
  const QuantileRanks ranks = RanksOf(q, count);
  return Interpolate(statistics.At(ranks.lower), statistics.At(ranks.upper), ranks.fraction);
}

// `exact`: where its quantiles are known; else the histogram's.
template <typename Figure>
Distribution DistributionOf(const Figure& figure, bool is_time, const OrderStatistics* exact) {
  Distribution told;
  told.count = figure.histogram.count();
  if (told.count == 0) return told;
  const auto count = static_cast<double>(told.count);
  told.mean = is_time ? static_cast<double>(figure.sum_ns) / count / 1e9
                      : (figure.sum + figure.compensation) / count;
  double* const fields[] = {&told.p50, &told.p90, &told.p95, &told.p99};
  for (size_t i = 0; i < std::size(kQuantiles); ++i) {
    const double value = exact != nullptr ? ExactQuantile(*exact, kQuantiles[i], told.count)
                                          : figure.histogram.Quantile(kQuantiles[i]);
    *fields[i] = Told(value, is_time);
  }
  told.max = Told(figure.histogram.max(), is_time);
  return told;
}

}  // namespace

void SummaryBuilder::Figure::AddRatio(double ratio) {
  const double next = sum + ratio;
  compensation += std::abs(sum) >= std::abs(ratio) ? (sum - next) + ratio : (ratio - next) + sum;
  sum = next;
}

void SummaryBuilder::Figure::Merge(const Figure& other) {
  histogram.Merge(other.histogram);
  sum_ns += other.sum_ns;
  AddRatio(other.sum);
  AddRatio(other.compensation);
}

void SummaryBuilder::Series::Add(double time, double value) {
  if (std::isnan(figures.last)) {
    first_time = time;
    figures.max = value;
  } else {
    integral += (figures.last + value) / 2 * (time - last_time);
    figures.max = std::max(figures.max, value);
  }
  figures.last = value;
  last_time = time;
}

SeriesFigures SummaryBuilder::Series::Result() const {
  SeriesFigures told = figures;
  told.mean = last_time > first_time ? integral / (last_time - first_time) : figures.last;
  return told;
}

SummaryBuilder::SummaryBuilder(const RunDescription& run) : run_(run), end_(run.horizon) {}

std::string SummaryBuilder::FaultOf(const JobRow& row) {
  if (row.job_class >= kJobClasses) return fmt::format("job_class is {}", row.job_class);
  if (static_cast<int>(row.outcome) >= kJobOutcomes) {
    return fmt::format("outcome is {}", static_cast<int>(row.outcome));
  }
  if (static_cast<int>(row.slo) >= kSlos) {
    return fmt::format("slo is {}", static_cast<int>(row.slo));
  }
  const bool started = row.start_ns >= 0;
  if (started && row.start_ns < row.submit_ns) {
    return fmt::format("start_ns {} is before submit_ns {}", row.start_ns, row.submit_ns);
  }
  if (row.outcome == JobOutcome::kFinished && (!started || row.end_ns < row.start_ns)) {
    return fmt::format("finished, but start_ns is {} and end_ns {}", row.start_ns, row.end_ns);
  }
  if (row.outcome == JobOutcome::kFinished && row.useful_ns > row.end_ns - row.submit_ns) {
    return fmt::format("useful_ns {} is more than the time from submit_ns {} to end_ns {}",
                       row.useful_ns, row.submit_ns, row.end_ns);
  }
  if (row.useful_ns < 0 || row.lost_ns < 0 || row.allocated_ns - row.useful_ns < row.lost_ns) {
    return fmt::format("allocated_ns {} is less than useful_ns {} + lost_ns {}", row.allocated_ns,
                       row.useful_ns, row.lost_ns);
  }
  return "";
}

bool SummaryBuilder::IsMeasured(const JobRow& row) const {
  return row.submit_ns >= run_.warm_up.nanos() && row.submit_ns < run_.horizon.nanos();
}

SummaryBuilder::Values SummaryBuilder::Measure(const JobRow& row) const {
  Values values;
  values.fill(-1);
  if (row.outcome == JobOutcome::kFinished) {
    const auto jct = static_cast<double>(row.end_ns - row.submit_ns);
    const auto run = static_cast<double>(row.useful_ns);
    values[kWait] = static_cast<double>(row.start_ns - row.submit_ns);
    values[kJct] = jct;
    if (row.useful_ns > 0) values[kSlowdown] = Excess(jct / run);
    constexpr auto kBound = static_cast<double>(kSlowdownBound.nanos());
    values[kBoundedSlowdown] = Excess(std::max(1.0, jct / std::max(run, kBound)));
  } else if (row.outcome == JobOutcome::kUnfinished && row.start_ns < 0) {
    values[kUnfinishedWait] =
        static_cast<double>(std::max(end_.nanos() - row.submit_ns, int64_t{0}));
  }
  return values;
}

void SummaryBuilder::AddToFigures(const JobRow& row, Figures* figures) {
  const Values values = Measure(row);
  for (int kind = 0; kind < kFigures; ++kind) {
    if (values[kind] < 0) continue;
    Figure& figure = (*figures)[kind];
    figure.histogram.Add(values[kind]);
    if (!IsTime(kind)) figure.AddRatio(Told(values[kind], false));
  }
  // Sums of times are exact: from the integers, not from their doubles.
  if (row.outcome == JobOutcome::kFinished) {
    (*figures)[kWait].sum_ns += row.start_ns - row.submit_ns;
    (*figures)[kJct].sum_ns += row.end_ns - row.submit_ns;
  } else if (values[kUnfinishedWait] >= 0) {
    (*figures)[kUnfinishedWait].sum_ns += std::max(end_.nanos() - row.submit_ns, int64_t{0});
  }
}

void SummaryBuilder::AddToUser(const JobRow& row, __int128 gpu_allocated) {
  if (row.user == UINT32_MAX) return;
  if (row.user >= users_.size()) users_.resize(row.user + size_t{1});
  UserState& user = users_[row.user];
  user.submitted = true;
  user.gpu_allocated += static_cast<double>(gpu_allocated);
  if (row.outcome == JobOutcome::kFinished && IsMeasured(row)) {
    user.run += static_cast<double>(row.useful_ns);
    user.jct += static_cast<double>(row.end_ns - row.submit_ns);
  }
}

void SummaryBuilder::AddLatency(int64_t us) {
  ++shown_;
  if (us >= kUnboundedLatencyUs) {
    ++unbounded_;
    return;
  }
  latency_us_ += us;
  max_latency_us_ = std::max(max_latency_us_, us);
}

void SummaryBuilder::Add(const JobRow& row) {
  ORRERY_CHECK(row.job_class < kJobClasses, row.job, int{row.job_class});
  ORRERY_CHECK(row.outcome != JobOutcome::kFinished ||
                   (row.submit_ns <= row.start_ns && row.start_ns <= row.end_ns &&
                    row.useful_ns <= row.end_ns - row.submit_ns),
               row.job, row.submit_ns, row.start_ns, row.end_ns, row.useful_ns);
  std::unique_ptr<ClassState>& state = classes_[row.job_class];
  if (state == nullptr) state = std::make_unique<ClassState>();
  const JobTotals totals = TotalsOf(row);
  Count(row, &state->jobs);
  AddTo(&state->totals, totals);
  AddToUser(row, totals.gpu_allocated);
  if (row.outcome != JobOutcome::kReleased) {
    first_submit_ns_ = std::min(first_submit_ns_, row.submit_ns);
    if (row.start_ns >= 0) last_end_ns_ = std::max(last_end_ns_, row.end_ns);
  }
  if (row.latency_us >= 0) AddLatency(row.latency_us);
  if (IsMeasured(row)) {
    ++measured_;
    AddToFigures(row, &state->figures);
  }
}

void SummaryBuilder::Add(const SampleRow& row) {
  allocation_.Add(row.time, row.gpu_allocation_ratio);
  fragmentation_.Add(row.time, row.fragmentation);
}

JobTotals SummaryBuilder::totals() const {
  JobTotals sum;
  for (const auto& state : classes_) {
    if (state != nullptr) AddTo(&sum, state->totals);
  }
  return sum;
}

SummaryBuilder::Figures SummaryBuilder::Merged() const {
  Figures merged;
  for (const auto& state : classes_) {
    if (state == nullptr) continue;
    for (int kind = 0; kind < kFigures; ++kind) merged[kind].Merge(state->figures[kind]);
  }
  return merged;
}

Summary::PerUser SummaryBuilder::PerUser() const {
  std::vector<double> gpu_hours;
  std::vector<double> pace;
  for (const UserState& user : users_) {
    if (!user.submitted) continue;
    gpu_hours.push_back(user.gpu_allocated / kMilliNanosPerHour);
    if (user.jct > 0) pace.push_back(user.run / user.jct);
  }
  return {.users = gpu_hours.size(),
          .jain_gpu_hours = JainIndex(gpu_hours),
          .jain_pace = JainIndex(pace)};
}

Summary SummaryBuilder::Frame(const RunCounters& counters, const RunEnd& end) const {
  Summary summary;
  summary.scenario = run_.name;
  summary.version = run_.version;
  summary.seed = run_.seed;
  summary.replicate = run_.replicate;
  summary.complete = end.complete;
  summary.partial_reason = end.partial_reason;
  for (const auto& state : classes_) {
    if (state != nullptr) AddTo(&summary.jobs, state->jobs);
  }
  // A job that has arrived but has no row yet is under way: unfinished, as of now.
  if (counters.submitted > summary.jobs.submitted) {
    summary.jobs.unfinished += counters.submitted - summary.jobs.submitted;
    summary.jobs.submitted = counters.submitted;
  }
  summary.measured.warm_up_s = run_.warm_up.seconds();
  if (run_.horizon != SimTime::Never()) summary.measured.horizon_s = run_.horizon.seconds();
  summary.measured.submitted = measured_;
  summary.measured.rows = JobRowsName(run_.job_rows);
  summary.end_s = counters.now.seconds();
  if (last_end_ns_ >= 0) {
    summary.makespan_s = Duration::Nanos(last_end_ns_ - first_submit_ns_).seconds();
  }
  const JobTotals sum = totals();
  summary.utilisation.gpu = Share(sum.gpu_allocated, counters.gpu_milli_ns);
  summary.utilisation.cpu = Share(sum.cpu_allocated, counters.cpu_milli_ns);
  summary.utilisation.memory = Share(sum.memory_allocated, counters.memory_mib_ns);
  summary.gpu_hours = HoursOf(sum);
  summary.cost_usd = static_cast<double>(sum.cost_usd_micro) / 1e6;
  summary.allocation_ratio = allocation_.Result();
  summary.fragmentation = fragmentation_.Result();
  summary.per_user = PerUser();
  summary.failures = FailuresOf(counters.failures);
  summary.decisions = {counters.decisions_made, counters.decisions_refused};
  summary.energy = counters.energy;
  summary.mining = counters.mining;
  summary.transfers = counters.transfers;
  summary.services = counters.services;
  summary.trust = counters.trust;
  summary.latency.jobs = shown_;
  summary.latency.unbounded = unbounded_;
  if (const uint64_t seen = shown_ - unbounded_; seen > 0) {
    summary.latency.mean_ms = 1e-3 * static_cast<double>(latency_us_) / static_cast<double>(seen);
    summary.latency.max_ms = 1e-3 * static_cast<double>(max_latency_us_);
  }
  summary.policy_seconds = counters.policy_seconds;
  summary.wall_seconds = counters.wall_seconds;
  summary.events = counters.events;
  summary.trace_digest = end.trace_digest;
  summary.outcome_digest = end.outcome_digest;
  return summary;
}

// The distributions of a summary, from figures and, where there are any, exact order statistics.
struct SummaryBuilder::Distributions {
  static void Fill(const Figures& figures, const Statistics& exact, Summary* summary) {
    const auto of = [&](FigureKind kind) {
      return DistributionOf(figures[kind], IsTime(kind), exact[kind].get());
    };
    summary->wait_s = of(kWait);
    summary->jct_s = of(kJct);
    summary->slowdown = of(kSlowdown);
    summary->bounded_slowdown = of(kBoundedSlowdown);
    summary->unfinished_wait_s = of(kUnfinishedWait);
    summary->measured.finished = summary->wait_s.count;
  }

  static void Fill(int job_class, const ClassState& state, const Statistics& exact,
                   Summary* summary) {
    ClassFigures& told = summary->per_class.emplace_back();
    told.name = JobClassName(static_cast<JobClass>(job_class));
    told.jobs = state.jobs;
    told.gpu_hours = HoursOf(state.totals);
    told.cost_usd = static_cast<double>(state.totals.cost_usd_micro) / 1e6;
    told.wait_s = DistributionOf(state.figures[kWait], true, exact[kWait].get());
    told.jct_s = DistributionOf(state.figures[kJct], true, exact[kJct].get());
  }
};

Summary SummaryBuilder::Approximate(const RunCounters& counters, const RunEnd& end) const {
  Summary summary = Frame(counters, end);
  summary.measured.exact_quantiles = false;
  summary.measured.quantile_relative_error = LogHistogram::kRelativeError;
  Distributions::Fill(Merged(), {}, &summary);
  for (int c = 0; c < kJobClasses; ++c) {
    if (classes_[c] != nullptr) Distributions::Fill(c, *classes_[c], {}, &summary);
  }
  return summary;
}

// The order statistics of all jobs and of each class, looked for in the same passes.
class SummaryBuilder::Passes {
 public:
  explicit Passes(const SummaryBuilder& builder) : builder_(builder) {
    const Figures merged = builder.Merged();
    for (int kind = 0; kind < kFigures; ++kind) Want(merged[kind], &all_[kind]);
    for (int c = 0; c < kJobClasses; ++c) {
      if (builder.classes_[c] == nullptr) continue;
      for (const FigureKind kind : {kWait, kJct}) {
        Want(builder.classes_[c]->figures[kind], &classes_[c][kind]);
      }
    }
  }

  bool done() const {
    return std::all_of(wanted_.begin(), wanted_.end(),
                       [](const OrderStatistics* statistics) { return statistics->done(); });
  }

  void Add(std::span<const JobRow> rows) {
    for (const JobRow& row : rows) {
      if (!builder_.IsMeasured(row)) continue;
      const Values values = builder_.Measure(row);
      const Statistics& of_class = classes_[row.job_class];
      for (int kind = 0; kind < kFigures; ++kind) {
        if (values[kind] < 0) continue;
        all_[kind]->Add(values[kind]);
        if (of_class[kind] != nullptr) of_class[kind]->Add(values[kind]);
      }
    }
  }

  void EndPass() {
    for (OrderStatistics* statistics : wanted_) statistics->EndPass();
  }

  const Statistics& all() const { return all_; }
  const Statistics& of_class(int job_class) const { return classes_[job_class]; }

 private:
  void Want(const Figure& figure, std::unique_ptr<OrderStatistics>* statistics) {
    if (figure.histogram.count() == 0) return;
    *statistics =
        std::make_unique<OrderStatistics>(figure.histogram, RanksFor(figure.histogram.count()));
    wanted_.push_back(statistics->get());
  }

  const SummaryBuilder& builder_;
  Statistics all_;
  std::array<Statistics, kJobClasses> classes_;
  std::vector<OrderStatistics*> wanted_;
};

Result<Summary> SummaryBuilder::Exact(const RunCounters& counters, const RunEnd& end,
                                      const Replay& replay) const {
  Passes passes(*this);
  while (!passes.done()) {
    auto read = replay([&](std::span<const JobRow> rows) { passes.Add(rows); });
    if (!read) return tl::unexpected<Error>(read.error());
    passes.EndPass();
  }
  Summary summary = Frame(counters, end);
  Distributions::Fill(Merged(), passes.all(), &summary);
  for (int c = 0; c < kJobClasses; ++c) {
    if (classes_[c] != nullptr) {
      Distributions::Fill(c, *classes_[c], passes.of_class(c), &summary);
    }
  }
  return summary;
}

}  // namespace orrery::results
