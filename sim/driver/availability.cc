#include "sim/driver/availability.h"

#include <algorithm>
#include <utility>

#include "sim/base/check.h"
#include "sim/driver/region_outages.h"

namespace orrery::driver {

using engine::Priority;
using failure::FullFailures;
using failure::NoFailures;
using failure::OnOff;
using results::NodeEventKind;

bool Availability::Needed(const scenario::Scenario& scenario) {
  return !std::holds_alternative<NoFailures>(scenario.failures.level) ||
         !std::holds_alternative<scenario::NoChurn>(scenario.churn.level) ||
         trust::RulesOf(scenario.trust.level) != nullptr;
}

Availability::Availability(const scenario::Scenario& scenario, uint32_t replicate,
                           const Links& links, std::unique_ptr<failure::OwnerPresence> owners,
                           std::optional<ReplayedNodes> replay)
    : failures_(scenario.failures.level),
      health_check_(scenario.detection.health_check),
      oracle_(scenario.scheduler.oracle),
      endless_(scenario.horizon == Duration::Max()),
      fails_(!std::holds_alternative<NoFailures>(failures_) || owners != nullptr),
      horizon_(endless_ ? SimTime::Never() : SimTime::Zero() + scenario.horizon),
      random_(scenario.seed, replicate),
      links_(links),
      owners_(std::move(owners)),
      replay_(std::move(replay)),
      id_(links.simulator->Register(this)),
      nodes_(links.state->node_count()) {
  if (scenario.failures.blacklist) {
    blacklist_.emplace(*scenario.failures.blacklist, links.state->node_count());
  }
  regions_.resize(scenario.regions.size());
  for (uint32_t n = 0; n < nodes_.size(); ++n) {
    const RegionId region = links_.state->node_shape(NodeId(n)).region;
    regions_[region.index()].nodes.push_back(NodeId(n));
  }
  if (replay_ || std::holds_alternative<NoFailures>(failures_)) return;
  for (int gpus = 0; gpus <= policies::kMaxGpusPerNode; ++gpus) {
    processes_.push_back(failure::NodeProcess(failures_, gpus));
  }
  if (const auto* full = std::get_if<FullFailures>(&failures_)) AddSites(*full);
}

void Availability::AddSites(const FullFailures& full) {
  region_outages_ = RegionOutages(failures_);
  provider_outages_ = failure::OutageProcess(full.provider_outage);
  for (uint32_t r = 0; region_outages_ && r < regions_.size(); ++r) {
    if (regions_[r].nodes.empty()) continue;
    sites_.push_back({.cause = kRegionOutage,
                      .stream = RegionOutageStream(random_, r),
                      .process = &*region_outages_,
                      .nodes = regions_[r].nodes});
  }
  std::vector<std::vector<NodeId>> owned;
  uint32_t gpus = 0;
  for (uint32_t n = 0; n < nodes_.size(); ++n) {
    const uint32_t owner = links_.state->nodes().owner(NodeId(n));
    if (owner >= owned.size()) owned.resize(owner + 1);
    owned[owner].push_back(NodeId(n));
    gpus_before_.push_back(gpus);
    gpus += links_.state->node_shape(NodeId(n)).gpus;
  }
  for (uint32_t o = 0; provider_outages_ && o < owned.size(); ++o) {
    if (owned[o].size() < 2) continue;
    sites_.push_back({.cause = kProviderOutage,
                      .stream = random_.Stream("failure/provider", o),
                      .process = &*provider_outages_,
                      .nodes = std::move(owned[o])});
  }
  if (gpus == 0 || full.gpu_error_mtbf == Duration::Max()) return;
  gpu_error_mtbf_ = Duration::Nanos(std::max<int64_t>(full.gpu_error_mtbf.nanos() / gpus, 1));
  gpus_before_.push_back(gpus);
}

const OnOff& Availability::ProcessOf(uint32_t node) const {
  return processes_[links_.state->node_shape(NodeId(node)).gpus];
}

failure::Spell Availability::FirstSpell(uint32_t n) const {
  if (replay_) return replay_->First(NodeId(n));
  return processes_.empty() ? failure::Spell() : ProcessOf(n).First(NodeStream(n));
}

failure::Spell Availability::NextSpell(uint32_t n) const {
  if (replay_) return replay_->Next(NodeId(n), nodes_[n].own);
  return ProcessOf(n).Next(NodeStream(n), nodes_[n].own);
}

void Availability::Open() {
  up_ = static_cast<uint32_t>(nodes_.size());
  for (uint32_t r = 0; r < regions_.size(); ++r) {
    if (!regions_[r].nodes.empty()) ArmMarket(r);
  }
  OpenSites();
  ArmGpuError(SimTime::Zero());
  for (uint32_t n = 0; n < nodes_.size(); ++n) {
    Node& node = nodes_[n];
    node.own = FirstSpell(n);
    if (!node.own.on) node.causes |= kFailure;
    if (owners_ != nullptr && !owners_->on(NodeId(n))) node.causes |= kAway;
    if (node.causes != 0) {
      --up_;
      if (links_.vetting != nullptr) links_.vetting->SetUp(NodeId(n), false, SimTime::Zero());
    }
    if (links_.vetting != nullptr && !links_.vetting->listed(NodeId(n))) node.causes |= kUnlisted;
    if (node.causes != 0) {
      if (links_.energy != nullptr) links_.energy->SetUp(NodeId(n), false, SimTime::Zero());
      if (links_.mining != nullptr) links_.mining->SetUp(NodeId(n), false, SimTime::Zero());
      links_.backend->SetNodeUp(NodeId(n), false);
      links_.loop->OnNodeHealth(NodeId(n), false, SimTime::Zero());
      TellAtOpening(n);
    }
    Arm(n);
  }
}

// A node that only waits for its registration has not been here yet.
void Availability::TellAtOpening(uint32_t n) {
  const uint8_t causes = nodes_[n].causes & ~kUnlisted;
  if (causes == 0) return;
  Tell(NodeId(n), causes == kAway ? NodeEventKind::kLeft : NodeEventKind::kFailed, SimTime::Zero());
  Tell(NodeId(n), NodeEventKind::kDetected, SimTime::Zero());
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
  if (links_.vetting != nullptr) time = std::min(time, links_.vetting->until(NodeId(n)));
  if (blacklist_) time = std::min(time, blacklist_->until(NodeId(n)));
  if (links_.simulator->IsPending(node.next)) links_.simulator->Cancel(node.next);
  if (time > horizon_ || time == SimTime::Never() || closed_) return;
  node.next = links_.simulator->Schedule(time, Priority::kFailure, id_, kNode, n);
}

void Availability::OpenSites() {
  for (uint32_t s = 0; s < sites_.size(); ++s) {
    Site& site = sites_[s];
    site.spell = site.process->First(site.stream);
    if (!site.spell.on) {
      for (NodeId node : site.nodes) nodes_[node.index()].causes |= site.cause;
    }
    ArmSite(s);
  }
}

void Availability::ArmSite(uint32_t s) {
  const SimTime until = sites_[s].spell.until;
  if (until > horizon_) return;
  sites_[s].next = links_.simulator->Schedule(until, Priority::kFailure, id_, kOutage, s);
}

// Errors come one by one, of any GPU of the fleet: together, exponential processes make one.
void Availability::ArmGpuError(SimTime now) {
  if (gpu_error_mtbf_ == Duration::Max()) return;
  Draw draw = random_.Stream("failure/gpu_error", 0).At(gpu_errors_);
  const double seconds = draw.Exponential(gpu_error_mtbf_.seconds());
  const SimTime time = now + Duration::FromSeconds(std::min(seconds, 2e9));
  if (time > horizon_) return;
  next_gpu_error_ = links_.simulator->Schedule(time, Priority::kFailure, id_, kGpuError, 0);
}

void Availability::FailGpu(SimTime now) {
  Draw draw = random_.Stream("failure/gpu_error_at", 0).At(gpu_errors_++);
  const auto gpu = static_cast<uint32_t>(draw.UniformInt(gpus_before_.back()));
  const auto after = std::upper_bound(gpus_before_.begin(), gpus_before_.end(), gpu);
  const auto n = static_cast<uint32_t>(after - gpus_before_.begin() - 1);
  const uint32_t ended = links_.backend->FailGpu(NodeId(n), gpu - gpus_before_[n]);
  counters_.gpu_errors += ended;
  if (ended > 0) NoteFailure(NodeId(n), now);
  ArmGpuError(now);
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
  if (event.kind == kOutage) {
    TurnSite(which, event.time);
    ArmSite(which);
  } else if (event.kind == kGpuError) {
    FailGpu(event.time);
  } else if (event.kind == kMarket) {
    ShiftMarket(which);
  } else {
    if (nodes_[which].own.until == event.time) TurnNode(which, event.time);
    if (owners_ != nullptr && owners_->until(NodeId(which)) == event.time) {
      TurnOwner(which, event.time);
    }
    if (links_.vetting != nullptr && links_.vetting->until(NodeId(which)) == event.time) {
      TurnListing(which, event.time);
    }
    if (blacklist_ && blacklist_->until(NodeId(which)) == event.time) Readmit(which, event.time);
    if (nodes_[which].check == event.time) Check(which, event.time);
    Arm(which);
  }
  BarNodes(event.time);
  CloseIfOver();
  links_.trigger->Notice();
}

void Availability::TurnNode(uint32_t n, SimTime now) {
  Node& node = nodes_[n];
  node.own = NextSpell(n);
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
  Withdraw(n, kAway, now);
}

// The market takes nodes off its list, and on, itself: its scheduler knows at once.
void Availability::TurnListing(uint32_t n, SimTime now) {
  const NodeId id(n);
  const bool was_listed = links_.vetting->listed(id);
  const bool first = links_.vetting->node(id).admitted == SimTime::Never();
  if (was_listed) {
    // Gangs that died with another of their nodes are found out here, too.
    links_.backend->ReportDead(id);
    Withdraw(n, kUnlisted, now);
  }
  links_.vetting->Turn(id, now);
  for (const NodeId beside : links_.vetting->Beside(id)) {
    if (beside != id) Arm(beside.value);
  }
  if (was_listed) return Tell(id, NodeEventKind::kSuspended, now);
  if (!links_.vetting->listed(id)) return;
  if (first) Tell(id, NodeEventKind::kJoined, now);
  SetCause(n, kUnlisted, false, now);
  Check(n, now);
}

void Availability::NoteFailure(NodeId node, SimTime now) {
  if (blacklist_ && blacklist_->Note(node, now)) to_bar_.push_back(node);
}

// The scheduler leaves them alone from now on, whatever else is the matter with them.
void Availability::BarAll(SimTime now) {
  for (const NodeId id : std::exchange(to_bar_, {})) {
    // Gangs that died with another of their nodes are found out here, too.
    links_.backend->ReportDead(id);
    Withdraw(id.value, kBlacklisted, now);
    Tell(id, NodeEventKind::kBlacklisted, now);
    Arm(id.value);
  }
}

void Availability::Readmit(uint32_t n, SimTime now) {
  blacklist_->Release(NodeId(n), now);
  SetCause(n, kBlacklisted, false, now);
  Check(n, now);
}

// Its jobs are saved and stopped before the node goes.
void Availability::Withdraw(uint32_t n, Cause cause, SimTime now) {
  const bool unnoticed = nodes_[n].unnoticed;
  counters_.evictions += links_.backend->Evict(NodeId(n));
  SetCause(n, cause, true, now);
  nodes_[n].unnoticed = unnoticed;
  Check(n, now);
}

// The time at which each node of the region comes or goes is another now.
void Availability::ShiftMarket(uint32_t r) {
  owners_->Shift(RegionId(static_cast<uint16_t>(r)));
  for (NodeId node : regions_[r].nodes) Arm(node.value);
  ArmMarket(r);
}

void Availability::TurnSite(uint32_t s, SimTime now) {
  Site& site = sites_[s];
  site.spell = site.process->Next(site.stream, site.spell);
  const bool down = !site.spell.on;
  (site.cause == kRegionOutage ? counters_.region_outages : counters_.provider_outages) += down;
  for (NodeId node : site.nodes) {
    SetCause(node.value, site.cause, down, now);
    if (nodes_[node.index()].check == now) Check(node.value, now);  // an oracle's
    Arm(node.value);
  }
}

void Availability::SetCause(uint32_t n, Cause cause, bool on, SimTime now) {
  Node& node = nodes_[n];
  const auto up_but_for = [&node](int causes) { return (node.causes & ~causes) == 0; };
  const bool was_up = up_but_for(kBlacklisted);
  const bool ran = up_but_for(kBlacklisted | kUnlisted);
  node.causes = static_cast<uint8_t>(on ? node.causes | cause : node.causes & ~cause);
  const bool up = up_but_for(kBlacklisted);
  const bool runs = up_but_for(kBlacklisted | kUnlisted);
  if (runs != ran) {
    Integrate(now);
    up_ += runs ? 1 : -1u;
    if (links_.vetting != nullptr) links_.vetting->SetUp(NodeId(n), runs, now);
  }
  if (up == was_up) return;
  if (links_.energy != nullptr) links_.energy->SetUp(NodeId(n), up, now);
  if (links_.mining != nullptr) links_.mining->SetUp(NodeId(n), up, now);
  links_.backend->SetNodeUp(NodeId(n), up);
  if (!up && !node.unnoticed) {
    node.down_since = now;
    node.unnoticed = links_.state->present(NodeId(n));
  }
  if (node.check == SimTime::Never()) node.check = NextCheck(n, now);
  if (cause == kUnlisted) return;
  const bool owner = cause == kAway;
  const NodeEventKind came = owner ? NodeEventKind::kJoined : NodeEventKind::kRepaired;
  const NodeEventKind went = owner ? NodeEventKind::kLeft : NodeEventKind::kFailed;
  Tell(NodeId(n), up ? came : went, now);
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
    NoteFailure(id, now);
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
  for (Region& region : regions_) cancel(region.next_shift);
  for (Site& site : sites_) cancel(site.next);
  cancel(next_gpu_error_);
}

void Availability::Integrate(SimTime now) {
  counters_.node_ns_up += static_cast<__int128>((now - integrated_to_).nanos()) * up_;
  integrated_to_ = now;
}

void Availability::AddTo(results::FailureCounters* counters, SimTime now) {
  Integrate(now);
  counters->modelled = fails_;
  counters->node_failures += counters_.node_failures;
  counters->departures += counters_.departures;
  counters->evictions += counters_.evictions;
  counters->region_outages += counters_.region_outages;
  counters->provider_outages += counters_.provider_outages;
  counters->gpu_errors += counters_.gpu_errors;
  counters->job_failures -= counters_.gpu_errors;  // the recorder cannot tell
  counters->detections += counters_.detections;
  if (blacklist_) {
    counters->blacklistings += blacklist_->times();
    counters->nodes_blacklisted += blacklist_->nodes();
    counters->node_ns_blacklisted += blacklist_->NodeNanos(now);
  }
  counters->detection_s += detection_time_.seconds();
  counters->node_ns_up += counters_.node_ns_up;
  counters->node_ns += static_cast<__int128>(now.nanos()) * static_cast<int64_t>(nodes_.size());
}

}  // namespace orrery::driver
