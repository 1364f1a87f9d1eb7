#include "sim/cluster/billing.h"

#include <algorithm>

namespace orrery::cluster {

namespace {

class StateMarket final : public policies::MarketView {
 public:
  explicit StateMarket(const ClusterState& state) : state_(state) {}
  SimTime now() const override { return state_.now(); }
  UsdPerHour ask(NodeId node) const override { return state_.ask(node); }
  UsdPerHour max_bid(const JobInfo& job) const override {
    return state_.requirements(job.requirements).max_price;
  }
  Usd budget(const JobInfo& job) const override { return job.budget; }

 private:
  const ClusterState& state_;
};

int64_t MilliGpus(const JobInfo& job, const NodeGrant& grant) {
  return int64_t{job.demand.total_gpu_milli()} * grant.replicas;
}

}  // namespace

void Billing::Quote(const ClusterState& state, const JobInfo& job, std::span<NodeGrant> grants,
                    policies::MarketPolicy& market) {
  const StateMarket view(state);
  for (NodeGrant& grant : grants) grant.price = market.QuoteFor(view, job, grant.node).price;
}

Usd Billing::Charge(const ClusterState& state, const JobInfo& job,
                    std::span<const NodeGrant> grants, Duration held) {
  Usd sum;
  for (const NodeGrant& grant : grants) {
    if (grant.price == UsdPerHour()) continue;
    const Usd amount = grant.price.For(held, MilliGpus(job, grant));
    sum += amount;
    if (payments_ != nullptr) payments_->Pay(job.user, state.nodes().owner(grant.node), amount);
  }
  if (job.budget.micros() >= 0) {
    if (job.slot.index() >= spent_.size()) spent_.resize(job.slot.index() + 1);
    spent_[job.slot.index()] += sum;
  }
  return sum;
}

Duration Billing::Affordable(const JobInfo& job, std::span<const NodeGrant> grants) const {
  __int128 rate = 0;  // micro-dollars × thousandths an hour
  for (const NodeGrant& grant : grants) {
    rate += static_cast<__int128>(grant.price.micros()) * MilliGpus(job, grant);
  }
  if (rate <= 0) return Duration::Max();
  const Usd spent = job.slot.index() < spent_.size() ? spent_[job.slot.index()] : Usd();
  const int64_t left = std::max<int64_t>((job.budget - spent).micros(), 0);
  constexpr __int128 kHourNs = 3'600'000'000'000;
  const __int128 ns = static_cast<__int128>(left) * kHourNs * 1000 / rate;
  return ns < Duration::Max().nanos() ? Duration::Nanos(static_cast<int64_t>(ns)) : Duration::Max();
}

void Billing::Forget(const JobInfo& job) {
  if (job.slot.index() < spent_.size()) spent_[job.slot.index()] = Usd();
}

}  // namespace orrery::cluster
