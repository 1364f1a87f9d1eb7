#include "sim/cli/console.h"

#include <gtest/gtest.h>

namespace orrery::cli {
namespace {

const std::vector<std::vector<std::string>> kRows = {{"id", "name", "what"},
                                                     {"1", "São Paulo", "a city"},
                                                     {"22", "Rome", "another one, further east"}};

TEST(AlignedTableTest, AlignsColumnsByCharactersNotBytes) {
  EXPECT_EQ(AlignedTable(kRows, Style{}),
            "id  name       what\n"
            "1   São Paulo  a city\n"
            "22  Rome       another one, further east\n");
}

TEST(AlignedTableTest, CutsTheLastColumnOnATerminalOnly) {
  Style style;
  style.width = 30;
  style.terminal = true;
  EXPECT_EQ(AlignedTable(kRows, style),
            "id  name       what\n"
            "1   São Paulo  a city\n"
            "22  Rome       another one, f…\n");
}

TEST(ColumnsTest, CountsCharacters) {
  EXPECT_EQ(Columns(""), 0u);
  EXPECT_EQ(Columns("São"), 3u);
  EXPECT_EQ(Columns("…"), 1u);
}

}  // namespace
}  // namespace orrery::cli
