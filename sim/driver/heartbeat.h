// A flag that a thread of its own raises at regular times of the wall clock, or when an interrupt
// flag goes up.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace orrery::driver {

class Heartbeat {
 public:
  // `interrupt` may be null; it is looked at every 20 ms.
  Heartbeat(std::chrono::milliseconds interval, const std::atomic<bool>* interrupt);
  ~Heartbeat();

  const std::atomic<bool>& beat() const { return beat_; }
  void Reset() { beat_.store(false, std::memory_order_relaxed); }

 private:
  void Tick(std::chrono::milliseconds interval, const std::atomic<bool>* interrupt);

  std::atomic<bool> beat_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace orrery::driver
