// What cheats did in a run, and what found them.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace orrery::results {

struct TrustFigures {
  // Of the devices (nodes with GPUs) that cheat in one way.
  struct OfCheat {
    std::string name;
    uint64_t devices = 0;
    uint64_t admitted = 0;   // passed the registration, at least once
    uint64_t suspended = 0;  // found out, at least once
    double gpu_hours = 0;    // held by jobs
    double earned_usd = 0;
  };

  uint64_t devices = 0;
  uint64_t fakes = 0;           // of them, those that cheat
  uint64_t fakes_admitted = 0;  // passed the registration
  uint64_t fake_names = 0;      // that they registered under
  // From the admission of a fake to its suspension, over all suspensions of fakes; and the share of
  // the admitted ones that were never suspended.
  double mean_detection_s = std::numeric_limits<double>::quiet_NaN();
  double p50_detection_s = std::numeric_limits<double>::quiet_NaN();
  double p95_detection_s = std::numeric_limits<double>::quiet_NaN();
  double undetected_share = std::numeric_limits<double>::quiet_NaN();
  double fake_gpu_hours = 0;    // sold by fakes
  double fake_earned_usd = 0;   // and paid for
  uint64_t jobs_harmed = 0;     // that went slower, or died, because a device was less than claimed
  uint64_t honest_refused = 0;  // honest devices that did not pass the registration
  uint64_t honest_suspended = 0;       // suspensions of honest devices
  double honest_gpu_hours_barred = 0;  // that these could have offered meanwhile
  uint64_t ratings = 0;                // of real users, a device of a gang each
  // Mean reputation of the listed devices at the end; NaN: there are none, or nobody rates.
  double fake_reputation = std::numeric_limits<double>::quiet_NaN();
  double honest_reputation = std::numeric_limits<double>::quiet_NaN();
  double slashed_usd = 0;      // of stakes
  double proof_gpu_hours = 0;  // spent on challenges
  std::vector<OfCheat> per_cheat;
};

}  // namespace orrery::results
