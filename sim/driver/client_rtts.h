// Round trips between clients and the replicas that serve them.
#pragma once

#include <vector>

#include "models/network/rtt.h"
#include "policies/api/view.h"
#include "sim/base/ids.h"
#include "sim/base/time.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

// Zero with `network: off`. Clients reach replicas directly, whatever joins the nodes of a gang; a
// replica on a consumer's node pays for its last mile with `full`.
class ClientRtts {
 public:
  explicit ClientRtts(const scenario::Scenario& scenario);

  // O(1); a pair of regions is computed when first asked for.
  Duration Between(RegionId client, RegionId region, OwnerKind owner) const;

 private:
  scenario::NetworkLevel level_;
  network::Route route_;
  std::vector<network::Place> places_;   // by region
  Duration home_;                        // of a home's last mile
  mutable std::vector<Duration> known_;  // region × region; negative: not asked for yet
};

}  // namespace orrery::driver
