// The market role: what a job pays for a node.
#pragma once

#include "policies/api/view.h"

namespace orrery::policies {

// Asks, bids and budgets as the market knows them.
class MarketView {
 public:
  virtual ~MarketView() = default;
  virtual SimTime now() const = 0;
  virtual UsdPerHour ask(NodeId node) const = 0;  // the owner's, per whole GPU
  virtual UsdPerHour max_bid(
      const JobInfo& job) const = 0;                 // per whole GPU; the job's maximum price
  virtual Usd budget(const JobInfo& job) const = 0;  // negative: no bound
};

// The price of one whole GPU of a node for a job, from its start until it ends.
struct Quote {
  UsdPerHour price;
};

class MarketPolicy {
 public:
  static constexpr const char* kRole = "market";
  virtual ~MarketPolicy() = default;
  virtual Quote QuoteFor(const MarketView& market, const JobInfo& job, NodeId node) = 0;
};

}  // namespace orrery::policies
