// Bits that may never change: equal in every build mode and on every machine.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>

#include "sim/base/math.h"
#include "tests/sim/base/digest.h"

namespace orrery {
namespace {

// Arguments by exact arithmetic alone: 4,000 steps over [low, high].
uint64_t DigestOf(double (*function)(double), double low, double high) {
  Digest digest;
  for (int i = 0; i <= 4000; ++i) digest.Add(function(low + (high - low) * (i / 4096.0)));
  return digest.value();
}

double PowOfBase(double x) { return Pow(x, 1.7); }
double PowOfExponent(double y) { return Pow(1.7, y); }

TEST(MathDigestTest, BitsAreGolden) {
  EXPECT_EQ(DigestOf(Exp, -750, 710), 0x739526ec206ccd63);
  EXPECT_EQ(DigestOf(Expm1, -5, 5), 0x24d0e6da4d3f66cc);
  EXPECT_EQ(DigestOf(Log, 0.001, 20), 0x4ea112a2341e2790);
  EXPECT_EQ(DigestOf(Log1p, -0.999, 3), 0x1e2a6d9ab4888985);
  EXPECT_EQ(DigestOf(PowOfBase, 0, 100), 0x069da9d0a2ff27d5);
  EXPECT_EQ(DigestOf(PowOfExponent, -100, 100), 0x6c3d613795c4f0de);
  EXPECT_EQ(DigestOf(Sin, -50, 50), 0x6a1b95d4cc202659);
  EXPECT_EQ(DigestOf(Cos, -1e9, 1e9), 0xbf92f9880a0435fa);
  EXPECT_EQ(DigestOf(SinPi, -3, 3), 0x926e215312c3b067);
  EXPECT_EQ(DigestOf(CosPi, -3, 3), 0xf74638b0ccdf2543);
  EXPECT_EQ(DigestOf(LogGamma, 0, 50), 0xa30993557bfa15fa);
  EXPECT_EQ(DigestOf(GammaFunction, 0, 170), 0x48bff3d08ef20de4);
  EXPECT_EQ(DigestOf(NormalQuantile, 0, 1), 0xd88b059e06a789cb);
}

}  // namespace
}  // namespace orrery
