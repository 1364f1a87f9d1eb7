// Whatever is scheduled, cancelled and set again, and however events are spread over time, they
// happen in the order (time, priority, sequence): compared event by event with an ordered set.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <ostream>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "sim/engine/simulator.h"

namespace orrery::engine {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014), so that a test's course is the same everywhere.
class Chance {
 public:
  explicit Chance(uint64_t seed) : state_(seed) {}
  uint64_t Bits() {
    uint64_t x = state_ += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }
  // In [0, n).
  int64_t Below(int64_t n) { return static_cast<int64_t>(Bits() % static_cast<uint64_t>(n)); }
  bool OneIn(int64_t n) { return Below(n) == 0; }

 private:
  uint64_t state_;
};

// A delay in [0, 2^k), with k at random: densest near zero, up to 2^bits.
int64_t AnyScale(Chance& chance, int bits) {
  return static_cast<int64_t>(chance.Bits() & ((uint64_t{1} << chance.Below(bits + 1)) - 1));
}

struct Spread {
  std::string name;
  // Delay of the i-th event scheduled [ns, not negative].
  std::function<int64_t(Chance&, int64_t i)> delay;
};

constexpr int64_t kYear = int64_t{365} * 24 * 3600 * 1'000'000'000;

const std::array kSpreads = {
    Spread{"Uniform", [](Chance& c, int64_t) { return c.Below(1'000'000'000); }},
    Spread{"Dense", [](Chance& c, int64_t) { return c.Below(500); }},
    Spread{"AllScales", [](Chance& c, int64_t) { return AnyScale(c, 50); }},
    Spread{
        "Bimodal",
        [](Chance& c, int64_t) { return c.OneIn(10) ? c.Below(1'000'000'000'000) : c.Below(99); }},
    Spread{"FewInstants", [](Chance& c, int64_t) { return c.Below(4) * 1'000'000; }},
    Spread{"OnlyNow", [](Chance& c, int64_t) { return c.OneIn(100) ? 1 : 0; }},
    Spread{"SomeInCenturies",
           [](Chance& c, int64_t) {
             return c.OneIn(50) ? 40 * kYear + c.Below(kYear) : c.Below(9999);
           }},
    Spread{"Bursts",
           [](Chance& c, int64_t i) { return (1 + i / 3000 % 7) * 1'000'000 + c.Below(300); }},
    Spread{"EverEarlier",
           [](Chance& c, int64_t i) { return 100'000'000 - i % 90'000 * 1'000 + c.Below(500); }},
    Spread{"EverLater", [](Chance& c, int64_t i) { return i % 90'000 * 1'000 + c.Below(500); }},
};

struct Case {
  int spread;
  int initial;
};
void PrintTo(const Case& c, std::ostream* out) {
  *out << kSpreads[static_cast<size_t>(c.spread)].name << " from " << c.initial;
}

// Acts at random in every event, on the simulator and on a model of it alike.
class Twin final : public Component {
 public:
  Twin(const Spread& spread, uint64_t seed) : spread_(spread), chance_(seed) {
    id_ = simulator_.Register(this);
  }

  void OnEvent(const Event& event) override {
    ASSERT_FALSE(model_.empty());
    const Planned next = *model_.begin();
    model_.erase(model_.begin());
    ASSERT_EQ(event.time.nanos(), std::get<0>(next));
    ASSERT_EQ(static_cast<int>(event.priority()), std::get<1>(next));
    ASSERT_EQ(event.payload, std::get<2>(next));
    ASSERT_EQ(event.kind, std::get<2>(next) % 7);
    ASSERT_EQ(simulator_.now(), event.time);
    ++happened_;
    Act();
  }

  // Keeps the number of pending events near `target_`.
  void Act() {
    if (happened_ < enough_) {
      const auto pending = static_cast<int64_t>(model_.size());
      const int64_t more = pending < target_ ? chance_.Below(4) : chance_.Below(2);
      for (int64_t i = 0; i < more; ++i) Schedule();
    }
    if (chance_.OneIn(3)) Cancel();
    if (chance_.OneIn(3)) Reschedule();
    if (chance_.OneIn(5)) ScheduleAt(simulator_.now().nanos());
  }
  void Schedule() {
    const int64_t now = simulator_.now().nanos();
    const int64_t delay = spread_.delay(chance_, scheduled_);
    const int64_t latest = std::numeric_limits<int64_t>::max() - 1;
    ScheduleAt(delay < latest - now ? now + delay : latest);
  }
  void ScheduleAt(int64_t time) {
    const Planned planned = Plan(time);
    handles_.push_back(
        {simulator_.Schedule(SimTime::FromNanos(time), PriorityOf(planned), id_,
                             static_cast<uint16_t>(std::get<2>(planned) % 7), std::get<2>(planned)),
         planned});
  }
  void Cancel() {
    if (handles_.empty()) return;
    Handle& handle = AnyHandle();
    const bool pending = model_.erase(handle.planned) > 0;
    ASSERT_EQ(simulator_.IsPending(handle.handle), pending);
    ASSERT_EQ(simulator_.Cancel(handle.handle), pending);
  }
  void Reschedule() {
    if (handles_.empty()) return;
    Handle& handle = AnyHandle();
    model_.erase(handle.planned);
    const int64_t time = simulator_.now().nanos() + chance_.Below(1'000'000);
    handle.planned = Plan(time);
    simulator_.Reschedule(handle.handle, SimTime::FromNanos(time), PriorityOf(handle.planned), id_,
                          static_cast<uint16_t>(std::get<2>(handle.planned) % 7),
                          std::get<2>(handle.planned));
  }
  void CheckNext() {
    ASSERT_EQ(simulator_.pending(), model_.size());
    ASSERT_EQ(simulator_.NextTime().nanos(),
              model_.empty() ? SimTime::Never().nanos() : std::get<0>(*model_.begin()));
  }

  Simulator& simulator() { return simulator_; }
  Chance& chance() { return chance_; }
  bool done() const { return model_.empty(); }
  uint64_t happened() const { return happened_; }
  void SetTarget(int64_t target, uint64_t enough) {
    target_ = target;
    enough_ = enough;
  }

 private:
  // Time, priority, number in order of scheduling, which is also the payload.
  using Planned = std::tuple<int64_t, int, uint64_t>;
  struct Handle {
    EventHandle handle;
    Planned planned;
  };

  Planned Plan(int64_t time) {
    const Planned planned{time, static_cast<int>(chance_.Below(kPriorities)),
                          static_cast<uint64_t>(scheduled_++)};
    model_.insert(planned);
    return planned;
  }
  static Priority PriorityOf(const Planned& planned) {
    return static_cast<Priority>(std::get<1>(planned));
  }
  // Recent ones more often; many are stale.
  Handle& AnyHandle() {
    const auto size = static_cast<int64_t>(handles_.size());
    const int64_t back =
        chance_.OneIn(2) ? chance_.Below(size) : chance_.Below(std::min<int64_t>(size, 50));
    return handles_[static_cast<size_t>(size - 1 - back)];
  }

  const Spread& spread_;
  Chance chance_;
  Simulator simulator_;
  ComponentId id_;
  std::set<Planned> model_;
  std::vector<Handle> handles_;
  int64_t scheduled_ = 0;
  uint64_t happened_ = 0;
  int64_t target_ = 0;
  uint64_t enough_ = 0;
};

class OrderTest : public testing::TestWithParam<Case> {
 protected:
  const Spread& spread() const { return kSpreads[static_cast<size_t>(GetParam().spread)]; }
};

TEST_P(OrderTest, HoldsInOneRun) {
  Twin twin(spread(), 1);
  twin.SetTarget(GetParam().initial, 40'000);
  for (int i = 0; i < GetParam().initial; ++i) twin.Schedule();
  EXPECT_EQ(twin.simulator().Run(SimTime::Never()), RunEnd::kDrained);
  EXPECT_TRUE(twin.done());
  EXPECT_EQ(twin.simulator().events_processed(), twin.happened());
  EXPECT_EQ(twin.simulator().pending(), 0u);
}

// Looking at the next event's time, which may prepare the queue for it, and scheduling earlier ones
// from outside afterwards.
TEST_P(OrderTest, HoldsInSlicesWithLooksAhead) {
  Twin twin(spread(), 2);
  twin.SetTarget(GetParam().initial, 20'000);
  for (int i = 0; i < GetParam().initial; ++i) twin.Schedule();
  Chance chance(3);
  while (!twin.done()) {
    ASSERT_NO_FATAL_FAILURE(twin.CheckNext());
    if (twin.happened() < 20'000) {
      const int64_t now = twin.simulator().now().nanos();
      const int64_t burst = chance.OneIn(20) ? chance.Below(400) : chance.Below(3);
      const int64_t gap = twin.simulator().NextTime().nanos() - now;
      const int64_t at = now + chance.Below(std::min<int64_t>(gap + 1, 1'000'000'000));
      for (int64_t i = 0; i < burst; ++i) twin.ScheduleAt(chance.OneIn(9) ? now : at);
      ASSERT_NO_FATAL_FAILURE(twin.CheckNext());
    }
    if (chance.OneIn(2)) {
      twin.simulator().Step();
    } else {
      const int64_t gap = twin.simulator().NextTime() == SimTime::Never()
                              ? 0
                              : (twin.simulator().NextTime() - twin.simulator().now()).nanos();
      const int64_t beyond = chance.OneIn(3) ? 0 : AnyScale(chance, 24);
      twin.simulator().Run(twin.simulator().now() + Duration::Nanos(gap / 2 + beyond));
    }
    if (testing::Test::HasFatalFailure()) return;
  }
  twin.CheckNext();
}

std::vector<Case> AllCases() {
  std::vector<Case> cases;
  for (int spread = 0; spread < static_cast<int>(kSpreads.size()); ++spread) {
    for (const int initial : {1, 40, 100, 1'000, 20'000}) cases.push_back({spread, initial});
  }
  return cases;
}
INSTANTIATE_TEST_SUITE_P(Spreads, OrderTest, testing::ValuesIn(AllCases()), [](const auto& test) {
  return kSpreads[static_cast<size_t>(test.param.spread)].name + std::to_string(test.param.initial);
});

}  // namespace
}  // namespace orrery::engine
