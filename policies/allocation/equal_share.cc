// Equal shares: every user gets as many GPUs as every other, or what they can use if that is less.
#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "policies/api/allocate.h"
#include "policies/api/registry.h"

namespace orrery::policies {
namespace {

// GPUs in thousandths, so that shares are exact and add up.
int64_t GpuMilli(const JobInfo& job) {
  return int64_t{job.demand.total_gpu_milli()} * job.replicas;
}

int64_t FleetGpuMilli(const ClusterView& view) {
  int64_t sum = 0;
  for (uint32_t n = 0; n < view.node_count(); ++n) {
    const NodeId node(n);
    if (view.present(node)) sum += int64_t{view.node_shape(node).gpus} * 1000;
  }
  return sum;
}

struct User {
  int64_t demand = 0;
  int64_t share = 0;
};

// Max-min fair: in ascending order of demand, each takes an equal part of what is left, or less if
// it wants less. What does not divide goes to the later ones.
void FillShares(int64_t capacity, std::map<UserId, User>* users) {
  std::vector<User*> by_demand;
  for (auto& [id, user] : *users) by_demand.push_back(&user);
  std::stable_sort(by_demand.begin(), by_demand.end(),
                   [](const User* a, const User* b) { return a->demand < b->demand; });
  auto takers = static_cast<int64_t>(by_demand.size());
  for (User* user : by_demand) {
    user->share = std::min(user->demand, capacity / takers--);
    capacity -= user->share;
  }
}

class EqualShare final : public AllocatePolicy {
 public:
  explicit EqualShare(Params&) {}

  void Allocate(const ClusterView& view, std::span<const JobSlot> jobs,
                std::vector<Target>* targets) override {
    std::map<UserId, User> users;
    std::vector<const JobInfo*> by_arrival;
    for (JobSlot slot : jobs) {
      const JobInfo& job = view.job(slot);
      users[job.user].demand += GpuMilli(job);
      by_arrival.push_back(&job);
    }
    FillShares(FleetGpuMilli(view), &users);
    std::sort(by_arrival.begin(), by_arrival.end(), [](const JobInfo* a, const JobInfo* b) {
      return std::tie(a->submit, a->tie, a->id) < std::tie(b->submit, b->tie, b->id);
    });
    for (const JobInfo* job : by_arrival) {
      const int64_t gpu_milli = GpuMilli(*job);
      int64_t& left = users[job->user].share;
      const int64_t given = std::min(gpu_milli, left);
      left -= given;
      // A job without GPUs takes nothing that is shared here.
      const double time_share =
          gpu_milli == 0 ? 1 : static_cast<double>(given) / static_cast<double>(gpu_milli);
      if (time_share == 0) continue;
      targets->push_back({.job = job->slot, .time_share = time_share});
    }
  }
};

ORRERY_REGISTER_POLICY(
    AllocatePolicy, EqualShare, "equal_share",
    "Each round, users with jobs get equal numbers of GPUs; what one cannot use is shared among "
    "the others (max-min). A user's jobs get theirs in order of arrival, the last one a share of "
    "the time.",
    "Bertsekas, Gallager, Data Networks, 2nd ed. 1992, section 6.5.2 (max-min fairness); rounds as "
    "in Narayanan et al., Gavel, OSDI 2020");

}  // namespace
}  // namespace orrery::policies
