// What jobs pay: quotes from the market role when they start, charges when an attempt ends.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policies/api/market.h"
#include "sim/base/money.h"
#include "sim/cluster/state.h"

namespace orrery::cluster {

// Moves money from a user to the owner of a node. Implemented over the ledger by whoever runs the
// loop.
class Payments {
 public:
  virtual ~Payments() = default;
  virtual void Pay(UserId user, uint32_t owner, Usd amount) = 0;
};

class Billing {
 public:
  // `payments` may be null: charges are then only reported.
  explicit Billing(Payments* payments) : payments_(payments) {}

  // Asks the market for the price of each grant and notes it there.
  void Quote(const ClusterState& state, const JobInfo& job, std::span<NodeGrant> grants,
             policies::MarketPolicy& market);
  // Charges for having held the grants: floor(price × time × thousandths of a GPU) for each, from
  // the user to the owner. Jobs without GPUs hold nothing that has a price. Returns the sum.
  Usd Charge(const ClusterState& state, const JobInfo& job, std::span<const NodeGrant> grants,
             Duration held);
  // For how long the rest of the job's budget pays for the grants; Duration::Max() if they are
  // free.
  Duration Affordable(const JobInfo& job, std::span<const NodeGrant> grants) const;
  // The job is gone.
  void Forget(const JobInfo& job);

 private:
  Payments* payments_;
  std::vector<Usd> spent_;  // by job slot, of jobs with a budget
};

}  // namespace orrery::cluster
