#include <gtest/gtest.h>

#include "policies/api/market.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

class Asks final : public MarketView {
 public:
  SimTime now() const override { return {}; }
  UsdPerHour ask(NodeId node) const override { return UsdPerHour::Micros(1000 * node.value); }
  UsdPerHour max_bid(const JobInfo&) const override { return UsdPerHour::FromDollars(9); }
  Usd budget(const JobInfo&) const override { return Usd::FromDollars(1); }
};

TEST(PostedTest, ThePriceIsTheAsk) {
  const auto posted = testing::Make<MarketPolicy>("posted");
  const Asks asks;
  EXPECT_EQ(posted->QuoteFor(asks, JobInfo(), NodeId(7)).price, UsdPerHour::Micros(7000));
}

}  // namespace
}  // namespace orrery::policies
