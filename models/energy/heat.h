// Temperature of GPUs, in closed form: how warm one gets over a span of constant power, and how
// much it must hold back where its limit is reached.
//
// A first-order model: T' = (A(t) + R·P − T) / τ, with the air A around the board, the board's
// thermal resistance R and its time constant τ. The air swings over the day as a cosine.
#pragma once

#include <array>

#include "sim/base/demand.h"
#include "sim/base/time.h"

namespace orrery::energy {

struct HeatParams {
  // A board at its TDP is warmer than the air by this much [K], by OwnerKind.
  // Assumption: thermal_rise: server fans, racks of open boards, closed cases of gamers.
  std::array<double, kOwnerKinds> rise_k = std::to_array<double>({42, 52, 50, 42});
  // Standard deviation of the logarithm of R among nodes. Sinha et al., "Not All GPUs Are Created
  // Equal: Characterizing Variability in Large-Scale, Accelerator-Rich Systems", SC 2022, find
  // boards of one model up to tens of kelvins apart; its value: Assumption: thermal_spread.
  double spread = 0.1;
  // Assumption: thermal_time: a heat sink of about 1 kg.
  Duration time_constant = Duration::Seconds(90);
  // Above it the board slows down [°C]: the GPU target temperature of GeForce boards (NVIDIA,
  // "GPU Boost").
  double limit_c = 83;
};

// The air around the boards [°C] as a function of time: a mean and a swing that is greatest at
// `peak` hours UTC.
struct Air {
  double mean_c = 22;
  double swing_c = 0;
  double peak_h = 0;

  double At(SimTime time) const;
};

// The air around boards at a latitude, in the month 0 … 11.
// Outdoors: North, "Theory of energy-balance climate models", J. Atmos. Sci. 32 (1975): the annual
// mean falls with latitude as the second Legendre polynomial. Season and day: Assumption: climate.
// Data centres and partners hold the middle of the range that ASHRAE TC 9.9 recommends (18 to 27
// °C); miners breathe outdoor air, of 10 °C at least on the day's mean; at home that is 21 °C at
// least (Assumption: indoor_air).
Air AirAt(OwnerKind owner, double lat_deg, int month, Duration utc_offset);

// One board in its air.
struct Board {
  Air air;
  double resistance_k_per_w = 0;
  double time_constant_s = 90;

  // Where it tends to at constant power [°C]: the air, smoothed and delayed by τ, and R·P.
  double Steady(double watts, SimTime time) const;
  // At the end of a span of constant power that began at `start_c`: the exact solution.
  double After(double start_c, double watts, SimTime from, SimTime to) const;
  // The warmest moment of that span: an end of it, or the day's crest where that lies within.
  double Peak(double start_c, double watts, SimTime from, SimTime to) const;
};

// What is left to a board that may not pass a limit.
struct Throttle {
  double speed = 1;   // of its clock
  double effort = 1;  // of its dynamic power
};

// The clock at which a board in air of `air_c` settles at the limit. Dynamic power goes with the
// cube of the clock, as voltage goes with it (Hennessy, Patterson: "Computer Architecture", 6th
// ed., §1.5); no board goes below a tenth of its dynamic power (Assumption: least_clock).
Throttle ThrottleFor(double air_c, double limit_c, double resistance_k_per_w, double idle_w,
                     double busy_w);

}  // namespace orrery::energy
