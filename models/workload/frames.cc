#include "models/workload/frames.h"

#include <algorithm>
#include <cmath>

#include "sim/base/check.h"

namespace orrery::workload {

double MotionToPhotonMs(const FrameService& service, const FrameSource& source) {
  const double render_ms = service.render_ms / (source.speed * source.gpu_share);
  const double interval_ms = std::max(1e3 / service.fps, render_ms);
  double send_ms = 0;
  if (source.up_bytes_s > 0) {
    const double frame_bytes = service.viewer_bytes_s / service.fps;
    send_ms = 1e3 * frame_bytes * service.viewers / source.up_bytes_s;
  }
  return source.rtt_ms + interval_ms / 2 + render_ms + service.encode_ms * service.viewers +
         send_ms + service.client_ms;
}

uint32_t RenderMilli(double render_ms, double fps) {
  return std::max(1u, static_cast<uint32_t>(std::ceil(render_ms * fps - 1e-9)));
}

uint16_t FrameTable::Add(const FrameService& service) {
  const auto found = std::find(rows_.begin(), rows_.end(), service);
  if (found != rows_.end()) return static_cast<uint16_t>(found - rows_.begin() + 1);
  ORRERY_CHECK(rows_.size() < UINT16_MAX, rows_.size());
  rows_.push_back(service);
  return static_cast<uint16_t>(rows_.size());
}

}  // namespace orrery::workload
