#include "sim/base/demand.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace orrery {
namespace {

TEST(DemandTest, TotalCountsSharesOfAllGpus) {
  EXPECT_EQ((Demand{.gpus = 8, .gpu_milli = 1000}).total_gpu_milli(), 8000u);
  EXPECT_EQ((Demand{.gpus = 1, .gpu_milli = 250}).total_gpu_milli(), 250u);
  EXPECT_EQ((Demand{.gpus = 0, .cpu_milli = 4000}).total_gpu_milli(), 0u);
}

TEST(DemandTest, EveryClassAndOwnerKindHasItsOwnName) {
  std::set<std::string> names;
  for (int i = 0; i < kJobClasses; ++i) names.insert(JobClassName(static_cast<JobClass>(i)));
  for (int i = 0; i < kOwnerKinds; ++i) names.insert(OwnerKindName(static_cast<OwnerKind>(i)));
  EXPECT_EQ(names.size(), static_cast<size_t>(kJobClasses + kOwnerKinds));
  EXPECT_FALSE(names.contains("?"));
}

TEST(RequirementsTableTest, EqualRequirementsShareAnId) {
  RequirementsTable table;
  EXPECT_EQ(table.Intern(Requirements{}), RequirementsTable::kAny);
  const RequirementsId verified = table.Intern({.verified_only = true});
  EXPECT_NE(verified, RequirementsTable::kAny);
  EXPECT_EQ(table.Intern({.verified_only = true}), verified);
  EXPECT_TRUE(table[verified].verified_only);
  EXPECT_EQ(table.size(), 2u);
}

}  // namespace
}  // namespace orrery
