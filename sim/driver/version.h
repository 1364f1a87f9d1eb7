// The version that results carry.
#pragma once

namespace orrery::driver {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace orrery::driver
