// Who takes part in the hold model: the engine, and the references that its speed is judged by.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/base/prefetch.h"
#include "sim/engine/ladder_queue.h"
#include "sim/engine/simulator.h"
#include "tests/bench/engine/hold_model.h"

namespace orrery::bench {

// What the references keep of an event. Ordered by time alone; nothing can be cancelled, nothing is
// dispatched or digested.
struct BareEntry {
  int64_t time;
  uint64_t entity;
};

// A binary heap of 16-byte entries.
class BareHeap {
 public:
  BareHeap(std::vector<EntityState>& state, Increments increments)
      : state_(state), increments_(increments) {}
  void Schedule(int64_t time, uint64_t entity) {
    heap_.push_back({time, entity});
    std::push_heap(heap_.begin(), heap_.end(), Later);
  }
  void Run(int64_t events) {
    while (events-- > 0) {
      std::pop_heap(heap_.begin(), heap_.end(), Later);
      const BareEntry entry = heap_.back();
      heap_.pop_back();
      state_[entry.entity].Touch(entry.time);
      Schedule(entry.time + increments_.Next(), entry.entity);
    }
  }

 private:
  static bool Later(const BareEntry& a, const BareEntry& b) { return a.time > b.time; }

  std::vector<EntityState>& state_;
  Increments increments_;
  std::vector<BareEntry> heap_;
};

// The engine's own ladder queue with nothing around it: 16-byte entries, prefetch of the next
// events' state, and everything inlined into one loop.
class BareLadder {
 public:
  BareLadder(std::vector<EntityState>& state, Increments increments)
      : state_(state), increments_(increments) {}
  void Schedule(int64_t time, uint64_t entity) { queue_.Push({time, entity}); }
  void Run(int64_t events) {
    const auto prefetch = [state = state_.data()](const BareEntry& entry) {
      Prefetch(&state[entry.entity]);
    };
    while (events-- > 0) {
      const BareEntry entry = *queue_.Front(prefetch);
      queue_.PopFront();
      state_[entry.entity].Touch(entry.time);
      Schedule(entry.time + increments_.Next(), entry.entity);
    }
  }

 private:
  struct Order {
    using Entry = BareEntry;
    static constexpr int kTieClasses = 1;
    static uint64_t Time(const BareEntry& entry) { return static_cast<uint64_t>(entry.time); }
    static uint64_t SortKey(const BareEntry& entry) { return Time(entry); }
    static int TieClass(const BareEntry&) { return 0; }
  };

  std::vector<EntityState>& state_;
  Increments increments_;
  engine::LadderQueue<Order> queue_;
};

// What users get: cancellation, the total order, the trace digest, a virtual call per event.
class Engine final : public engine::Component {
 public:
  Engine(std::vector<EntityState>& state, Increments increments)
      : state_(state), increments_(increments) {
    id_ = simulator_.Register(this);
  }
  void Schedule(int64_t time, uint64_t entity) {
    simulator_.Schedule(SimTime::FromNanos(time), engine::Priority::kCompletion, id_, kHold,
                        entity);
  }
  void Run(int64_t events) {
    left_ = events;
    simulator_.Run(SimTime::Never());
  }
  void OnEvent(const engine::Event& event) override {
    switch (event.kind) {
      case kHold:
        state_[event.payload].Touch(event.time.nanos());
        Schedule(event.time.nanos() + increments_.Next(), event.payload);
        if (--left_ == 0) simulator_.Stop();
        break;
    }
  }
  void Fetch(uint64_t entity) const override { Prefetch(&state_[entity]); }

 private:
  enum Kind : uint16_t { kHold };

  engine::Simulator simulator_;
  std::vector<EntityState>& state_;
  Increments increments_;
  int64_t left_ = 0;
  engine::ComponentId id_;
};

}  // namespace orrery::bench
