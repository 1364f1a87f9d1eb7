#include "sim/cli/progress_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "sim/results/human.h"

namespace orrery::cli {

using driver::Progress;
using results::HumanCount;
using results::HumanSeconds;

namespace {

// Wall time between plain lines.
constexpr double kPlainEvery = 10;
// At the least, between updates of a terminal's line: replications side by side each bring their
// own.
constexpr double kUpdateEvery = 0.2;

double Seconds(SimTime time) { return (time - SimTime::Zero()).seconds(); }

std::string Bar(double share, size_t length) {
  const auto full = static_cast<size_t>(share * static_cast<double>(length));
  return "[" + std::string(full, '#') + std::string(length - full, '.') + "]";
}

}  // namespace

double ProgressShare(const Progress& progress, uint64_t expected_jobs) {
  double share = -1;
  if (progress.horizon != SimTime::Never() && progress.horizon > SimTime::Zero()) {
    share = Seconds(progress.now) / Seconds(progress.horizon);
  } else if (expected_jobs > 0) {
    share = static_cast<double>(progress.left) / static_cast<double>(expected_jobs);
  }
  return std::min(share, 1.0);
}

std::string ProgressText(const std::string& label, const Progress& progress, double share,
                         double events_per_s, int width) {
  std::string text = label.empty() ? "" : label + "  ";
  text += HumanSeconds(Seconds(progress.now)) + " simulated";
  if (share >= 0) text += fmt::format("  {} {:3.0f}%", Bar(share, 12), share * 100);
  text += fmt::format("  {} events/s", HumanCount(static_cast<uint64_t>(events_per_s)));
  text += fmt::format("  {} jobs done", HumanCount(progress.left));
  // The pace so far says little at first.
  if (share > 0.01 && share < 1) {
    text += "  ETA " + HumanSeconds(progress.wall_seconds * (1 - share) / share);
  }
  const std::string more = fmt::format("  ({} running, {} waiting)", HumanCount(progress.running),
                                       HumanCount(progress.waiting));
  if (text.size() + more.size() <= static_cast<size_t>(width)) text += more;
  text.resize(std::min(text.size(), static_cast<size_t>(width)));
  return text;
}

ProgressLine::ProgressLine(bool quiet) : quiet_(quiet), style_(StderrStyle()) {}

ProgressLine::~ProgressLine() {
  if (shown_ && style_.terminal) fmt::print(stderr, "\r\033[K");
}

void ProgressLine::Show(const std::string& label, const Progress& progress, double share) {
  if (quiet_) return;
  const double pause = style_.terminal ? kUpdateEvery : kPlainEvery;
  if (progress.wall_seconds < last_s_ + pause) return;
  if (const double passed = progress.wall_seconds - last_s_; passed > 0) {
    events_per_s_ = static_cast<double>(progress.events - last_events_) / passed;
  }
  last_s_ = progress.wall_seconds;
  last_events_ = progress.events;
  shown_ = true;
  if (style_.terminal) {
    // One column is left free: some terminals wrap a full line.
    fmt::print(stderr, "\r{}\033[K",
               ProgressText(label, progress, share, events_per_s_, style_.width - 1));
  } else {
    fmt::print(stderr, "{}\n", ProgressText(label, progress, share, events_per_s_, 200));
  }
  std::fflush(stderr);
}

}  // namespace orrery::cli
