// Reservations of waiting jobs, each bound to nodes, over a picture of what running jobs leave.
#pragma once

#include <cstdint>
#include <vector>

#include "policies/api/backfill.h"
#include "policies/backfill/availability.h"
#include "policies/backfill/gains.h"
#include "policies/backfill/running_jobs.h"
#include "policies/backfill/terrain.h"
#include "sim/base/time.h"

namespace orrery::policies {

struct Reservation {
  JobId job;
  JobSlot slot;
  ShapeId shape;
  Demand demand;
  Stay stay;  // no window: the job has none
  bool started = false;
  bool lifted = false;  // stands in no picture, and must be put back
  bool held() const { return stay.window.known() && !started && !lifted; }
};

// How often something dear that was in vain is tried again: after each time in vain, twice as many
// opportunities as after the last are let pass, up to a limit; after a success, none.
class Patience {
 public:
  bool rests() const { return rest_ > 0; }
  // An opportunity: whether to take it. If not, it counts as let pass.
  bool MayTry() {
    if (!rests()) return true;
    LetPass();
    return false;
  }
  // An opportunity is not taken. Only while it rests.
  void LetPass() { --rest_; }
  void Helped() { next_rest_ = 1; }
  void InVain();

 private:
  int rest_ = 0;
  int next_rest_ = 1;
};

class ReservationBook {
 public:
  // In queue order as of the last renewal. Who adds or takes out entries keeps to Search and Drop.
  std::vector<Reservation>& entries() { return entries_; }
  const std::vector<Reservation>& entries() const { return entries_; }
  Gains& gains() { return gains_; }

  // What the job holds, or until when, may have changed.
  void Note(JobSlot slot) { running_.Note(slot); }
  // Takes in what changed with running jobs and with the fleet; false if nothing did that matters
  // to reservations. Where a job needs what was reserved, or a node went, or a price rose above the
  // maximum of a job bound to the node, all reservations are lifted. O(reservations × nodes of
  // each) where a price rose.
  bool Update(const ClusterView& view);
  void Lift();
  // Puts all lifted reservations back: on their nodes, or else all on others, but at their times,
  // or now if their time has passed. False if that cannot be: then they stay lifted.
  bool PutBackAll(const ClusterView& view);
  // Puts one back on its nodes at its time; if that cannot be, the job has no window any more.
  void PutBack(const ClusterView& view, Reservation* reservation);

  // Whether there may be an earlier window for a job that has one.
  bool MayGain(const ClusterView& view, const Reservation& reservation) const;
  // Makes a reservation for a job without one: the earliest window there is before `before`; none
  // if there is none. A job whose time has come goes where the place role wants it, if others can
  // make way.
  void Search(BackfillPass& pass, Reservation* reservation, SimTime before);
  // Moves a reservation to the earliest window there is, or where the place role wants it if its
  // time has come; leaves it as it was if there is nothing better.
  void Advance(BackfillPass& pass, Reservation* reservation);
  // The job is gone, or does without.
  void Drop(Reservation* reservation);
  // The job of the reservation has just taken nodes. From here on it counts by the GPUs that it
  // really got: with shares they may be others than planned, and somebody's later on. False as
  // PutBackAll.
  bool TakeStarted(const ClusterView& view, Reservation* reservation);

 private:
  struct Binding {
    Reservation* reservation;
    Stay stay;  // the window as wanted; bound anew
  };

  void TakeIn(const RunningJobs::Change& change, SimTime now);
  // Whether its nodes are there and may hold the job.
  bool Eligible(const ClusterView& view, const Reservation& reservation) const;
  void SearchGains(BackfillPass& pass, Reservation* reservation, const Window& before);
  bool ReserveWherePlaced(BackfillPass& pass, Reservation* reservation);
  bool MakeWay(const ClusterView& view, const Placement& placement, Reservation* reservation);
  bool BindAnew(const ClusterView& view, Reservation* reservation, const Window& window);
  bool BindInOrder(const ClusterView& view, std::vector<Binding>* bindings);

  std::vector<Reservation> entries_;
  Terrain terrain_;
  RunningJobs running_;
  Availability free_{&terrain_};  // with the reservations that are not lifted
  Gains gains_;
  Patience patience_;  // with binding all reservations anew
  uint64_t updates_ = 0;
  Placement placement_;
  std::vector<bool> wanted_;  // by node; scratch of MakeWay
};

}  // namespace orrery::policies
