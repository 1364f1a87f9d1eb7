// Round trips as policies may ask for them: places and their lines are known to everybody, which
// home a node stands in is not.
#pragma once

#include "policies/api/view.h"
#include "sim/driver/gang_links.h"

namespace orrery::driver {

class RttBelief final : public policies::RttEstimate {
 public:
  // `links` outlives this.
  explicit RttBelief(const GangLinks* links) : links_(links) {}

  double RttMs(RegionId client, const policies::NodeShape& node) const override {
    SiteEnd end;
    end.region = node.region;
    end.link.home = node.owner_kind == OwnerKind::kConsumer;
    return links_->ClientWay(client, end).rtt_ms;
  }

 private:
  const GangLinks* links_;
};

}  // namespace orrery::driver
