#include "sim/results/render_summary.h"

#include <fmt/format.h>

#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/results/human.h"
#include "sim/results/page.h"

namespace orrery::results {
namespace {

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
    std::string cost = HumanUsd(summary.cost_usd);
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
  page->Row("",
            fmt::format("{} and {} kg of CO2", HumanUsd(energy.usd), HumanHours(energy.carbon_kg)));
  page->Row("owners' profit", fmt::format("{}, of {} earned", HumanUsd(energy.owner_profit_usd),
                                          HumanUsd(energy.owner_profit_usd + energy.usd)));
  if (std::isnan(energy.peak_temperature_c)) return;
  page->Row("hottest board",
            fmt::format("{:.0f} °C; {} GPU-hours slowed down by heat", energy.peak_temperature_c,
                        HumanHours(energy.throttled_gpu_hours)));
}

void RenderMining(const Summary& summary, Page* page) {
  if (!summary.mining) return;
  const MiningFigures& mining = *summary.mining;
  page->Row("mining", fmt::format("{} GPU-hours for {} - {} of electricity = {}",
                                  HumanHours(mining.gpu_hours), HumanUsd(mining.revenue_usd),
                                  HumanUsd(mining.electricity_usd), HumanUsd(mining.profit_usd)));
  page->Row("", fmt::format("{} jobs waited for a miner to stop; {:.2g}% of the coin's network",
                            HumanCount(mining.evictions), 100 * mining.network_share));
}

void RenderLatency(const Summary& summary, Page* page) {
  const Summary::Latency& latency = summary.latency;
  if (latency.jobs > latency.unbounded) {
    page->Row("latency", fmt::format("{:.0f} ms mean, {:.0f} ms max, of {} jobs that people watch",
                                     latency.mean_ms, latency.max_ms,
                                     HumanCount(latency.jobs - latency.unbounded)));
  }
  if (latency.unbounded > 0) {
    page->Row(
        latency.jobs > latency.unbounded ? "" : "latency",
        fmt::format("without bound, of {} jobs that people watch", HumanCount(latency.unbounded)));
  }
}

void RenderTransfers(const Summary& summary, Page* page) {
  if (!summary.transfers) return;
  const TransferFigures& moved = *summary.transfers;
  page->Row("data moved",
            fmt::format("{} GB fetched for {} attempts, {} GB sent", HumanHours(moved.fetched_gb),
                        HumanCount(moved.fetches), HumanHours(moved.sent_gb)));
  page->Row("", fmt::format("{} GPU-hours held meanwhile; {} for egress",
                            HumanHours(moved.gpu_hours), HumanUsd(moved.egress_usd)));
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
      "", fmt::format("sold {} GPU-hours for {}; {} jobs harmed", HumanHours(trust.fake_gpu_hours),
                      HumanUsd(trust.fake_earned_usd), HumanCount(trust.jobs_harmed)));
  if (trust.slashed_usd > 0) {
    page->Row("", fmt::format("{} of stakes slashed; {} names", HumanUsd(trust.slashed_usd),
                              HumanCount(trust.fake_names)));
  }
  page->Row("honest devices",
            fmt::format("{} refused; {} suspensions; {} GPU-hours barred",
                        HumanCount(trust.honest_refused), HumanCount(trust.honest_suspended),
                        HumanHours(trust.honest_gpu_hours_barred)));
  if (trust.ratings > 0) {
    page->Row("ratings",
              fmt::format("{}; reputation {} of fakes, {} of others", HumanCount(trust.ratings),
                          HumanRatio(trust.fake_reputation), HumanRatio(trust.honest_reputation)));
  }
  page->Row("proofs of work", fmt::format("{} GPU-hours", HumanHours(trust.proof_gpu_hours)));
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
    cells = {CompactCell(jobs, HumanCount(figures.jobs.submitted)),
             CompactCell(hours, HumanHours(hours)),
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
