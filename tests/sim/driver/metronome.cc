#include "tests/sim/driver/metronome.h"

namespace orrery::testing {

fleet::GpuModel ServingGpu() {
  fleet::GpuModel gpu;
  gpu.id = "test-gpu";
  gpu.fp16_tflops = 100;
  gpu.bandwidth_gbs = 1000;
  gpu.memory_mib = 24 * 1024;
  return gpu;
}

scenario::Service Metronome() {
  scenario::Service service;
  service.name = "chat";
  service.model.figures = {.parameters_b = 5,
                           .layers = 1,
                           .width = 0,
                           .kv_width = 250'000,
                           .weight_bits = 16,
                           .kv_bits = 16};
  service.serving.prefill_efficiency = service.serving.decode_efficiency = 1;
  service.serving.step_overhead_s = 0.002;
  service.context = 2000;
  service.requests.arrivals.rate_per_h = 3600;
  service.requests.arrivals.law = workload::GammaArrivals{.cv = 0};
  service.requests.clients = {{RegionId(0), 1, Duration()}};
  service.requests.prompt = {.law = workload::Deterministic{300}};
  service.requests.output = {.law = workload::Deterministic{4}};
  service.cold_start = workload::ColdStart{Duration::Seconds(10), Duration::Seconds(10)};
  return service;
}

}  // namespace orrery::testing
