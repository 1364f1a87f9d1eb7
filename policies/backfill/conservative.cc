// Conservative backfilling: every waiting job has a reservation, and nobody may delay another's.
//
// A reservation is a window of time, bound to nodes so that it can be checked on fleets of any mix.
// The windows are what is promised; bindings may change.
//
// Windows are kept from call to call. When jobs ended early, or nodes came, they are tried anew in
// queue order, each with all others in place (compression), so that none ever gets later by it. A
// job can only gain where and when something became free, which spares most of the searches.
#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "policies/api/backfill.h"
#include "policies/api/registry.h"
#include "policies/backfill/reservation_book.h"
#include "sim/base/check.h"

namespace orrery::policies {
namespace {

class Conservative final : public BackfillPolicy {
 public:
  explicit Conservative(Params& params)
      : depth_(params.Integer(
            "depth",
            {.value = 0,
             .unit = "",
             .min = 0,
             .max = 1'000'000'000,
             .doc = "waiting jobs that get reservations, from the head on; those behind may start "
                    "where they delay no reservation; 0: all waiting jobs get one",
             .source =
                 "Mu'alem & Feitelson 2001: every job; bounded as Maui's RESERVATIONDEPTH"})) {}

  bool decides_head() const override { return true; }
  bool needs_running_by_end() const override { return false; }
  void OnHoldChanged(JobSlot job) override { book_.Note(job); }
  void OnLeft(JobSlot) override { anew_ = true; }

  void Run(BackfillPass& pass) override {
    const ClusterView& view = pass.view();
    const JobInfo* first = &pass.head();
    const bool none = book_.entries().empty();
    if (none) first = StartFreely(pass);
    if (first == nullptr) return;
    const bool anew = std::exchange(anew_, false);
    const bool changed = book_.Update(view);
    if (none || anew || changed || !(view.now() < first_start_) || book_.gains().pending()) {
      Renew(pass, *first);
    } else {
      AddArrivals(pass);
    }
    std::erase_if(book_.entries(), [](const Reservation& r) { return r.started; });
    first_start_ = SimTime::Never();
    for (const Reservation& reservation : book_.entries()) {
      first_start_ = std::min(first_start_, reservation.stay.window.start);
    }
    ORRERY_CHECK(first_start_ > view.now(), view.now().nanos());
  }

 private:
  static Reservation For(const JobInfo& job) {
    return {.job = job.id, .slot = job.slot, .shape = job.shape, .demand = job.demand, .stay = {}};
  }

  bool Full() const { return depth_ > 0 && book_.entries().size() >= static_cast<size_t>(depth_); }

  // While nobody has a reservation there is none to delay: jobs start in queue order as they fit.
  // Returns the first that does not.
  const JobInfo* StartFreely(BackfillPass& pass) {
    const JobInfo* job = &pass.head();
    while (job != nullptr && pass.Place(*job, &placement_)) {
      if (!pass.Start(*job, placement_)) break;
      job = pass.Next(/*only_new=*/false, /*only_fitting=*/false);
    }
    return job;
  }

  void AddArrivals(BackfillPass& pass) {
    const JobInfo& head = pass.head();
    const bool knows_head =
        std::any_of(book_.entries().begin(), book_.entries().end(),
                    [&](const Reservation& reservation) { return reservation.job == head.id; });
    if (!knows_head) Add(pass, head);
    while (const JobInfo* job = pass.Next(/*only_new=*/true, /*only_fitting=*/false)) {
      Add(pass, *job);
    }
  }

  void Add(BackfillPass& pass, const JobInfo& job) {
    if (Full()) return StartAtOnce(pass, job);
    book_.entries().push_back(For(job));
    Settle(pass, &book_.entries().back());
    if (again_) SettleAll(pass);
  }

  // Looks at everything anew. `first`: the first job in the queue that was not started in this
  // call.
  void Renew(BackfillPass& pass, const JobInfo& first) {
    const ClusterView& view = pass.view();
    const std::vector<JobSlot> behind = CollectQueue(pass, first);
    const bool missed =
        std::any_of(book_.entries().begin(), book_.entries().end(),
                    [&](const Reservation& r) { return r.stay.window.start < view.now(); });
    if (missed) book_.Lift();
    book_.PutBackAll(view);
    book_.gains().BeginSweep();
    SettleAll(pass);
    for (JobSlot slot : behind) StartAtOnce(pass, view.job(slot));
    book_.gains().EndSweep();
  }

