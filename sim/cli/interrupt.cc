#include "sim/cli/interrupt.h"

#include <csignal>

namespace orrery::cli {
namespace {

std::atomic<bool> raised{false};
std::atomic<int> signal_number{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free,
              "a signal handler may touch nothing else");

constexpr int kSignals[] = {SIGINT, SIGTERM};

void OnSignal(int number) {
  signal_number = number;
  raised = true;
}

}  // namespace

InterruptGuard::InterruptGuard() {
  raised = false;
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  sigemptyset(&action.sa_mask);
  // Back to the default after the first one: the second one ends the process.
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  for (const int number : kSignals) sigaction(number, &action, nullptr);
}

InterruptGuard::~InterruptGuard() {
  for (const int number : kSignals) std::signal(number, SIG_DFL);
}

const std::atomic<bool>& InterruptGuard::flag() const { return raised; }

int InterruptGuard::exit_status() const { return 128 + signal_number; }

}  // namespace orrery::cli
