#include "tests/cuda/smoke.h"

namespace orrery {
namespace {

__global__ void DoubleKernel(float* values, int count) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < count) values[i] *= 2.0F;
}

}  // namespace

SmokeResult DoubleOnDevice(const std::vector<float>& input) {
  SmokeResult result;
  int devices = 0;
  cudaError_t status = cudaGetDeviceCount(&devices);
  if (status != cudaSuccess || devices == 0) {
    result.error = cudaGetErrorString(status);
    return result;
  }
  result.device_found = true;
  result.values = input;
  const int count = static_cast<int>(input.size());
  const std::size_t bytes = input.size() * sizeof(float);
  float* on_device = nullptr;
  status = cudaMalloc(&on_device, bytes);
  if (status == cudaSuccess) {
    status = cudaMemcpy(on_device, input.data(), bytes, cudaMemcpyHostToDevice);
  }
  if (status == cudaSuccess) {
    constexpr int kThreads = 128;
    DoubleKernel<<<(count + kThreads - 1) / kThreads, kThreads>>>(on_device, count);
    status = cudaGetLastError();
  }
  if (status == cudaSuccess) {
    status = cudaMemcpy(result.values.data(), on_device, bytes, cudaMemcpyDeviceToHost);
  }
  cudaFree(on_device);
  if (status != cudaSuccess) result.error = cudaGetErrorString(status);
  return result;
}

}  // namespace orrery
