#include "models/workload/frames.h"

#include <gtest/gtest.h>

namespace orrery::workload {
namespace {

TEST(FramesTest, MotionToPhotonByHand) {
  // A frame of 6 ms on half of a GPU of twice the reference's speed: 6 ms. The input waits for half
  // of 1/50 s, 10 ms. Three viewers: 3 × 2 ms of encoding, 3 × 25 kB at 5 MB/s: 15 ms.
  const FrameService service = {.fps = 50,
                                .render_ms = 6,
                                .encode_ms = 2,
                                .viewers = 3,
                                .viewer_bytes_s = 1.25e6,
                                .client_ms = 30,
                                .budget_ms = 100};
  const FrameSource source = {.speed = 2, .gpu_share = 0.5, .rtt_ms = 20, .up_bytes_s = 5e6};
  EXPECT_DOUBLE_EQ(MotionToPhotonMs(service, source), 20 + 10 + 6 + 6 + 15 + 30);
}

TEST(FramesTest, AGpuThatIsTooSlowLowersTheFrameRate) {
  // 40 ms a frame instead of 20: the input waits for half of that.
  const FrameService service = {.fps = 50, .render_ms = 20};
  EXPECT_DOUBLE_EQ(MotionToPhotonMs(service, {.speed = 0.5}), 20 + 40);
}

TEST(FramesTest, AShareIsWhatFramesTakeOfASecond) {
  EXPECT_EQ(RenderMilli(6, 60), 360u);
  EXPECT_EQ(RenderMilli(24, 60), 1440u);
  EXPECT_EQ(RenderMilli(0, 60), 1u);
}

TEST(FramesTest, EqualServicesShareARow) {
  FrameTable table;
  const FrameService one = {.fps = 60}, other = {.fps = 30};
  EXPECT_EQ(table.Add(one), 1);
  EXPECT_EQ(table.Add(other), 2);
  EXPECT_EQ(table.Add(one), 1);
  EXPECT_EQ(table[2].fps, 30);
}

}  // namespace
}  // namespace orrery::workload
