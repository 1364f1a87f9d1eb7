#include "models/fleet/openb/openb_nodes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/models/workload/traces/testing.h"

namespace orrery::fleet {
namespace {

using ::testing::HasSubstr;
using workload::testing::DataFile;
using workload::testing::TextOf;
using workload::testing::WriteFile;

class OpenbNodesTest : public ::testing::Test {
 protected:
  std::string ErrorAfter(const std::string& from, const std::string& to) {
    std::string text = TextOf(DataFile("small_nodes.csv"));
    text.replace(text.find(from), from.size(), to);
    const auto nodes = ReadOpenbNodes(WriteFile("nodes.csv", text), gpus_);
    return nodes ? "(no error)" : nodes.error().ToString();
  }
  GpuCatalogue gpus_ = GpuCatalogue::Load(DataFile("gpus.csv")).value();
};

TEST_F(OpenbNodesTest, ReadsTheHardwareOfNodes) {
  const auto nodes = ReadOpenbNodes(DataFile("small_nodes.csv"), gpus_);
  ASSERT_TRUE(nodes) << nodes.error().ToString();
  ASSERT_EQ(nodes->size(), 4U);
  EXPECT_EQ((*nodes)[0].gpus, 0);
  EXPECT_FALSE((*nodes)[0].gpu_model.valid());
  EXPECT_EQ((*nodes)[1].gpus, 8);
  EXPECT_EQ((*nodes)[1].gpu_model, *gpus_.Find("g2"));
  EXPECT_EQ((*nodes)[1].cpu_milli, 96000U);
  EXPECT_EQ((*nodes)[1].memory_mib, 393216U);
  EXPECT_EQ((*nodes)[2].gpu_model, *gpus_.Find("v100-32"));
}

TEST_F(OpenbNodesTest, NamesTheColumnThatIsWrong) {
  EXPECT_THAT(ErrorAfter("G2", "G22"),
              HasSubstr("nodes.csv:3: column 'model': got 'G22', expected a GPU model of the "
                        "catalogue (did you mean 'g2'?)"));
  EXPECT_THAT(ErrorAfter("393216,8", "393216,eight"), HasSubstr("column 'gpu': got 'eight'"));
  EXPECT_THAT(ErrorAfter("393216,8", "393216,17"), HasSubstr("from 0 to 16"));
  EXPECT_THAT(ErrorAfter("262144,0,", "262144,0,T4"), HasSubstr("column 'model': got 'T4'"));
  EXPECT_THAT(ErrorAfter("sn,cpu_milli", "sn,cpu"),
              HasSubstr("nodes.csv:1: the header lacks the column 'cpu_milli'"));
  EXPECT_THAT(ErrorAfter("32000,262144,0,", "32000,262144"),
              HasSubstr("got 3 columns, expected 5"));
}

TEST_F(OpenbNodesTest, RejectsAListWithoutNodes) {
  const auto nodes =
      ReadOpenbNodes(WriteFile("none.csv", "sn,cpu_milli,memory_mib,gpu,model\n"), gpus_);
  ASSERT_FALSE(nodes);
  EXPECT_THAT(nodes.error().ToString(), HasSubstr("has no node"));
}

TEST_F(OpenbNodesTest, TheRealListHas1523NodesAnd6212Gpus) {
  ORRERY_TRACE_FOLDER_OR_SKIP(folder, "openb");
  const auto nodes = ReadOpenbNodes(folder + "openb_node_list_all_node.csv.gz", gpus_);
  ASSERT_TRUE(nodes) << nodes.error().ToString();
  EXPECT_EQ(nodes->size(), 1'523U);
  std::map<std::string, int> gpus;
  int total = 0;
  for (const NodeSpec& node : *nodes) {
    total += node.gpus;
    if (node.gpus > 0) gpus[gpus_[node.gpu_model].id] += node.gpus;
  }
  EXPECT_EQ(total, 6'212);
  const std::map<std::string, int> expected = {{"a10", 2},      {"g2", 4392}, {"g3", 312},
                                               {"p100", 265},   {"t4", 842},  {"v100", 195},
                                               {"v100-32", 204}};
  EXPECT_EQ(gpus, expected);
  const auto gpu_nodes = ReadOpenbNodes(folder + "openb_node_list_gpu_node.csv.gz", gpus_);
  ASSERT_TRUE(gpu_nodes) << gpu_nodes.error().ToString();
  EXPECT_EQ(gpu_nodes->size(), 1'213U);
}

}  // namespace
}  // namespace orrery::fleet
