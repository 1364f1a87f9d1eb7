#include "sim/driver/service_gateway.h"

#include <algorithm>
#include <utility>

#include "sim/base/check.h"
#include "sim/driver/roles.h"

namespace orrery::driver {

using policies::ReplicaInfo;
using workload::ServiceRequest;

ServiceGateway::ServiceGateway(const scenario::Service& service, const GangLinks& links,
                               SimTime warm_up, SimTime horizon, std::vector<std::string> regions,
                               std::unique_ptr<workload::RequestSource> source,
                               const RandomStreams& random, const Events& events)
    : service_(service),
      links_(links),
      ways_(&links),
      random_(random),
      rtt_stream_(StreamName::FromText("service/" + service.name + "/rtt")),
      warm_up_(warm_up),
      horizon_(horizon),
      events_(events),
      source_(std::move(source)),
      route_(MakeRole<policies::RoutePolicy>(service.route)),
      figures_(service.objective, std::move(regions)) {}

Result<void> ServiceGateway::Open() { return NextRequest(); }

Result<void> ServiceGateway::OnArrival(SimTime now) {
  Send(next_, now);
  return NextRequest();
}

Result<void> ServiceGateway::NextRequest() {
  Result<bool> more = source_->Next(&next_);
  if (!more) return tl::unexpected<Error>(more.error());
  if (*more && next_.time < horizon_) {
    events_.simulator->Schedule(next_.time, engine::Priority::kArrival, events_.component,
                                events_.arrival, events_.payload);
  }
  return {};
}

void ServiceGateway::Send(const ServiceRequest& request, SimTime now) {
  uint32_t index;
  if (unused_.empty()) {
    index = static_cast<uint32_t>(live_.size());
    live_.emplace_back();
  } else {
    index = unused_.back();
    unused_.pop_back();
  }
  Live& live = live_[index];
  live = {.request = request, .free = now, .first = now, .measured = now >= warm_up_};
  if (live.measured) figures_.CountSent(request.client);
  live.id = sent_++;
  live.open = true;
  // No number of replicas would help it: the autoscaler does not hear of it.
  if (uint64_t{request.prompt} + request.output > service_.context) {
    if (live.measured) figures_.CountLost(request.client, RequestEnd::kRefused);
    return Free(index);
  }
  ++window_requests_;
  Dispatch(index, now);
}

void ServiceGateway::Dispatch(uint32_t index, SimTime now) {
  for (;;) {
    Live& live = live_[index];
    const RegionId client = live.request.client;
    LookFrom(client);
    policies::RequestInfo info{
        .id = live.id, .client = client, .prompt_tokens = live.request.prompt};
    if (service_.serving.prefix_cache) info.prefix = live.request.prefix;
    const size_t place = route_->Route(info, view_);
    if (place >= view_.size()) return Hold(index);
    const ReplicaInfo& chosen = view_[place];
    const Duration rtt = DrawRtt(live, chosen);
    if (!replicas_[chosen.replica].dead) return SendTo(index, place, rtt, now);
    // Nobody answers; the gateway knows now, and so does the client after a round trip.
    replicas_[chosen.replica].shunned = true;
    live.free = std::max(live.free, now) + rtt;
    if (!MayRetry(live)) return Lose(index, RequestEnd::kFailed);
  }
}

// What a client can reach, and how far it is.
void ServiceGateway::LookFrom(RegionId client) {
  const auto ways = ways_.From(
      client, view_.size(), [this](size_t place) { return replicas_[view_[place].replica].end; });
  for (size_t place = 0; place < view_.size(); ++place) {
    view_[place].rtt = ways[place].rtt;
    view_[place].healthy = !replicas_[view_[place].replica].shunned && !ways[place].cut;
  }
}

// Of one try: with jitter, and the tail of a home.
Duration ServiceGateway::DrawRtt(const Live& live, const ReplicaInfo& chosen) const {
  if (!links_.full()) return chosen.rtt;
  Draw draw = random_.Stream(rtt_stream_, live.id).At(live.retries);
  const network::RttSpread spread =
      links_.SpreadOf(replicas_[chosen.replica].end, draw.UniformOpen());
  return Duration::FromSeconds(1e-3 * spread.Of(1e3 * chosen.rtt.seconds()));
}

void ServiceGateway::SendTo(uint32_t index, size_t place, Duration rtt, SimTime now) {
  Live& live = live_[index];
  const uint32_t number = view_[place].replica;
  live.half_rtt = rtt / 2;
  const SimTime there = std::max(live.free, now) + live.half_rtt;
  replicas_[number].batch->Arrive({.request = index,
                                   .prompt = live.request.prompt,
                                   .cached = CachedTokens(live, &replicas_[number]),
                                   .output = live.request.output},
                                  there, now);
  Arm(number);
}

// How much of the prompt the replica need not read; from now on it keeps the whole blocks of it, in
// the room that requests leave.
uint32_t ServiceGateway::CachedTokens(const Live& live, Replica* replica) {
  const uint32_t prompt = live.request.prompt;
  if (!service_.serving.prefix_cache || live.request.prefix.empty()) return 0;
  const size_t whole =
      std::min<size_t>(live.request.prefix.size(), prompt / workload::kPrefixBlock);
  const auto blocks = std::span<const uint64_t>(live.request.prefix).first(whole);
  const int64_t room = std::max<int64_t>(replica->batch->room() - replica->batch->tokens(), 0);
  const auto matched = static_cast<uint32_t>(replica->cache.Match(blocks) * workload::kPrefixBlock);
  replica->cache.Use(blocks, static_cast<size_t>(room) / workload::kPrefixBlock);
  const uint32_t cached = std::min(matched, prompt - 1);
  if (live.measured) figures_.CountPrompt(prompt, cached);
  return cached;
}

// Waits for a replica where there is none; a policy that has one and names none refuses. Where all
// that there are are out of the client's reach, the connection fails.
void ServiceGateway::Hold(uint32_t index) {
  const bool any =
      std::any_of(view_.begin(), view_.end(), [](const ReplicaInfo& r) { return r.healthy; });
  const bool some = std::any_of(view_.begin(), view_.end(), [this](const ReplicaInfo& r) {
    return !replicas_[r.replica].shunned;
  });
  if (some && !any) return Lose(index, RequestEnd::kFailed);
  if (any || waiting_.size() >= service_.gateway_queue) {
    return Lose(index, live_[index].retries > 0 ? RequestEnd::kFailed : RequestEnd::kRefused);
  }
  waiting_.push_back(index);
}

bool ServiceGateway::MayRetry(Live& live) {
  if (live.retries == service_.retries) return false;
  ++live.retries;
  if (live.measured) figures_.CountRetry();
  return true;
}

void ServiceGateway::SendAgain(const std::vector<uint32_t>& lost, SimTime now) {
  for (uint32_t index : lost) {
    Live& live = live_[index];
    live.free = std::max(live.free, now + live.half_rtt);
    if (MayRetry(live)) {
      Dispatch(index, now);
    } else {
      Lose(index, RequestEnd::kFailed);
    }
  }
}

void ServiceGateway::Lose(uint32_t index, RequestEnd end) {
  const Live& live = live_[index];
  ++window_ended_;
  ++window_misses_;
  if (live.measured) figures_.CountLost(live.request.client, end);
  Free(index);
}

void ServiceGateway::Serve(uint32_t index, SimTime now) {
  const Live& live = live_[index];
  const uint32_t tokens = live.request.output;
  const Duration first = live.first + live.half_rtt - live.request.time;
  const Duration rest = now - live.first;
  ++window_ended_;
  window_misses_ += !figures_.Met(tokens, first, rest);
  if (live.measured) figures_.CountServed(live.request.client, tokens, first, rest);
  Free(index);
}

void ServiceGateway::Free(uint32_t index) {
  live_[index].open = false;
  unused_.push_back(index);
}

std::vector<uint64_t> ServiceGateway::Overdue(SimTime now) const {
  std::vector<uint64_t> overdue;
  for (const Live& live : live_) {
    const bool silent = live.first == live.request.time;
    if (!live.open || !live.measured || !silent) continue;
    if (now - live.request.time <= service_.objective.first_token) continue;
    const size_t client = live.request.client.index();
    if (client >= overdue.size()) overdue.resize(client + 1);
    ++overdue[client];
  }
  return overdue;
}

size_t ServiceGateway::PlaceOf(uint32_t number) const {
  const auto at = std::lower_bound(
      view_.begin(), view_.end(), number,
      [](const ReplicaInfo& replica, uint32_t wanted) { return replica.replica < wanted; });
  const bool there = at != view_.end() && at->replica == number;
  return there ? static_cast<size_t>(at - view_.begin()) : view_.size();
}

// Schedules the replica's next change, and tells the view what it holds.
void ServiceGateway::Arm(uint32_t number) {
  Replica& replica = replicas_[number];
  const size_t place = PlaceOf(number);
  if (place < view_.size()) {
    view_[place].queued = replica.batch->queued();
    view_[place].active = replica.batch->active();
  }
  const SimTime next = replica.batch->next();
  if (next == SimTime::Never()) {
    events_.simulator->Cancel(replica.next);
  } else {
    events_.simulator->Reschedule(replica.next, next, engine::Priority::kCompletion,
                                  events_.component, events_.batch, events_.payload + number);
  }
}

void ServiceGateway::Add(uint32_t number, NodeId node, RegionId region,
                         const workload::ServingSpeed& speed, SimTime now) {
  if (number >= replicas_.size()) replicas_.resize(number + size_t{1});
  Replica& replica = replicas_[number];
  ORRERY_CHECK(!replica.batch, number);
  replica = {};
  replica.batch.emplace(speed, service_.serving, now);
  replica.end = links_.EndOf(node);
  replica.since = replica.told = now;
  there_.push_back(number);
  const auto at = std::lower_bound(
      view_.begin(), view_.end(), number,
      [](const ReplicaInfo& other, uint32_t wanted) { return other.replica < wanted; });
  view_.insert(at, {.replica = number, .node = node, .region = region});
  ways_.Forget();
  // Those that wait for longest go first; a policy may leave some waiting.
  std::deque<uint32_t> waiting = std::exchange(waiting_, {});
  for (uint32_t index : waiting) Dispatch(index, now);
}

void ServiceGateway::SetSpeed(uint32_t number, const workload::ServingSpeed& speed, SimTime now) {
  ORRERY_CHECK(number < replicas_.size() && replicas_[number].batch, number);
  replicas_[number].batch->SetSpeed(speed, now);
  Arm(number);
}

bool ServiceGateway::OnBatch(uint32_t number, SimTime now) {
  Replica& replica = replicas_[number];
  replica.batch->Advance(&changes_);
  for (uint32_t index : changes_.first) live_[index].first = now;
  for (uint32_t index : changes_.done) Serve(index, now);
  Arm(number);
  return replica.batch->empty();
}

bool ServiceGateway::Drain(uint32_t number, SimTime) {
  const size_t place = PlaceOf(number);
  if (place < view_.size()) view_.erase(view_.begin() + static_cast<std::ptrdiff_t>(place));
  ways_.Forget();
  return Outstanding(number) == 0;
}

bool ServiceGateway::Healthy(uint32_t number) const {
  const size_t place = PlaceOf(number);
  return place < view_.size() && !replicas_[number].shunned;
}

uint32_t ServiceGateway::Outstanding(uint32_t number) const {
  if (number >= replicas_.size() || !replicas_[number].batch) return 0;
  return replicas_[number].batch->queued() + replicas_[number].batch->active();
}

void ServiceGateway::Kill(uint32_t number, SimTime now) {
  if (number >= replicas_.size() || !replicas_[number].batch) return;
  replicas_[number].dead = true;
  events_.simulator->Cancel(replicas_[number].next);
  Settle(number, now);
  const std::vector<uint32_t> lost = replicas_[number].batch->Clear(now);
  replicas_[number].batch.reset();
  const size_t place = PlaceOf(number);
  // Broken connections tell at once.
  replicas_[number].shunned |= !lost.empty();
  if (place < view_.size()) view_[place].queued = view_[place].active = 0;
  SendAgain(lost, now);
}

void ServiceGateway::Remove(uint32_t number, SimTime now) {
  Drain(number, now);
  Kill(number, now);
}

// Of a replica that goes: what it did while it was ready.
void ServiceGateway::Settle(uint32_t number, SimTime now) {
  Replica& replica = replicas_[number];
  AddToWindow(replica, now);
  past_.ready_s += (now - replica.since).seconds();
  past_.demand_s += replica.batch->DemandSeconds(now);
  past_.busy_s += replica.batch->BusySeconds(now);
  std::erase(there_, number);
}

void ServiceGateway::AddToWindow(Replica& replica, SimTime now) {
  const double demand_s = replica.batch->DemandSeconds(now);
  window_demand_s_ += demand_s - replica.told_demand_s;
  window_ready_s_ += (now - replica.told).seconds();
  replica.told_demand_s = demand_s;
  replica.told = now;
}

ServiceFrontend::Window ServiceGateway::TakeWindow(SimTime now) {
  for (uint32_t number : there_) AddToWindow(replicas_[number], now);
  Window window{.requests = std::exchange(window_requests_, 0),
                .ended = std::exchange(window_ended_, 0),
                .slo_misses = std::exchange(window_misses_, 0)};
  const double ready_s = std::exchange(window_ready_s_, 0);
  const double demand_s = std::exchange(window_demand_s_, 0);
  if (ready_s > 0) window.utilisation = demand_s / ready_s;
  return window;
}

ServiceGateway::Use ServiceGateway::UseUntil(SimTime now) const {
  Use use = past_;
  for (uint32_t number : there_) {
    const Replica& replica = replicas_[number];
    use.ready_s += (now - replica.since).seconds();
    use.demand_s += replica.batch->DemandSeconds(now);
    use.busy_s += replica.batch->BusySeconds(now);
  }
  return use;
}

double ServiceGateway::Utilisation(SimTime now) const {
  const Use use = UseUntil(now);
  return use.ready_s > 0 ? use.demand_s / use.ready_s : results::kNoValue;
}

double ServiceGateway::Busy(SimTime now) const {
  const Use use = UseUntil(now);
  return use.ready_s > 0 ? use.busy_s / use.ready_s : results::kNoValue;
}

}  // namespace orrery::driver
