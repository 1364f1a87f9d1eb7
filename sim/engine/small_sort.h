// Where each of a few dozen keys belongs, without a branch on their order.
#pragma once

#include <cstddef>
#include <cstdint>

namespace orrery::engine {

// Keys and ranks of up to kMaxRanked entries, in whole vectors.
inline constexpr size_t kMaxRanked = 64;
struct alignas(16) RankKeys {
  int32_t values[kMaxRanked];
};

// rank[i] = how many of the `count` keys are less than keys[i]. Every key is compared with every
// other, 16 at a time: for few keys that costs less than the mispredicted branches of a sort with
// O(n log n) comparisons. Entries of `rank` from `count` up to the next multiple of 16 are written
// over, too.
inline void RankAll(const RankKeys& keys, size_t count, RankKeys& rank) {
  // Four lanes of GCC's vector extension; where a machine has none, it makes four plain operations.
  using Lanes = int32_t __attribute__((vector_size(16), may_alias));
  const auto* const key_lanes = reinterpret_cast<const Lanes*>(keys.values);
  auto* const rank_lanes = reinterpret_cast<Lanes*>(rank.values);
  for (size_t at = 0; at < count; at += 16) {
    const Lanes k0 = key_lanes[at / 4];
    const Lanes k1 = key_lanes[at / 4 + 1];
    const Lanes k2 = key_lanes[at / 4 + 2];
    const Lanes k3 = key_lanes[at / 4 + 3];
    Lanes r0 = {}, r1 = {}, r2 = {}, r3 = {};
    for (size_t i = 0; i < count; ++i) {
      const int32_t key = keys.values[i];
      const Lanes other = {key, key, key, key};
      // A comparison gives -1 where it holds.
      r0 -= other < k0;
      r1 -= other < k1;
      r2 -= other < k2;
      r3 -= other < k3;
    }
    rank_lanes[at / 4] = r0;
    rank_lanes[at / 4 + 1] = r1;
    rank_lanes[at / 4 + 2] = r2;
    rank_lanes[at / 4 + 3] = r3;
  }
}

}  // namespace orrery::engine
