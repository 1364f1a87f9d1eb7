#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace orrery {

/// One CUDA device as its driver describes it.
struct CudaDevice {
  int ordinal = 0;  ///< The number the driver knows it by, from 0.
  std::string name;
  std::int64_t memory_bytes = 0;  ///< Total device memory.
  int compute_major = 0;          ///< Compute capability, as in 9.0.
  int compute_minor = 0;
};

/// What a machine has of CUDA devices.
struct CudaDeviceList {
  std::vector<CudaDevice> devices;
  int driver_version =
      0;  ///< 1000 × major + 10 × minor of the CUDA version it supports; 0 without.
  std::string why_none;  ///< Why `devices` is empty, for people to read; empty where it is not.
};

/// Asks the CUDA driver for its devices. The driver's library is opened by name at run time, so
/// that a program which calls this runs on machines without one: there `why_none` says what was
/// missing. Devices that CUDA_VISIBLE_DEVICES hides are not listed. Initialises the driver on the
/// first call (some 100 ms per device); creates no context.
///
/// Source of the entry points: NVIDIA, CUDA Driver API, sections "Initialization", "Version
/// Management" and "Device Management".
CudaDeviceList ListCudaDevices(const std::string& driver_library = "libcuda.so.1");

}  // namespace orrery
