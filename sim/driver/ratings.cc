#include "sim/driver/ratings.h"

#include <algorithm>

namespace orrery::driver {

using cluster::EndReason;
using policies::JobInfo;
using policies::NodeGrant;

namespace {

// What the user saw of the speed believed; none: the attempt ended for other reasons.
std::optional<double> DeliveredBy(const JobInfo& job, const cluster::AttemptReport& report,
                                  std::optional<double> served) {
  switch (report.reason) {
    case EndReason::kPreempted:
    case EndReason::kHorizon:
      return std::nullopt;
    case EndReason::kKilled:
    case EndReason::kFailed:
    case EndReason::kStartFailed:
      return 0;
    case EndReason::kFinished:
      break;
  }
  // A replica has no work of its own that could tell.
  if (served) return *served > 0 ? served : std::nullopt;
  const double believed_s = report.useful.seconds() * job.speed;
  return believed_s > 0 ? std::min(report.kept.seconds() / believed_s, 1.0) : 1;
}

}  // namespace

Ratings::Ratings(const trust::Ratings& rules, const RandomStreams& random, const Devices* devices,
                 cluster::ClusterState* state)
    : rules_(rules), random_(random), devices_(devices), state_(state) {
  if (rules_.share == 0) return;
  for (uint32_t n = 0; n < state->node_count(); ++n) {
    claimed_.push_back(state->nodes().reputation(NodeId(n)));
    reputations_.push_back(Unknown(NodeId(n)));
    Tell(NodeId(n));
  }
}

trust::BetaReputation Ratings::Unknown(NodeId node) const {
  return {rules_.prior, claimed_[node.index()]};
}

void Ratings::Forget(NodeId node) {
  if (rules_.share == 0) return;
  reputations_[node.index()] = Unknown(node);
  Tell(node);
}

void Ratings::OnAttemptEnd(const JobInfo& job, std::span<const NodeGrant> grants,
                           const cluster::AttemptReport& report, std::optional<double> served) {
  if (rules_.share == 0) return;
  const std::optional<double> delivered = DeliveredBy(job, report, served);
  if (!delivered) return;
  Draw draw = random_.Stream("trust/rating", job.id.value).At(job.attempts);
  if (draw.Uniform01() >= rules_.share) return;
  const double rating = std::clamp(*delivered + draw.Normal(0, rules_.noise), 0.0, 1.0);
  NodeId last;
  for (const NodeGrant& grant : grants) {
    // Grants of one node stand together.
    if (grant.node == last) continue;
    last = grant.node;
    ++given_;
    Rate(grant.node, rating);
  }
}

// Friends answer each rating of a real user with some of the best.
void Ratings::Rate(NodeId node, double rating) {
  trust::BetaReputation& reputation = reputations_[node.index()];
  reputation.Rate(rating, rules_.remembered);
  if (devices_->colludes(node)) {
    for (uint32_t i = 0; i < rules_.praise; ++i) reputation.Rate(1, rules_.remembered);
  }
  Tell(node);
}

void Ratings::Tell(NodeId node) { state_->SetReputation(node, reputation(node)); }

}  // namespace orrery::driver
