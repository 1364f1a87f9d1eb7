// Jobs leave boards that are too hot for others that were not so lately, if they do not get slower
// by it.
#include <algorithm>
#include <vector>

#include "policies/api/registry.h"
#include "policies/rebalancing/moves.h"

namespace orrery::policies {
namespace {

class HotNodes final : public RebalancePolicy {
 public:
  explicit HotNodes(Params& params)
      : rules_(params),
        limit_c_(params.Real("limit",
                             {.value = 82,
                              .unit = "",
                              .min = -50,
                              .max = 200,
                              .doc = "a board is too hot from this temperature on [degrees "
                                     "Celsius]",
                              .source = "Assumption: hot_limit, a kelvin below the temperature at "
                                        "which GeForce boards slow down (NVIDIA, \"GPU Boost\")"})),
        remember_(params.Time("remember",
                              {.value = Duration::Hours(6),
                               .min = Duration(),
                               .max = Duration::Hours(24 * 365),
                               .doc = "for so long no job is moved to a node that was too hot",
                               .source = "Assumption: hot_node_memory: a quarter of a day"})) {}

  Duration period() const override { return rules_.period(); }

  void Run(RebalancePass& pass) override {
    const ClusterView& view = pass.view();
    std::vector<Hot> found;
    for (const JobSlot slot : MovableJobs(view, rules_)) {
      const JobInfo& job = view.job(slot);
      const double peak_c = Inspect(pass, job);
      if (peak_c >= limit_c_) found.push_back({.slot = slot, .id = job.id, .peak_c = peak_c});
    }
    std::sort(found.begin(), found.end(), [](const Hot& a, const Hot& b) {
      return a.peak_c != b.peak_c ? a.peak_c > b.peak_c : a.id < b.id;
    });
    const std::vector<NodeId> hot = hot_.At(view.now());
    size_t moves = 0;
    for (const Hot& job : found) {
      if (moves < rules_.at_once()) moves += Move(pass, view.job(job.slot), hot);
    }
  }

 private:
  struct Hot {
    JobSlot slot;
    JobId id;
    double peak_c;
  };

  // The temperature of its hottest board; notes those that are too hot.
  double Inspect(const RebalancePass& pass, const JobInfo& job) {
    double peak_c = -1e9;
    for (const NodeGrant& grant : pass.view().grants(job.slot)) {
      const double celsius = pass.monitor().TemperatureC(job, grant);
      if (!(celsius >= limit_c_)) continue;  // or nobody measures it
      peak_c = std::max(peak_c, celsius);
      hot_.Note(grant.node, pass.view().now() + remember_);
    }
    return peak_c;
  }

  // A job that ends before another move would be allowed stays.
  bool Move(RebalancePass& pass, const JobInfo& job, std::span<const NodeId> hot) {
    Progress progress;
    Offer offer;
    if (!ProgressOf(pass, job, &progress)) return false;
    if (progress.TimeLeftS() < rules_.cooldown().seconds()) return false;
    if (!pass.PlaceElsewhere(job, hot, &offer)) return false;
    return offer.speed >= progress.rate && pass.Migrate(job, offer.nodes);
  }

  MoveRules rules_;
  double limit_c_;
  Duration remember_;
  BadNodes hot_;
};

ORRERY_REGISTER_POLICY(
    RebalancePolicy, HotNodes, "hot_nodes",
    "A job leaves nodes whose boards reach a temperature, the hottest first, for nodes that did "
    "not "
    "lately, if it is not slower there.",
    "thermal balance by moving work: Moore et al., \"Making Scheduling Cool\", USENIX ATC 2005");

}  // namespace
}  // namespace orrery::policies
