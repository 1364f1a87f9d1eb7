// Requests of a service as numbers over windows, for services that look at no single one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/workload/serving/queueing.h"
#include "models/workload/serving/requests.h"
#include "sim/base/result.h"
#include "sim/base/time.h"

namespace orrery::workload {

struct RateWindow {
  std::vector<uint64_t> requests;  // by row of the clients
  // Of them. Without prompts where none came, or all were too long: then those that are still under
  // way are as those of earlier windows.
  LengthMix lengths;
  double cv2 = 1;  // squared coefficient of variation of the gaps between requests
};

class RateSource {
 public:
  virtual ~RateSource() = default;
  // Window 0, 1, 2, … at each call. Errors: of a trace.
  virtual Result<RateWindow> Next() = 0;
};

// Numbers that have the mean of the generated requests' rate, and its bursts; they are drawn by
// themselves, so that they are not those of GenerateRequests. `name` and the window name the random
// numbers. Longer requests than `context` are left out of the lengths.
std::unique_ptr<RateSource> GenerateRates(const RequestParams& params, uint32_t context,
                                          const std::string& name, Duration window, uint64_t seed,
                                          uint64_t replicate);

// Counts the requests of a source, whose clients are `clients`. Holds the lengths of one window.
std::unique_ptr<RateSource> CountRequests(std::unique_ptr<RequestSource> source,
                                          const std::vector<RegionShare>& clients, uint32_t context,
                                          Duration window);

}  // namespace orrery::workload
