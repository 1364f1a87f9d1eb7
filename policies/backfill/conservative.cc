// Conservative backfilling: every waiting job has a reservation, and nobody may delay another's.
//
// A reservation is a window of time, bound to nodes so that it can be checked on fleets of any mix.
// The windows are what is promised; bindings may change: where a window is free by count but not as
// things are bound, all reservations are bound anew in order of their start.
//
// Windows are kept from call to call. When jobs ended early, or nodes came, they are tried anew in
// queue order, each with all others in place (compression), so that none ever gets later by it. A
// job can only gain where and when something became free, which spares most of the searches.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "policies/api/backfill.h"
#include "policies/api/registry.h"
#include "policies/backfill/availability.h"
#include "policies/backfill/expected_end.h"
#include "policies/backfill/gains.h"
#include "sim/base/check.h"

namespace orrery::policies {
namespace {

// Binding all reservations anew is dear. After so many failures a call makes do with what is bound.
constexpr int kMaxFailedRebindings = 8;

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

  void Run(BackfillPass& pass) override {
    const ClusterView& view = pass.view();
    const bool only_arrivals = view.freed_epoch() == epoch_ && view.running_count() == running_ &&
                               view.now() < valid_until_ && !gains_.pending();
    failed_rebindings_ = 0;
    only_arrivals ? AddArrivals(pass) : Renew(pass);
    std::erase_if(reservations_, [](const Reservation& r) { return r.started; });
    NoteValidity(view);
    epoch_ = view.freed_epoch();
    running_ = view.running_count();
  }

 private:
  struct Reservation {
    JobId job;
    JobSlot slot;
    Demand demand;
    Stay stay;
    bool started = false;
    bool held() const { return stay.window.known() && !started; }
  };

  static Reservation For(const JobInfo& job) {
    return {.job = job.id, .slot = job.slot, .demand = job.demand, .stay = {}, .started = false};
  }

  bool Full() const { return depth_ > 0 && reservations_.size() >= static_cast<size_t>(depth_); }

  void AddArrivals(BackfillPass& pass) {
    const JobInfo& head = pass.head();
    const bool knows_head =
        std::any_of(reservations_.begin(), reservations_.end(),
                    [&](const Reservation& reservation) { return reservation.job == head.id; });
    if (!knows_head) Add(pass, head);
    while (const JobInfo* job = pass.Next(/*only_new=*/true, /*only_fitting=*/false)) {
      Add(pass, *job);
    }
  }

  void Add(BackfillPass& pass, const JobInfo& job) {
    if (Full()) return StartAtOnce(pass, job);
    reservations_.push_back(For(job));
    Settle(pass, &reservations_.back());
    if (remake_) SettleAll(pass);
  }

  // Looks at everything anew.
  void Renew(BackfillPass& pass) {
    const ClusterView& view = pass.view();
    running_only_.Rebuild(view);
    free_ = running_only_;
    gains_.BeginSweep(view);
    std::vector<Reservation> old = std::exchange(reservations_, {});
    const std::vector<JobSlot> behind = CollectQueue(pass, &old);
    for (const Reservation& gone : old) gains_.Add(gone.stay);
    remake_ = !HoldAll(view);
    SettleAll(pass);
    for (JobSlot slot : behind) StartAtOnce(pass, view.job(slot));
    gains_.EndSweep();
  }

  // Settles all reservations in queue order. Where not everyone can have what was promised, because
  // a job outran its estimate, a node went, or shares of GPUs fell otherwise than planned, all are
  // made anew, so that those who came first come first.
  void SettleAll(BackfillPass& pass) {
    size_t i = 0;
    while (remake_ || i < reservations_.size()) {
      if (std::exchange(remake_, false)) {
        free_ = running_only_;
        for (Reservation& reservation : reservations_) reservation.stay = {};
        i = 0;
      } else {
        if (!reservations_[i].started) Settle(pass, &reservations_[i]);
        ++i;
      }
    }
  }

