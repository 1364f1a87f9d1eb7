// Posted prices: who takes a node pays what its owner asks.
#include "policies/api/market.h"
#include "policies/api/registry.h"

namespace orrery::policies {
namespace {

class Posted final : public MarketPolicy {
 public:
  explicit Posted(Params&) {}

  Quote QuoteFor(const MarketView& market, const JobInfo&, NodeId node) override {
    return {.price = market.ask(node)};
  }
};

ORRERY_REGISTER_POLICY(
    MarketPolicy, Posted, "posted",
    "The price is the owner's ask at the start of the job and holds until the job ends.",
    "textbook posted price (take it or leave it)");

}  // namespace
}  // namespace orrery::policies
