#include "cuda/api/devices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdint>
#include <string>

namespace orrery {
namespace {

using ::testing::HasSubstr;

constexpr char kFakeDriver[] = "./tests/cuda/api/libfake_driver.so";
constexpr char kNotADriver[] = "libm.so.6";

TEST(ListCudaDevicesTest, ListsNamesMemoryAndComputeCapability) {
  const CudaDeviceList list = ListCudaDevices(kFakeDriver);
  ASSERT_EQ(list.why_none, "");
  ASSERT_EQ(list.devices.size(), 2U);
  EXPECT_EQ(list.driver_version, 13000);
  EXPECT_EQ(list.devices[0].name, "Fake GPU 0");
  EXPECT_EQ(list.devices[0].memory_bytes, std::int64_t{80} << 30);
  EXPECT_EQ(list.devices[0].compute_major, 9);
  EXPECT_EQ(list.devices[0].compute_minor, 0);
  EXPECT_EQ(list.devices[1].ordinal, 1);
  EXPECT_EQ(list.devices[1].name, "Fake GPU 1");
  EXPECT_EQ(list.devices[1].compute_major, 8);
  EXPECT_EQ(list.devices[1].compute_minor, 6);
}

TEST(ListCudaDevicesTest, SaysWhichLibraryIsMissingWithoutADriver) {
  const CudaDeviceList list = ListCudaDevices("libno_such_driver.so.1");
  EXPECT_TRUE(list.devices.empty());
  EXPECT_THAT(list.why_none, HasSubstr("no CUDA driver"));
  EXPECT_THAT(list.why_none, HasSubstr("libno_such_driver.so.1"));
}

TEST(ListCudaDevicesTest, RefusesALibraryThatIsNoDriver) {
  const CudaDeviceList list = ListCudaDevices(kNotADriver);
  EXPECT_TRUE(list.devices.empty());
  EXPECT_THAT(list.why_none, HasSubstr("libm.so.6 is no CUDA driver: it lacks cuInit"));
}

TEST(ListCudaDevicesTest, PassesOnWhatTheDriverSaysOfItsFailure) {
  setenv("FAKE_CUDA_INIT", "100", 1);
  const CudaDeviceList list = ListCudaDevices(kFakeDriver);
  unsetenv("FAKE_CUDA_INIT");
  EXPECT_TRUE(list.devices.empty());
  EXPECT_EQ(list.why_none, "cuInit: no CUDA-capable device is detected (100)");
}

TEST(ListCudaDevicesTest, SaysSoWhereTheDriverHasNoDevice) {
  setenv("FAKE_CUDA_DEVICES", "0", 1);
  const CudaDeviceList list = ListCudaDevices(kFakeDriver);
  unsetenv("FAKE_CUDA_DEVICES");
  EXPECT_TRUE(list.devices.empty());
  EXPECT_EQ(list.driver_version, 13000);
  EXPECT_EQ(list.why_none, "the CUDA driver reports no device");
}

TEST(ListCudaDevicesTest, EitherListsThisMachinesDevicesOrSaysWhyThereAreNone) {
  const CudaDeviceList list = ListCudaDevices();
  EXPECT_EQ(list.devices.empty(), !list.why_none.empty());
  for (const CudaDevice& device : list.devices) {
    EXPECT_FALSE(device.name.empty());
    EXPECT_GT(device.memory_bytes, 0);
    EXPECT_GE(device.compute_major, 1);
  }
}

}  // namespace
}  // namespace orrery
