#include "sim/scenario/reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

TEST(ReferenceTest, TheCommittedPageIsUpToDate) {
  std::istringstream generated(ReferenceMarkdown(testing::ShippedTables()));
  std::ifstream committed("docs/reference/scenario.md");
  std::string expected, found;
  for (int line = 1; std::getline(generated, expected); ++line) {
    std::getline(committed, found);
    ASSERT_EQ(found, expected) << "line " << line
                               << ": a visit has changed; write the page anew:\nbazel run "
                                  "//tests/sim/scenario:print_reference > "
                                  "docs/reference/scenario.md";
    found.clear();
  }
  EXPECT_FALSE(std::getline(committed, found)) << "lines too many: " << found;
}

TEST(ReferenceTest, EveryLinkLeadsToASection) {
  const std::string page = ReferenceMarkdown(testing::ShippedTables());
  // Anchors as GitHub makes them of the titles.
  std::vector<std::string> anchors;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("## ")) continue;
    std::string anchor;
    for (const char c : line.substr(3)) {
      if ((c >= 'a' && c <= 'z') || c == '_' || c == '-') anchor += c;
    }
    EXPECT_THAT(anchors, ::testing::Not(::testing::Contains(anchor)));
    anchors.push_back(anchor);
  }
  for (size_t at = page.find("](#"); at != std::string::npos; at = page.find("](#", at + 1)) {
    const std::string anchor = page.substr(at + 3, page.find(')', at) - at - 3);
    EXPECT_THAT(anchors, ::testing::Contains(anchor));
  }
}

}  // namespace
}  // namespace orrery::scenario
