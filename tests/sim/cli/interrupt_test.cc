#include "sim/cli/interrupt.h"

#include <gtest/gtest.h>

#include <csignal>

namespace orrery::cli {
namespace {

TEST(InterruptTest, TheFirstSignalRaisesAFlag) {
  const InterruptGuard guard;
  EXPECT_FALSE(guard.flag());
  std::raise(SIGINT);
  EXPECT_TRUE(guard.flag());
  EXPECT_EQ(guard.exit_status(), 130);
}

TEST(InterruptTest, TerminationIsToldApart) {
  const InterruptGuard guard;
  std::raise(SIGTERM);
  EXPECT_TRUE(guard.flag());
  EXPECT_EQ(guard.exit_status(), 143);
}

TEST(InterruptDeathTest, TheSecondSignalEndsTheProcess) {
  EXPECT_EXIT(
      {
        const InterruptGuard guard;
        std::raise(SIGINT);
        std::raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace orrery::cli
