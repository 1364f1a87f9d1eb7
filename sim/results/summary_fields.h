// The keys of a summary: one list for each struct, for writing (where it is const) and reading.
#pragma once

#include <type_traits>

#include "sim/results/summary.h"

namespace orrery::results {

template <typename S, typename Struct>
concept Is = std::is_same_v<std::remove_const_t<S>, Struct>;

void Fields(Is<Distribution> auto& s, auto& visit) {
  visit("count", s.count);
  visit("mean", s.mean);
  visit("p50", s.p50);
  visit("p90", s.p90);
  visit("p95", s.p95);
  visit("p99", s.p99);
  visit("max", s.max);
}

void Fields(Is<SeriesFigures> auto& s, auto& visit) {
  visit("mean", s.mean);
  visit("max", s.max);
  visit("last", s.last);
}

void Fields(Is<JobCounts> auto& s, auto& visit) {
  visit("submitted", s.submitted);
  visit("finished", s.finished);
  visit("rejected", s.rejected);
  visit("unfinished", s.unfinished);
  visit("killed", s.killed);
  visit("failed", s.failed);
  visit("released", s.released);
  visit("preemptions", s.preemptions);
  visit("migrations", s.migrations);
  visit("slo_met", s.slo_met);
  visit("slo_missed", s.slo_missed);
}

void Fields(Is<GpuHours> auto& s, auto& visit) {
  visit("allocated", s.allocated);
  visit("useful", s.useful);
  visit("lost", s.lost);
  visit("overhead", s.overhead);
}

void Fields(Is<ClassFigures> auto& s, auto& visit) {
  visit("jobs", s.jobs);
  visit("gpu_hours", s.gpu_hours);
  visit("cost_usd", s.cost_usd);
  visit("wait_s", s.wait_s);
  visit("jct_s", s.jct_s);
}

void Fields(Is<Summary::Measured> auto& s, auto& visit) {
  visit("warm_up_s", s.warm_up_s);
  visit("horizon_s", s.horizon_s);
  visit("submitted", s.submitted);
  visit("finished", s.finished);
  visit("rows", s.rows);
  visit("exact_quantiles", s.exact_quantiles);
  visit("quantile_relative_error", s.quantile_relative_error);
}

void Fields(Is<Summary::Utilisation> auto& s, auto& visit) {
  visit("gpu", s.gpu);
  visit("cpu", s.cpu);
  visit("memory", s.memory);
}

void Fields(Is<Summary::PerUser> auto& s, auto& visit) {
  visit("users", s.users);
  visit("jain_gpu_hours", s.jain_gpu_hours);
  visit("jain_pace", s.jain_pace);
}

void Fields(Is<Summary::Failures> auto& s, auto& visit) {
  visit("nodes", s.nodes);
  visit("region_outages", s.region_outages);
  visit("provider_outages", s.provider_outages);
  visit("departures", s.departures);
  visit("evictions", s.evictions);
  visit("attempts_lost", s.attempts_lost);
  visit("gpu_errors", s.gpu_errors);
  visit("job_failures", s.job_failures);
  visit("failed_starts", s.failed_starts);
  visit("blacklistings", s.blacklistings);
  visit("nodes_blacklisted", s.nodes_blacklisted);
  visit("node_hours_blacklisted", s.node_hours_blacklisted);
  visit("gpu_hours_lost", s.gpu_hours_lost);
  visit("gpu_hours_unnoticed", s.gpu_hours_unnoticed);
  visit("availability", s.availability);
  visit("mean_detection_s", s.mean_detection_s);
}

void Fields(Is<Summary::Decisions> auto& s, auto& visit) {
  visit("made", s.made);
  visit("refused", s.refused);
}

void Fields(Is<EnergyFigures::OfClass> auto& s, auto& visit) {
  visit("kwh", s.kwh);
  visit("usd", s.usd);
  visit("carbon_kg", s.carbon_kg);
}

void Fields(Is<EnergyFigures::OfRegion> auto& s, auto& visit) {
  visit("kwh", s.kwh);
  visit("usd", s.usd);
  visit("carbon_kg", s.carbon_kg);
  visit("earned_usd", s.earned_usd);
  visit("profit_usd", s.profit_usd);
}

void Fields(Is<EnergyFigures> auto& s, auto& visit) {
  visit("busy_kwh", s.busy_kwh);
  visit("idle_kwh", s.idle_kwh);
  visit("usd", s.usd);
  visit("carbon_kg", s.carbon_kg);
  visit("owner_profit_usd", s.owner_profit_usd);
  visit("peak_temperature_c", s.peak_temperature_c);
  visit("throttled_gpu_hours", s.throttled_gpu_hours);
  visit("per_class", s.per_class);
  visit("per_region", s.per_region);
}

void Fields(Is<MiningFigures::OfOwners> auto& s, auto& visit) {
  visit("gpus", s.gpus);
  visit("gpu_hours", s.gpu_hours);
  visit("revenue_usd", s.revenue_usd);
  visit("kwh", s.kwh);
  visit("electricity_usd", s.electricity_usd);
  visit("profit_usd", s.profit_usd);
}

void Fields(Is<MiningFigures> auto& s, auto& visit) {
  visit("gpu_hours", s.gpu_hours);
  visit("revenue_usd", s.revenue_usd);
  visit("kwh", s.kwh);
  visit("electricity_usd", s.electricity_usd);
  visit("carbon_kg", s.carbon_kg);
  visit("profit_usd", s.profit_usd);
  visit("evictions", s.evictions);
  visit("mean_coin_usd", s.mean_coin_usd);
  visit("network_share", s.network_share);
  visit("per_owner", s.per_owner);
}

void Fields(Is<TransferFigures> auto& s, auto& visit) {
  visit("fetches", s.fetches);
  visit("sends", s.sends);
  visit("broken_off", s.broken_off);
  visit("images_kept", s.images_kept);
  visit("rerouted", s.rerouted);
  visit("cut", s.cut);
  visit("fetched_gb", s.fetched_gb);
  visit("sent_gb", s.sent_gb);
  visit("hours", s.hours);
  visit("gpu_hours", s.gpu_hours);
  visit("egress_usd", s.egress_usd);
}

void Fields(Is<ServiceFigures::OfClients> auto& s, auto& visit) {
  visit("requests", s.requests);
  visit("served", s.served);
  visit("ttft_s", s.ttft_s);
  visit("slo_attainment", s.slo_attainment);
}

void Fields(Is<ServiceFigures> auto& s, auto& visit) {
  visit("requests", s.requests);
  visit("served", s.served);
  visit("refused", s.refused);
  visit("failed", s.failed);
  visit("under_way", s.under_way);
  visit("retries", s.retries);
  visit("ttft_s", s.ttft_s);
  visit("tbt_s", s.tbt_s);
  visit("slo_attainment", s.slo_attainment);
  visit("output_tokens", s.output_tokens);
  visit("cached_prompt_share", s.cached_prompt_share);
  visit("replica_hours", s.replica_hours);
  visit("cold_starts", s.cold_starts);
  visit("replicas_lost", s.replicas_lost);
  visit("mean_cold_start_s", s.mean_cold_start_s);
  visit("utilisation", s.utilisation);
  visit("busy", s.busy);
  visit("per_region", s.per_region);
}

void Fields(Is<TrustFigures::OfCheat> auto& s, auto& visit) {
  visit("devices", s.devices);
  visit("admitted", s.admitted);
  visit("suspended", s.suspended);
  visit("gpu_hours", s.gpu_hours);
  visit("earned_usd", s.earned_usd);
}

void Fields(Is<TrustFigures> auto& s, auto& visit) {
  visit("devices", s.devices);
  visit("fakes", s.fakes);
  visit("fakes_admitted", s.fakes_admitted);
  visit("fake_names", s.fake_names);
  visit("mean_detection_s", s.mean_detection_s);
  visit("p50_detection_s", s.p50_detection_s);
  visit("p95_detection_s", s.p95_detection_s);
  visit("undetected_share", s.undetected_share);
  visit("fake_gpu_hours", s.fake_gpu_hours);
  visit("fake_earned_usd", s.fake_earned_usd);
  visit("jobs_harmed", s.jobs_harmed);
  visit("honest_refused", s.honest_refused);
  visit("honest_suspended", s.honest_suspended);
  visit("honest_gpu_hours_barred", s.honest_gpu_hours_barred);
  visit("ratings", s.ratings);
  visit("fake_reputation", s.fake_reputation);
  visit("honest_reputation", s.honest_reputation);
  visit("slashed_usd", s.slashed_usd);
  visit("proof_gpu_hours", s.proof_gpu_hours);
  visit("per_cheat", s.per_cheat);
}

void Fields(Is<Summary::Latency> auto& s, auto& visit) {
  visit("jobs", s.jobs);
  visit("unbounded", s.unbounded);
  visit("mean_ms", s.mean_ms);
  visit("max_ms", s.max_ms);
}

template <Is<Summary> S>
void Fields(S& s, auto& visit) {
  visit("scenario", s.scenario);
  visit("version", s.version);
  visit("seed", s.seed);
  visit("replicate", s.replicate);
  visit("complete", s.complete);
  visit("partial_reason", s.partial_reason);
  visit("jobs", s.jobs);
  visit("measured", s.measured);
  visit("wait_s", s.wait_s);
  visit("jct_s", s.jct_s);
  visit("slowdown", s.slowdown);
  visit("bounded_slowdown", s.bounded_slowdown);
  visit("unfinished_wait_s", s.unfinished_wait_s);
  visit("end_s", s.end_s);
  visit("makespan_s", s.makespan_s);
  visit("utilisation", s.utilisation);
  visit("gpu_hours", s.gpu_hours);
  visit("cost_usd", s.cost_usd);
  visit("allocation_ratio", s.allocation_ratio);
  visit("fragmentation", s.fragmentation);
  visit("per_class", s.per_class);
  visit("per_user", s.per_user);
  visit("failures", s.failures);
  visit("decisions", s.decisions);
  visit("energy", s.energy);
  visit("mining", s.mining);
  visit("transfers", s.transfers);
  // A run without services has no such key.
  if (!std::is_const_v<S> || !s.services.empty()) visit("services", s.services);
  visit("trust", s.trust);
  visit("latency", s.latency);
  visit("policy_seconds", s.policy_seconds);
  visit("wall_seconds", s.wall_seconds);
  visit("events", s.events);
  visit("trace_digest", s.trace_digest);
  visit("outcome_digest", s.outcome_digest);
}

}  // namespace orrery::results
