// A simple service by itself, whose windows and replicas a test sets by hand.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "sim/driver/rate_gateway.h"
#include "tests/sim/driver/metronome.h"

namespace orrery::testing {

inline SimTime At(int64_t seconds) { return SimTime::Zero() + Duration::Seconds(seconds); }

// `requests` in a window, each with a prompt and an answer of so many tokens.
inline workload::RateWindow Window(uint64_t requests, uint32_t prompt = 300, uint32_t output = 4) {
  return {.requests = {requests},
          .lengths = workload::LengthMix::Of({{prompt, output}}, 2000),
          .cv2 = 1};
}

// The windows that are listed, then none.
class Listed final : public workload::RateSource {
 public:
  explicit Listed(std::vector<workload::RateWindow> windows) : windows_(std::move(windows)) {}

  Result<workload::RateWindow> Next() override {
    if (next_ < windows_.size()) return windows_[next_++];
    return workload::RateWindow{.requests = {0}, .lengths = {}, .cv2 = 1};
  }

 private:
  std::vector<workload::RateWindow> windows_;
  size_t next_ = 0;
};

// A gateway whose events are called by hand.
class Bench final : public engine::Component {
 public:
  Bench(const scenario::Service& service, std::vector<workload::RateWindow> windows)
      : service_(service),
        links_(scenario::Scenario(), 0),
        gateway_(service_, links_, SimTime::Zero(), At(10'000), {"here"},
                 std::make_unique<Listed>(std::move(windows)),
                 {.simulator = &simulator_,
                  .component = simulator_.Register(this),
                  .arrival = 0,
                  .batch = 0,
                  .payload = 0}) {
    EXPECT_TRUE(gateway_.Open());
  }
  void OnEvent(const engine::Event&) override {}

  driver::RateGateway& gateway() { return gateway_; }
  void Add(uint32_t number, int64_t seconds, double pace = 1) {
    gateway_.Add(number, NodeId(number), RegionId(0), speed().AtPace(pace), At(seconds));
  }
  workload::ServingSpeed speed() const {
    return workload::SpeedOf(service_.model.figures, service_.serving, ServingGpu(), 1);
  }
  results::ServiceFigures Figures(int64_t seconds) {
    gateway_.Close(At(seconds));
    results::ServiceFigures figures;
    gateway_.figures().Tell(gateway_.Overdue(At(seconds)), &figures);
    EXPECT_EQ(figures.requests,
              figures.served + figures.refused + figures.failed + figures.under_way);
    return figures;
  }

 private:
  const scenario::Service service_;
  const driver::GangLinks links_;
  engine::Simulator simulator_;
  driver::RateGateway gateway_;
};

}  // namespace orrery::testing
