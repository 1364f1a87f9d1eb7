#include "sim/driver/vetting.h"

#include <algorithm>

#include "sim/base/check.h"

namespace orrery::driver {

using results::Vetted;
using trust::Cheat;

namespace {

SimTime After(SimTime now, Duration span) {
  return span == Duration::Max() ? SimTime::Never() : now + span;
}

}  // namespace

Vetting::Vetting(const scenario::Scenario& scenario, uint32_t replicate, const Devices* devices,
                 Stakes* stakes, Ratings* ratings, const cluster::ClusterState& state)
    : level_(scenario.trust.level),
      rules_(*trust::RulesOf(level_)),
      devices_(devices),
      stakes_(stakes),
      ratings_(ratings),
      random_(scenario.seed, replicate),
      nodes_(devices->size()) {
  for (uint32_t n = 0; n < nodes_.size(); ++n) {
    Node& node = nodes_[n];
    if (state.node_shape(NodeId(n)).gpus == 0) {
      node.state = Vetted::kListed;
    } else {
      Register(NodeId(n), SimTime::Zero());
      if (node.until == SimTime::Zero()) Turn(NodeId(n), SimTime::Zero());
    }
  }
}

uint64_t Vetting::ChallengesIn(SimTime after, SimTime until) const {
  const int64_t every = rules_.challenges.every.nanos();
  return static_cast<uint64_t>(until.nanos() / every - after.nanos() / every);
}

// Its own, and those of the other names that its GPUs are listed under.
uint32_t Vetting::Proofs(NodeId id) const {
  uint32_t proofs = 1;
  for (const NodeId name : devices_->SameCards(id)) proofs += name != id && listed(name);
  return proofs;
}

double Vetting::ChanceToFail(NodeId id, uint32_t proofs) const {
  const bool alone = devices_->cheat(id) == Cheat::kOversold && proofs == 1;
  if (const auto* simple = std::get_if<trust::SimpleTrust>(&level_)) {
    return simple->fails[alone ? 0 : static_cast<int>(devices_->cheat(id))];
  }
  const trust::TimeLock& lock = std::get<trust::FullTrust>(level_).lock;
  orrery::Draw draw = random_.Stream("trust/card", id.value).At(0);
  return trust::FailureChance(lock, devices_->RealOf(id, proofs), draw.Normal(0, lock.spread));
}

void Vetting::Turn(NodeId id, SimTime now) {
  Node& node = nodes_[id.index()];
  const bool was_listed = listed(id);
  switch (node.state) {
    case Vetted::kRegistering:
      Judge(id, now);
      break;
    case Vetted::kListed:
      Suspend(id, now);
      break;
    case Vetted::kRefused:
    case Vetted::kSuspended:
      node.barred += now - node.since;
      if (node.anew) {
        ++node.names;
        ratings_->Forget(id);
        Register(id, now);
      } else {
        List(id, now);
      }
      break;
  }
  if (listed(id) == was_listed) return;
  // Each other listed name has more or less of the card for its proofs now. Who has failed too
  // often at this very challenge goes, too.
  const uint32_t proofs = Proofs(id) - (listed(id) ? 0 : 1);
  for (const NodeId name : devices_->SameCards(id)) {
    if (name == id || !listed(name) || until(name) == now) continue;
    if (ChanceToFail(name, proofs) != nodes_[name.index()].chance) Draw(name, now);
  }
}

void Vetting::Register(NodeId id, SimTime now) {
  Node& node = nodes_[id.index()];
  node.state = Vetted::kRegistering;
  node.since = now;
  node.until = now + rules_.registration.time;
  stakes_->Deposit(id);
}

void Vetting::Judge(NodeId id, SimTime now) {
  const Node& node = nodes_[id.index()];
  const Cheat cheat = devices_->cheat(id);
  const double passes = cheat == Cheat::kNone ? 1 - rules_.registration.refuses
                                              : rules_.registration.passes[static_cast<int>(cheat)];
  orrery::Draw draw = random_.Stream("trust/registration", id.value).At(node.names - 1u);
  if (draw.Uniform01() < passes) return List(id, now);
  stakes_->Refund(id);
  Bar(id, Vetted::kRefused, now);
}

void Vetting::Suspend(NodeId id, SimTime now) {
  Node& node = nodes_[id.index()];
  const bool fake = devices_->cheat(id) != Cheat::kNone;
  if (fake) detections_.push_back(now - node.since);
  ++node.suspensions;
  node.suspended = std::min(node.suspended, now);
  node.taken = TakenBy(id, now);
  // The stake of somebody who is in the right is kept until that is found.
  if (fake || rules_.suspension.appeal == Duration::Max()) stakes_->Slash(id);
  Bar(id, Vetted::kSuspended, now);
}

void Vetting::List(NodeId id, SimTime now) {
  Node& node = nodes_[id.index()];
  node.state = Vetted::kListed;
  node.since = node.counted = now;
  node.admitted = std::min(node.admitted, now);
  stakes_->Deposit(id);
  Draw(id, now);
}

// Whatever it has failed in a row so far is forgotten.
void Vetting::Draw(NodeId id, SimTime now) {
  Node& node = nodes_[id.index()];
  node.taken = TakenBy(id, now);
  node.counted = now;
  node.chance = ChanceToFail(id, Proofs(id));
  const trust::Streak streak(node.chance, rules_.challenges.failures);
  orrery::Draw draw = random_.Stream("trust/challenges", id.value).At(node.draws++);
  node.left = streak.Quantile(draw.UniformOpen());
  Foresee(node, now);
}

void Vetting::Bar(NodeId id, Vetted how, SimTime now) {
  Node& node = nodes_[id.index()];
  node.state = how;
  node.refused |= how == Vetted::kRefused;
  node.since = now;
  node.anew = false;
  Duration length = how == Vetted::kSuspended ? rules_.suspension.length : Duration::Max();
  if (devices_->cheat(id) == Cheat::kNone) {
    length = std::min(length, rules_.suspension.appeal);
  } else if (devices_->returns(id) && stakes_->Pays(id)) {
    node.anew = rules_.cheats.returns_after <= length;
    length = std::min(length, rules_.cheats.returns_after);
  }
  node.until = After(now, length);
}

// The time of the challenge that suspends it, if it stays up.
void Vetting::Foresee(Node& node, SimTime now) const {
  node.until = SimTime::Never();
  if (!node.up || node.left == trust::Streak::kNever) return;
  const int64_t every = rules_.challenges.every.nanos();
  const auto number = static_cast<__int128>(now.nanos() / every) + static_cast<__int128>(node.left);
  if (number * every < SimTime::Never().nanos()) {
    node.until = SimTime::FromNanos(static_cast<int64_t>(number * every));
  }
}

void Vetting::SetUp(NodeId id, bool up, SimTime now) {
  Node& node = nodes_[id.index()];
  if (node.state == Vetted::kListed && node.up && !up) {
    const uint64_t passed = ChallengesIn(node.counted, now);
    node.taken += passed;
    // One that it fails in the moment in which it goes down is put off.
    if (node.left != trust::Streak::kNever) node.left -= std::min(passed, node.left - 1);
  }
  node.up = up;
  if (node.state != Vetted::kListed || node.draws == 0) return;
  node.counted = now;
  Foresee(node, now);
}

uint64_t Vetting::TakenBy(NodeId id, SimTime now) const {
  const Node& node = nodes_[id.index()];
  if (node.state != Vetted::kListed || node.draws == 0 || !node.up) return node.taken;
  return node.taken + ChallengesIn(node.counted, now);
}

Duration Vetting::BarredBy(NodeId id, SimTime now) const {
  const Node& node = nodes_[id.index()];
  const bool barred = node.state == Vetted::kRefused || node.state == Vetted::kSuspended;
  return node.barred + (barred ? now - node.since : Duration());
}

}  // namespace orrery::driver
