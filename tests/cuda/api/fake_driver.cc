// A driver with two devices, loaded in place of libcuda.so.1. FAKE_CUDA_INIT makes cuInit fail with
// that status.

#include <cstddef>
#include <cstdio>
#include <cstdlib>

extern "C" {

int cuInit(unsigned) {
  const char* status = std::getenv("FAKE_CUDA_INIT");
  return status == nullptr ? 0 : std::atoi(status);
}

int cuDriverGetVersion(int* version) {
  *version = 13000;
  return 0;
}

int cuDeviceGetCount(int* count) {
  const char* devices = std::getenv("FAKE_CUDA_DEVICES");
  *count = devices == nullptr ? 2 : std::atoi(devices);
  return 0;
}

int cuDeviceGet(int* device, int ordinal) {
  *device = 10 + ordinal;
  return 0;
}

int cuDeviceGetName(char* name, int length, int device) {
  std::snprintf(name, static_cast<std::size_t>(length), "Fake GPU %d", device - 10);
  return 0;
}

int cuDeviceTotalMem_v2(std::size_t* bytes, int device) {
  *bytes = device == 10 ? std::size_t{80} << 30 : std::size_t{16} << 30;
  return 0;
}

int cuDeviceGetAttribute(int* value, int attribute, int device) {
  const bool major = attribute == 75;
  *value = device == 10 ? (major ? 9 : 0) : (major ? 8 : 6);
  return 0;
}

int cuGetErrorString(int status, const char** text) {
  *text = status == 100 ? "no CUDA-capable device is detected" : "some error";
  return 0;
}

}  // extern "C"
