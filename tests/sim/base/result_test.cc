#include "sim/base/result.h"

#include <gtest/gtest.h>

#include <vector>

namespace orrery {
namespace {

Result<int> Halve(int value) {
  if (value % 2 != 0) return MakeError("job.yaml:3:7", "got 3, expected an even number");
  return value / 2;
}

TEST(ResultTest, CarriesAValueOrSaysWhereAndWhat) {
  EXPECT_EQ(*Halve(4), 2);
  EXPECT_EQ(Halve(3).error().ToString(), "job.yaml:3:7: got 3, expected an even number");
}

TEST(ResultTest, SeveralFindingsTakeALineEach) {
  const Error error(std::vector<Finding>{{"a.yaml:1", "first"}, {"", "second"}});
  EXPECT_EQ(error.ToString(), "a.yaml:1: first\nsecond");
}

}  // namespace
}  // namespace orrery
