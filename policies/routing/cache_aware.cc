// Cache-aware: where most of the prompt was read before, unless that replica is far busier than
// others. The gateway does not see caches; it remembers where it sent what.
#include <algorithm>
#include <deque>
#include <unordered_map>

#include "policies/api/registry.h"
#include "policies/api/service.h"
#include "policies/routing/choice.h"

namespace orrery::policies {
namespace {

class CacheAware final : public RoutePolicy {
 public:
  explicit CacheAware(Params& params)
      : share_(params.Real("cache_threshold",
                           {.value = 0.5,
                            .unit = "",
                            .min = 0,
                            .max = 1,
                            .doc = "least share of the prompt that must have been sent to a "
                                   "replica for its cache to count",
                            .source = "SGLang's router, cache-threshold"})),
        more_(static_cast<uint32_t>(
            params.Integer("balance_requests", {.value = 32,
                                                .unit = "",
                                                .min = 0,
                                                .max = 1'000'000,
                                                .doc = "requests under way beyond the least "
                                                       "loaded replica's at which load decides",
                                                .source = "SGLang's router, "
                                                          "balance-abs-threshold"}))),
        remembered_(static_cast<size_t>(
            params.Integer("remembered", {.value = 1'000'000,
                                          .unit = "",
                                          .min = 1,
                                          .max = 1'000'000'000,
                                          .doc = "blocks of prompts that the gateway remembers",
                                          .source = "Assumption: router_memory"}))) {}

  size_t Route(const RequestInfo& request, std::span<const ReplicaInfo> replicas) override {
    const size_t least = LeastLoadedOf(replicas);
    if (least == replicas.size()) return least;
    size_t chosen = Cached(request, replicas);
    if (chosen == replicas.size() ||
        replicas[chosen].outstanding() > replicas[least].outstanding() + more_) {
      chosen = least;
    }
    for (uint64_t block : request.prefix) Remember(block, replicas[chosen].replica);
    return chosen;
  }

 private:
  // Who was sent the longest part of this prompt's beginning, if that is long enough.
  size_t Cached(const RequestInfo& request, std::span<const ReplicaInfo> replicas) const {
    const auto enough = static_cast<double>(request.prefix.size()) * share_;
    for (size_t i = request.prefix.size(); i-- > 0 && static_cast<double>(i + 1) >= enough;) {
      const auto found = sent_to_.find(request.prefix[i]);
      if (found == sent_to_.end()) continue;
      for (size_t place = 0; place < replicas.size(); ++place) {
        if (replicas[place].replica == found->second && replicas[place].healthy) return place;
      }
    }
    return replicas.size();
  }

  void Remember(uint64_t block, uint32_t replica) {
    const auto [entry, is_new] = sent_to_.insert_or_assign(block, replica);
    if (!is_new) return;
    order_.push_back(block);
    if (order_.size() <= remembered_) return;
    sent_to_.erase(order_.front());
    order_.pop_front();
  }

  double share_;
  uint32_t more_;
  size_t remembered_;
  std::unordered_map<uint64_t, uint32_t> sent_to_;
  std::deque<uint64_t> order_;  // in which blocks were first seen
};

ORRERY_REGISTER_POLICY(
    RoutePolicy, CacheAware, "cache_aware",
    "The replica that was sent most of the prompt's beginning, if that is at least half of it and "
    "the replica has not many more requests than the least loaded; else the least loaded.",
    "Zheng et al., SGLang, NeurIPS 2024; the cache-aware policy of SGLang's router");

}  // namespace
}  // namespace orrery::policies
