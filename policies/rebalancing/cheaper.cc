// Jobs move to where the rest of their work costs less, by more than the move does. What they pay
// now was quoted when they started; what has become free since may cost less.
#include <algorithm>
#include <vector>

#include "policies/api/registry.h"
#include "policies/rebalancing/moves.h"

namespace orrery::policies {
namespace {

class Cheaper final : public RebalancePolicy {
 public:
  explicit Cheaper(Params& params)
      : rules_(params),
        gain_(
            params.Real("gain", {.value = 0.1,
                                 .unit = "",
                                 .min = 0,
                                 .max = 1,
                                 .doc = "share of what is still to be paid that a move must save, "
                                        "its own cost included",
                                 .source = "Assumption: move_gain"})) {}

  Duration period() const override { return rules_.period(); }

  void Run(RebalancePass& pass) override {
    const ClusterView& view = pass.view();
    std::vector<Payer> payers;
    for (const JobSlot slot : MovableJobs(view, rules_)) {
      const JobInfo& job = view.job(slot);
      Payer payer{.slot = slot, .id = job.id, .usd_per_h = 0, .usd = 0, .progress = {}};
      payer.usd_per_h = UsdPerHourFor(job, view.grants(slot));
      if (payer.usd_per_h <= 0 || !ProgressOf(pass, job, &payer.progress)) continue;
      payer.usd = payer.usd_per_h * payer.progress.TimeLeftS() / 3600;
      payers.push_back(payer);
    }
    // Who has most to pay may save most.
    std::sort(payers.begin(), payers.end(), [](const Payer& a, const Payer& b) {
      return a.usd != b.usd ? a.usd > b.usd : a.id < b.id;
    });
    size_t moves = 0;
    for (const Payer& payer : payers) {
      if (moves < rules_.at_once()) moves += Move(pass, payer);
    }
  }

 private:
  struct Payer {
    JobSlot slot;
    JobId id;
    double usd_per_h;
    double usd;  // until its end, if it stays
    Progress progress;
  };

  // Both places are paid for while it gets going again.
  bool Move(RebalancePass& pass, const Payer& payer) {
    const JobInfo& job = pass.view().job(payer.slot);
    Offer offer;
    if (!pass.PlaceElsewhere(job, NodesOf(pass.view(), job), &offer)) return false;
    const double there_s = TimeLeftThereS(job, payer.progress, offer);
    const double usd = (offer.usd_per_h * there_s + payer.usd_per_h * RestartS(job)) / 3600;
    return usd < (1 - gain_) * payer.usd && pass.Migrate(job, offer.nodes);
  }

  MoveRules rules_;
  double gain_;
};

ORRERY_REGISTER_POLICY(
    RebalancePolicy, Cheaper, "cheaper",
    "A job moves to where the rest of its work costs less, the restart paid at both prices, those "
    "with most to pay first.",
    "Assumption: move_for_money");

}  // namespace
}  // namespace orrery::policies
