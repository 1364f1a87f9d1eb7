#include "sim/driver/rate_gateway.h"

#include <algorithm>
#include <numeric>

#include "sim/base/check.h"
#include "sim/driver/parcels.h"
#include "sim/driver/roles.h"

namespace orrery::driver {

using workload::ReplicaQueue;
using workload::ServingSpeed;

namespace {

uint64_t Sum(const std::vector<uint64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), uint64_t{0});
}

}  // namespace

RateGateway::RateGateway(const scenario::Service& service, const GangLinks& links, SimTime warm_up,
                         SimTime horizon, std::vector<std::string> regions,
                         std::unique_ptr<workload::RateSource> source, const Events& events)
    : service_(service),
      links_(links),
      ways_(&links),
      warm_up_(warm_up),
      horizon_(horizon),
      events_(events),
      route_(MakeRole<policies::RoutePolicy>(service.route)),
      tally_(service, std::move(regions), warm_up == SimTime::Zero()),
      source_(std::move(source)),
      kinds_(service.serving),
      come_(service.requests.clients.size(), 0),
      refused_rate_(come_.size(), 0),
      cut_rate_(come_.size(), 0),
      owed_(come_.size(), std::vector<double>(2, 0)),
      long_(come_.size(), 0) {
  for (const bool home : {false, true}) {
    SiteEnd end;
    end.link.home = home;
    for (int k = 0; k < kSpreads; ++k) {
      spreads_[home].push_back(links.SpreadOf(end, (k + 0.5) / kSpreads));
    }
  }
}

Result<void> RateGateway::Open() { return OnArrival(SimTime::Zero()); }

Result<void> RateGateway::OnArrival(SimTime now) {
  Settle(now);
  Note(now);
  Result<workload::RateWindow> window = source_->Next();
  if (!window) return tl::unexpected<Error>(window.error());
  coming_ = std::move(window->requests);
  // Where none came, there is nothing to learn; where all are too long, nothing of the others.
  if (!window->lengths.prompts.empty()) {
    kinds_.SetRequests(std::move(window->lengths), window->cv2);
  } else if (Sum(coming_) > 0) {
    kinds_.RefuseAll();
  }
  std::fill(come_.begin(), come_.end(), 0);
  window_begin_ = now;
  planned_ = false;
  const SimTime next = now + service_.window;
  if (next < horizon_) {
    events_.simulator->Schedule(next, engine::Priority::kArrival, events_.component,
                                events_.arrival, events_.payload);
  }
  return {};
}

// Those that come in the part of the window since the last call; too long ones are refused.
RateGateway::Counts RateGateway::Arrivals(SimTime now) {
  const double part = (now - window_begin_).seconds() / service_.window.seconds();
  Counts arrivals;
  for (size_t row = 0; row < coming_.size(); ++row) {
    const auto upto = std::min(
        coming_[row], static_cast<uint64_t>(static_cast<double>(coming_[row]) * part + 1e-9));
    uint64_t count = upto - come_[row];
    come_[row] = upto;
    tally_.Send(row, count);
    long_[row] += static_cast<double>(count) * kinds_.lengths().too_long;
    const auto refused = std::min(count, static_cast<uint64_t>(long_[row]));
    long_[row] -= static_cast<double>(refused);
    tally_.Lose(row, refused, RequestEnd::kRefused);
    arrivals.push_back(count - refused);
  }
  return arrivals;
}

void RateGateway::Settle(SimTime now) {
  if (now == settled_) return;
  // What comes after the warm-up is counted, wherever in a window that ends.
  if (settled_ < warm_up_ && warm_up_ < now) Settle(warm_up_);
  if (!planned_) Plan();
  const Counts arrivals = Arrivals(now);
  if (replicas_.empty()) {
    Hold(arrivals, settled_, now);
  } else {
    ServeAll(arrivals, now);
  }
  // Who came before the warm-up was over is not counted, whenever it is served.
  if (settled_ < warm_up_ && now >= warm_up_) {
    Counts waiting(come_.size(), 0);
    const auto add = [&](const Counts& counts) {
      for (size_t row = 0; row < counts.size(); ++row) waiting[row] += counts[row];
    };
    add(waiting_.counts());
    for (const Replica& replica : replicas_) add(replica.backlog.counts());
    tally_.BeginCounting(std::move(waiting));
  }
  settled_ = now;
}

// There is no replica: those wait that there is room for, and no later ones.
void RateGateway::Hold(const Counts& arrivals, SimTime from, SimTime to) {
  const uint64_t all = Sum(arrivals);
  const uint64_t held = std::min(all, service_.gateway_queue - waiting());
  if (held == all) return waiting_.Add(arrivals, from, to);
  const Counts parts = Split(held, {arrivals.begin(), arrivals.end()});
  const double share = static_cast<double>(held) / static_cast<double>(all);
  waiting_.Add(parts, from, from + Duration::FromSeconds((to - from).seconds() * share));
  for (size_t row = 0; row < arrivals.size(); ++row) {
    tally_.Lose(row, arrivals[row] - parts[row], RequestEnd::kRefused);
  }
}

