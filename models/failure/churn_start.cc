#include "models/failure/churn_start.h"

#include <Eigen/Core>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <unsupported/Eigen/MatrixFunctions>

namespace orrery::failure {
namespace {

// d(p₀, p₁, 1)/dt = G (p₀, p₁, 1) in an hour of the day.
Eigen::Matrix3d Generator(const PresenceRates& rates, size_t hour) {
  const double on0 = rates.back[0][hour];
  const double on1 = rates.back[1][hour];
  Eigen::Matrix3d g;
  g << -on0 - rates.leave[0][hour] - rates.tighten, rates.tighten, on0,  //
      rates.relax, -on1 - rates.leave[1][hour] - rates.relax, on1,       //
      0, 0, 0;
  return g;
}

}  // namespace

std::array<double, 2> PresenceAt(const PresenceRates& rates, Duration local) {
  constexpr double kDay = 24;
  double begin = local.hours() - kDay * std::floor(local.hours() / kDay);
  Eigen::Matrix3d day = Eigen::Matrix3d::Identity();
  for (double left = kDay; left > 0;) {
    const double hour = std::floor(begin);
    const double span = std::min(left, hour + 1 - begin);
    day = (Generator(rates, static_cast<size_t>(hour) % 24) * span).exp() * day;
    begin = hour + 1;
    left -= span;
  }
  const Eigen::Matrix2d change = Eigen::Matrix2d::Identity() - day.topLeftCorner<2, 2>();
  const Eigen::Vector2d share = change.partialPivLu().solve(day.topRightCorner<2, 1>());
  return {std::clamp(share[0], 0.0, 1.0), std::clamp(share[1], 0.0, 1.0)};
}

}  // namespace orrery::failure
