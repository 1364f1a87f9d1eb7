// Refuses decisions that cannot be carried out, before they touch anything.
#pragma once

#include <array>
#include <cstdint>

#include "policies/api/decision.h"
#include "sim/cluster/state.h"

namespace orrery::cluster {

enum class Refusal : uint8_t {
  kNone,
  kNoSuchJob,
  kJobNotWaiting,
  kJobNotRunning,
  kNotPreemptible,
  kNoSuchNode,
  kNodeAway,
  kNodeTwice,
  kNotEligible,
  kDoesNotFit,
  kWrongReplicas,
  kInThePast,
  kStaysPut,
};
inline constexpr int kRefusals = 13;

class DecisionChecker {
 public:
  explicit DecisionChecker(const ClusterState* state) : state_(state) {}

  // kNone, or why not; counted. O(nodes of the decision), the check for nodes named twice apart,
  // which is O(n log n).
  Refusal Check(const policies::Start& start);
  Refusal Check(const policies::Preempt& preempt);
  Refusal Check(const policies::Migrate& migrate);
  Refusal Check(const policies::Reject& reject);
  Refusal Check(const policies::WakeAt& wake);

  // As Check, but nobody counts it.
  Refusal Judge(const policies::Start& start);

  uint64_t made() const { return counts_[0]; }
  uint64_t refused() const;
  uint64_t refused(Refusal reason) const { return counts_[static_cast<size_t>(reason)]; }

 private:
  Refusal Count(Refusal refusal) {
    ++counts_[static_cast<size_t>(refusal)];
    return refusal;
  }
  Refusal Judge(const policies::Preempt& preempt) const;
  Refusal Judge(const policies::Migrate& migrate);
  Refusal JudgeNodes(const JobInfo& job, const policies::Placement& nodes);
  bool IsWhere(const JobInfo& job, const policies::Placement& nodes) const;
  bool Known(JobSlot slot) const;

  const ClusterState* state_;
  std::array<uint64_t, kRefusals> counts_{};
  std::vector<uint32_t> sorted_;
};

}  // namespace orrery::cluster
