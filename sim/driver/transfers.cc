#include "sim/driver/transfers.h"

#include <algorithm>
#include <cmath>

#include "sim/base/check.h"

namespace orrery::driver {

using engine::Priority;
using policies::JobInfo;

namespace {

constexpr double kBytesPerGb = 1e9;

// The part of `bytes` that the replicas from `first` to `last` of `all` have; parts sum up.
int64_t PartOf(int64_t bytes, uint32_t first, uint32_t last, uint32_t all) {
  const auto up_to = [&](uint32_t n) { return static_cast<__int128>(bytes) * n / all; };
  return static_cast<int64_t>(up_to(last) - up_to(first));
}

// floor(price × bytes).
Usd EgressOf(Usd per_gb, int64_t bytes) {
  return Usd::Micros(
      static_cast<int64_t>(static_cast<__int128>(per_gb.micros()) * bytes / 1'000'000'000));
}

int64_t WholeRate(double bytes_s) {
  return std::max<int64_t>(1, static_cast<int64_t>(std::min(bytes_s, 1e15)));
}

}  // namespace

std::unique_ptr<Transfers> Transfers::Make(const scenario::Scenario& scenario, uint32_t replicate,
                                           const workload::DataTable* data, const GangLinks* links,
                                           NetworkStates* network, engine::Simulator* simulator,
                                           LedgerPayments* payments) {
  if (!links->on() || data->size() == 0) return nullptr;
  return std::unique_ptr<Transfers>(
      new Transfers(scenario, replicate, data, links, network, simulator, payments));
}

Transfers::Transfers(const scenario::Scenario& scenario, uint32_t replicate,
                     const workload::DataTable* data, const GangLinks* links,
                     NetworkStates* network, engine::Simulator* simulator, LedgerPayments* payments)
    : full_(scenario.network.level == scenario::NetworkLevel::kFull),
      data_(data),
      links_(links),
      network_(network),
      simulator_(simulator),
      payments_(payments),
      id_(simulator->Register(this)),
      random_(scenario.seed, replicate),
      stores_(scenario.network.stores.ByRegion(scenario.regions.size())),
      store_links_(scenario.regions.size()),
      scale_(scenario.scale),
      relay_bytes_s_({WholeRate(scale_ * 1e9 * double{scenario.network.relay_gbs}),
                      WholeRate(scale_ * 1e9 * double{scenario.network.relay_gbs} *
                                scenario.network.flood_capacity)}) {}

const Transfers::Ends& Transfers::StoreLinks(RegionId region) {
  Ends& ends = store_links_[region.index()];
  if (ends.up == kNoLink) {
    const int64_t capacity = WholeRate(scale_ * 1e9 * double{stores_[region.index()].capacity_gbs});
    ends = {net_.AddLink(capacity), net_.AddLink(capacity)};
  }
  return ends;
}

const Transfers::Ends& Transfers::NodeLinks(NodeId node) {
  if (node.index() >= node_links_.size()) node_links_.resize(node.index() + 1);
  Ends& ends = node_links_[node.index()];
  if (ends.up == kNoLink) {
    const network::AccessLink& link = links_->EndOf(node).link;
    ends = {net_.AddLink(WholeRate(link.up_bytes_s)), net_.AddLink(WholeRate(link.down_bytes_s))};
  }
  return ends;
}

// While it is flooded, all flows pass the other one of its links.
Transfers::LinkId Transfers::RelayLink(uint32_t relay, bool flooded) {
  const size_t which = 2 * size_t{relay} + flooded;
  if (which >= relay_links_.size()) relay_links_.resize(which + 1, kNoLink);
  if (relay_links_[which] == kNoLink) relay_links_[which] = net_.AddLink(relay_bytes_s_[flooded]);
  return relay_links_[which];
}

void Transfers::Admit(JobSlot slot) {
  attempts_.Reach(slot.index());
  attempts_[slot.index()].moved_bytes = attempts_[slot.index()].egress_micros = 0;
}

void Transfers::Prepare(const JobInfo& job, std::span<const policies::NodeGrant> grants,
                        const workload::Job& truth, Duration done) {
  Attempt& attempt = attempts_[job.slot.index()];
  ORRERY_CHECK(attempt.phase == Phase::kIdle, job.slot.value);
  attempt.shares.clear();
  for (const policies::NodeGrant& grant : grants) {
    // Grants of one node stand together.
    if (attempt.shares.empty() || attempt.shares.back().node != grant.node) {
      attempt.shares.push_back({grant.node, 0});
    }
    attempt.shares.back().replicas += grant.replicas;
  }
  attempt.data = data_->Of(truth, random_);
  attempt.store = data_->params(truth.data).store;
  if (!attempt.store.valid()) attempt.store = truth.region;
  attempt.hub = NodeId::None();
  if (full_ && attempt.shares.size() > 1) {
    std::vector<NodeId> nodes;
    for (const Share& share : attempt.shares) nodes.push_back(share.node);
    attempt.hub = links_->HubOf(nodes);
  }
  attempt.user = job.user;
  attempt.milli_gpus = job.demand.total_gpu_milli() * job.replicas;
  attempt.row = truth.data;
  attempt.restart = done > Duration();
  attempt.only_sends = attempt.restart && done >= truth.work;
}

// The data of somebody without a place are wherever they are needed.
RegionId Transfers::StoreOf(const Attempt& attempt, NodeId node) const {
  return attempt.store.valid() ? attempt.store : links_->EndOf(node).region;
}

// The links of the way, and what its round trip lets through.
Transfers::FlowId Transfers::AddToNet(const Attempt& attempt, Flow* flow) {
  const SiteEnd end = links_->EndOf(flow->node);
  if (!full_) {
    const double store_bytes_s = 1e9 * double{stores_[flow->store.index()].capacity_gbs};
    const double access = flow->sends ? end.link.up_bytes_s : end.link.down_bytes_s;
    return net_.Add({}, WholeRate(std::min(access, store_bytes_s)));
  }
  const Ends store = StoreLinks(flow->store), node = NodeLinks(flow->node);
  std::vector<LinkId> way = {flow->sends ? store.down : store.up,
                             flow->sends ? node.up : node.down};
  double rtt_ms = 0;
  network_->Epoch();
  flow->cut = !network_->region_up(flow->store);
  flow->legs = {};
  const auto pass = [&](size_t leg, RegionId from, RegionId to, const SitePaths::StoreWay& part) {
    rtt_ms += part.rtt_ms;
    flow->cut |= part.cut;
    const bool relayed = part.relay != SitePaths::kNone;
    const bool again = leg > 0 && part.relay == flow->legs[0].relay;
    const bool flooded = relayed && network_->flooded(part.relay);
    flow->legs[leg] = {from, to, part.relay, part.astray, flooded};
    if (relayed && !again) way.push_back(RelayLink(part.relay, flooded));
  };
  if (attempt.hub.valid() && attempt.hub != flow->node) {
    const Ends hub_links = NodeLinks(attempt.hub);
    way.push_back(hub_links.up);
    way.push_back(hub_links.down);
    const SiteEnd hub = links_->EndOf(attempt.hub);
    pass(0, flow->store, hub.region, links_->paths().ToStore(flow->store, hub));
    pass(1, hub.region, end.region, links_->paths().Between(hub, end));
  } else {
    pass(0, flow->store, end.region, links_->paths().ToStore(flow->store, end));
  }
  // Who is cut off waits: a byte a second is as good as nothing.
  if (flow->cut) return net_.Add({}, 1);
  return net_.Add(way, WholeRate(links_->paths().WindowRate(rtt_ms)));
}

// Whether its way is up, carries what it did, and is the one to take.
bool Transfers::Stays(const Leg& leg) const {
  const SitePaths& paths = links_->paths();
  if (!leg.from.valid()) return true;
  if (leg.astray && paths.Open(leg.from, leg.to, SitePaths::kNone)) return false;
  if (!paths.Open(leg.from, leg.to, leg.relay)) return false;
  return leg.relay == SitePaths::kNone || network_->flooded(leg.relay) == leg.flooded;
}

bool Transfers::Stays(const Flow& flow) const {
  return !flow.cut && network_->region_up(flow.store) && Stays(flow.legs[0]) && Stays(flow.legs[1]);
}

// Flows whose way is lost take another one; those that had none may have one again.
void Transfers::Reroute() {
  network_->Epoch();
  const SimTime now = simulator_->now();
  for (const FlowId id : exposed_) {
    Flow& flow = flows_[id];
    if (Stays(flow)) continue;
    flow.left = std::max(0.0, flow.left - flow.rate * (now - flow.since).seconds());
    flow.since = now;
    flow.rate = 0;
    net_.Remove(id);
    const bool was_cut = flow.cut;
    const auto relays = [&flow] { return std::pair(flow.legs[0].relay, flow.legs[1].relay); };
    const auto before = relays();
    const FlowId same = AddToNet(attempts_[flow.slot.index()], &flow);
    ORRERY_CHECK(same == id, same, id);  // the number that was freed last
    figures_.rerouted += !was_cut && !flow.cut && relays() != before;
    figures_.cut += !was_cut && flow.cut;
  }
}

void Transfers::AddFlow(JobSlot slot, const Share& share, RegionId store, int64_t bytes,
                        bool image) {
  if (bytes == 0) return;
  Attempt& attempt = attempts_[slot.index()];
  Flow flow;
  flow.slot = slot;
  flow.node = share.node;
  flow.store = store;
  flow.sends = attempt.phase == Phase::kSending;
  flow.image = image;
  flow.bytes = bytes;
  flow.left = static_cast<double>(bytes);
  flow.since = simulator_->now();
  const FlowId id = AddToNet(attempt, &flow);
  figures_.cut += flow.cut;
  const bool relayed = std::any_of(flow.legs.begin(), flow.legs.end(),
                                   [](const Leg& leg) { return leg.relay != SitePaths::kNone; });
  if (network_->any_way_fails() || relayed) exposed_.insert(id);
  if (id >= flows_.size()) flows_.resize(id + 1);
  flows_[id] = flow;
  attempt.flows.push_back(id);
}

void Transfers::Begin(JobSlot slot, Phase phase) {
  Attempt& attempt = attempts_[slot.index()];
  attempt.phase = phase;
  attempt.began = simulator_->now();
  uint32_t all = 0, before = 0;
  for (const Share& share : attempt.shares) all += share.replicas;
  for (const Share& share : attempt.shares) {
    const uint32_t until = before + share.replicas;
    const RegionId store = StoreOf(attempt, share.node);
    if (phase == Phase::kSending) {
      AddFlow(slot, share, store, PartOf(attempt.data.output, before, until, all), false);
    } else {
      if (attempt.only_sends) continue;
      const int64_t saved = attempt.restart ? attempt.data.checkpoint : 0;
      AddFlow(slot, share, store, PartOf(attempt.data.input, before, until, all) + saved, false);
      const uint64_t key = (uint64_t{share.node.value} << 16) | attempt.row;
      if (attempt.data.image > 0 && images_.contains(key)) {
        ++figures_.images_kept;
      } else {
        AddFlow(slot, share, links_->EndOf(share.node).region, attempt.data.image, true);
      }
    }
    before = until;
  }
  if (attempt.flows.empty()) {
    attempt.phase = Phase::kIdle;
    return;
  }
  ++(phase == Phase::kSending ? figures_.sends : figures_.fetches);
  Settle();
  Arm();
}

bool Transfers::Bring(JobSlot slot) {
  Begin(slot, Phase::kFetching);
  return attempts_[slot.index()].phase == Phase::kFetching;
}

bool Transfers::Send(JobSlot slot) {
  Begin(slot, Phase::kSending);
  return attempts_[slot.index()].phase == Phase::kSending;
}

bool Transfers::sending(JobSlot slot) const {
  return slot.index() < attempts_.size() && attempts_[slot.index()].phase == Phase::kSending;
}

// Takes a flow out of the net; the caller takes it from its attempt and settles.
void Transfers::EndFlow(FlowId id, bool whole) {
  Flow& flow = flows_[id];
  Attempt& attempt = attempts_[flow.slot.index()];
  int64_t moved = flow.bytes;
  if (!whole) {
    const double passed = flow.rate * (simulator_->now() - flow.since).seconds();
    const double come = static_cast<double>(flow.bytes) - flow.left + passed;
    moved = std::clamp(static_cast<int64_t>(come), int64_t{0}, flow.bytes);
  }
  finishes_.erase({flow.finish_ns, id});
  net_.Remove(id);
  exposed_.erase(id);
  attempt.moved_bytes += moved;
  (flow.sends ? sent_bytes_ : fetched_bytes_) += moved;
  if (whole && flow.image) images_.insert((uint64_t{flow.node.value} << 16) | attempt.row);
  if (flow.sends || flow.store == links_->EndOf(flow.node).region) return;
  const Usd egress = EgressOf(stores_[flow.store.index()].egress_per_gb, moved);
  if (egress == Usd()) return;
  attempt.egress_micros += egress.micros();
  egress_micros_ += egress.micros();
  payments_->PayEgress(attempt.user, flow.store, egress);
}

void Transfers::EndPhase(Attempt& attempt) {
  attempt.phase = Phase::kIdle;
  const Duration took = simulator_->now() - attempt.began;
  figures_.hours += took.hours();
  figures_.gpu_hours += took.hours() * 1e-3 * attempt.milli_gpus;
}

void Transfers::Abort(JobSlot slot) {
  if (slot.index() >= attempts_.size()) return;
  Attempt& attempt = attempts_[slot.index()];
  if (attempt.phase == Phase::kIdle) return;
  for (const FlowId id : attempt.flows) EndFlow(id, false);
  attempt.flows.clear();
  ++figures_.broken_off;
  EndPhase(attempt);
  Settle();
  Arm();
}

// Where a rate is another one now, so is the time of the finish.
void Transfers::Settle() {
  net_.Settle(&changed_);
  const SimTime now = simulator_->now();
  for (const FlowId id : changed_) {
    Flow& flow = flows_[id];
    flow.left = std::max(0.0, flow.left - flow.rate * (now - flow.since).seconds());
    flow.since = now;
    flow.rate = net_.rate(id);
    finishes_.erase({flow.finish_ns, id});
    const double ns = std::ceil(1e9 * flow.left / flow.rate);
    // Beyond the end of all times it does not end.
    const bool ends = ns < 0.999 * static_cast<double>(INT64_MAX - now.nanos());
    flow.finish_ns = ends ? now.nanos() + static_cast<int64_t>(ns) : INT64_MAX;
    finishes_.insert({flow.finish_ns, id});
  }
}

void Transfers::Arm() {
  if (exposed_.empty() || !network_->change()) {
    simulator_->Cancel(next_change_);
  } else if (!simulator_->IsPending(next_change_)) {
    network_->Epoch();
    next_change_ =
        simulator_->Schedule(network_->next_change(), Priority::kFailure, id_, kNetwork, 0);
  }
  const int64_t first = finishes_.empty() ? INT64_MAX : finishes_.begin()->first;
  if (first == armed_ns_ && (first == INT64_MAX || simulator_->IsPending(next_))) return;
  simulator_->Cancel(next_);
  armed_ns_ = first;
  if (first == INT64_MAX) return;
  next_ = simulator_->Schedule(SimTime::FromNanos(first), Priority::kCompletion, id_, kFinish, 0);
}

void Transfers::OnEvent(const engine::Event& event) {
  if (event.kind == kNetwork) {
    Reroute();
    Settle();
    return Arm();
  }
  done_.clear();
  while (!finishes_.empty() && finishes_.begin()->first <= event.time.nanos()) {
    const FlowId id = finishes_.begin()->second;
    const JobSlot slot = flows_[id].slot;
    EndFlow(id, true);
    Attempt& attempt = attempts_[slot.index()];
    std::erase(attempt.flows, id);
    if (!attempt.flows.empty()) continue;
    EndPhase(attempt);
    done_.push_back(slot);
  }
  Settle();
  Arm();
  for (const JobSlot slot : done_) client_->OnMoved(slot);
}

Transfers::Moved Transfers::Take(JobSlot slot) {
  Attempt& attempt = attempts_[slot.index()];
  const Moved moved{attempt.moved_bytes, Usd::Micros(attempt.egress_micros)};
  attempt.moved_bytes = attempt.egress_micros = 0;
  return moved;
}

results::TransferFigures Transfers::Figures() const {
  results::TransferFigures told = figures_;
  told.fetched_gb = static_cast<double>(fetched_bytes_) / kBytesPerGb;
  told.sent_gb = static_cast<double>(sent_bytes_) / kBytesPerGb;
  told.egress_usd = Usd::Micros(egress_micros_).dollars();
  return told;
}

}  // namespace orrery::driver