void RateGateway::ServeAll(const Counts& arrivals, SimTime now) {
  const double seconds = (now - settled_).seconds();
  // By row, then by replica; the last two parts are refused, and reach none.
  std::vector<Counts> shares(replicas_.size(), Counts(arrivals.size(), 0));
  for (size_t row = 0; row < arrivals.size(); ++row) {
    std::vector<double> rates;
    for (const Replica& replica : replicas_) rates.push_back(replica.rates[row]);
    rates.push_back(refused_rate_[row]);
    rates.push_back(cut_rate_[row]);
    const std::vector<uint64_t> parts = Split(arrivals[row], rates, &owed_[row]);
    ORRERY_CHECK(Sum(parts) == arrivals[row], row, arrivals[row]);
    for (size_t i = 0; i < replicas_.size(); ++i) shares[i][row] = parts[i];
    tally_.Lose(row, parts[replicas_.size()], RequestEnd::kRefused);
    tally_.Lose(row, parts.back(), RequestEnd::kFailed);
  }
  for (size_t i = 0; i < replicas_.size(); ++i) {
    Replica& replica = replicas_[i];
    ready_s_ += seconds;
    demand_s_ += DemandOf(replica) * seconds;
    busy_s_ += BusyOf(replica) * seconds;
    if (replica.backlog.empty() && replica.queue != nullptr) {
      ServeSteadily(replica, shares[i]);
    } else {
      ServeOverloaded(replica, shares[i], now);
    }
  }
}

void RateGateway::ServeSteadily(Replica& replica, const Counts& arrivals) {
  const ReplicaQueue& queue = *replica.queue;
  for (size_t row = 0; row < arrivals.size(); ++row) {
    Serve(row, arrivals[row], replica, [&](double u, double v, double w) {
      return std::make_pair(queue.FirstToken(u, v), queue.BetweenTokens(w));
    });
  }
}

// First come, first served, at capacity; who is served has waited since it came.
void RateGateway::ServeOverloaded(Replica& replica, const Counts& arrivals, SimTime now) {
  const double capacity = kinds_.capacity(replica.kind);
  replica.backlog.Add(arrivals, settled_, now);
  const uint64_t here = replica.backlog.size();
  // Parts of a request go on: replicas that are behind are looked at every few seconds.
  double ahead = -replica.due;  // of the next one, requests that take their time first
  replica.due += capacity * (now - settled_).seconds();
  const uint64_t served = std::min(here, static_cast<uint64_t>(replica.due + 1e-9));
  replica.due = served < here ? replica.due - static_cast<double>(served) : 0;
  const ReplicaQueue& full = kinds_.Full(replica.kind);
  for (const Backlog::Cohort& cohort : replica.backlog.Take(served)) {
    const auto size = static_cast<double>(cohort.size);
    const double from_s = (cohort.from - settled_).seconds();
    const double took_s = (cohort.to - cohort.from).seconds();
    const auto waited = [&](double v) {
      return std::max((ahead + size * v) / capacity - (from_s + took_s * v), 0.0);
    };
    for (size_t row = 0; row < arrivals.size(); ++row) {
      Serve(row, cohort.counts[row], replica, [&](double u, double v, double w) {
        // Who waits for those before it waits for room meanwhile.
        const double first_s = std::max(full.FirstToken(u, 0) + waited(v), full.FirstToken(u, v));
        return std::make_pair(first_s, full.BetweenTokens(w));
      });
    }
    ahead += size;
  }
}

// Those that a replica serves; `point(u, v, w)`: times as RequestTally::Serve takes them, without
// the round trip.
template <typename Point>
void RateGateway::Serve(size_t row, uint64_t count, const Replica& replica, Point point) {
  const double rtt_ms = WayOf(row, replica).rtt_ms;
  tally_.Serve(row, count, kinds_.lengths().outputs, [&](double u, double v, double w, double x) {
    const auto [first_s, between_s] = point(u, v, w);
    return std::make_pair(first_s + 1e-3 * SpreadAt(x, replica).Of(rtt_ms), between_s);
  });
}

const network::RttSpread& RateGateway::SpreadAt(double x, const Replica& replica) const {
  return spreads_[replica.end.link.home][static_cast<size_t>(x * kSpreads)];
}

SitePaths::StoreWay RateGateway::WayOf(size_t row, const Replica& replica) const {
  return links_.ClientWay(service_.requests.clients[row].region, replica.end);
}

const RateGateway::Replica* RateGateway::Look(uint32_t number) const {
  const auto found = std::lower_bound(
      replicas_.begin(), replicas_.end(), number,
      [](const Replica& replica, uint32_t wanted) { return replica.number < wanted; });
  return found != replicas_.end() && found->number == number ? &*found : nullptr;
}

