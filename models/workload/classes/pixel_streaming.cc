// Pixel streaming: an audience watches an application that renders on GPUs, such as an Unreal
// Engine 5 scene sent by WebRTC. An instance renders one view for several viewers, each of whom has
// an encoder session of the GPU; an arrival is an event, a bag of as many instances as its viewers
// need.
//
// An instance loads its scene (set-up), and ends when the last of its viewers leaves: its work is
// the longest of their visits, on the clock.
#include <cmath>

#include "models/workload/classes/session.h"
#include "sim/base/text.h"
#include "sim/base/units.h"

namespace orrery::workload::classes {
namespace {

// 10 Mbit/s of a viewer at 60 frames a second. Assumption: stream_viewer_bitrate.
constexpr double kViewerBytesS = 10e6 / 8;

class PixelStreamingModel final : public SessionModel {
 public:
  explicit PixelStreamingModel(const PixelStreamingParams& params)
      : SessionModel(params.max_wait), params_(params), viewers_(params.viewers) {
    const auto ms = [](Duration d) { return 1e3 * d.seconds(); };
    frames_ = {.fps = params.fps,
               .render_ms = ms(params.frame_time),
               .encode_ms = ms(params.encode),
               .viewers = params.viewers_per_instance,
               .viewer_bytes_s = kViewerBytesS,
               .client_ms = ms(params.client),
               .budget_ms = ms(params.budget)};
  }

  JobClass job_class() const override { return JobClass::kPixelStreaming; }
  std::string summary() const override {
    return "an audience as a bag of instances of an application; an instance renders once for its "
           "viewers and encodes for each";
  }
  std::vector<ClassParameter> parameters() const override {
    std::vector<ClassParameter> all = HostParameters(params_.host);
    all.push_back(
        {"viewers", Text(params_.viewers), "viewers of one event", "Assumption: stream_viewers"});
    all.push_back({"viewers_per_instance", std::to_string(params_.viewers_per_instance),
                   "viewers who share an instance and its view", "Assumption: stream_instance"});
    all.push_back({"encode_sessions", std::to_string(params_.encode_sessions),
                   "streams that the encoders of one GPU serve at once",
                   "NVIDIA, Video Encode and Decode GPU Support Matrix: GeForce, since 2024"});
    all.push_back({"fps", FormatDouble(params_.fps), "frames a second", "as most services offer"});
    all.push_back({"frame_time", FormatDuration(params_.frame_time),
                   "rendering of a frame on the whole reference GPU", "Assumption: stream_frame"});
    all.push_back({"encode", FormatDuration(params_.encode), "encoding of a frame for one viewer",
                   "Assumption: frame_encode"});
    all.push_back({"client", FormatDuration(params_.client),
                   "a viewer's last mile (round trip), decoding and display",
                   "Assumption: frame_client"});
    all.push_back({"latency_budget", FormatDuration(params_.budget),
                   "from an input to its picture, at most", "Assumption: stream_budget"});
    all.push_back({"load", FormatDuration(params_.load),
                   "time at the start of every attempt until the scene is loaded",
                   "Assumption: stream_load"});
    all.push_back({"max_wait", Text(params_.max_wait) + " s",
                   "how long the audience waits for an instance", "Assumption: gaming_patience"});
    return all;
  }

  // The last instance has as many viewers as the others, so that an event is at most one instance
  // larger than drawn.
  uint32_t Tasks(double u) const override {
    return CountOf(std::ceil(viewers_.At(u) / params_.viewers_per_instance), kMaxTasks);
  }
  bool MakesBags() const override { return true; }

  // Instances on one GPU share its encoder sessions as they share its time: the larger of the two
  // shares counts.
  Result<Demand> Shape(const SizeRow& size, uint32_t* replicas) const override {
    *replicas = 1;
    const uint32_t renders = RenderMilli(frames_.render_ms, frames_.fps);
    const uint32_t encodes = (1000 * params_.viewers_per_instance + params_.encode_sessions - 1) /
                             params_.encode_sessions;
    return FrameDemand(size, std::max(renders, encodes), params_.host, "pixel_streaming");
  }
  const FrameService* frames() const override { return &frames_; }

  // It ends when the last of its viewers leaves.
  void SetWork(const TaskDraw& draw, Job* job) const override {
    job->setup = params_.load;
    SetSession(draw.LongestOf(params_.viewers_per_instance), draw.Uniform(1), job);
  }

 private:
  PixelStreamingParams params_;
  Sampler viewers_;
  FrameService frames_;
};

}  // namespace

std::unique_ptr<JobClassModel> PixelStreaming(const PixelStreamingParams& params) {
  return std::make_unique<PixelStreamingModel>(params);
}

}  // namespace orrery::workload::classes
