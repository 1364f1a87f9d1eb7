#include "policies/backfill/reservation_book.h"

#include <algorithm>
#include <utility>

#include "policies/backfill/expected_end.h"
#include "sim/base/check.h"

namespace orrery::policies {
namespace {

// Binding all reservations anew costs as much as making them. On fleets of equal nodes, each for
// one job at a time, it never is in vain; on others mostly.
constexpr int kMaxRest = 1024;
// What is past is dropped every so often only: it does no harm but takes room.
constexpr uint64_t kUpdatesBetweenDrops = 64;

}  // namespace

void Patience::InVain() {
  rest_ = next_rest_;
  next_rest_ = std::min(2 * next_rest_, kMaxRest);
}

bool ReservationBook::Update(const ClusterView& view) {
  terrain_.Update(view);
  const bool broken =
      terrain_.lost() && std::any_of(entries_.begin(), entries_.end(),
                                     [&](auto& r) { return r.held() && !Eligible(view, r); });
  if (broken) Lift();
  free_.AddNodes(view);
  if (updates_++ % kUpdatesBetweenDrops == 0) free_.DropPast(view.now());
  for (NodeId node : terrain_.gained()) gains_.Add(node, view.now(), SimTime::Never());
  const auto& changes = running_.Update(view);
  for (const RunningJobs::Change& change : changes) TakeIn(change, view.now());
  return broken || !terrain_.gained().empty() || !changes.empty();
}

bool ReservationBook::Eligible(const ClusterView& view, const Reservation& reservation) const {
  return std::all_of(
      reservation.stay.parts.begin(), reservation.stay.parts.end(),
      [&](const NodePart& part) { return terrain_.Eligible(view, reservation.shape, part.node); });
}

void ReservationBook::TakeIn(const RunningJobs::Change& change, SimTime now) {
  if (change.end < change.known_end) {
    const Window less{.start = std::max(change.end, now), .end = change.known_end};
    if (less.start >= less.end) return;
    free_.GiveGrants(change.demand, change.grants, less);
    for (const NodeGrant& grant : change.grants) gains_.Add(grant.node, less.start, less.end);
    return;
  }
  const Window more{.start = std::max(change.known_end, now), .end = change.end};
  if (free_.TakeGrants(change.demand, change.grants, more)) return;
  Lift();
  const bool taken = free_.TakeGrants(change.demand, change.grants, more);
  ORRERY_CHECK(taken, now.nanos(), change.known_end.nanos());
}

void ReservationBook::Lift() {
  for (Reservation& reservation : entries_) {
    if (!reservation.held()) continue;
    free_.Give(reservation.demand, reservation.stay);
    reservation.lifted = true;
  }
}

bool ReservationBook::PutBackAll(const ClusterView& view) {
  std::vector<Binding> bindings;
  for (Reservation& reservation : entries_) {
    if (!reservation.lifted) continue;
    Window& window = reservation.stay.window;
    const Duration length = window.end - window.start;
    window.start = std::max(window.start, view.now());
    window.end = EndOf(window.start, length);
    bindings.push_back({&reservation, reservation.stay});
  }
  size_t taken = 0;
  while (taken < bindings.size() && Eligible(view, *bindings[taken].reservation) &&
         free_.Take(bindings[taken].reservation->demand, &bindings[taken].reservation->stay)) {
    ++taken;
  }
  bool all = taken == bindings.size();
  if (!all) {
    while (taken-- > 0) {
      free_.Give(bindings[taken].reservation->demand, bindings[taken].reservation->stay);
    }
    if (!patience_.MayTry()) return false;
    all = BindInOrder(view, &bindings);
    if (!all) {
      patience_.InVain();
      return false;
    }
    patience_.Helped();
    gains_.ForgetNodes();
  }
  for (Reservation& reservation : entries_) reservation.lifted = false;
  return true;
}

void ReservationBook::PutBack(const ClusterView& view, Reservation* reservation) {
  reservation->lifted = false;
  if (reservation->stay.window.start >= view.now() && Eligible(view, *reservation) &&
      free_.Take(reservation->demand, &reservation->stay)) {
    return;
  }
  gains_.Add(reservation->stay);
  reservation->stay = {};
}

// Binds windows in order of their start, in a picture without any of them. False, and nothing
// changed, if one does not find nodes that way.
bool ReservationBook::BindInOrder(const ClusterView& view, std::vector<Binding>* bindings) {
  std::stable_sort(bindings->begin(), bindings->end(), [](const Binding& a, const Binding& b) {
    return a.stay.window.start < b.stay.window.start;
  });
  size_t bound = 0;
  for (; bound < bindings->size(); ++bound) {
    Binding& binding = (*bindings)[bound];
    const JobInfo& job = view.job(binding.reservation->slot);
    std::optional<Stay> stay = free_.Bind(view, job, binding.stay.window);
    if (!stay || !free_.Take(job.demand, &*stay)) break;
    binding.stay = *std::move(stay);
  }
  if (bound == bindings->size()) {
    for (Binding& binding : *bindings) binding.reservation->stay = std::move(binding.stay);
    return true;
  }
  while (bound-- > 0) {
    free_.Give((*bindings)[bound].reservation->demand, (*bindings)[bound].stay);
  }
  return false;
}

bool ReservationBook::MayGain(const ClusterView& view, const Reservation& reservation) const {
  const JobInfo& job = view.job(reservation.slot);
  return patience_.rests() ? gains_.HelpBound(view, job, reservation.stay, free_)
                           : gains_.HelpByCount(view, job, reservation.stay, free_);
}

void ReservationBook::Advance(BackfillPass& pass, Reservation* reservation) {
  const ClusterView& view = pass.view();
  const JobInfo& job = view.job(reservation->slot);
  Stay own = std::exchange(reservation->stay, {});
  free_.Give(reservation->demand, own);
  if (own.window.start == view.now()) {
    ReserveWherePlaced(pass, reservation);
  } else if (job.replicas == 1 && patience_.rests() && !gains_.anywhere()) {
    patience_.LetPass();
    SearchGains(pass, reservation, own.window);
  } else {
    Search(pass, reservation, own.window.start);
  }
  if (reservation->held()) {
    gains_.Add(own);
  } else {
    free_.TakeBack(reservation->demand, own);
    reservation->stay = std::move(own);
  }
}

void ReservationBook::SearchGains(BackfillPass& pass, Reservation* reservation,
                                  const Window& before) {
  const ClusterView& view = pass.view();
  const JobInfo& job = view.job(reservation->slot);
  std::optional<Stay> stay = gains_.EarliestBound(view, job, before, free_);
  if (!stay) return;
  if (stay->window.start == view.now() && ReserveWherePlaced(pass, reservation)) return;
  const bool taken = free_.Take(job.demand, &*stay);
  ORRERY_CHECK(taken, job.id.value);
  reservation->stay = *std::move(stay);
}

void ReservationBook::Search(BackfillPass& pass, Reservation* reservation, SimTime before) {
  const ClusterView& view = pass.view();
  const JobInfo& job = view.job(reservation->slot);
  const bool by_count = patience_.MayTry();
  std::optional<Window> window = by_count ? free_.EarliestByCount(view, job, view.now(), before)
                                          : free_.EarliestBound(view, job, view.now(), before);
  if (!window) return;
  if (window->start == view.now() && ReserveWherePlaced(pass, reservation)) return;
  std::optional<Stay> stay = free_.Bind(view, job, *window);
  if (!stay) {
    if (BindAnew(view, reservation, *window)) return;
    window = free_.EarliestBound(view, job, window->start, before);
    if (!window) return;
    stay = free_.Bind(view, job, *window);
  }
  const bool taken = stay && free_.Take(job.demand, &*stay);
  ORRERY_CHECK(taken, job.id.value);
  reservation->stay = *std::move(stay);
}

// Binds all reservations anew, with this one at `window`. False, and nothing changed, if that
// cannot be.
bool ReservationBook::BindAnew(const ClusterView& view, Reservation* reservation,
                               const Window& window) {
  std::vector<Binding> bindings;
  for (Reservation& other : entries_) {
    if (&other != reservation && other.held()) bindings.push_back({&other, other.stay});
  }
  for (const Binding& other : bindings) free_.Give(other.reservation->demand, other.stay);
  bindings.push_back({reservation, {.window = window, .parts = {}}});
  if (BindInOrder(view, &bindings)) {
    patience_.Helped();
    gains_.ForgetNodes();
    return true;
  }
  for (const Reservation& other : entries_) {
    if (&other != reservation && other.held()) free_.TakeBack(other.demand, other.stay);
  }
  patience_.InVain();
  return false;
}

bool ReservationBook::ReserveWherePlaced(BackfillPass& pass, Reservation* reservation) {
  const ClusterView& view = pass.view();
  const JobInfo& job = view.job(reservation->slot);
  if (!pass.Place(job, &placement_)) return false;
  std::optional<Stay> stay = free_.BindTo(view, job, placement_, view.now());
  if (!stay) return MakeWay(view, placement_, reservation);
  const bool taken = free_.Take(job.demand, &*stay);
  ORRERY_CHECK(taken, job.id.value);
  reservation->stay = *std::move(stay);
  return true;
}

// Reserves these nodes from now on; those whose reservations are in the way go to other nodes at
// their times. False, and nothing changed, if that cannot be.
bool ReservationBook::MakeWay(const ClusterView& view, const Placement& placement,
                              Reservation* reservation) {
  const JobInfo& job = view.job(reservation->slot);
  const SimTime end = EndOf(view.now(), WholeRunTimeAt(job, SpeedOn(view, job, placement)));
  wanted_.resize(view.node_count());
  for (const NodeShare& share : placement) wanted_[share.node.index()] = true;
  const auto wanted = [&](const NodePart& part) { return wanted_[part.node.index()]; };
  std::vector<Binding> bindings;
  for (Reservation& other : entries_) {
    if (&other != reservation && other.held() && other.stay.window.start < end &&
        std::any_of(other.stay.parts.begin(), other.stay.parts.end(), wanted)) {
      bindings.push_back({&other, other.stay});
    }
  }
  for (const NodeShare& share : placement) wanted_[share.node.index()] = false;
  const std::vector<Binding> before = bindings;
  for (const Binding& other : before) free_.Give(other.reservation->demand, other.stay);
  std::optional<Stay> own = free_.BindTo(view, job, placement, view.now());
  const bool taken = own && free_.Take(job.demand, &*own);
  if (taken && BindInOrder(view, &bindings)) {
    for (const Binding& other : before) gains_.Add(other.stay);
    reservation->stay = *std::move(own);
    return true;
  }
  if (taken) free_.Give(job.demand, *own);
  for (const Binding& other : before) free_.TakeBack(other.reservation->demand, other.stay);
  return false;
}

void ReservationBook::Drop(Reservation* reservation) {
  gains_.Add(reservation->stay);
  if (reservation->held()) free_.Give(reservation->demand, reservation->stay);
  reservation->stay = {};
  reservation->lifted = false;
}

bool ReservationBook::TakeStarted(const ClusterView& view, Reservation* reservation) {
  const JobInfo& job = view.job(reservation->slot);
  const auto grants = view.grants(job.slot);
  const Window window{.start = view.now(), .end = WholeEndOf(job, view.now())};
  const Stay& stay = reservation->stay;
  free_.Give(job.demand, stay);
  // Some gangs are faster than their slowest member, for which the time was reserved.
  gains_.Add({.window = {.start = window.end, .end = stay.window.end}, .parts = stay.parts});
  reservation->started = true;
  running_.Add(job, grants, window.end);
  if (free_.TakeGrants(job.demand, grants, window)) return true;
  Lift();
  const bool taken = free_.TakeGrants(job.demand, grants, window);
  ORRERY_CHECK(taken, job.id.value);
  return PutBackAll(view);
}

}  // namespace orrery::policies
