#include "sim/results/summary.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <type_traits>

#include "sim/results/run.h"

namespace orrery::results {
namespace {

using Json = nlohmann::ordered_json;

// One list of keys for each struct, for writing (S const) and reading.
template <typename S, typename Visitor>
void Fields(S& s, Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, Distribution> {
  visit("count", s.count);
  visit("mean", s.mean);
  visit("p50", s.p50);
  visit("p90", s.p90);
  visit("p95", s.p95);
  visit("p99", s.p99);
  visit("max", s.max);
}

template <typename S, typename Visitor>
void Fields(S& s, Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, SeriesFigures> {
  visit("mean", s.mean);
  visit("max", s.max);
  visit("last", s.last);
}

template <typename S, typename Visitor>
void Fields(S& s, Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, JobCounts> {
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

template <typename S, typename Visitor>
void Fields(S& s, Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, GpuHours> {
  visit("allocated", s.allocated);
  visit("useful", s.useful);
  visit("lost", s.lost);
  visit("overhead", s.overhead);
}

template <typename S, typename Visitor>
void Fields(S& s, Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, ClassFigures> {
  visit("jobs", s.jobs);
  visit("gpu_hours", s.gpu_hours);
  visit("cost_usd", s.cost_usd);
  visit("wait_s", s.wait_s);
  visit("jct_s", s.jct_s);
}

template <typename S, typename Visitor>
void Fields(S& s,
            Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, Summary::Measured> {
  visit("warm_up_s", s.warm_up_s);
  visit("horizon_s", s.horizon_s);
  visit("submitted", s.submitted);
  visit("finished", s.finished);
  visit("rows", s.rows);
  visit("exact_quantiles", s.exact_quantiles);
  visit("quantile_relative_error", s.quantile_relative_error);
}

template <typename S, typename Visitor>
void Fields(S& s,
            Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, Summary::Utilisation> {
  visit("gpu", s.gpu);
  visit("cpu", s.cpu);
  visit("memory", s.memory);
}

template <typename S, typename Visitor>
void Fields(S& s,
            Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, Summary::PerUser> {
  visit("users", s.users);
  visit("jain_gpu_hours", s.jain_gpu_hours);
  visit("jain_pace", s.jain_pace);
}

template <typename S, typename Visitor>
void Fields(S& s,
            Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, Summary::Failures> {
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

template <typename S, typename Visitor>
void Fields(S& s,
            Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, Summary::Decisions> {
  visit("made", s.made);
  visit("refused", s.refused);
}

template <typename S, typename Visitor>
void Fields(
    S& s, Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, EnergyFigures::OfClass> {
  visit("kwh", s.kwh);
  visit("usd", s.usd);
  visit("carbon_kg", s.carbon_kg);
}

template <typename S, typename Visitor>
void Fields(
    S& s, Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, EnergyFigures::OfRegion> {
  visit("kwh", s.kwh);
  visit("usd", s.usd);
  visit("carbon_kg", s.carbon_kg);
  visit("earned_usd", s.earned_usd);
  visit("profit_usd", s.profit_usd);
}

template <typename S, typename Visitor>
void Fields(S& s, Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, EnergyFigures> {
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

template <typename S, typename Visitor>
void Fields(
    S& s, Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, MiningFigures::OfOwners> {
  visit("gpus", s.gpus);
  visit("gpu_hours", s.gpu_hours);
  visit("revenue_usd", s.revenue_usd);
  visit("kwh", s.kwh);
  visit("electricity_usd", s.electricity_usd);
  visit("profit_usd", s.profit_usd);
}

template <typename S, typename Visitor>
void Fields(S& s, Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, MiningFigures> {
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

template <typename S, typename Visitor>
void Fields(S& s, Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, TransferFigures> {
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

template <typename S, typename Visitor>
void Fields(S& s, Visitor& visit) requires
    std::is_same_v<std::remove_const_t<S>, ServiceFigures::OfClients> {
  visit("requests", s.requests);
  visit("served", s.served);
  visit("ttft_s", s.ttft_s);
  visit("slo_attainment", s.slo_attainment);
}

template <typename S, typename Visitor>
void Fields(S& s, Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, ServiceFigures> {
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

template <typename S, typename Visitor>
void Fields(S& s,
            Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, TrustFigures::OfCheat> {
  visit("devices", s.devices);
  visit("admitted", s.admitted);
  visit("suspended", s.suspended);
  visit("gpu_hours", s.gpu_hours);
  visit("earned_usd", s.earned_usd);
}

template <typename S, typename Visitor>
void Fields(S& s, Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, TrustFigures> {
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

template <typename S, typename Visitor>
void Fields(S& s,
            Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, Summary::Latency> {
  visit("jobs", s.jobs);
  visit("mean_ms", s.mean_ms);
  visit("max_ms", s.max_ms);
}

template <typename S, typename Visitor>
void Fields(S& s, Visitor& visit) requires std::is_same_v<std::remove_const_t<S>, Summary> {
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

template <typename T>
constexpr bool kIsVector = false;
template <typename T>
constexpr bool kIsVector<std::vector<T>> = true;
template <typename T>
constexpr bool kIsOptional = false;
template <typename T>
constexpr bool kIsOptional<std::optional<T>> = true;

class Writer {
 public:
  template <typename T>
  void operator()(const char* key, const T& value) {
    if constexpr (std::is_class_v<T> && !std::is_same_v<T, std::string>) {
      Writer inner;
      Fields(value, inner);
      json_[key] = std::move(inner.json_);
    } else if constexpr (std::is_same_v<T, double>) {
      json_[key] = std::isfinite(value) ? Json(value) : Json(nullptr);
    } else {
      json_[key] = value;
    }
  }
  // Figures by name.
  template <typename T>
  void operator()(const char* key, const std::vector<T>& list) {
    Writer inner;
    for (const T& figures : list) inner(figures.name.c_str(), figures);
    json_[key] = std::move(inner.json_);
  }
  template <typename T>
  void operator()(const char* key, const std::optional<T>& value) {
    if (value) (*this)(key, *value);
  }
  Json Take() { return std::move(json_); }

 private:
  Json json_ = Json::object();
};

class Reader {
 public:
  Reader(const Json& json, std::string path, std::string* failure)
      : json_(json), path_(std::move(path)), failure_(failure) {
    if (!json.is_object()) Expected("an object");
  }

  template <typename T>
  void operator()(const char* key, T& value) {
    if (!json_.is_object()) return;
    const auto found = json_.find(key);
    if (found == json_.end()) return;
    Read(*found, path_.empty() ? key : path_ + "." + key, value);
  }

 private:
  template <typename T>
  void Read(const Json& json, const std::string& path, T& value) {
    Reader at(json, path, failure_, nullptr);
    if constexpr (std::is_same_v<T, std::string>) {
      json.is_string() ? void(value = json.get<std::string>()) : at.Expected("a text");
    } else if constexpr (std::is_same_v<T, bool>) {
      json.is_boolean() ? void(value = json.get<bool>()) : at.Expected("true or false");
    } else if constexpr (std::is_same_v<T, double>) {
      if (json.is_null()) {
        value = kNoValue;
      } else {
        json.is_number() ? void(value = json.get<double>()) : at.Expected("a number or null");
      }
    } else if constexpr (std::is_integral_v<T>) {
      json.is_number_unsigned() ? void(value = json.get<T>()) : at.Expected("a count");
    } else if constexpr (kIsOptional<T>) {
      Read(json, path, value.emplace());
    } else if constexpr (kIsVector<T>) {
      if (!json.is_object()) return at.Expected("an object");
      for (const auto& [name, inner] : json.items()) {
        value.push_back({});
        value.back().name = name;
        Reader reader(inner, path + "." + name, failure_);
        Fields(value.back(), reader);
      }
    } else {
      Reader reader(json, path, failure_);
      Fields(value, reader);
    }
  }

  Reader(const Json& json, std::string path, std::string* failure, std::nullptr_t)
      : json_(json), path_(std::move(path)), failure_(failure) {}

  void Expected(const char* what) {
    if (!failure_->empty()) return;
    *failure_ = fmt::format("the summary's {} is {}, expected {}", path_.empty() ? "value" : path_,
                            json_.dump(), what);
  }

  const Json& json_;
  std::string path_;
  std::string* failure_;
};

}  // namespace

const char* JobRowsName(JobRows rows) {
  switch (rows) {
    case JobRows::kAll:
      return "all";
    case JobRows::kSample:
      return "sample";
    case JobRows::kAggregate:
      return "aggregate";
  }
  return "?";
}

nlohmann::ordered_json ToJson(const Summary& summary) {
  Writer writer;
  Fields(summary, writer);
  return writer.Take();
}

Result<Summary> FromJson(const nlohmann::ordered_json& json, const std::string& place) {
  Summary summary;
  std::string failure;
  Reader reader(json, "", &failure);
  Fields(summary, reader);
  if (!failure.empty()) return MakeError(place, failure);
  return summary;
}

bool SameOutcome(const Summary& a, const Summary& b) {
  Summary x = a;
  Summary y = b;
  for (Summary* summary : {&x, &y}) summary->policy_seconds = summary->wall_seconds = 0;
  return ToJson(x) == ToJson(y);
}

}  // namespace orrery::results
