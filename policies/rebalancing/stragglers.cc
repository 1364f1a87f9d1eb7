// Jobs that get on more slowly than their nodes promised move away from the nodes that hold them
// up: a card that is not what it claims, shares its chip, or throttles. The work goes where it is
// believed to end sooner, its restart included.
#include <algorithm>
#include <vector>

#include "policies/api/registry.h"
#include "policies/rebalancing/moves.h"

namespace orrery::policies {
namespace {

class Stragglers final : public RebalancePolicy {
 public:
  explicit Stragglers(Params& params)
      : rules_(params),
        slower_(params.Real("slower",
                            {.value = 1.5,
                             .unit = "",
                             .min = 1.01,
                             .max = 1000,
                             .doc = "a job straggles that takes this many times as long as its "
                                    "nodes promised",
                             .source = "Apache Spark, spark.speculation.multiplier: 1.5"})),
        gain_(params.Real("gain", {.value = 0.1,
                                   .unit = "",
                                   .min = 0,
                                   .max = 1,
                                   .doc = "share of its time to the end that a move must save",
                                   .source = "Assumption: move_gain"})),
        remember_(params.Time(
            "remember", {.value = Duration::Hours(24),
                         .min = Duration(),
                         .max = Duration::Hours(24 * 365),
                         .doc = "for so long no other job is moved to a node that held one up",
                         .source = "Assumption: slow_node_memory"})) {}

  Duration period() const override { return rules_.period(); }

  void Run(RebalancePass& pass) override {
    const ClusterView& view = pass.view();
    std::vector<Straggler> found;
    for (const JobSlot slot : MovableJobs(view, rules_)) {
      const JobInfo& job = view.job(slot);
      Straggler straggler{.slot = slot, .id = job.id, .pace = 0, .progress = {}};
      if (!ProgressOf(pass, job, &straggler.progress)) continue;
      straggler.pace = straggler.progress.rate / job.speed;
      if (straggler.pace * slower_ < 1) found.push_back(straggler);
    }
    // The slowest first: good nodes may be few.
    std::sort(found.begin(), found.end(), [](const Straggler& a, const Straggler& b) {
      return a.pace != b.pace ? a.pace < b.pace : a.id < b.id;
    });
    for (const Straggler& straggler : found) NoteNodes(pass, view.job(straggler.slot));
    const std::vector<NodeId> slow = slow_.At(view.now());
    size_t moves = 0;
    for (const Straggler& straggler : found) {
      if (moves < rules_.at_once()) moves += Move(pass, straggler, slow);
    }
  }

 private:
  struct Straggler {
    JobSlot slot;
    JobId id;
    double pace;  // of what was promised
    Progress progress;
  };

  std::vector<NodeId> SlowNodesOf(const RebalancePass& pass, const JobInfo& job) const {
    std::vector<NodeId> nodes;
    for (const NodeGrant& grant : pass.view().grants(job.slot)) {
      if (pass.monitor().Pace(job, grant) * slower_ < 1) nodes.push_back(grant.node);
    }
    return nodes;
  }

  void NoteNodes(const RebalancePass& pass, const JobInfo& job) {
    for (const NodeId node : SlowNodesOf(pass, job)) {
      slow_.Note(node, pass.view().now() + remember_);
    }
  }

  // Where no node is slow by itself, it is what lies between them: it leaves them all.
  bool Move(RebalancePass& pass, const Straggler& straggler, std::vector<NodeId> avoid) {
    const JobInfo& job = pass.view().job(straggler.slot);
    std::vector<NodeId> own = SlowNodesOf(pass, job);
    if (own.empty()) own = NodesOf(pass.view(), job);
    avoid.insert(avoid.end(), own.begin(), own.end());
    Offer offer;
    if (!pass.PlaceElsewhere(job, avoid, &offer)) return false;
    const double there = TimeLeftThereS(job, straggler.progress, offer);
    if (!(there < (1 - gain_) * straggler.progress.TimeLeftS())) return false;
    return pass.Migrate(job, offer.nodes);
  }

  MoveRules rules_;
  double slower_;
  double gain_;
  Duration remember_;
  BadNodes slow_;
};

ORRERY_REGISTER_POLICY(
    RebalancePolicy, Stragglers, "stragglers",
    "A job that is far behind what its nodes promised moves away from those that hold it up, the "
    "slowest job first, if it then ends sooner.",
    "progress rates as in Zaharia et al., \"Improving MapReduce Performance in Heterogeneous "
    "Environments\" (LATE), OSDI 2008; moved instead of run twice, as state can be saved");

}  // namespace
}  // namespace orrery::policies
