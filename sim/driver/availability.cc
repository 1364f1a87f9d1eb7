#include "sim/driver/availability.h"

#include <algorithm>
#include <utility>

#include "sim/base/check.h"

namespace orrery::driver {

using engine::Priority;
using failure::FullFailures;
using failure::NoFailures;
using failure::OnOff;
using failure::SpellLaw;
using results::NodeEventKind;

bool Availability::Needed(const scenario::Scenario& scenario) {
  return !std::holds_alternative<NoFailures>(scenario.failures.level) ||
         !std::holds_alternative<scenario::NoChurn>(scenario.churn.level);
}

Availability::Availability(const scenario::Scenario& scenario, uint32_t replicate,
                           const Links& links, std::unique_ptr<failure::OwnerPresence> owners)
    : failures_(scenario.failures.level),
      health_check_(scenario.detection.health_check),
      oracle_(scenario.scheduler.oracle),
      endless_(scenario.horizon == Duration::Max()),
      horizon_(endless_ ? SimTime::Never() : SimTime::Zero() + scenario.horizon),
      random_(scenario.seed, replicate),
      links_(links),
      owners_(std::move(owners)),
      id_(links.simulator->Register(this)),
      nodes_(links.state->node_count()) {
  regions_.resize(scenario.regions.size());
  for (uint32_t n = 0; n < nodes_.size(); ++n) {
    const RegionId region = links_.state->node_shape(NodeId(n)).region;
    regions_[region.index()].nodes.push_back(NodeId(n));
  }
  if (std::holds_alternative<NoFailures>(failures_)) return;
  for (int gpus = 0; gpus <= policies::kMaxGpusPerNode; ++gpus) {
    processes_.push_back(failure::NodeProcess(failures_, gpus));
  }
  const auto* full = std::get_if<FullFailures>(&failures_);
  if (full == nullptr || full->outage_mtbf == Duration::Max()) return;
  outages_.emplace_back(SpellLaw::Exponential(full->outage_mtbf),
                        SpellLaw::LogNormal(full->outage_median, full->outage_sigma));
}

const OnOff& Availability::ProcessOf(uint32_t node) const {
  return processes_[links_.state->node_shape(NodeId(node)).gpus];
}

void Availability::Open() {
  up_ = static_cast<uint32_t>(nodes_.size());
  for (uint32_t r = 0; r < regions_.size(); ++r) {
    if (regions_[r].nodes.empty()) continue;
    ArmMarket(r);
    if (outages_.empty()) continue;
    regions_[r].outage = outages_.front().First(RegionStream(r));
    if (!regions_[r].outage.on) {
      for (NodeId node : regions_[r].nodes) nodes_[node.index()].causes |= kRegionOutage;
    }
    ArmRegion(r);
  }
  for (uint32_t n = 0; n < nodes_.size(); ++n) {
    Node& node = nodes_[n];
    if (!processes_.empty()) node.own = ProcessOf(n).First(NodeStream(n));
    if (!node.own.on) node.causes |= kFailure;
    if (owners_ != nullptr && !owners_->on(NodeId(n))) node.causes |= kAway;
    if (node.causes != 0) {
      --up_;
      if (links_.energy != nullptr) links_.energy->SetUp(NodeId(n), false, SimTime::Zero());
      links_.backend->SetNodeUp(NodeId(n), false);
      links_.loop->OnNodeHealth(NodeId(n), false, SimTime::Zero());
      Tell(NodeId(n), node.causes == kAway ? NodeEventKind::kLeft : NodeEventKind::kFailed,
           SimTime::Zero());
      Tell(NodeId(n), NodeEventKind::kDetected, SimTime::Zero());
    }
    Arm(n);
  }
}

// Checks come at multiples of the period after a time of the node's own.
SimTime Availability::NextCheck(uint32_t node, SimTime now) const {
  if (oracle_) return now;
  const int64_t period = health_check_.nanos();
  Draw draw = random_.Stream("detection/phase", node).At(0);
  const auto phase = static_cast<int64_t>(draw.UniformInt(static_cast<uint64_t>(period)));
  const int64_t since = now.nanos() - phase;
  const int64_t passed = since < 0 ? 0 : since / period + 1;
  return SimTime::FromNanos(phase + passed * period);
}

void Availability::Arm(uint32_t n) {
  Node& node = nodes_[n];
  SimTime time = std::min(node.own.until, node.check);
  if (owners_ != nullptr) time = std::min(time, owners_->until(NodeId(n)));
  if (links_.simulator->IsPending(node.next)) links_.simulator->Cancel(node.next);
  if (time > horizon_ || time == SimTime::Never() || closed_) return;
  node.next = links_.simulator->Schedule(time, Priority::kFailure, id_, kNode, n);
}

void Availability::ArmRegion(uint32_t r) {
  const SimTime until = regions_[r].outage.until;
  if (until > horizon_) return;
  regions_[r].next_outage = links_.simulator->Schedule(until, Priority::kFailure, id_, kRegion, r);
}

void Availability::ArmMarket(uint32_t r) {
  if (owners_ == nullptr) return;
  const SimTime time = owners_->shift(RegionId(static_cast<uint16_t>(r)));
  if (time > horizon_ || time == SimTime::Never()) return;
  regions_[r].next_shift = links_.simulator->Schedule(time, Priority::kFailure, id_, kMarket, r);
}

void Availability::OnEvent(const engine::Event& event) {
  CloseIfOver();
  if (closed_) return;
  const auto which = static_cast<uint32_t>(event.payload);
  if (event.kind == kRegion) {
    TurnRegion(which, event.time);
    ArmRegion(which);
  } else if (event.kind == kMarket) {
    ShiftMarket(which);
  } else {
    if (nodes_[which].own.until == event.time) TurnNode(which, event.time);
    if (owners_ != nullptr && owners_->until(NodeId(which)) == event.time) {
      TurnOwner(which, event.time);
    }
    if (nodes_[which].check == event.time) Check(which, event.time);
    Arm(which);
  }
  CloseIfOver();
  links_.trigger->Notice();
}

void Availability::TurnNode(uint32_t n, SimTime now) {
  Node& node = nodes_[n];
  node.own = ProcessOf(n).Next(NodeStream(n), node.own);
  counters_.node_failures += !node.own.on;
  SetCause(n, kFailure, !node.own.on, now);
}

// Who gives notice has the jobs saved, and the scheduler told, before the node goes.
void Availability::TurnOwner(uint32_t n, SimTime now) {
  const NodeId id(n);
  owners_->Turn(id);
  const bool leaves = !owners_->on(id);
  counters_.departures += leaves;
  if (!leaves || owners_->notice(id) == Duration()) return SetCause(n, kAway, leaves, now);
  const bool unnoticed = nodes_[n].unnoticed;
  counters_.evictions += links_.backend->Evict(id);
  SetCause(n, kAway, true, now);
  nodes_[n].unnoticed = unnoticed;
  Check(n, now);
}

// The time at which each node of the region comes or goes is another now.
void Availability::ShiftMarket(uint32_t r) {
  owners_->Shift(RegionId(static_cast<uint16_t>(r)));
  for (NodeId node : regions_[r].nodes) Arm(node.value);
  ArmMarket(r);
}

void Availability::TurnRegion(uint32_t r, SimTime now) {
  Region& region = regions_[r];
  region.outage = outages_.front().Next(RegionStream(r), region.outage);
  counters_.region_outages += !region.outage.on;
  for (NodeId node : region.nodes) {
    SetCause(node.value, kRegionOutage, !region.outage.on, now);
    if (nodes_[node.index()].check == now) Check(node.value, now);  // an oracle's
    Arm(node.value);
  }
}

void Availability::SetCause(uint32_t n, Cause cause, bool on, SimTime now) {
  Node& node = nodes_[n];
  const bool was_up = node.causes == 0;
  node.causes = static_cast<uint8_t>(on ? node.causes | cause : node.causes & ~cause);
  const bool up = node.causes == 0;
  if (up == was_up) return;
  Integrate(now);
  up_ += up ? 1 : -1u;
  if (links_.energy != nullptr) links_.energy->SetUp(NodeId(n), up, now);
  links_.backend->SetNodeUp(NodeId(n), up);
  if (!up && !node.unnoticed) {
    node.down_since = now;
    node.unnoticed = links_.state->present(NodeId(n));
  }
  const bool owner = cause == kAway;
  const NodeEventKind came = owner ? NodeEventKind::kJoined : NodeEventKind::kRepaired;
  const NodeEventKind went = owner ? NodeEventKind::kLeft : NodeEventKind::kFailed;
  Tell(NodeId(n), up ? came : went, now);
  if (node.check == SimTime::Never()) node.check = NextCheck(n, now);
}

// A node that went and came back between two checks has lost its jobs, which shows now.
void Availability::Check(uint32_t n, SimTime now) {
  Node& node = nodes_[n];
  const NodeId id(n);
  node.check = SimTime::Never();
  if (std::exchange(node.unnoticed, false)) {
    ++counters_.detections;
    detection_time_ += now - node.down_since;
    links_.backend->ReportDead(id);
    Tell(id, NodeEventKind::kDetected, now);
  }
  const bool up = node.causes == 0;
  if (up == links_.state->present(id)) return;
  links_.loop->OnNodeHealth(id, up, now);
  if (up) Tell(id, NodeEventKind::kReturned, now);
}

void Availability::Tell(NodeId node, NodeEventKind kind, SimTime now) {
  if (links_.writer == nullptr) return;
  links_.writer->Append(
      results::NodeEventRow{.time_ns = now.nanos(), .node = node.value, .kind = kind});
}

void Availability::CloseIfOver() {
  if (closed_ || !endless_ || !links_.arrivals->exhausted()) return;
  if (links_.recorder->left() < links_.arrivals->submitted()) return;
  closed_ = true;
  const auto cancel = [this](engine::EventHandle& next) {
    if (links_.simulator->IsPending(next)) links_.simulator->Cancel(next);
  };
  for (Node& node : nodes_) cancel(node.next);
  for (Region& region : regions_) {
    cancel(region.next_outage);
    cancel(region.next_shift);
  }
}

void Availability::Integrate(SimTime now) {
  counters_.node_ns_up += static_cast<__int128>((now - integrated_to_).nanos()) * up_;
  integrated_to_ = now;
}

void Availability::AddTo(results::FailureCounters* counters, SimTime now) {
  Integrate(now);
  counters->modelled = true;
  counters->node_failures += counters_.node_failures;
  counters->departures += counters_.departures;
  counters->evictions += counters_.evictions;
  counters->region_outages += counters_.region_outages;
  counters->detections += counters_.detections;
  counters->detection_s += detection_time_.seconds();
  counters->node_ns_up += counters_.node_ns_up;
  counters->node_ns += static_cast<__int128>(now.nanos()) * static_cast<int64_t>(nodes_.size());
}

}  // namespace orrery::driver
