#include "policies/rebalancing/moves.h"

#include <algorithm>
#include <limits>

namespace orrery::policies {

MoveRules::MoveRules(Params& params)
    : period_(
          params.Time("period", {.value = Duration::Minutes(5),
                                 .min = Duration::Seconds(1),
                                 .max = Duration::Hours(24),
                                 .doc = "time between two looks at the running jobs",
                                 .source = "Kubernetes descheduler, deschedulingInterval: 5m"})),
      cooldown_(params.Time("cooldown",
                            {.value = Duration::Minutes(30),
                             .min = Duration(),
                             .max = Duration::Hours(24 * 30),
                             .doc = "a job stays for this long at least where it began to run",
                             .source = "Assumption: move_cooldown"})),
      most_(params.Integer("most", {.value = 5,
                                    .unit = "",
                                    .min = 1,
                                    .max = 60'000,
                                    .doc = "times that a job is moved at most",
                                    .source = "Assumption: move_limit"})),
      at_once_(params.Integer("at_once",
                              {.value = 16,
                               .unit = "",
                               .min = 1,
                               .max = 1'000'000,
                               .doc = "moves in one look at most, so that what they change shows "
                                      "before the next",
                               .source = "Assumption: move_batch"})) {}

bool MoveRules::MayMove(const JobInfo& job, SimTime now) const {
  return job.phase == JobPhase::kRunning && job.preemptible && job.migrations < most_ &&
         now - job.run_start >= cooldown_ && job.StoppableFrom() <= now;
}

std::vector<JobSlot> MovableJobs(const ClusterView& view, const MoveRules& rules) {
  class Visitor final : public JobVisitor {
   public:
    Visitor(const MoveRules& rules, SimTime now) : rules_(rules), now_(now) {}
    bool Visit(const JobInfo& job) override {
      if (rules_.MayMove(job, now_)) jobs.push_back(job.slot);
      return true;
    }
    std::vector<JobSlot> jobs;

   private:
    const MoveRules& rules_;
    SimTime now_;
  };
  Visitor visitor(rules, view.now());
  view.VisitRunning(visitor);
  return std::move(visitor.jobs);
}

double Progress::TimeLeftS() const {
  return rate > 0 ? left_s / rate : std::numeric_limits<double>::infinity();
}

bool ProgressOf(const RebalancePass& pass, const JobInfo& job, Progress* progress) {
  const Duration worked = pass.view().now() - job.run_start - job.setup;
  if (worked <= Duration()) return false;
  const Duration done = pass.monitor().Done(job);
  const Duration left = job.estimate - job.done - done;
  if (left <= Duration()) return false;
  // A job that is slower than its nodes promised gets later to where a stop keeps something.
  if (job.done + done < job.next_save) return false;
  progress->rate = done.seconds() / worked.seconds();
  progress->left_s = left.seconds();
  return true;
}

double RestartS(const JobInfo& job) {
  return (job.run_start - job.attempt_start + job.setup).seconds();
}

double TimeLeftThereS(const JobInfo& job, const Progress& progress, const Offer& offer) {
  return RestartS(job) + progress.left_s / offer.speed;
}

std::vector<NodeId> NodesOf(const ClusterView& view, const JobInfo& job) {
  std::vector<NodeId> nodes;
  for (const NodeGrant& grant : view.grants(job.slot)) {
    // Grants of one node stand together.
    if (nodes.empty() || nodes.back() != grant.node) nodes.push_back(grant.node);
  }
  return nodes;
}

void BadNodes::Note(NodeId node, SimTime until) {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), node,
                                   [](const Entry& entry, NodeId id) { return entry.node < id; });
  if (at != entries_.end() && at->node == node) {
    at->until = std::max(at->until, until);
  } else {
    entries_.insert(at, {node, until});
  }
}

std::vector<NodeId> BadNodes::At(SimTime now) {
  std::erase_if(entries_, [now](const Entry& entry) { return entry.until <= now; });
  std::vector<NodeId> nodes;
  for (const Entry& entry : entries_) nodes.push_back(entry.node);
  return nodes;
}

}  // namespace orrery::policies
