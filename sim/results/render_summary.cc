#include "sim/results/render_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orrery::results {
namespace {

constexpr int kLabelWidth = 18;
constexpr int kLeastWidth = 80;
constexpr int kMostWidth = 120;

// "1234.5" with separators between thousands.
std::string Grouped(std::string digits) {
  const size_t end = std::min(digits.find('.'), digits.size());
  const size_t begin = digits.starts_with('-') ? 1 : 0;
  for (size_t at = end; at > begin + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string HumanRatio(double value) {
  if (std::isnan(value)) return "-";
  return Grouped(fmt::format("{:.{}f}", value, value < 100 ? 2 : 0));
}

std::string HumanHours(double hours) {
  return Grouped(fmt::format("{:.{}f}", hours, std::abs(hours) < 100 ? 1 : 0));
}

std::string Percent(double share) {
  return std::isnan(share) ? "-" : fmt::format("{:.1f}%", share * 100);
}

// Of a value below 1000.
std::string ThreeDigits(double value) {
  return fmt::format("{:.{}f}", value, value < 9.995 ? 2 : (value < 99.95 ? 1 : 0));
}

class Page {
 public:
  Page(int width, bool color) : width_(std::clamp(width, kLeastWidth, kMostWidth)), color_(color) {}

  std::string Strong(std::string_view text) const { return Paint("1", text); }
  std::string Faint(std::string_view text) const { return Paint("2", text); }
  std::string Good(std::string_view text) const { return Paint("32", text); }
  std::string Warning(std::string_view text) const { return Paint("1;33", text); }

  void Text(std::string_view text) { text_ += text; }
  void Blank() { text_ += '\n'; }
  void Rule() {
    std::string rule;
    for (int i = 0; i < width_; ++i) rule += "─";
    text_ += Faint(rule) + '\n';
  }
  // `left` and `right` at the two edges; painted texts with their lengths on the screen.
  void Edges(std::string_view left, int left_length, std::string_view right, int right_length) {
    const int gap = std::max(width_ - left_length - right_length, 1);
    text_ += fmt::format("{}{}{}\n", left, std::string(static_cast<size_t>(gap), ' '), right);
  }
  void Row(std::string_view label, std::string_view text) {
    text_ += fmt::format("{}{}\n", Faint(fmt::format("{:<{}}", label, kLabelWidth)), text);
  }
  void Cells(std::string_view label, std::span<const std::string> cells, bool head = false) {
    std::string row;
    const int cell_width =
        std::min((width_ - kLabelWidth) / static_cast<int>(std::max<size_t>(cells.size(), 1)), 12);
    for (const std::string& cell : cells) row += fmt::format("{:>{}}", cell, cell_width);
    Row(label, head ? Faint(row) : row);
  }
  // A bar that is full at 1.
  std::string Bar(double share) const {
    const int length = std::min(width_ - kLabelWidth - 10, 40);
    const int full =
        std::isnan(share) ? 0 : static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * length));
    std::string done;
    std::string left;
    for (int i = 0; i < length; ++i) (i < full ? done : left) += i < full ? "█" : "░";
    return Good(done) + Faint(left);
  }
  std::string Take() { return std::move(text_); }

 private:
  std::string Paint(std::string_view code, std::string_view text) const {
    return color_ ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
  }

  const int width_;
  const bool color_;
  std::string text_;
};

void RenderHead(const Summary& summary, Page* page) {
  const std::string name = summary.scenario.empty() ? "run" : summary.scenario;
  std::string run = fmt::format("seed {}", summary.seed);
  if (summary.replicate > 0) run += fmt::format(", replicate {}", summary.replicate);
  const std::string_view state = summary.complete ? "complete" : "PARTIAL";
  const auto length = fmt::formatted_size("{}  {}", name, run);
  page->Edges(page->Strong(name) + "  " + page->Faint(run), static_cast<int>(length),
              summary.complete ? page->Good(state) : page->Warning(state),
              static_cast<int>(state.size()));
  page->Rule();
  if (!summary.complete) page->Text(page->Warning(summary.partial_reason) + "\n");
  std::string time = HumanSeconds(summary.end_s) + " simulated";
  std::string events = HumanCount(summary.events);
  if (summary.wall_seconds > 0) {
    time += fmt::format(" in {}", HumanSeconds(summary.wall_seconds));
    const double rate = static_cast<double>(summary.events) / summary.wall_seconds;
    events += fmt::format(", {} a second", HumanCount(static_cast<uint64_t>(rate)));
  }
  page->Row("time", time);
  page->Row("events", events);
}

void RenderJobs(const Summary& summary, Page* page) {
  const JobCounts& jobs = summary.jobs;
  const double finished =
      jobs.submitted > 0 ? static_cast<double>(jobs.finished) / static_cast<double>(jobs.submitted)
                         : kNoValue;
  page->Row("jobs", fmt::format("{} submitted", HumanCount(jobs.submitted)));
  page->Row("", page->Bar(finished) + "  " + Percent(finished) + " finished");
  std::string rest = fmt::format("{} unfinished", HumanCount(jobs.unfinished));
  const std::pair<uint64_t, const char*> others[] = {
      {jobs.rejected, "rejected"}, {jobs.killed, "killed"}, {jobs.failed, "failed"}};
  for (const auto& [count, what] : others) {
    rest += fmt::format(", {} {}", HumanCount(count), what);
  }
  page->Row("", rest);
  if (jobs.released > 0) {
    page->Row("", fmt::format("{} replicas of services released", HumanCount(jobs.released)));
  }
  if (jobs.slo_met + jobs.slo_missed > 0) {
    page->Row("", fmt::format("{} in time, of {} with a deadline", Percent(jobs.slo_attainment()),
                              HumanCount(jobs.slo_met + jobs.slo_missed)));
  }
  if (jobs.preemptions > 0) {
    page->Row("", fmt::format("{} preemptions", HumanCount(jobs.preemptions)));
  }
  if (jobs.migrations > 0) {
    page->Row("", fmt::format("{} migrations", HumanCount(jobs.migrations)));
  }
}

template <typename Human>
void RenderDistribution(std::string_view label, const Distribution& values, Human human,
                        Page* page) {
  const std::string cells[] = {human(values.mean), human(values.p50), human(values.p90),
                               human(values.p95),  human(values.p99), human(values.max)};
  page->Cells(label, cells);
}

void RenderDistributions(const Summary& summary, Page* page) {
  const std::string head[] = {"mean", "p50", "p90", "p95", "p99", "max"};
  page->Cells("", head, /*head=*/true);
  RenderDistribution("wait", summary.wait_s, HumanSeconds, page);
  RenderDistribution("completion (JCT)", summary.jct_s, HumanSeconds, page);
  RenderDistribution("slowdown", summary.slowdown, HumanRatio, page);
  RenderDistribution("bounded slowdown", summary.bounded_slowdown, HumanRatio, page);
  if (summary.unfinished_wait_s.count > 0) {
    RenderDistribution("still waiting ≥", summary.unfinished_wait_s, HumanSeconds, page);
  }
  const Summary::Measured& measured = summary.measured;
  std::string over = fmt::format("over {} finished jobs", HumanCount(measured.finished));
  if (measured.warm_up_s > 0) {
    over += fmt::format(" submitted after {}", HumanSeconds(measured.warm_up_s));
  }
  page->Row("", page->Faint(over));
  if (summary.unfinished_wait_s.count > 0) {
    page->Row("", page->Faint(fmt::format("{} more had not started at the end",
                                          HumanCount(summary.unfinished_wait_s.count))));
  }
  if (!measured.exact_quantiles) {
    page->Row("", page->Faint(fmt::format("quantiles are off by {:.1g}% at most",
                                          measured.quantile_relative_error * 100)));
  }
}

// A fleet without GPUs has nothing to say of them.
bool HasGpus(const Summary& summary) { return !std::isnan(summary.utilisation.gpu); }

void RenderUse(const Summary& summary, Page* page) {
  const std::pair<const char*, double> uses[] = {{"GPU use", summary.utilisation.gpu},
                                                 {"CPU use", summary.utilisation.cpu},
                                                 {"memory use", summary.utilisation.memory}};
  for (const auto& [label, share] : uses) {
    if (std::isnan(share)) continue;
    page->Row(label, page->Bar(share) + fmt::format("  {:>6}", Percent(share)));
  }
  const GpuHours& hours = summary.gpu_hours;
  if (HasGpus(summary)) {
    page->Row("GPU-hours", fmt::format("{} = {} useful + {} lost + {} overhead",
                                       HumanHours(hours.allocated), HumanHours(hours.useful),
                                       HumanHours(hours.lost), HumanHours(hours.overhead)));
  }
  if (summary.cost_usd > 0) {
    std::string cost = "$" + Grouped(fmt::format("{:.2f}", summary.cost_usd));
    if (hours.allocated > 0) {
      cost += fmt::format(", ${:.3f} a GPU-hour", summary.cost_usd / hours.allocated);
    }
    page->Row("cost to users", cost);
  }
  const auto series = [&](std::string_view label, const SeriesFigures& figures) {
    if (std::isnan(figures.mean)) return;
    page->Row(label, fmt::format("{} mean, {} max, {} at the end", Percent(figures.mean),
                                 Percent(figures.max), Percent(figures.last)));
  };
  if (HasGpus(summary)) {
    series("GPUs allocated", summary.allocation_ratio);
    series("fragmentation", summary.fragmentation);
  }
  page->Row("makespan", HumanSeconds(summary.makespan_s));
}

void RenderEnergy(const Summary& summary, Page* page) {
  if (!summary.energy) return;
  const EnergyFigures& energy = *summary.energy;
  double kwh = energy.busy_kwh + energy.idle_kwh;
  std::string mined;
  if (summary.mining) {
    kwh += summary.mining->kwh;
    mined = fmt::format(" + {} of miners", HumanHours(summary.mining->kwh));
  }
  page->Row("electricity",
            fmt::format("{} kWh = {} of jobs + {} idle{}", HumanHours(kwh),
                        HumanHours(energy.busy_kwh), HumanHours(energy.idle_kwh), mined));
  page->Row("", fmt::format("${} and {} kg of CO2", Grouped(fmt::format("{:.2f}", energy.usd)),
                            HumanHours(energy.carbon_kg)));
  const std::string_view sign = energy.owner_profit_usd < 0 ? "-" : "";
  page->Row("owners' profit",
            fmt::format("{}${}, of ${} earned", sign,
                        Grouped(fmt::format("{:.2f}", std::abs(energy.owner_profit_usd))),
                        Grouped(fmt::format("{:.2f}", energy.owner_profit_usd + energy.usd))));
  if (std::isnan(energy.peak_temperature_c)) return;
  page->Row("hottest board",
            fmt::format("{:.0f} °C; {} GPU-hours slowed down by heat", energy.peak_temperature_c,
                        HumanHours(energy.throttled_gpu_hours)));
}

void RenderMining(const Summary& summary, Page* page) {
  if (!summary.mining) return;
  const MiningFigures& mining = *summary.mining;
  const auto usd = [](double amount) {
    return (amount < 0 ? "-$" : "$") + Grouped(fmt::format("{:.2f}", std::abs(amount)));
  };
  page->Row("mining", fmt::format("{} GPU-hours for {} - {} of electricity = {}",
                                  HumanHours(mining.gpu_hours), usd(mining.revenue_usd),
                                  usd(mining.electricity_usd), usd(mining.profit_usd)));
  page->Row("", fmt::format("{} jobs waited for a miner to stop; {:.2g}% of the coin's network",
                            HumanCount(mining.evictions), 100 * mining.network_share));
}

void RenderLatency(const Summary& summary, Page* page) {
  if (summary.latency.jobs == 0) return;
  page->Row("latency", fmt::format("{:.0f} ms mean, {:.0f} ms max, of {} jobs that people watch",
                                   summary.latency.mean_ms, summary.latency.max_ms,
                                   HumanCount(summary.latency.jobs)));
}

void RenderTransfers(const Summary& summary, Page* page) {
  if (!summary.transfers) return;
  const TransferFigures& moved = *summary.transfers;
  page->Row("data moved",
            fmt::format("{} GB fetched for {} attempts, {} GB sent", HumanHours(moved.fetched_gb),
                        HumanCount(moved.fetches), HumanHours(moved.sent_gb)));
  page->Row("",
            fmt::format("{} GPU-hours held meanwhile; ${} for egress", HumanHours(moved.gpu_hours),
                        Grouped(fmt::format("{:.2f}", moved.egress_usd))));
}

void RenderFailures(const Summary& summary, Page* page) {
  const Summary::Failures& failures = summary.failures;
  if (std::isnan(failures.availability)) return;
  page->Row("nodes up", page->Bar(failures.availability) +
                            fmt::format("  {:>6}", Percent(failures.availability)));
  std::string what = fmt::format("{} of nodes", HumanCount(failures.nodes));
  if (failures.region_outages > 0) {
    what += fmt::format(", {} of regions", HumanCount(failures.region_outages));
  }
  if (failures.provider_outages > 0) {
    what += fmt::format(", {} of providers", HumanCount(failures.provider_outages));
  }
  if (failures.gpu_errors > 0) what += fmt::format(", {} of GPUs", HumanCount(failures.gpu_errors));
  what += fmt::format(", {} of jobs", HumanCount(failures.job_failures));
  if (failures.mean_detection_s >= 0) {
    what += fmt::format("; noticed after {}", HumanSeconds(failures.mean_detection_s));
  }
  page->Row("failures", what);
  if (failures.departures > 0) {
    page->Row("", fmt::format("{} departures of nodes, {} attempts stopped in time for them",
                              HumanCount(failures.departures), HumanCount(failures.evictions)));
  }
  page->Row("",
            fmt::format("{} attempts and {} starts lost with nodes",
                        HumanCount(failures.attempts_lost), HumanCount(failures.failed_starts)));
  if (HasGpus(summary)) {
    page->Row("", fmt::format("{} GPU-hours lost to them, {} before anybody noticed",
                              HumanHours(failures.gpu_hours_lost),
                              HumanHours(failures.gpu_hours_unnoticed)));
  }
}

void RenderBlacklist(const Summary& summary, Page* page) {
  const Summary::Failures& failures = summary.failures;
  if (failures.blacklistings == 0) return;
  page->Row(
      "blacklisted",
      fmt::format("{} nodes, {} times, {} node-hours", HumanCount(failures.nodes_blacklisted),
                  HumanCount(failures.blacklistings), HumanHours(failures.node_hours_blacklisted)));
}

void RenderServices(const Summary& summary, Page* page) {
  for (const ServiceFigures& service : summary.services) {
    page->Blank();
    const double ended = static_cast<double>(service.served + service.refused + service.failed);
    page->Row(service.name, fmt::format("{} requests", HumanCount(service.requests)));
    page->Row("", page->Bar(service.slo_attainment) + "  " + Percent(service.slo_attainment) +
                      " within the SLO");
    page->Row(
        "", fmt::format("{} served, {} refused, {} failed, {} under way",
                        Percent(ended > 0 ? static_cast<double>(service.served) / ended : kNoValue),
                        HumanCount(service.refused), HumanCount(service.failed),
                        HumanCount(service.under_way)));
    const std::string head[] = {"mean", "p50", "p90", "p95", "p99", "max"};
    page->Cells("", head, /*head=*/true);
    RenderDistribution("first token", service.ttft_s, HumanSeconds, page);
    RenderDistribution("between tokens", service.tbt_s, HumanSeconds, page);
    if (!std::isnan(service.cached_prompt_share)) {
      page->Row("prompts", Percent(service.cached_prompt_share) + " of their tokens in caches");
    }
    page->Row("replicas",
              fmt::format("{} h, {} of their room in use; {} cold starts, {} lost",
                          HumanHours(service.replica_hours), Percent(service.utilisation),
                          HumanCount(service.cold_starts), HumanCount(service.replicas_lost)));
  }
}

void RenderTrust(const Summary& summary, Page* page) {
  if (!summary.trust) return;
  const TrustFigures& trust = *summary.trust;
  page->Row("fake devices",
            fmt::format("{} of {}, {} admitted, {} of them never found out",
                        HumanCount(trust.fakes), HumanCount(trust.devices),
                        HumanCount(trust.fakes_admitted), Percent(trust.undetected_share)));
  if (trust.mean_detection_s >= 0) {
    page->Row(
        "", fmt::format("found out after {} (p50 {}, p95 {})", HumanSeconds(trust.mean_detection_s),
                        HumanSeconds(trust.p50_detection_s), HumanSeconds(trust.p95_detection_s)));
  }
  page->Row(
      "", fmt::format("sold {} GPU-hours for ${}; {} jobs harmed", HumanHours(trust.fake_gpu_hours),
                      Grouped(fmt::format("{:.2f}", trust.fake_earned_usd)),
                      HumanCount(trust.jobs_harmed)));
  if (trust.slashed_usd > 0) {
    page->Row("", fmt::format("${} of stakes slashed; {} names",
                              Grouped(fmt::format("{:.2f}", trust.slashed_usd)),
                              HumanCount(trust.fake_names)));
  }
  page->Row(
      "honest devices",
      fmt::format("{} refused, {} suspended; {} GPU-hours barred", HumanCount(trust.honest_refused),
                  HumanCount(trust.honest_suspended), HumanHours(trust.honest_gpu_hours_barred)));
  if (trust.ratings > 0) {
    page->Row("ratings",
              fmt::format("{}; reputation {} of fakes, {} of others", HumanCount(trust.ratings),
                          HumanRatio(trust.fake_reputation), HumanRatio(trust.honest_reputation)));
  }
  page->Row("proofs of work", fmt::format("{} GPU-hours", HumanHours(trust.proof_gpu_hours)));
}

// For a cell of ten letters: "14.6 M" where `text` would leave no room between two cells.
std::string Compact(double count, const std::string& text) {
  return count < 9'999'999.5 ? text : ThreeDigits(count / 1e6) + " M";
}

void RenderClasses(const Summary& summary, Page* page) {
  if (summary.per_class.empty()) return;
  page->Blank();
  std::vector<std::string> cells = {"jobs",     "GPU-hours", "mean wait",
                                    "p95 wait", "mean JCT",  "in time"};
  const auto row = [&](std::string_view label, bool head) {
    if (std::isnan(summary.jobs.slo_attainment())) cells.pop_back();
    if (!HasGpus(summary)) cells.erase(cells.begin() + 1);
    page->Cells(label, cells, head);
  };
  row("class", /*head=*/true);
  for (const ClassFigures& figures : summary.per_class) {
    const auto jobs = static_cast<double>(figures.jobs.submitted);
    const double hours = figures.gpu_hours.allocated;
    cells = {Compact(jobs, HumanCount(figures.jobs.submitted)),
             Compact(hours, HumanHours(hours)),
             HumanSeconds(figures.wait_s.mean),
             HumanSeconds(figures.wait_s.p95),
             HumanSeconds(figures.jct_s.mean),
             Percent(figures.jobs.slo_attainment())};
    row(figures.name, /*head=*/false);
  }
}

void RenderFoot(const Summary& summary, Page* page) {
  page->Blank();
  std::string of_gpu_hours;
  if (HasGpus(summary)) {
    of_gpu_hours = fmt::format("{} of GPU-hours, ", HumanRatio(summary.per_user.jain_gpu_hours));
  }
  page->Row("users",
            fmt::format("{}; Jain's index {}{} of pace", HumanCount(summary.per_user.users),
                        of_gpu_hours, HumanRatio(summary.per_user.jain_pace)));
  page->Row(
      "decisions",
      fmt::format("{} made, {} refused; policies took {}", HumanCount(summary.decisions.made),
                  HumanCount(summary.decisions.refused), HumanSeconds(summary.policy_seconds)));
  if (!summary.trace_digest.empty() || !summary.outcome_digest.empty()) {
    page->Row("digests",
              fmt::format("trace {}  outcome {}", summary.trace_digest, summary.outcome_digest));
  }
}

}  // namespace

