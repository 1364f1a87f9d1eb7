#include "cuda/api/devices.h"

#include <dlfcn.h>

#include <array>
#include <cstddef>
#include <memory>

namespace orrery {
namespace {

// From cuda.h, which a machine without the toolkit does not have.
constexpr int kSuccess = 0;
constexpr int kAttributeComputeMajor = 75;
constexpr int kAttributeComputeMinor = 76;

struct Closer {
  void operator()(void* library) const { dlclose(library); }
};
using Library = std::unique_ptr<void, Closer>;

// The driver's entry points; which one was not found is in `missing`.
struct Driver {
  explicit Driver(void* library) {
    Bind(library, "cuInit", &init);
    Bind(library, "cuDriverGetVersion", &version);
    Bind(library, "cuDeviceGetCount", &count);
    Bind(library, "cuDeviceGet", &get);
    Bind(library, "cuDeviceGetName", &name);
    Bind(library, "cuDeviceTotalMem_v2", &total_memory);
    Bind(library, "cuDeviceGetAttribute", &attribute);
    Bind(library, "cuGetErrorString", &error_string);
  }

  template <typename Function>
  void Bind(void* library, const char* symbol, Function** function) {
    *function = reinterpret_cast<Function*>(dlsym(library, symbol));
    if (*function == nullptr && missing.empty()) missing = symbol;
  }

  std::string Describe(const char* call, int status) const {
    const char* text = nullptr;
    if (error_string(status, &text) != kSuccess || text == nullptr) text = "unknown error";
    return std::string(call) + ": " + text + " (" + std::to_string(status) + ")";
  }

  int (*init)(unsigned) = nullptr;
  int (*version)(int*) = nullptr;
  int (*count)(int*) = nullptr;
  int (*get)(int*, int) = nullptr;
  int (*name)(char*, int, int) = nullptr;
  int (*total_memory)(std::size_t*, int) = nullptr;
  int (*attribute)(int*, int, int) = nullptr;
  int (*error_string)(int, const char**) = nullptr;
  std::string missing;
};

// Fills `device`; returns what failed, or nothing.
std::string Describe(const Driver& driver, int ordinal, CudaDevice* device) {
  device->ordinal = ordinal;
  int handle = 0;
  if (int status = driver.get(&handle, ordinal); status != kSuccess) {
    return driver.Describe("cuDeviceGet", status);
  }
  std::array<char, 256> name{};
  if (int status = driver.name(name.data(), static_cast<int>(name.size()), handle);
      status != kSuccess) {
    return driver.Describe("cuDeviceGetName", status);
  }
  device->name = name.data();
  std::size_t memory = 0;
  if (int status = driver.total_memory(&memory, handle); status != kSuccess) {
    return driver.Describe("cuDeviceTotalMem", status);
  }
  device->memory_bytes = static_cast<std::int64_t>(memory);
  int status = driver.attribute(&device->compute_major, kAttributeComputeMajor, handle);
  if (status == kSuccess) {
    status = driver.attribute(&device->compute_minor, kAttributeComputeMinor, handle);
  }
  return status == kSuccess ? "" : driver.Describe("cuDeviceGetAttribute", status);
}

CudaDeviceList None(std::string why, int driver_version = 0) {
  CudaDeviceList list;
  list.driver_version = driver_version;
  list.why_none = std::move(why);
  return list;
}

}  // namespace

CudaDeviceList ListCudaDevices(const std::string& driver_library) {
  const Library library(dlopen(driver_library.c_str(), RTLD_NOW | RTLD_LOCAL));
  if (library == nullptr) {
    const char* reason = dlerror();
    return None("no CUDA driver: " + std::string(reason == nullptr ? driver_library : reason));
  }
  const Driver driver(library.get());
  if (!driver.missing.empty()) {
    return None(driver_library + " is no CUDA driver: it lacks " + driver.missing);
  }
  if (int status = driver.init(0); status != kSuccess) {
    return None(driver.Describe("cuInit", status));
  }
  CudaDeviceList list;
  if (int status = driver.version(&list.driver_version); status != kSuccess) {
    return None(driver.Describe("cuDriverGetVersion", status));
  }
  int count = 0;
  if (int status = driver.count(&count); status != kSuccess) {
    return None(driver.Describe("cuDeviceGetCount", status), list.driver_version);
  }
  for (int ordinal = 0; ordinal < count; ++ordinal) {
    CudaDevice device;
    if (std::string failure = Describe(driver, ordinal, &device); !failure.empty()) {
      return None("device " + std::to_string(ordinal) + ": " + failure, list.driver_version);
    }
    list.devices.push_back(std::move(device));
  }
  if (list.devices.empty()) list.why_none = "the CUDA driver reports no device";
  return list;
}

}  // namespace orrery
