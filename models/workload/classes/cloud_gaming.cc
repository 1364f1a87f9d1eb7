// Cloud gaming: one player's session on a share of a GPU. The share follows from the game's frame
// time, the resolution and the frame rate; what the player gets is a picture that must not be older
// than the game allows.
#include <array>
#include <cmath>

#include "models/workload/classes/session.h"
#include "sim/base/text.h"
#include "sim/base/units.h"

namespace orrery::workload::classes {
namespace {

// By Resolution.
struct Stream {
  const char* name;
  double pixels;       // relative to 1080p
  double megabit_s60;  // at 60 frames a second
};
// Bit rates: what GeForce NOW asks of a connection (NVIDIA, "GeForce NOW system requirements": 15
// Mbit/s for 720p60, 25 for 1080p60, 35 for 1440p120, 45 for 4K120); in between as the root of the
// frame rate (Assumption: stream_bitrate).
constexpr std::array<Stream, 4> kStreams = {
    {{"720p", 4.0 / 9, 15}, {"1080p", 1, 25}, {"1440p", 16.0 / 9, 24.7}, {"2160p", 4, 31.8}}};

const Stream& StreamOf(Resolution resolution) { return kStreams[static_cast<size_t>(resolution)]; }

class CloudGamingModel final : public SessionModel {
 public:
  explicit CloudGamingModel(const CloudGamingParams& params)
      : SessionModel(params.max_wait), params_(params) {
    const Stream& stream = StreamOf(params.resolution);
    const auto ms = [](Duration d) { return 1e3 * d.seconds(); };
    // Assumption: frame_by_pixels: a game draws and encodes in proportion to its pixels.
    frames_ = {.fps = params.fps,
               .render_ms = ms(params.frame_time) * stream.pixels,
               .encode_ms = ms(params.encode) * stream.pixels,
               .viewers = 1,
               .viewer_bytes_s = stream.megabit_s60 * 1e6 / 8 * std::sqrt(params.fps / 60),
               .client_ms = ms(params.client),
               .budget_ms = ms(params.budget)};
  }

  JobClass job_class() const override { return JobClass::kCloudGaming; }
  std::string summary() const override {
    return "a player's session on the share of a GPU that its frames take, judged by how late the "
           "player sees what happens";
  }
  std::vector<ClassParameter> parameters() const override {
    std::vector<ClassParameter> all = HostParameters(params_.host);
    all.push_back({"resolution", StreamOf(params_.resolution).name,
                   "pixels of a frame; rendering and encoding take time in proportion",
                   "Assumption: frame_by_pixels"});
    all.push_back({"fps", FormatDouble(params_.fps), "frames a second", "as most services offer"});
    all.push_back({"frame_time", FormatDuration(params_.frame_time),
                   "rendering of a frame at 1080p on the whole reference GPU",
                   "Assumption: game_frame"});
    all.push_back({"encode", FormatDuration(params_.encode), "encoding of a frame at 1080p",
                   "Assumption: frame_encode"});
    all.push_back({"client", FormatDuration(params_.client),
                   "the player's last mile (round trip), decoding and display",
                   "Assumption: frame_client"});
    all.push_back({"latency_budget", FormatDuration(params_.budget),
                   "from an input to its picture, at most",
                   "Claypool and Claypool 2010: first-person games"});
    all.push_back({"max_wait", Text(params_.max_wait) + " s",
                   "how long the player waits for the session to start",
                   "Assumption: gaming_patience"});
    return all;
  }

  Result<Demand> Shape(const SizeRow& size, uint32_t* replicas) const override {
    *replicas = 1;
    return FrameDemand(size, RenderMilli(frames_.render_ms, frames_.fps), params_.host,
                       "cloud_gaming");
  }
  const FrameService* frames() const override { return &frames_; }

  void SetWork(const TaskDraw& draw, Job* job) const override {
    SetSession(draw.ArrivalDuration(), draw.Uniform(0), job);
  }

 private:
  CloudGamingParams params_;
  FrameService frames_;
};

}  // namespace

std::unique_ptr<JobClassModel> CloudGaming(const CloudGamingParams& params) {
  return std::make_unique<CloudGamingModel>(params);
}

}  // namespace orrery::workload::classes
