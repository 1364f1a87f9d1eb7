#include "sim/scenario/codecs.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

template <typename T>
std::optional<T> Read(const Codec<T>& codec, std::string_view text) {
  T value{};
  std::string suggestion;
  return codec.Read(text, &value, &suggestion) ? std::optional<T>(value) : std::nullopt;
}

template <typename T>
std::string Suggestion(const Codec<T>& codec, std::string_view text) {
  T value{};
  std::string suggestion;
  EXPECT_FALSE(codec.Read(text, &value, &suggestion)) << text;
  return suggestion;
}

// What is written must be read as the same value, or results would store another scenario.
template <typename T>
void ExpectExact(const Codec<T>& codec, const std::vector<T>& values) {
  for (const T& value : values) {
    const std::optional<T> read = Read(codec, codec.Write(value));
    ASSERT_TRUE(read) << codec.Write(value);
    EXPECT_EQ(*read, value) << codec.Write(value);
  }
}

TEST(CodecTest, WritingIsExact) {
  ExpectExact<bool>(FlagCodec(), {true, false});
  ExpectExact<Duration>(
      DurationCodec(),
      {Duration(), Duration::Nanos(1), Duration::Nanos(1'234'567'891), Duration::Hours(36),
       -Duration::Minutes(570), Duration::Nanos(std::numeric_limits<int64_t>::max() - 1)});
  const std::vector<double> numbers = {0, 0.1, 1.0 / 3, 1e-300, 123456789.123456789, 1e22, -2.5};
  ExpectExact<double>(NumberCodec(), numbers);
  ExpectExact<double>(ShareCodec(), numbers);
  ExpectExact<double>(SecondsCodec(), numbers);
  ExpectExact<double>(PerHourCodec(), numbers);
  ExpectExact<float>(FloatCodec(), {0.0f, 0.1f, 1e-30f, 16777217.0f});
  ExpectExact<float>(BandwidthCodec(), {0.0f, 936.2f, 8000.0f, 0.3f});
  ExpectExact<float>(ComputeCodec(), {0.0f, 989.4f, 1e-3f});
  std::vector<uint32_t> integers = {0, 1, 999, 1000, 1001, 123'456, 4'294'967'295u};
  ExpectExact<uint32_t>(CoresCodec(), integers);
  ExpectExact<uint32_t>(MemoryCodec(), integers);
  ExpectExact<uint32_t>(Whole<uint32_t>(), integers);
  ExpectExact<uint64_t>(Whole<uint64_t>(), {0, std::numeric_limits<uint64_t>::max()});
  ExpectExact<int32_t>(Whole<int32_t>(), {std::numeric_limits<int32_t>::min(), -1, 0});
  ExpectExact<uint16_t>(GpuShareCodec(), {1, 333, 500, 999, 1000});
  ExpectExact<UsdPerHour>(PriceCodec(),
                          {UsdPerHour(), UsdPerHour::Micros(1), UsdPerHour::Micros(2'190'000),
                           UsdPerHour::Micros(1'000'000'000'001)});
}

TEST(CodecTest, EveryGpuModelReadsBack) {
  const GpuCodec codec({.gpus = testing::ShippedTables().gpus.get()});
  for (uint16_t i = 0; i < testing::ShippedTables().gpus->size(); ++i) {
    EXPECT_EQ(Read<GpuModelId>(codec, codec.Write(GpuModelId(i))), GpuModelId(i));
  }
}

TEST(CodecTest, UnitsAreConverted) {
  EXPECT_EQ(Read(SecondsCodec(), "1.5h"), 5400);
  EXPECT_EQ(Read(SecondsCodec(), "2 min"), 120);
  EXPECT_EQ(Read(SecondsCodec(), "250ms"), 0.25);
  EXPECT_EQ(Read(PerHourCodec(), "2/s"), 7200);
  EXPECT_EQ(Read(PerHourCodec(), "48/d"), 2);
  EXPECT_EQ(Read(ShareCodec(), "25%"), 0.25);
  EXPECT_EQ(Read(BandwidthCodec(), "3.35TB/s"), 3350.0f);
  EXPECT_EQ(Read(ComputeCodec(), "1PFLOPS"), 1000.0f);
  EXPECT_EQ(Read(CoresCodec(), "0.25"), 250u);
  EXPECT_EQ(Read(MemoryCodec(), "1.5GiB"), 1536u);
  EXPECT_EQ(Read(Whole<uint32_t>(), "1e6"), 1'000'000u);
}

TEST(CodecTest, WhatDoesNotFitIsNoValue) {
  EXPECT_FALSE(Read(CoresCodec(), "0.0001"));
  EXPECT_FALSE(Read(CoresCodec(), "-1"));
  EXPECT_FALSE(Read(CoresCodec(), "1e9"));
  EXPECT_FALSE(Read(MemoryCodec(), "1KiB"));
  EXPECT_FALSE(Read(MemoryCodec(), "-1GiB"));
  EXPECT_FALSE(Read(MemoryCodec(), "8192PiB"));
  EXPECT_FALSE(Read(Whole<uint16_t>(), "65536"));
  EXPECT_FALSE(Read(Whole<uint32_t>(), "1e10"));
  EXPECT_FALSE(Read(Whole<uint32_t>(), ""));
  EXPECT_FALSE(Read(Whole<uint32_t>(), "3k"));
  EXPECT_FALSE(Read(FlagCodec(), "yes"));
  EXPECT_FALSE(Read(SecondsCodec(), "1e308w"));
  EXPECT_FALSE(Read(FloatCodec(), "1e39"));
}

TEST(CodecTest, NearTextsAreSuggested) {
  EXPECT_EQ(Suggestion(DurationCodec(), "90"), "90s");
  EXPECT_EQ(Suggestion(SecondsCodec(), "90"), "90s");
  EXPECT_EQ(Suggestion(MemoryCodec(), "80"), "80GiB");
  EXPECT_EQ(Suggestion(MemoryCodec(), "80GB"), "80GiB");
  EXPECT_EQ(Suggestion(PriceCodec(), "2.19"), "$2.19/h");
  EXPECT_EQ(Suggestion(PerHourCodec(), "5"), "5/h");
  EXPECT_EQ(Suggestion(CountryCodec(), "de"), "DE");
  EXPECT_EQ(Suggestion(JobClassCodec(), "batch-training"), "batch_training");
  EXPECT_EQ(Suggestion(DurationCodec(), "soon"), "");
}

}  // namespace
}  // namespace orrery::scenario
