// A component that writes down what happens to it, and may act on it.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "sim/engine/simulator.h"

namespace orrery::engine {

class Recorder final : public Component {
 public:
  explicit Recorder(Simulator& simulator) : simulator_(simulator), id_(simulator.Register(this)) {}

  void OnEvent(const Event& event) override {
    payloads.push_back(event.payload);
    times.push_back(event.time.nanos());
    if (action) action(event);
  }

  void Fetch(uint64_t payload) const override { fetched.push_back(payload); }

  EventHandle At(int64_t time, uint64_t payload, Priority priority = Priority::kArrival) {
    return simulator_.Schedule(SimTime::FromNanos(time), priority, id_, 0, payload);
  }
  ComponentId id() const { return id_; }

  std::vector<uint64_t> payloads;
  std::vector<int64_t> times;
  mutable std::vector<uint64_t> fetched;
  std::function<void(const Event&)> action;

 private:
  Simulator& simulator_;
  ComponentId id_;
};

// {first, first + 1, …}, `count` of them.
inline std::vector<uint64_t> Numbers(uint64_t first, uint64_t count) {
  std::vector<uint64_t> numbers;
  for (uint64_t i = 0; i < count; ++i) numbers.push_back(first + i);
  return numbers;
}

}  // namespace orrery::engine
