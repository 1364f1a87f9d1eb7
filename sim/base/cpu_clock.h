// CPU time of the calling thread.
#pragma once

#include <time.h>

namespace orrery {

// [s] since some point in the past.
inline double CpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace orrery
