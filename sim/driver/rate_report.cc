// What a `simple` service tells of itself: to autoscalers, and in the results.
#include <algorithm>
#include <numeric>

#include "sim/driver/rate_gateway.h"

namespace orrery::driver {

namespace {

// Takes the whole requests from `count`, `most` at most.
uint64_t TakeWhole(double* count, uint64_t most) {
  const uint64_t whole = std::min(static_cast<uint64_t>(*count + 1e-6), most);
  *count = std::max(*count - static_cast<double>(whole), 0.0);
  return whole;
}

}  // namespace

double RateGateway::DemandOf(const Replica& replica) const {
  const double room = kinds_.room(replica.kind);
  const auto backlog = static_cast<double>(replica.backlog.size());
  const double batch =
      replica.queue != nullptr ? replica.queue->requests() * kinds_.lengths().reserved : room;
  return (batch + backlog * kinds_.lengths().reserved) / room;
}

double RateGateway::BusyOf(const Replica& replica) const {
  return replica.queue != nullptr && replica.backlog.empty() ? replica.queue->busy() : 1;
}

// Requests and misses since the last call, at the rates that the plan has.
void RateGateway::Note(SimTime now) {
  const double seconds = (now - told_).seconds();
  told_ = now;
  if (seconds == 0) return;
  // No number of replicas would help those that are too long: nobody hears of them.
  const double rate = RateOf(std::accumulate(coming_.begin(), coming_.end(), uint64_t{0}));
  double met_rate = 0;
  for (const Replica& replica : replicas_) met_rate += MetRateOf(replica);
  came_ += rate * seconds;
  missed_ += std::max(rate - met_rate, 0.0) * seconds;
}

// A backlog has to be worked out.
ServiceFrontend::Window RateGateway::TakeWindow(SimTime now) {
  const bool behind = std::any_of(replicas_.begin(), replicas_.end(), [](const Replica& replica) {
    return replica.queue == nullptr || !replica.backlog.empty();
  });
  if (replicas_.empty() || behind) Settle(now);
  if (!planned_) Plan();
  Note(now);
  double demand = 0;
  for (const Replica& replica : replicas_) demand += DemandOf(replica);
  Window window;
  // Of parts of a request nobody hears before it has come.
  window.requests = TakeWhole(&came_, UINT64_MAX);
  window.ended = window.requests;
  window.slo_misses = TakeWhole(&missed_, window.requests);
  if (!replicas_.empty()) window.utilisation = demand / static_cast<double>(replicas_.size());
  return window;
}

// Requests a second that are served within the SLO.
double RateGateway::MetRateOf(const Replica& replica) const {
  if (replica.queue == nullptr || !replica.backlog.empty()) return 0;
  constexpr int kLooks = 16;
  double rate = 0;
  for (size_t row = 0; row < replica.rates.size(); ++row) {
    if (replica.rates[row] == 0) continue;
    const double rtt_ms = WayOf(row, replica).rtt_ms;
    int met = 0;
    for (int i = 0; i < kLooks; ++i) {
      const auto unit = [&](int a) { return (a * i % kLooks + 0.5) / kLooks; };
      const Duration first = Duration::FromSeconds(replica.queue->FirstToken(unit(1), unit(5)) +
                                                   1e-3 * SpreadAt(unit(11), replica).Of(rtt_ms));
      const Duration between = Duration::FromSeconds(replica.queue->BetweenTokens(unit(7)));
      met += tally_.figures().Met(2, first, between);
    }
    rate += replica.rates[row] * met / kLooks;
  }
  return rate;
}

// Of those that wait, those that came before the time that a first token may take.
std::vector<uint64_t> RateGateway::Overdue(SimTime now) const {
  const SimTime since = now - service_.objective.first_token;
  std::vector<uint64_t> overdue;
  for (size_t row = 0; row < come_.size(); ++row) {
    double late = waiting_.CameBefore(row, since);
    for (const Replica& replica : replicas_) late += replica.backlog.CameBefore(row, since);
    late -= static_cast<double>(tally_.uncounted(row));
    const size_t client = service_.requests.clients[row].region.index();
    if (client >= overdue.size()) overdue.resize(client + 1);
    overdue[client] += static_cast<uint64_t>(std::max(late, 0.0));
  }
  return overdue;
}

double RateGateway::Utilisation(SimTime) const {
  return ready_s_ > 0 ? demand_s_ / ready_s_ : results::kNoValue;
}

double RateGateway::Busy(SimTime) const {
  return ready_s_ > 0 ? busy_s_ / ready_s_ : results::kNoValue;
}

}  // namespace orrery::driver
