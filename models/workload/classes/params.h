// The parameters of each job class, as a scenario states them: one struct a class, a variant of
// all. What each class does with them is told in its own file.
#pragma once

#include <cstdint>
#include <variant>

#include "models/workload/distribution.h"
#include "sim/base/demand.h"
#include "sim/base/time.h"

namespace orrery::workload {

// CPU and memory that come with each GPU where a size row does not state them.
// Assumption: host_share: an eighth of an eight-GPU server with 96 hardware threads and 1 TiB,
// rounded down to leave room for the host's own services.
inline constexpr uint32_t kDefaultCpuMilliPerGpu = 10'000;
inline constexpr uint32_t kDefaultMemoryMibPerGpu = 96 * 1024;

struct HostShare {
  uint32_t cpu_milli_per_gpu = kDefaultCpuMilliPerGpu;
  uint32_t memory_mib_per_gpu = kDefaultMemoryMibPerGpu;
};

// classes/batch_training.cc
struct BatchTrainingParams {
  HostShare host = {};
  // GPUs that one replica (one node) holds at most; a larger job becomes a gang of such replicas.
  // Eight: the server of every cluster in the acme-summary, philly and helios data.
  uint16_t gpus_per_replica = 8;
  // Between checkpoints while running. Assumption: training_checkpoint.
  Duration checkpoint_interval = Duration::Minutes(30);
};

// classes/sweep.cc
struct SweepParams {
  HostShare host = {};
  // Trials (tasks) of a bag: rounded to the nearest whole number, at least 1, at most 4095.
  // Assumption: sweep_trials.
  Distribution trials{.law = LogNormal{.median = 16, .sigma = 0.7}, .min = 2, .max = 256};
  // Trials save their state at rungs: after `first_rung`, then after each 4 times as much (Li et
  // al. 2020, section 3). The length of the first one is Assumption: sweep_first_rung.
  Duration first_rung = Duration::Minutes(5);
};

// classes/batch_inference.cc
struct BatchInferenceParams {
  HostShare host = {};
  // GPUs that hold one copy of the model; every copy is one replica.
  uint16_t gpus_per_copy = 1;
  // Run time of one batch on the reference GPU: the most that a stop can lose.
  // Assumption: inference_batch.
  Duration batch = Duration::Seconds(30);
};

// classes/rendering.cc
struct RenderingParams {
  HostShare host = {};
  // Frames of a film or shot. Assumption: render_frames (5 s to 1 min at 24 frames/s).
  Distribution frames{.law = LogNormal{.median = 240, .sigma = 0.6}, .min = 24, .max = 4800};
  // Frames rendered by one task, one after the other, after one scene load.
  uint32_t frames_per_task = 8;
  // Wall-clock time to load the scene at the start of every attempt; does not depend on the GPU.
  // Assumption: scene_load.
  Duration scene_load = Duration::Seconds(60);
  // Spread of the frames of one film around its own frame time: sigma of a log-normal with mean 1.
  // Assumption: frame_spread.
  double frame_sigma = 0.25;
};

// classes/interactive.cc
struct InteractiveParams {
  HostShare host = {};
  // How long the user waits for the session to start before giving up.
  // Assumption: interactive_patience.
  Distribution max_wait{.law = Exponential{.mean = 900}, .min = 60, .max = 14'400};
};

// classes/tuning.cc
struct TuningParams {
  HostShare host = {};
  // Trials (tasks) of a search: to the nearest whole number. Assumption: tuning_trials: four rungs'
  // worth, so that one trial or so is trained to the end.
  Distribution trials{.law = LogNormal{.median = 64, .sigma = 0.5}, .min = 4, .max = 1024};
  // Run time of a trial until it is judged for the first time. Assumption: tuning_first_rung.
  Duration first_rung = Duration::Minutes(5);
};

// classes/reinforcement_learning.cc
struct ReinforcementLearningParams {
  HostShare host = {};
  // Wall-clock time at the start of every attempt in which actors fill the replay buffer and
  // nothing is learnt yet. Assumption: rl_warm_up.
  Duration warm_up = Duration::Minutes(2);
  // Between checkpoints of the learner. Assumption: rl_checkpoint.
  Duration checkpoint_interval = Duration::Minutes(10);
};

// classes/ray_cluster.cc
struct RayClusterParams {
  HostShare host = {};
  // GPUs of one node of the job's own cluster. Assumption: ray_worker.
  uint16_t gpus_per_node = 1;
  // Wall-clock time at the start of every attempt until the head is up and workers have joined it.
  // Assumption: ray_start_up.
  Duration start_up = Duration::Seconds(90);
  // Run time of one task on the reference GPU. Assumption: ray_task.
  Duration task = Duration::Minutes(1);
};

// classes/inference_endpoint.cc
struct InferenceEndpointParams {
  HostShare host = {};
};

// What a stream carries, and how a scene grows with it.
enum class Resolution : uint8_t { k720p, k1080p, k1440p, k2160p };

// classes/cloud_gaming.cc
struct CloudGamingParams {
  HostShare host = {};
  Resolution resolution = Resolution::k1080p;
  double fps = 60;
  // Of a frame of the game at 1080p, on the whole of the reference GPU. Assumption: game_frame.
  Duration frame_time = Duration::Millis(6);
  // Of a frame at 1080p. Assumption: frame_encode.
  Duration encode = Duration::Millis(3);
  // The player's last mile, decoding and display. Assumption: frame_client.
  Duration client = Duration::Millis(30);
  // From an input to its picture. Claypool and Claypool 2010: first-person games.
  Duration budget = Duration::Millis(100);
  // How long a player waits for the session to start. Assumption: gaming_patience.
  Distribution max_wait{.law = Exponential{.mean = 120}, .min = 10, .max = 3600};
};

// classes/pixel_streaming.cc
struct PixelStreamingParams {
  HostShare host = {};
  // Viewers of an event: to the nearest whole number. Assumption: stream_viewers.
  Distribution viewers{.law = LogNormal{.median = 12, .sigma = 0.8}, .min = 1, .max = 1000};
  // Viewers of one instance of the application. Assumption: stream_instance.
  uint32_t viewers_per_instance = 4;
  // Streams that the encoders of one GPU serve at once: NVIDIA's limit for GeForce since 2024.
  uint32_t encode_sessions = 8;
  double fps = 60;
  // Of a frame of the application, on the whole of the reference GPU. Assumption: stream_frame.
  Duration frame_time = Duration::Millis(8);
  // Of a frame for one viewer. Assumption: frame_encode.
  Duration encode = Duration::Millis(3);
  Duration client = Duration::Millis(30);
  // From an input to its picture. Assumption: stream_budget.
  Duration budget = Duration::Millis(150);
  // Until an instance has loaded its scene. Assumption: stream_load.
  Duration load = Duration::Seconds(40);
  // How long the audience waits for an instance. Assumption: gaming_patience.
  Distribution max_wait{.law = Exponential{.mean = 120}, .min = 10, .max = 3600};
};

// In the order of JobClass: index() is the class.
using ClassParams =
    std::variant<BatchTrainingParams, SweepParams, BatchInferenceParams, RenderingParams,
                 InteractiveParams, TuningParams, ReinforcementLearningParams, RayClusterParams,
                 InferenceEndpointParams, CloudGamingParams, PixelStreamingParams>;

inline JobClass ClassOf(const ClassParams& params) { return static_cast<JobClass>(params.index()); }

}  // namespace orrery::workload
