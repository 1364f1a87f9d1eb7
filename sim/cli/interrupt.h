// Being told to stop: SIGINT (Ctrl-C) and SIGTERM.
#pragma once

#include <atomic>

namespace orrery::cli {

// While it lives, the first of these signals raises a flag instead of ending the process; the
// second one ends it. One at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  const std::atomic<bool>& flag() const;
  // The exit status that shells expect of a process that the signal ended: 130 for SIGINT.
  int exit_status() const;
};

}  // namespace orrery::cli
