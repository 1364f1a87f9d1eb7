#include "models/fleet/gpu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace orrery::fleet {
namespace {

using ::testing::HasSubstr;

constexpr char kHeader[] =
    "id,name,vendor,fp32_tflops,fp16_tflops,memory_gib,bandwidth_gbs,tdp_w,market_usd_h,"
    "fp32_source,fp16_source,memory_source,bandwidth_source,tdp_source,market_source,aliases\n";

std::string Write(const std::string& text) {
  const std::string path = ::testing::TempDir() + "gpus.csv";
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

std::string ErrorOf(const std::string& text) {
  const auto catalogue = GpuCatalogue::Load(Write(text));
  return catalogue.has_value() ? "" : catalogue.error().ToString();
}

GpuCatalogue Shipped() {
  auto catalogue = GpuCatalogue::Load("scenarios/data/gpus.csv");
  EXPECT_TRUE(catalogue.has_value()) << catalogue.error().ToString();
  return *std::move(catalogue);
}

TEST(GpuCatalogueTest, ShipsThirtyModelsOrMoreWithASourceForEveryFigure) {
  const GpuCatalogue gpus = Shipped();
  EXPECT_GE(gpus.size(), 30u);
  for (const GpuModel& gpu : gpus.rows()) {
    EXPECT_EQ(gpu.fp32_tflops > 0, gpu.sources.find("fp32_tflops: ") != std::string::npos);
    EXPECT_EQ(gpu.market_usd_h > 0, gpu.sources.find("market_usd_h: ") != std::string::npos);
  }
}

TEST(GpuCatalogueTest, HasTheFiguresOfTheVendorsDocuments) {
  const GpuCatalogue gpus = Shipped();
  const GpuModel& h100 = gpus[*gpus.Find("h100-sxm")];
  EXPECT_DOUBLE_EQ(h100.fp16_tflops, 989.4);  // dense: the datasheet's 1,979 is with sparsity
  EXPECT_DOUBLE_EQ(h100.bandwidth_gbs, 3350);
  EXPECT_EQ(h100.memory_mib, 80u * 1024);
  EXPECT_DOUBLE_EQ(h100.tdp_w, 700);
  EXPECT_THAT(h100.sources, HasSubstr("fp16_tflops: H100 datasheet"));
}

TEST(GpuCatalogueTest, FindsTheNamesThatTracesAndMarketsUse) {
  const GpuCatalogue gpus = Shipped();
  const auto id = [&](const char* name) {
    const auto found = gpus.Find(name);
    return found.has_value() ? gpus[*found].id : std::string("none");
  };
  EXPECT_EQ(id("V100M32"), "v100-32");  // openb
  EXPECT_EQ(id("V100M16"), "v100");
  EXPECT_EQ(id("T4"), "t4");
  EXPECT_EQ(id("A10"), "a10");
  EXPECT_EQ(id("G2"), "g2");
  EXPECT_EQ(id("k80"), "k80");  // Gavel
  EXPECT_EQ(id("P100"), "p100");
  EXPECT_EQ(id("RTX_4090"), "rtx4090");  // vast.ai
  EXPECT_EQ(id("H100_SXM"), "h100-sxm");
  EXPECT_EQ(id("RTX 4080 Super"), "rtx4080s");
  EXPECT_EQ(id("h300"), "none");
}

TEST(GpuCatalogueTest, KeepsUndisclosedGpusWithoutFigures) {
  const GpuCatalogue gpus = Shipped();
  for (const char* name : {"G1", "G2", "G3"}) {
    const GpuModel& gpu = gpus[*gpus.Find(name)];
    EXPECT_EQ(gpu.fp32_tflops, 0);
    EXPECT_EQ(gpu.memory_mib, 0u);
    EXPECT_EQ(gpu.sources, "");
  }
}

TEST(GpuCatalogueTest, NamesTheNearestModelForAMistype) {
  const GpuCatalogue gpus = Shipped();
  EXPECT_EQ(gpus.Nearest("rtx4900"), "rtx4090");
  EXPECT_EQ(gpus.Nearest("h10-sxm"), "h100-sxm");
}

TEST(GpuCatalogueTest, SaysWhichLineAndColumnIsWrong) {
  EXPECT_THAT(ErrorOf(kHeader + std::string("x,X,v,1,2,3,4,watts,,a,a,a,a,a,,\n")),
              HasSubstr("gpus.csv:2:tdp_w: got 'watts', expected a number"));
  EXPECT_THAT(ErrorOf(kHeader + std::string("x,X,v,1,2,3,4,-5,,a,a,a,a,a,,\n")),
              HasSubstr("gpus.csv:2:tdp_w: got '-5', expected a number above 0"));
  EXPECT_THAT(ErrorOf(kHeader + std::string("x,X,v,1,2,80000,4,5,,a,a,a,a,a,,\n")),
              HasSubstr("gpus.csv:2:memory_gib: got '80000', expected at most 10000"));
  EXPECT_THAT(ErrorOf(kHeader + std::string("x,X,v,nan,2,3,4,5,,a,a,a,a,a,,\n")),
              HasSubstr("gpus.csv:2:fp32_tflops: got 'nan', expected a number"));
}

TEST(GpuCatalogueTest, RefusesAFigureWithoutItsSource) {
  EXPECT_THAT(ErrorOf(kHeader + std::string("x,X,v,1,2,3,4,5,,a,,a,a,a,,\n")),
              HasSubstr("gpus.csv:2:fp16_source: got nothing, expected the source"));
  EXPECT_THAT(ErrorOf(kHeader + std::string("x,X,v,1,,3,4,5,,a,b,a,a,a,,\n")),
              HasSubstr("gpus.csv:2:fp16_source: got 'b', expected nothing"));
}

TEST(GpuCatalogueTest, ReportsAllMistakesAtOnce) {
  const std::string error = ErrorOf(kHeader + std::string("x,X,v,a,b,3,4,5,,s,s,s,s,s,,\n") +
                                    "X,again,v,1,2,3,4,5,,s,s,s,s,s,,\n");
  EXPECT_THAT(error, HasSubstr("gpus.csv:2:fp32_tflops: got 'a'"));
  EXPECT_THAT(error, HasSubstr("gpus.csv:2:fp16_tflops: got 'b'"));
  EXPECT_THAT(error, HasSubstr("gpus.csv:3:id: got 'X', which already names 'x'"));
}

TEST(GpuCatalogueTest, RefusesFilesThatAreNoCatalogue) {
  EXPECT_THAT(ErrorOf(""), HasSubstr("is empty, expected a GPU catalogue"));
  EXPECT_THAT(ErrorOf("id,model\n"), HasSubstr("gpus.csv:1:name: got 'model'"));
  EXPECT_THAT(ErrorOf(kHeader), HasSubstr("has no rows"));
  EXPECT_THAT(ErrorOf(kHeader + std::string("x,X\n")), HasSubstr("gpus.csv:2: got 2 fields"));
  const auto missing = GpuCatalogue::Load("nowhere.csv");
  ASSERT_FALSE(missing.has_value());
  EXPECT_THAT(missing.error().ToString(), HasSubstr("nowhere.csv: cannot be opened"));
}

}  // namespace
}  // namespace orrery::fleet
