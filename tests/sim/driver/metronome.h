// A service whose every step can be worked out by hand, for the tests of services.
#pragma once

#include "models/fleet/gpu.h"
#include "sim/scenario/services.h"

namespace orrery::testing {

// On it a token of the model below takes 0.1 ms of arithmetic, its weights 10 ms, and a token's
// keys and values 1 µs; there is room for those of 13,192 tokens.
fleet::GpuModel ServingGpu();

// A request a second, without chance: 300 tokens in, 4 out; a replica is ready after 10 s.
scenario::Service Metronome();

}  // namespace orrery::testing
