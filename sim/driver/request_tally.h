// What becomes of the requests of a `simple` service, counted in numbers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/time.h"
#include "sim/driver/service_figures.h"
#include "sim/scenario/services.h"

namespace orrery::driver {

// Rows are those of the service's clients. Until counting begins all is thrown away.
class RequestTally {
 public:
  using Counts = std::vector<uint64_t>;  // by row

  // `service` must outlive this. `counting`: from the start.
  RequestTally(const scenario::Service& service, std::vector<std::string> regions, bool counting)
      : service_(service),
        figures_(service.objective, std::move(regions)),
        counting_(counting),
        uncounted_(service.requests.clients.size(), 0) {}

  // `waiting`: those that came before, who are not counted when they end, either.
  void BeginCounting(Counts waiting);

  void Send(size_t row, uint64_t count);
  // Of those served next, so many have failed instead.
  void Owe(uint64_t count) { owed_ += count; }
  // So many were served; `point(u, v, w, x)`: seconds until the first token and between tokens, at
  // quantiles of what is independent of each other. `outputs`: tokens of an answer, mean.
  template <typename Point>
  void Serve(size_t row, uint64_t count, double outputs, Point point);
  void Lose(size_t row, uint64_t count, RequestEnd end);
  void Retry(uint64_t count);

  const RequestFigures& figures() const { return figures_; }
  // Of those that wait, how many are not to be counted.
  uint64_t uncounted(size_t row) const { return uncounted_[row]; }

 private:
  // Requests that stand for all: their quantiles are spread over a hypercube.
  static constexpr uint64_t kPoints = 256;

  RegionId ClientOf(size_t row) const { return service_.requests.clients[row].region; }
  uint64_t Counted(size_t row, uint64_t count);
  uint64_t Pay(size_t row, uint64_t count);
  void CountTokens(size_t row, double tokens);

  const scenario::Service& service_;
  RequestFigures figures_;
  bool counting_;
  Counts uncounted_;
  uint64_t owed_ = 0;
  uint64_t points_ = 0;  // requests served so far: where the next one's quantiles are
  double tokens_ = 0;    // of answers, parts of one left over
};

template <typename Point>
void RequestTally::Serve(size_t row, uint64_t count, double outputs, Point point) {
  count = Counted(row, Pay(row, count));
  if (count == 0) return;
  // A lattice in the hypercube (Korobov's kind), of which consecutive points are far apart.
  for (uint64_t i = 0; i < std::min(count, kPoints); ++i) {
    const uint64_t k = (points_ + i) % kPoints;
    const uint64_t here = count / kPoints + (i < count % kPoints);
    const auto unit = [&](uint64_t a) {
      return (static_cast<double>(k * a % kPoints) + 0.5) / static_cast<double>(kPoints);
    };
    const auto [first_s, between_s] = point(unit(1), unit(75), unit(109), unit(27));
    figures_.CountMany(ClientOf(row), here, Duration::FromSeconds(first_s),
                       Duration::FromSeconds(between_s));
  }
  points_ += count;
  CountTokens(row, static_cast<double>(count) * outputs);
}

}  // namespace orrery::driver
