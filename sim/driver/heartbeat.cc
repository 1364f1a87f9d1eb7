#include "sim/driver/heartbeat.h"

#include <algorithm>

namespace orrery::driver {

Heartbeat::Heartbeat(std::chrono::milliseconds interval, const std::atomic<bool>* interrupt)
    : thread_([this, interval, interrupt] { Tick(interval, interrupt); }) {}

Heartbeat::~Heartbeat() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Heartbeat::Tick(std::chrono::milliseconds interval, const std::atomic<bool>* interrupt) {
  constexpr std::chrono::milliseconds kLook(20);
  std::unique_lock lock(mutex_);
  auto next = std::chrono::steady_clock::now() + interval;
  while (!wake_.wait_for(lock, std::min(kLook, interval), [this] { return done_; })) {
    const auto now = std::chrono::steady_clock::now();
    const bool interrupted = interrupt != nullptr && interrupt->load(std::memory_order_relaxed);
    if (now < next && !interrupted) continue;
    next = now + interval;
    beat_.store(true, std::memory_order_relaxed);
  }
}

}  // namespace orrery::driver
