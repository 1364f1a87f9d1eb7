// Pictures that a GPU renders and encodes for people who look at them at once, and how old they are
// when they are seen.
#pragma once

#include <cstdint>
#include <vector>

namespace orrery::workload {

struct FrameService {
  double fps = 60;
  double render_ms = 0;       // a frame, on the whole of the reference GPU
  double encode_ms = 0;       // a frame for one viewer, on the GPU's encoder
  uint32_t viewers = 1;       // whose frames the encoder makes one after another
  double viewer_bytes_s = 0;  // what one viewer's stream takes
  double client_ms = 0;       // the viewer's last mile (round trip), decoding and display
  double budget_ms = 0;       // the oldest that a picture may be

  double StreamBytesS() const { return viewers * viewer_bytes_s; }
  bool operator==(const FrameService&) const = default;
};

// Where frames are made.
struct FrameSource {
  double speed = 1;       // of the GPU, relative to the reference GPU
  double gpu_share = 1;   // of it, that renders
  double rtt_ms = 0;      // to the viewer
  double up_bytes_s = 0;  // of its link, which carries the streams; 0: bandwidth does not bind
};

// From an input to the picture that shows it ("motion to photon"), for the viewer who is served
// last [ms]:
//   round trip + half a frame until the next one is begun + rendering + the encoder's queue
//   + the frames' way out of the node + client
// A frame takes render_ms / (speed × share); where that is longer than 1/fps, it is the time
// between frames.
double MotionToPhotonMs(const FrameService& service, const FrameSource& source);

// The share of the reference GPU that rendering takes [thousandths], at least 1; more than 1000:
// one GPU is not enough.
uint32_t RenderMilli(double render_ms, double fps);

// Services of kinds of jobs. Row 0 is that of jobs that make no frames.
class FrameTable {
 public:
  static constexpr uint16_t kNone = 0;

  // The row of an equal service, added when new. At most 65,535.
  uint16_t Add(const FrameService& service);
  const FrameService& operator[](uint16_t row) const { return rows_[row - 1u]; }

 private:
  std::vector<FrameService> rows_;
};

}  // namespace orrery::workload