  // Settles all reservations in queue order. Where not everyone can have what was promised, because
  // a job outran its estimate, a node went, or shares of GPUs fell otherwise than planned, those
  // who came first come first: each has its window back if it is still free, or the earliest there
  // is.
  void SettleAll(BackfillPass& pass) {
    std::vector<Reservation>& entries = book_.entries();
    for (size_t i = 0; i < entries.size();) {
      if (!entries[i].started) Settle(pass, &entries[i]);
      i = std::exchange(again_, false) ? 0 : i + 1;
    }
  }

  // Waiting jobs in queue order: the first `depth` get entries, with the windows they had; those
  // that wait no longer lose them. Returns the slots of those behind that fit now.
  std::vector<JobSlot> CollectQueue(BackfillPass& pass, const JobInfo& first) {
    std::vector<Reservation>& entries = book_.entries();
    old_.clear();
    std::swap(old_, entries);
    for (uint32_t i = 0; i < old_.size(); ++i) {
      const size_t slot = old_[i].slot.index();
      if (slot >= old_row_.size()) old_row_.resize(slot + 1);
      old_row_[slot] = i;
    }
    std::vector<JobSlot> behind;
    for (const JobInfo* job = &first; job != nullptr;
         job = pass.Next(/*only_new=*/false, /*only_fitting=*/Full())) {
      if (Full()) {
        behind.push_back(job->slot);
        continue;
      }
      const size_t slot = job->slot.index();
      const uint32_t row = slot < old_row_.size() ? old_row_[slot] : UINT32_MAX;
      const bool known = row < old_.size() && old_[row].job == job->id;
      entries.push_back(known ? std::exchange(old_[row], {}) : For(*job));
    }
    for (Reservation& gone : old_) {
      if (gone.job.valid()) book_.Drop(&gone);
    }
    return behind;
  }

  // Moves a reservation to the earliest time there is, and starts the job if that is now.
  void Settle(BackfillPass& pass, Reservation* reservation) {
    const ClusterView& view = pass.view();
    if (reservation->lifted) book_.PutBack(view, reservation);
    if (!reservation->held()) {
      book_.Search(pass, reservation, SimTime::Never());
    } else if (reservation->stay.window.start == view.now() || book_.MayGain(view, *reservation)) {
      book_.Advance(pass, reservation);
    }
    if (reservation->stay.window.start == view.now()) Start(pass, reservation);
  }

  // Starts a job without a reservation if that delays nobody.
  void StartAtOnce(BackfillPass& pass, const JobInfo& job) {
    const ClusterView& view = pass.view();
    if (!view.Fits(job)) return;
    Reservation reservation = For(job);
    book_.Search(pass, &reservation, view.now() + Duration::Nanos(1));
    if (reservation.held()) Start(pass, &reservation);
    if (again_) SettleAll(pass);
  }

  // A job whose start is refused loses its window, and has its turn again when all is looked at.
  void Start(BackfillPass& pass, Reservation* reservation) {
    const JobInfo& job = pass.view().job(reservation->slot);
    placement_.clear();
    for (const NodePart& part : reservation->stay.parts) {
      placement_.push_back({part.node, part.replicas});
    }
    if (!pass.Start(job, placement_)) {
      book_.Drop(reservation);
      anew_ = true;
      return;
    }
    again_ = !book_.TakeStarted(pass.view(), reservation);
  }

  const int64_t depth_;
  ReservationBook book_;
  std::vector<Reservation> old_;   // scratch of CollectQueue
  std::vector<uint32_t> old_row_;  // by slot
  bool again_ = false;             // a start has lifted reservations
  bool anew_ = false;              // a job left the queue without a start, or a start was refused
  SimTime first_start_ = SimTime::Never();  // of a reserved window
  Placement placement_;
};

ORRERY_REGISTER_POLICY(
    BackfillPolicy, Conservative, "conservative",
    "Every waiting job has a reservation: the earliest time, with nodes, at which all replicas fit "
    "for their whole believed run time. A job starts when its time has come, or earlier where that "
    "delays no reservation; when jobs end early, reservations move up in queue order.",
    "Mu'alem, Feitelson, Utilization, Predictability, Workloads, and User Runtime Estimates in "
    "Scheduling the IBM SP2 with Backfilling, IEEE TPDS 12(6), 2001");

}  // namespace
}  // namespace orrery::policies
