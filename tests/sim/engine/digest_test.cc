#include "sim/engine/digest.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>

namespace orrery::engine {
namespace {

TEST(DigestTest, DependsOnTheOrder) {
  Digest ab;
  ab.Add(1);
  ab.Add(2);
  Digest ba;
  ba.Add(2);
  ba.Add(1);
  EXPECT_NE(ab.value(), ba.value());
}

TEST(DigestTest, EveryBitOfEveryWordCounts) {
  std::set<uint64_t> values;
  for (int word = 0; word < 3; ++word) {
    for (int bit = 0; bit < 64; ++bit) {
      uint64_t words[3] = {5, 6, 7};
      words[word] ^= uint64_t{1} << bit;
      Digest one_step;
      one_step.Add(words[0], words[1], words[2]);
      values.insert(one_step.value());
      Digest three_steps;
      for (const uint64_t w : words) three_steps.Add(w);
      values.insert(three_steps.value());
    }
  }
  EXPECT_EQ(values.size(), 2u * 3 * 64);
}

TEST(DigestTest, ZerosCount) {
  std::set<uint64_t> values;
  Digest digest;
  for (int i = 0; i < 1'000; ++i) {
    digest.Add(0);
    values.insert(digest.value());
  }
  EXPECT_EQ(values.size(), 1'000u);
}

// Results store these values: a change here changes every digest that was ever published.
TEST(DigestTest, IsTheSameEverywhere) {
  Digest digest;
  EXPECT_EQ(digest.ToString(), "3c6ef372fe94f82b");
  digest.Add(1);
  EXPECT_EQ(digest.ToString(), "fab9566dc7c86e41");
  digest.Add(~uint64_t{0}, 0, 42);
  EXPECT_EQ(digest.ToString(), "f97c2fbe4249ac72");
}

}  // namespace
}  // namespace orrery::engine
