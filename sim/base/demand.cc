#include "sim/base/demand.h"

namespace orrery {

const char* JobClassName(JobClass job_class) {
  switch (job_class) {
    case JobClass::kBatchTraining:
      return "batch_training";
    case JobClass::kSweep:
      return "sweep";
    case JobClass::kBatchInference:
      return "batch_inference";
    case JobClass::kRendering:
      return "rendering";
    case JobClass::kInteractive:
      return "interactive";
    case JobClass::kTuning:
      return "tuning";
    case JobClass::kReinforcementLearning:
      return "reinforcement_learning";
    case JobClass::kRayCluster:
      return "ray_cluster";
    case JobClass::kInferenceEndpoint:
      return "inference_endpoint";
    case JobClass::kCloudGaming:
      return "cloud_gaming";
    case JobClass::kPixelStreaming:
      return "pixel_streaming";
  }
  return "?";
}

const char* OwnerKindName(OwnerKind kind) {
  switch (kind) {
    case OwnerKind::kDatacentre:
      return "datacentre";
    case OwnerKind::kMiner:
      return "miner";
    case OwnerKind::kConsumer:
      return "consumer";
    case OwnerKind::kPartner:
      return "partner";
  }
  return "?";
}

}  // namespace orrery
