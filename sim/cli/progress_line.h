// How far a run has come, told on stderr: on a terminal as one line that is written over, elsewhere
// as a plain line now and then.
#pragma once

#include <cstdint>
#include <string>

#include "sim/cli/console.h"
#include "sim/driver/world.h"

namespace orrery::cli {

// The share of the run that is behind [0, 1], or −1 where nothing tells. `expected_jobs`: all jobs
// that will come, 0 where that is not known.
double ProgressShare(const driver::Progress& progress, uint64_t expected_jobs);

// What is said of a run; at most `width` columns. `label` may be empty; `share` as above;
// `events_per_s`: of late.
std::string ProgressText(const std::string& label, const driver::Progress& progress, double share,
                         double events_per_s, int width);

class ProgressLine {
 public:
  // `quiet`: says nothing.
  explicit ProgressLine(bool quiet);
  // Wipes the line.
  ~ProgressLine();

  void Show(const std::string& label, const driver::Progress& progress, double share);

 private:
  bool quiet_;
  Style style_;
  bool shown_ = false;
  double last_s_ = 0;
  uint64_t last_events_ = 0;
  double events_per_s_ = 0;
};

}  // namespace orrery::cli