  // Waiting jobs in queue order: the first `depth` into reservations_, with what they had in `old`
  // (left there: jobs that wait no longer), and the slots of those behind that fit now.
  std::vector<JobSlot> CollectQueue(BackfillPass& pass, std::vector<Reservation>* old) {
    for (uint32_t i = 0; i < old->size(); ++i) {
      const size_t slot = (*old)[i].slot.index();
      if (slot >= old_row_.size()) old_row_.resize(slot + 1);
      old_row_[slot] = i;
    }
    std::vector<JobSlot> behind;
    for (const JobInfo* job = &pass.head(); job != nullptr;
         job = pass.Next(/*only_new=*/false, /*only_fitting=*/Full())) {
      if (Full()) {
        behind.push_back(job->slot);
        continue;
      }
      const size_t slot = job->slot.index();
      const uint32_t row = slot < old_row_.size() ? old_row_[slot] : UINT32_MAX;
      const bool known = row < old->size() && (*old)[row].job == job->id;
      reservations_.push_back(known ? std::exchange((*old)[row], {}) : For(*job));
    }
    std::erase_if(*old, [](const Reservation& reservation) { return !reservation.job.valid(); });
    return behind;
  }

  // Takes all reservations in a picture without any: on their nodes, or else on others, but at
  // their times. False if that cannot be.
  bool HoldAll(const ClusterView& view) {
    bool all = true;
    for (Reservation& reservation : reservations_) {
      if (!reservation.held()) continue;
      Window& window = reservation.stay.window;
      const Duration length = window.end - window.start;
      window.start = std::max(window.start, view.now());
      window.end = EndOf(window.start, length);
      all = all && free_.Take(reservation.demand, &reservation.stay);
    }
    return all || BindAll(view, nullptr, nullptr);
  }