std::string HumanCount(uint64_t count) { return Grouped(fmt::format("{}", count)); }

std::string HumanSeconds(double seconds) {
  if (std::isnan(seconds)) return "-";
  if (seconds < 0) return "-" + HumanSeconds(-seconds);
  if (seconds == 0) return "0 s";
  if (seconds < 0.9995) {
    // Three digits in the unit that leaves some before the point.
    const int step = seconds < 0.9995e-6 ? 2 : (seconds < 0.9995e-3 ? 1 : 0);
    constexpr double kScale[] = {1e3, 1e6, 1e9};
    constexpr std::string_view kUnit[] = {"ms", "us", "ns"};
    return ThreeDigits(seconds * kScale[step]) + ' ' + std::string(kUnit[step]);
  }
  if (seconds < 59.95) return ThreeDigits(seconds) + " s";
  const double minutes = std::round(seconds / 60);
  if (seconds < 3599.5) {
    const auto whole = static_cast<int64_t>(std::round(seconds));
    return fmt::format("{}m {:02}s", whole / 60, whole % 60);
  }
  if (minutes < 24 * 60) {
    const auto whole = static_cast<int64_t>(minutes);
    return fmt::format("{}h {:02}m", whole / 60, whole % 60);
  }
  const auto hours = static_cast<int64_t>(std::round(seconds / 3600));
  if (hours < 1000 * 24) return fmt::format("{}d {:02}h", hours / 24, hours % 24);
  return Grouped(fmt::format("{:.0f}", seconds / 86400)) + " d";
}

std::string RenderSummary(const Summary& summary, int width, bool color) {
  Page page(width, color);
  RenderHead(summary, &page);
  RenderJobs(summary, &page);
  page.Blank();
  RenderDistributions(summary, &page);
  page.Blank();
  RenderUse(summary, &page);
  RenderEnergy(summary, &page);
  RenderMining(summary, &page);
  RenderLatency(summary, &page);
  RenderTransfers(summary, &page);
  RenderFailures(summary, &page);
  RenderBlacklist(summary, &page);
  RenderServices(summary, &page);
  RenderTrust(summary, &page);
  RenderClasses(summary, &page);
  RenderFoot(summary, &page);
  return page.Take();
}

}  // namespace orrery::results
