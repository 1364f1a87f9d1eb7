#include "sim/driver/service_figures.h"

#include <utility>

namespace orrery::driver {

using results::Distribution;
using results::kNoValue;
using results::ServiceFigures;

void RequestFigures::Times::Add(Duration time, uint64_t count) {
  histogram.Add(static_cast<double>(time.nanos()), count);
  sum_ns += static_cast<__int128>(time.nanos()) * static_cast<int64_t>(count);
}

void RequestFigures::Times::Merge(const Times& other) {
  histogram.Merge(other.histogram);
  sum_ns += other.sum_ns;
}

Distribution RequestFigures::Times::Told() const {
  Distribution told;
  told.count = histogram.count();
  if (told.count == 0) return told;
  told.mean = static_cast<double>(sum_ns) / static_cast<double>(told.count) / 1e9;
  told.p50 = histogram.Quantile(0.5) / 1e9;
  told.p90 = histogram.Quantile(0.9) / 1e9;
  told.p95 = histogram.Quantile(0.95) / 1e9;
  told.p99 = histogram.Quantile(0.99) / 1e9;
  told.max = histogram.max() / 1e9;
  return told;
}

double RequestFigures::Clients::attainment() const {
  const uint64_t judged = ended() + overdue;
  return judged > 0 ? static_cast<double>(met) / static_cast<double>(judged) : kNoValue;
}

RequestFigures::RequestFigures(const scenario::ServiceObjective& objective,
                               std::vector<std::string> regions)
    : objective_(objective), regions_(std::move(regions)), clients_(regions_.size()) {}

void RequestFigures::CountServed(RegionId client, uint32_t tokens, Duration first, Duration rest) {
  Clients& clients = clients_[client.index()];
  ++clients.served;
  clients.tokens += tokens;
  clients.first.Add(first);
  if (tokens > 1) clients.between.Add(Between(tokens, rest));
  clients.met += Met(tokens, first, rest);
}

void RequestFigures::CountMany(RegionId client, uint64_t count, Duration first, Duration between) {
  Clients& clients = clients_[client.index()];
  clients.served += count;
  clients.first.Add(first, count);
  if (between > Duration()) clients.between.Add(between, count);
  if (Met(2, first, between)) clients.met += count;
}

void RequestFigures::CountLost(RegionId client, RequestEnd end, uint64_t count) {
  Clients& clients = clients_[client.index()];
  (end == RequestEnd::kRefused ? clients.refused : clients.failed) += count;
}

void RequestFigures::Count(results::ServiceSampleRow* row) const {
  for (const Clients& clients : clients_) {
    row->requests += clients.requests;
    row->served += clients.served;
    row->refused += clients.refused;
    row->failed += clients.failed;
    row->slo_met += clients.met;
  }
}

void RequestFigures::Tell(std::span<const uint64_t> overdue, ServiceFigures* figures) const {
  Clients all;
  for (size_t r = 0; r < clients_.size(); ++r) {
    if (clients_[r].requests == 0) continue;
    Clients clients = clients_[r];
    if (r < overdue.size()) clients.overdue = overdue[r];
    all.overdue += clients.overdue;
    all.requests += clients.requests;
    all.served += clients.served;
    all.refused += clients.refused;
    all.failed += clients.failed;
    all.met += clients.met;
    all.tokens += clients.tokens;
    all.first.Merge(clients.first);
    all.between.Merge(clients.between);
    figures->per_region.push_back({.name = regions_[r],
                                   .requests = clients.requests,
                                   .served = clients.served,
                                   .ttft_s = clients.first.Told(),
                                   .slo_attainment = clients.attainment()});
  }
  figures->requests = all.requests;
  figures->served = all.served;
  figures->refused = all.refused;
  figures->failed = all.failed;
  figures->under_way = all.requests - all.ended();
  figures->retries = retries_;
  figures->ttft_s = all.first.Told();
  figures->tbt_s = all.between.Told();
  figures->slo_attainment = all.attainment();
  figures->output_tokens = all.tokens;
  if (prompt_tokens_ > 0) {
    figures->cached_prompt_share =
        static_cast<double>(cached_tokens_) / static_cast<double>(prompt_tokens_);
  }
}

void RequestFigures::Write(uint16_t service, results::ResultsWriter* writer) const {
  for (size_t r = 0; r < clients_.size(); ++r) {
    const Clients& clients = clients_[r];
    if (clients.requests == 0) continue;
    const Distribution first = clients.first.Told();
    results::ServiceRow row;
    row.requests = clients.requests;
    row.served = clients.served;
    row.refused = clients.refused;
    row.failed = clients.failed;
    row.slo_met = clients.met;
    row.ttft_mean_s = first.mean;
    row.ttft_p50_s = first.p50;
    row.ttft_p95_s = first.p95;
    row.ttft_p99_s = first.p99;
    row.tbt_mean_s = clients.between.Told().mean;
    row.service = service;
    row.region = static_cast<uint16_t>(r);
    writer->Append(row);
  }
}

}  // namespace orrery::driver
