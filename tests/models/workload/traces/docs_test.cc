// docs/traces.md knows every format, transformation, option and assumption.
#include <gtest/gtest.h>

#include "models/workload/transforms/transform.h"
#include "tests/models/workload/traces/testing.h"

namespace orrery::workload {
namespace {

using testing::TextOf;

class TracesDocTest : public ::testing::Test {
 protected:
  void ExpectNamed(const std::string& name, const std::string& where) {
    EXPECT_NE(text_.find("`" + name), std::string::npos) << where << ": " << name;
  }
  void ExpectOptions(const std::vector<ParamInfo>& options, const std::string& owner) {
    constexpr std::string_view kAssumption = "Assumption: ";
    for (const ParamInfo& option : options) {
      ExpectNamed(option.name, owner);
      if (!option.source.starts_with(kAssumption)) continue;
      const std::string assumption = option.source.substr(kAssumption.size());
      EXPECT_NE(text_.find(assumption), std::string::npos) << owner << ": " << assumption;
    }
  }
  std::string text_ = TextOf("docs/traces.md");
};

TEST_F(TracesDocTest, NamesEveryFormatAndItsOptions) {
  ASSERT_FALSE(text_.empty());
  for (const TraceFormat& format : TraceFormats()) {
    EXPECT_NE(text_.find("### " + format.name), std::string::npos) << format.name;
    ExpectOptions(DescribeOptions(format), format.name);
  }
}

TEST_F(TracesDocTest, NamesEveryTransformationAndItsOptions) {
  for (const Transform& transform : Transforms()) {
    ExpectNamed(transform.name, "transformation");
    ExpectOptions(DescribeOptions(transform), transform.name);
  }
}

TEST_F(TracesDocTest, NamesEveryReasonOfTheSwfReader) {
  testing::World world;
  const TraceReport report = testing::Read(&world, "swf", testing::DataFile("small.swf")).report;
  for (const TraceTally& tally : report.skipped) ExpectNamed(tally.reason, "skipped");
  for (const TraceTally& tally : report.adjusted) ExpectNamed(tally.reason, "adjusted");
}

}  // namespace
}  // namespace orrery::workload