std::vector<RateGateway::Replica>::iterator RateGateway::Find(uint32_t number) {
  const Replica* found = Look(number);
  return found == nullptr ? replicas_.end() : replicas_.begin() + (found - replicas_.data());
}

void RateGateway::Add(uint32_t number, NodeId node, RegionId region, const ServingSpeed& speed,
                      SimTime now) {
  Settle(now);
  const auto place = std::find_if(replicas_.begin(), replicas_.end(),
                                  [&](const Replica& other) { return other.number > number; });
  for (auto& owed : owed_) owed.insert(owed.begin() + (place - replicas_.begin()), 0);
  const auto here = replicas_.emplace(place);
  here->number = number;
  here->node = node;
  here->region = region;
  here->end = links_.EndOf(node);
  here->kind = kinds_.Take(speed);
  here->rates.assign(come_.size(), 0);
  NoteChange();
  if (LeavesOut()) planned_ = false;
  if (planned_) here->queue = kinds_.QueueAt(here->kind, 0);
  // It serves those first that waited for it.
  for (Backlog::Cohort& cohort : waiting_.TakeAll()) {
    for (size_t row = 0; row < cohort.counts.size(); ++row) {
      if (!WayOf(row, *here).cut) continue;
      tally_.Lose(row, std::exchange(cohort.counts[row], 0), RequestEnd::kFailed);
    }
    here->backlog.Add(cohort.counts, cohort.from, cohort.to);
  }
}

void RateGateway::SetSpeed(uint32_t number, const ServingSpeed& speed, SimTime now) {
  const auto replica = Find(number);
  ORRERY_CHECK(replica != replicas_.end(), number);
  Settle(now);
  kinds_.Give(std::exchange(replica->kind, kinds_.Take(speed)));
  NoteChange();
  if (planned_) replica->queue = kinds_.QueueAt(replica->kind, replica->rate);
}

// What it has under way it ends; its backlog goes to the others, to each what it can serve of it.
bool RateGateway::Drain(uint32_t number, SimTime now) {
  const auto replica = Find(number);
  if (replica == replicas_.end()) return true;
  Settle(now);
  const std::vector<Backlog::Cohort> backlog = replica->backlog.TakeAll();
  if (planned_ && AreMissed(*replica)) planned_ = false;
  for (auto& owed : owed_) owed.erase(owed.begin() + (replica - replicas_.begin()));
  kinds_.Give(replica->kind);
  replicas_.erase(replica);
  NoteChange();
  std::vector<double> capacities;
  for (const Replica& other : replicas_) capacities.push_back(kinds_.capacity(other.kind));
  std::vector<std::vector<double>> owed(come_.size(), std::vector<double>(capacities.size(), 0));
  for (const Backlog::Cohort& cohort : backlog) {
    if (replicas_.empty()) {
      Hold(cohort.counts, cohort.from, cohort.to);
      continue;
    }
    std::vector<Counts> shares(replicas_.size(), Counts(cohort.counts.size(), 0));
    for (size_t row = 0; row < cohort.counts.size(); ++row) {
      const std::vector<uint64_t> parts = Split(cohort.counts[row], capacities, &owed[row]);
      for (size_t i = 0; i < replicas_.size(); ++i) shares[i][row] = parts[i];
    }
    for (size_t i = 0; i < replicas_.size(); ++i) {
      replicas_[i].backlog.Add(shares[i], cohort.from, cohort.to);
    }
  }
  return true;
}

// Its requests are sent to others, if they may be; else they have failed.
void RateGateway::Kill(uint32_t number, SimTime now) {
  const auto replica = Find(number);
  if (replica == replicas_.end()) return;
  Settle(now);
  const uint64_t lost = Outstanding(number);
  if (service_.retries > 0) {
    tally_.Retry(lost);
  } else {
    // Those in its batch count as served already: others fail for them.
    tally_.Owe(lost - replica->backlog.size());
    const Counts backlog = replica->backlog.counts();
    replica->backlog.TakeAll();
    for (size_t row = 0; row < backlog.size(); ++row) {
      tally_.Lose(row, backlog[row], RequestEnd::kFailed);
    }
  }
  Drain(number, now);
}

void RateGateway::Remove(uint32_t number, SimTime now) { Kill(number, now); }

bool RateGateway::Healthy(uint32_t number) const { return Look(number) != nullptr; }

uint32_t RateGateway::Outstanding(uint32_t number) const {
  const Replica* replica = Look(number);
  if (replica == nullptr) return 0;
  const double batch = replica->queue != nullptr ? replica->queue->requests() : 0;
  return static_cast<uint32_t>(replica->backlog.size() + static_cast<uint64_t>(batch + 0.5));
}

uint64_t RateGateway::waiting() const { return waiting_.size(); }

}  // namespace orrery::driver