  // Binds all reservations anew in order of their start, with `own` in the place of what `skip`
  // has. False, and nothing changed, if one does not find nodes that way.
  bool BindAll(const ClusterView& view, Reservation* skip, Stay* own) {
    if (failed_rebindings_ >= kMaxFailedRebindings) return false;
    trial_ = running_only_;
    std::vector<std::pair<Reservation*, Stay*>> order;
    for (Reservation& reservation : reservations_) {
      if (&reservation != skip && reservation.held()) {
        order.push_back({&reservation, &reservation.stay});
      }
    }
    if (own != nullptr && own->parts.empty()) order.push_back({skip, own});
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
      return a.second->window.start < b.second->window.start;
    });
    bool bound = own == nullptr || own->parts.empty() || trial_.Take(skip->demand, own);
    std::vector<Stay> stays;
    for (const auto& [reservation, old] : order) {
      if (!bound) break;
      const JobInfo& job = view.job(reservation->slot);
      std::optional<Stay> stay = trial_.Bind(view, job, old->window);
      bound = stay && trial_.Take(job.demand, &*stay);
      if (bound) stays.push_back(*std::move(stay));
    }
    if (!bound) {
      ++failed_rebindings_;
      return false;
    }
    for (size_t i = 0; i < order.size(); ++i) *order[i].second = std::move(stays[i]);
    std::swap(free_, trial_);
    gains_.ForgetNodes();
    return true;
  }

  // Moves a reservation to the earliest time there is, and starts the job if that is now.
  void Settle(BackfillPass& pass, Reservation* reservation) {
    const ClusterView& view = pass.view();
    const JobInfo& job = view.job(reservation->slot);
    const bool held = reservation->held();
    Stay before = std::exchange(reservation->stay, {});
    if (held) free_.Give(job.demand, before);
    const bool may_gain =
        !held || before.window.start == view.now() || gains_.Help(view, job, before.window, free_);
    const SimTime soon = view.now() + Duration::Nanos(1);
    if (may_gain) Reserve(pass, reservation, std::max(before.window.start, soon));
    if (reservation->held()) {
      if (held) gains_.Add(before);
    } else if (held) {
      reservation->stay = std::move(before);
      free_.Take(job.demand, &reservation->stay);
    }
    if (reservation->stay.window.start == view.now()) Start(pass, reservation);
  }

  // Reserves the earliest window that starts before `before`; nothing if there is none. A job whose
  // time has come goes where the place role wants it, if that can be arranged.
  void Reserve(BackfillPass& pass, Reservation* reservation, SimTime before) {
    const ClusterView& view = pass.view();
    const JobInfo& job = view.job(reservation->slot);
    const std::optional<Window> window = free_.EarliestByCount(view, job, view.now(), before);
    if (!window) return;
    if (window->start == view.now() && ReserveWherePlaced(pass, reservation)) return;
    std::optional<Stay> stay = free_.Bind(view, job, *window);
    if (!stay) {
      Stay own{.window = *window, .parts = {}};
      if (BindAll(view, reservation, &own)) {
        reservation->stay = std::move(own);
        return;
      }
      const std::optional<Window> bound = free_.EarliestBound(view, job, window->start, before);
      if (!bound) return;
      stay = free_.Bind(view, job, *bound);
    }
    const bool taken = stay && free_.Take(job.demand, &*stay);
    ORRERY_CHECK(taken, job.id.value);
    reservation->stay = *std::move(stay);
  }

  bool ReserveWherePlaced(BackfillPass& pass, Reservation* reservation) {
    const ClusterView& view = pass.view();
    const JobInfo& job = view.job(reservation->slot);
    if (!pass.Place(job, &placement_)) return false;
    std::optional<Stay> stay = free_.BindTo(view, job, placement_, view.now());
    if (stay) {
      free_.Take(job.demand, &*stay);
    } else {
      stay = running_only_.BindTo(view, job, placement_, view.now());
      if (!stay || !BindAll(view, reservation, &*stay)) return false;
    }
    reservation->stay = *std::move(stay);
    return true;
  }

  // Starts a job without a reservation if that delays nobody.
  void StartAtOnce(BackfillPass& pass, const JobInfo& job) {
    const ClusterView& view = pass.view();
    if (!view.Fits(job)) return;
    Reservation reservation = For(job);
    Reserve(pass, &reservation, view.now() + Duration::Nanos(1));
    if (reservation.held()) Start(pass, &reservation);
    if (remake_) SettleAll(pass);
  }

  void Start(BackfillPass& pass, Reservation* reservation) {
    const JobInfo& job = pass.view().job(reservation->slot);
    const Stay& stay = reservation->stay;
    placement_.clear();
    for (const Stay::Part& part : stay.parts) placement_.push_back({part.node, part.replicas});
    free_.Give(job.demand, stay);
    pass.Start(job, placement_);
    reservation->started = true;
    // From here on it counts by the GPUs that it really got. With shares they may be others than
    // planned, and somebody's later on.
    const auto grants = pass.view().grants(job.slot);
    const SimTime end = ExpectedEndOf(job, pass.view().now());
    // Some gangs are faster than their slowest member, for which the time was reserved.
    gains_.Add({.window = {.start = end, .end = stay.window.end}, .parts = stay.parts});
    gains_.See(job, grants, end);
    const bool free_now = running_only_.TakeGrants(job, grants, end);
    ORRERY_CHECK(free_now, job.id.value);
    if (!free_.TakeGrants(job, grants, end)) remake_ = !BindAll(pass.view(), nullptr, nullptr);
  }

  // Reservations stand until a job should have ended or a reserved one should have started.
  void NoteValidity(const ClusterView& view) {
    valid_until_ = running_only_.first_end();
    for (const Reservation& reservation : reservations_) {
      valid_until_ = std::min(valid_until_, reservation.stay.window.start);
    }
    ORRERY_CHECK(valid_until_ > view.now(), view.now().nanos());
  }

  const int64_t depth_;
  std::vector<Reservation> reservations_;  // in queue order as of the last renewal
  Availability running_only_;              // without reservations
  Availability free_;                      // with them
  Availability trial_;                     // scratch of BindAll
  Gains gains_;
  std::vector<uint32_t> old_row_;  // by slot
  int failed_rebindings_ = 0;      // in this call
  bool remake_ = false;            // reservations contradict each other
  Placement placement_;
  // What the reservations were made in.
  uint64_t epoch_ = UINT64_MAX;
  size_t running_ = 0;
  SimTime valid_until_;
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
