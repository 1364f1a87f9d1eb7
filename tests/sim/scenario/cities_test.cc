#include "sim/scenario/cities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using testing::Folder;

TEST(CityTableTest, MistakesNameTheLine) {
  const Folder folder;
  const std::string header = "id,name,country,lat_deg,lon_deg,time_zone,utc_offset\n";
  const auto problem = [&](const std::string& text) {
    const Result<CityTable> table = CityTable::Load(folder.Write("c.csv", text));
    return table ? "" : table.error().ToString();
  };
  const std::string path = folder.path("c.csv");
  EXPECT_EQ(problem("# a comment\n" + header + "oslo,Oslo,NO,59.9,10.7,Europe/Oslo,1h\n"), "");
  EXPECT_THAT(problem("id\n"), ::testing::StartsWith(path + ":1: got 'id', expected the header"));
  EXPECT_THAT(problem(header + "oslo,Oslo,NO\n"), ::testing::StartsWith(path + ":2: got 'oslo"));
  EXPECT_THAT(problem(header + "oslo,Oslo,NO,x,10.7,Europe/Oslo,1h\n"),
              ::testing::StartsWith(path + ":2: got 'x', expected a number"));
  EXPECT_THAT(problem(header + "oslo,Oslo,NO,95,10.7,Europe/Oslo,1h\n"),
              ::testing::HasSubstr("expected degrees"));
}

}  // namespace
}  // namespace orrery::scenario
