// Time of the elementary functions, beside the C library's in the same run.
#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <cstddef>

#include "sim/base/math.h"

namespace orrery {
namespace {

using Function = double (*)(double);

// Arguments scattered over [low, high], so that no branch and no table line is always the same.
template <Function kFunction>
void BM_Function(benchmark::State& state) {
  constexpr size_t kArguments = 1024;
  const double low = static_cast<double>(state.range(0)) / 1000;
  const double high = static_cast<double>(state.range(1)) / 1000;
  std::array<double, kArguments> arguments;
  for (size_t i = 0; i < kArguments; ++i) {
    const double share = (static_cast<double>(i * 7919 % kArguments) + 0.5) / kArguments;
    arguments[i] = low + (high - low) * share;
  }
  size_t next = 0;
  double sum = 0;
  for (auto _ : state) sum += kFunction(arguments[next++ % kArguments]);
  benchmark::DoNotOptimize(sum);
}

double PowOf(double x) { return Pow(x, 0.7); }
double LibmExp(double x) { return std::exp(x); }
double LibmLog(double x) { return std::log(x); }
double LibmPow(double x) { return std::pow(x, 0.7); }
double LibmSin(double x) { return std::sin(x); }

BENCHMARK(BM_Function<Exp>)->Name("exp")->Args({-10'000, 10'000});
BENCHMARK(BM_Function<LibmExp>)->Name("exp/libm")->Args({-10'000, 10'000});
BENCHMARK(BM_Function<Expm1>)->Name("expm1")->Args({-1'000, 1'000});
BENCHMARK(BM_Function<Log>)->Name("log")->Args({0, 1'000});
BENCHMARK(BM_Function<LibmLog>)->Name("log/libm")->Args({0, 1'000});
BENCHMARK(BM_Function<Log1p>)->Name("log1p")->Args({-900, 1'000});
BENCHMARK(BM_Function<PowOf>)->Name("pow")->Args({0, 1'000});
BENCHMARK(BM_Function<LibmPow>)->Name("pow/libm")->Args({0, 1'000});
BENCHMARK(BM_Function<Sin>)->Name("sin")->Args({-30'000, 30'000});
BENCHMARK(BM_Function<Cos>)->Name("cos")->Args({-30'000, 30'000});
BENCHMARK(BM_Function<LibmSin>)->Name("sin/libm")->Args({-30'000, 30'000});
BENCHMARK(BM_Function<SinPi>)->Name("sin_pi")->Args({-30'000, 30'000});
BENCHMARK(BM_Function<LogGamma>)->Name("log_gamma")->Args({0, 50'000});
BENCHMARK(BM_Function<NormalQuantile>)->Name("normal_quantile")->Args({0, 1'000});

}  // namespace
}  // namespace orrery
