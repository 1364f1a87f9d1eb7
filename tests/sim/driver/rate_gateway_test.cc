// Simple services by themselves: numbers of requests over windows, worked by hand.
#include <gtest/gtest.h>

#include "tests/sim/driver/rate_bench.h"

namespace orrery {
namespace {

using results::ServiceFigures;
using scenario::Service;
using testing::At;
using testing::Bench;
using testing::Metronome;
using testing::Window;
using workload::LengthMix;
using workload::RateWindow;

// Replicas on hot boards have a speed each: kinds must not pile up as they come and go.
TEST(ReplicaKindsTest, AKindThatNoReplicaIsOfMakesRoom) {
  driver::ReplicaKinds kinds(Metronome().serving);
  const workload::ServingSpeed speed =
      workload::SpeedOf(Metronome().model.figures, Metronome().serving, testing::ServingGpu(), 1);
  EXPECT_EQ(kinds.Take(speed), 0u);
  EXPECT_EQ(kinds.Take(speed), 0u);
  EXPECT_EQ(kinds.Take(speed.AtPace(0.9)), 1u);
  kinds.Give(0);
  kinds.Give(1);
  kinds.Forget();
  EXPECT_EQ(kinds.Take(speed.AtPace(0.8)), 1u);
  EXPECT_EQ(kinds.Take(speed), 0u) << "one is left";
  EXPECT_NEAR(kinds.capacity(1), 0.8 * kinds.capacity(0), 1e-9);
  EXPECT_EQ(kinds.Take(speed.AtPace(0.9)), 2u);
}

// 60 requests a second, of which it serves 29.636: 43 have room at a time, whose steps take 24.986
// ms, so 1 / (0.032 + 3 / 43 × 0.024986). It dies after 1000 s without being looked at before.
TEST(RateGatewayTest, AReplicaThatDiesLosesWhatItHasByThen) {
  Service service = Metronome();
  service.window = Duration::Hours(1);
  service.retries = 0;
  Bench fragile(service, {Window(60 * 3600)});
  fragile.Add(0, 0);
  fragile.gateway().Kill(0, At(1000));
  const ServiceFigures lost = fragile.Figures(1000);
  EXPECT_EQ(lost.requests, 60'000u);
  EXPECT_NEAR(static_cast<double>(lost.served), 29'636, 1);
  EXPECT_EQ(lost.failed, lost.requests - lost.served);
  service.retries = 1;
  Bench sturdy(service, {Window(60 * 3600)});
  sturdy.Add(0, 0);
  sturdy.gateway().Kill(0, At(1000));
  EXPECT_EQ(sturdy.Figures(1000).retries, lost.failed);
}

// At 60 requests a second one replica is 3036 behind after 100 s. It dies; of two that have just
// come one serves 29.636 a second and the other half of that, as its steps take twice as long. They
// share what is left, 2024 and 1012, and both are done 68.3 s later.
TEST(RateGatewayTest, TheBacklogOfALostReplicaIsSharedByWhatTheOthersCanServe) {
  Service service = Metronome();
  service.window = Duration::Seconds(100);
  service.retries = 1;
  Bench bench(service, {Window(6000)});
  bench.Add(0, 0);
  bench.Add(1, 100);
  bench.Add(2, 100, 0.5);
  bench.gateway().Kill(0, At(100));
  EXPECT_TRUE(bench.gateway().OnArrival(At(100)));
  EXPECT_NEAR(static_cast<double>(bench.Figures(100).served), 2963.6, 1);
  EXPECT_NEAR(static_cast<double>(bench.Figures(160).served), 2963.6 + 60 * 1.5 * 29.636, 2);
  EXPECT_EQ(bench.Figures(169).served, 6000u);
}

// 600 come in ten seconds and wait. A replica comes then, which serves 29.636 a second: the k-th
// has waited for 10 + k / 29.636 - k / 60 s, 15.12 s in the mean, and for half a step of 25 ms; its
// prompt is read in 32 ms.
TEST(RateGatewayTest, RequestsThatWaitForAReplicaTakeItsTime) {
  Service service = Metronome();
  service.window = Duration::Seconds(10);
  Bench bench(service, {Window(600)});
  EXPECT_TRUE(bench.gateway().OnArrival(At(10)));
  EXPECT_EQ(bench.gateway().waiting(), 600u);
  // All but those of the last two seconds are late.
  bench.Figures(10);
  EXPECT_EQ(bench.gateway().Overdue(At(10)), std::vector<uint64_t>{480});
  bench.Add(0, 10);
  EXPECT_EQ(bench.gateway().waiting(), 0u);
  EXPECT_EQ(bench.gateway().Outstanding(0), 600u);
  EXPECT_NEAR(static_cast<double>(bench.Figures(15).served), 5 * 29.636, 1);
  EXPECT_NEAR(static_cast<double>(bench.Figures(20).served), 10 * 29.636, 1);
  EXPECT_EQ(bench.Figures(30).served, 592u);
  const ServiceFigures all = bench.Figures(31);
  EXPECT_EQ(all.served, 600u);
  EXPECT_NEAR(all.ttft_s.mean, 15.12 + 0.032 + 0.025 / 2, 0.05);
  EXPECT_EQ(all.slo_attainment, 0);
}

// Ten come in a hundred seconds, each 32 ms and more from its first token, which is to be there
// after 1 ms. Whoever asks every four seconds hears of each when it has come.
TEST(RateGatewayTest, PartsOfARequestAreToldInTheEnd) {
  Service service = Metronome();
  service.window = Duration::Seconds(100);
  service.objective.first_token = Duration::Millis(1);
  Bench bench(service, {Window(10)});
  bench.Add(0, 0);
  uint64_t requests = 0, misses = 0;
  for (int64_t s = 4; s <= 100; s += 4) {
    const driver::ServiceFrontend::Window window = bench.gateway().TakeWindow(At(s));
    requests += window.requests;
    misses += window.slo_misses;
    EXPECT_EQ(requests, static_cast<uint64_t>(s / 10));
    EXPECT_EQ(misses, requests);
  }
}

// 40 requests fit and 40 do not, then 50 that do not, then none, then 60 that fit.
TEST(RateGatewayTest, RequestsOfAWindowInWhichAllAreTooLongAreRefused) {
  Service service = Metronome();
  service.window = Duration::Seconds(100);
  RateWindow half = Window(80);
  half.lengths = LengthMix::Of({{300, 4}, {3000, 4}}, 2000);
  Bench bench(service, {half, Window(50, 3000), RateWindow{{0}, {}, 1}, Window(60)});
  bench.Add(0, 0);
  const uint64_t refused[] = {40, 90, 90, 90}, served[] = {40, 40, 40, 100};
  for (int64_t w = 0; w < 4; ++w) {
    const int64_t end = 100 * (w + 1);
    const driver::ServiceFrontend::Window window = bench.gateway().TakeWindow(At(end));
    const ServiceFigures figures = bench.Figures(end);
    EXPECT_EQ(figures.refused, refused[w]) << w;
    EXPECT_EQ(figures.served, served[w]) << w;
    // Nobody starts a replica for those that are too long.
    EXPECT_EQ(window.requests, served[w] - (w > 0 ? served[w - 1] : 0)) << w;
    EXPECT_EQ(window.slo_misses, 0u) << w;
    EXPECT_TRUE(bench.gateway().OnArrival(At(end)));
  }
}

}  // namespace
}  // namespace orrery
