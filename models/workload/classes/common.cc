#include "models/workload/classes/common.h"

#include <cmath>

#include "models/fleet/node.h"
#include "sim/base/text.h"

namespace orrery::workload {

namespace classes {
namespace {

Result<Demand> CpuDemand(const SizeRow& size) {
  if (!size.cpu_milli.has_value() || !size.memory_mib.has_value()) {
    return MakeError("", "got a size without GPUs that does not state its CPU and memory");
  }
  if (*size.cpu_milli == 0)
    return MakeError("", "got neither GPUs nor CPU, expected some of either");
  return Demand{
      .gpus = 0, .gpu_milli = 1000, .cpu_milli = *size.cpu_milli, .memory_mib = *size.memory_mib};
}

}  // namespace

Result<Demand> ReplicaDemand(const SizeRow& size, uint32_t replicas, const HostShare& host) {
  if (size.gpus == 0) return CpuDemand(size);
  if (size.gpus % replicas != 0) {
    return MakeError("", "got " + std::to_string(size.gpus) + " GPUs in " +
                             std::to_string(replicas) +
                             " replicas, expected replicas that divide the GPUs");
  }
  const uint32_t gpus = size.gpus / replicas;
  if (gpus > fleet::kMaxGpusPerNode) {
    return MakeError("", "got " + std::to_string(gpus) + " GPUs in one replica, expected at most " +
                             std::to_string(fleet::kMaxGpusPerNode) + " (one node)");
  }
  if (size.gpu_milli == 0 || size.gpu_milli > 1000 || (size.gpu_milli < 1000 && size.gpus != 1)) {
    return MakeError("", "got a share of " + std::to_string(size.gpu_milli) + " thousandths on " +
                             std::to_string(size.gpus) +
                             " GPUs, expected 1 … 1000, and below 1000 on one GPU only");
  }
  // A share of a GPU comes with that share of its CPU and memory.
  const auto share = [&](uint32_t per_gpu) {
    return static_cast<uint32_t>(uint64_t{per_gpu} * gpus * size.gpu_milli / 1000);
  };
  return Demand{.gpus = static_cast<uint16_t>(gpus),
                .gpu_milli = size.gpu_milli,
                .cpu_milli = size.cpu_milli.value_or(share(host.cpu_milli_per_gpu)),
                .memory_mib = size.memory_mib.value_or(share(host.memory_mib_per_gpu))};
}

Result<Demand> EqualReplicas(const SizeRow& size, uint32_t gpus_each, const char* key,
                             const HostShare& host, uint32_t* replicas) {
  *replicas = std::max(1u, size.replicas);
  if (size.replicas == 0 && size.gpus > 0) {
    if (size.gpus % gpus_each != 0) {
      return MakeError("", "got " + std::to_string(size.gpus) + " GPUs, expected a multiple of " +
                               key + " (" + std::to_string(gpus_each) + ")");
    }
    *replicas = size.gpus / gpus_each;
  }
  return ReplicaDemand(size, *replicas, host);
}

Result<Demand> FrameDemand(const SizeRow& size, uint32_t milli, const HostShare& host,
                           const char* job_class) {
  if (size.gpus != 1) {
    return MakeError("", "got " + std::to_string(size.gpus) + " GPUs, expected 1: a " + job_class +
                             " job renders on one GPU");
  }
  SizeRow row = size;
  // A share that the scenario states is what the job gets, enough or not.
  if (row.gpu_milli == 1000) row.gpu_milli = static_cast<uint16_t>(std::min(milli, 1000u));
  return OneNodeDemand(row, host, job_class);
}

Result<Demand> OneNodeDemand(const SizeRow& size, const HostShare& host, const char* job_class) {
  if (size.replicas > 1) {
    return MakeError("", "got " + std::to_string(size.replicas) + " replicas, expected 1: a " +
                             job_class + " job runs on one node");
  }
  return ReplicaDemand(size, 1, host);
}

Duration LastRung(Duration done, Duration first) {
  if (first == Duration()) return done;
  if (done < first) return Duration();
  Duration rung = first;
  while (done / kReduction >= rung) rung = rung * kReduction;
  return rung;
}

Duration NextRung(Duration done, Duration first) {
  if (done < first || first == Duration()) return std::max(first, done + Duration::Nanos(1));
  const Duration last = LastRung(done, first);
  return last > Duration::Max() / kReduction ? Duration::Max() : last * kReduction;
}

std::string Text(const Distribution& distribution) {
  struct Visitor {
    std::string operator()(const Deterministic& d) const { return FormatDouble(d.value); }
    std::string operator()(const Exponential& d) const { return "mean " + FormatDouble(d.mean); }
    std::string operator()(const Uniform& d) const {
      return FormatDouble(d.low) + " … " + FormatDouble(d.high);
    }
    std::string operator()(const LogNormal& d) const {
      return "median " + FormatDouble(d.median) + ", sigma " + FormatDouble(d.sigma);
    }
    std::string operator()(const Weibull& d) const {
      return "shape " + FormatDouble(d.shape) + ", scale " + FormatDouble(d.scale);
    }
    std::string operator()(const Empirical& d) const {
      return std::to_string(d.points.size()) + " points";
    }
  };
  std::string text =
      std::string(LawName(distribution.law)) + " (" + std::visit(Visitor(), distribution.law) + ")";
  if (distribution.min > 0) text += " from " + FormatDouble(distribution.min);
  if (std::isfinite(distribution.max)) text += " to " + FormatDouble(distribution.max);
  return text;
}

std::vector<ClassParameter> HostParameters(const HostShare& host) {
  return {{"cpu_per_gpu", FormatDouble(host.cpu_milli_per_gpu / 1000.0),
           "CPU cores that come with each GPU where a size does not state them",
           "Assumption: host_share"},
          {"memory_per_gpu", FormatDouble(host.memory_mib_per_gpu / 1024.0) + "GiB",
           "main memory that comes with each GPU where a size does not state it",
           "Assumption: host_share"}};
}

}  // namespace classes

double JobClassModel::GangSpeed(std::span<const double> replica_speeds) const {
  return *std::min_element(replica_speeds.begin(), replica_speeds.end());
}

}  // namespace orrery::workload
