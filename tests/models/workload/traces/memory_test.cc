// Reading a long trace takes no more memory than reading a short one.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "tests/models/workload/traces/testing.h"

namespace orrery::workload {
namespace {

using testing::World;

// Resident set [KiB].
int64_t ResidentKib() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("VmRSS:")) return std::stoll(line.substr(6));
  }
  return -1;
}

TEST(TraceMemoryTest, TwoMillionLinesStreamInFlatMemory) {
  constexpr int kLines = 2'000'000;
  const std::string path = ::testing::TempDir() + "long.swf";
  {
    std::FILE* file = std::fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr);
    for (int i = 0; i < kLines; ++i) {
      std::fprintf(file, "%d %d 3 %d 4 -1 -1 4 3600 -1 1 %d 1 1 1 1 -1 -1\n", i + 1, i, i % 5000,
                   i % 500);
    }
    ASSERT_EQ(std::fclose(file), 0);
  }
  World world;
  auto source = OpenTrace("swf", path, {}, world.context());
  ASSERT_TRUE(source) << source.error().ToString();
  Job job;
  int64_t after_a_tenth = 0;
  for (int i = 0; i < kLines; ++i) {
    ASSERT_TRUE(*(*source)->Next(&job));
    if (i == kLines / 10) after_a_tenth = ResidentKib();
  }
  EXPECT_FALSE(*(*source)->Next(&job));
  ASSERT_GT(after_a_tenth, 0);
  EXPECT_LT(ResidentKib() - after_a_tenth, 1024);
  EXPECT_EQ((*source)->report().jobs, static_cast<uint64_t>(kLines));
  std::remove(path.c_str());
}

}  // namespace
}  // namespace orrery::workload
