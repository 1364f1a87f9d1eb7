#include <gtest/gtest.h>

#include "policies/api/service.h"
#include "tests/policies/testing/schedule.h"

namespace orrery::policies {
namespace {

TEST(FixedTest, IsWhatItIsWhateverTheLoad) {
  const auto fixed = testing::Make<AutoscalePolicy>("fixed", {{"replicas", "7"}});
  EXPECT_EQ(fixed->Replicas({.utilisation = 0}), 7u);
  EXPECT_EQ(fixed->Replicas({.replicas = 9, .utilisation = 100}), 7u);
}

}  // namespace
}  // namespace orrery::policies
