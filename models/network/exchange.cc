#include "models/network/exchange.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "sim/base/check.h"

namespace orrery::network {
namespace {

double SlowestLatency(std::span<const Hop> hops) {
  double latency_s = 0;
  for (const Hop& hop : hops) latency_s = std::max(latency_s, hop.latency_s);
  return latency_s;
}

double LeastBandwidth(std::span<const Hop> hops) {
  double bytes_s = std::numeric_limits<double>::infinity();
  for (const Hop& hop : hops) bytes_s = std::min(bytes_s, hop.bytes_s);
  return bytes_s;
}

double SumOfLatencies(std::span<const Hop> hops) {
  double latency_s = 0;
  for (const Hop& hop : hops) latency_s += hop.latency_s;
  return latency_s;
}

}  // namespace

double RingSeconds(std::span<const Hop> hops, double bytes) {
  ORRERY_CHECK(hops.size() >= 2, hops.size());
  const auto n = static_cast<double>(hops.size());
  return 2 * (n - 1) * SlowestLatency(hops) + 2 * (n - 1) / n * bytes / LeastBandwidth(hops);
}

double ParameterServerSeconds(std::span<const Hop> push, std::span<const Hop> pull, double down,
                              double up, double bytes) {
  ORRERY_CHECK(!push.empty() && push.size() == pull.size(), push.size(), pull.size());
  const double all = bytes * static_cast<double>(push.size());
  return SlowestLatency(push) + std::max(bytes / LeastBandwidth(push), all / down) +
         SlowestLatency(pull) + std::max(bytes / LeastBandwidth(pull), all / up);
}

double PipelineSeconds(std::span<const Hop> there, std::span<const Hop> back, double bytes) {
  ORRERY_CHECK(!there.empty() && there.size() == back.size(), there.size(), back.size());
  return SumOfLatencies(there) + bytes / LeastBandwidth(there) + SumOfLatencies(back) +
         bytes / LeastBandwidth(back);
}

double LanSeconds(Pattern pattern, const Hop& lan, size_t nodes, double bytes) {
  ORRERY_CHECK(nodes >= 2, nodes);
  const std::vector<Hop> hops(nodes, lan);
  const std::span<const Hop> others = std::span(hops).first(nodes - 1);
  switch (pattern) {
    case Pattern::kNone:
      return 0;
    case Pattern::kRing:
      return RingSeconds(hops, bytes);
    case Pattern::kParameterServer:
      return ParameterServerSeconds(others, others, lan.bytes_s, lan.bytes_s, bytes);
    case Pattern::kPipeline:
      return PipelineSeconds(others, others, bytes);
  }
  return 0;
}

double BytesOnEachWay(Pattern pattern, size_t members, double bytes) {
  ORRERY_CHECK(members >= 2, members);
  const auto n = static_cast<double>(members);
  return pattern == Pattern::kRing ? 2 * (n - 1) / n * bytes : bytes;
}

double SpeedWithExchange(double speed, double seconds, const Exchange& exchange) {
  const double exchanging = seconds / exchange.step.seconds();
  return exchange.overlap ? std::min(speed, 1 / exchanging) : 1 / (1 / speed + exchanging);
}

}  // namespace orrery::network
