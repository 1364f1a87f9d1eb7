#include "sim/scenario/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/base/text.h"
#include "sim/scenario/document.h"
#include "sim/scenario/echo.h"
#include "tests/sim/scenario/scenario_testing.h"
#include "tests/sim/scenario/scenario_writer.h"

namespace orrery::scenario {
namespace {

using nlohmann::json;
using testing::Folder;
using testing::RandomScenario;
using testing::ShippedTables;
using testing::Small;

// What an editor sees of a document: plain scalars by YAML's core schema.
json AsJson(const Value& value) {
  json result;
  switch (value.kind) {
    case Value::Kind::kNull:
      return nullptr;
    case Value::Kind::kScalar:
      if (value.text == "true" || value.text == "false") return value.text == "true";
      if (const auto integer = ParseInt(value.text)) return *integer;
      if (const auto number = ParseDouble(value.text)) return *number;
      return value.text;
    case Value::Kind::kList:
      result = json::array();
      for (const Value& item : value.list) result.push_back(AsJson(item));
      return result;
    case Value::Kind::kMap:
      result = json::object();
      for (const Value::Entry& entry : value.map) result[entry.key] = AsJson(entry.value);
      return result;
  }
  return nullptr;
}

std::string JsonText(const std::string& yaml) {
  return AsJson(ParseDocument(yaml, "s.yaml").value()).dump();
}

TEST(SchemaTest, NamesEveryKeyWithItsMeaning) {
  const json schema = json::parse(JsonSchema(ShippedTables()));
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema["additionalProperties"], false);
  for (const char* key : {"extends", "name", "seed", "horizon", "regions", "fleet", "workload",
                          "scheduler", "outputs"}) {
    EXPECT_TRUE(schema["properties"].contains(key)) << key;
    EXPECT_NE(schema["properties"][key].value("description", ""), "") << key;
  }
  EXPECT_EQ(schema["properties"]["seed"]["default"], 1);
  EXPECT_EQ(schema["properties"]["seed"]["minimum"], 0.0);
}

TEST(SchemaTest, EveryReferenceHasItsDefinition) {
  const std::string text = JsonSchema(ShippedTables());
  const json schema = json::parse(text);
  const std::string marker = "\"$ref\": \"#/$defs/";
  size_t references = 0;
  for (size_t at = text.find(marker); at != std::string::npos; at = text.find(marker, at + 1)) {
    const size_t start = at + marker.size();
    const std::string name = text.substr(start, text.find('"', start) - start);
    EXPECT_TRUE(schema["$defs"].contains(name)) << name;
    ++references;
  }
  EXPECT_GT(references, 0u);
}

TEST(SchemaTest, IsTheSameEveryTime) {
  EXPECT_EQ(JsonSchema(ShippedTables()), JsonSchema(ShippedTables()));
}

// Holds scenarios against the schema with python3-jsonschema; the script prints a line for every
// file that it judges otherwise than the file's name says.
class ValidatorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("/usr/bin/python3 -c 'import jsonschema' 2>/dev/null") != 0) {
      GTEST_SKIP() << "python3-jsonschema is not installed";
    }
    folder_.Write("schema.json", JsonSchema(ShippedTables()));
  }
  void Add(const std::string& verdict, const std::string& yaml) {
    folder_.Write(verdict + "-" + std::to_string(count_++) + ".json", JsonText(yaml));
  }
  std::string Run() {
    const std::string output = folder_.path("output.txt");
    const std::string command = "/usr/bin/python3 tests/sim/scenario/validate_schema.py " +
                                folder_.path() + " > " + output + " 2>&1";
    const int status = std::system(command.c_str());
    std::ifstream stream(output);
    std::string text((std::istreambuf_iterator<char>(stream)), {});
    return status == 0 ? text : "exit status " + std::to_string(status) + "\n" + text;
  }

  Folder folder_;
  int count_ = 0;
};

TEST_F(ValidatorTest, WhatLoadsIsValid) {
  Add("valid", Small());
  for (const char* name :
       {"quickstart", "network_mesh_vs_relay", "traces/openb", "traces/philly", "traces/swf"}) {
    std::ifstream stream("scenarios/" + std::string(name) + ".yaml");
    Add("valid", {std::istreambuf_iterator<char>(stream), {}});
  }
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    const std::string text = RandomScenario(seed);
    Add("valid", text);
    Add("valid", ResolvedEcho(testing::Parse(text).value()));
  }
  Add("valid", "extends: base.yaml\nseed: 3\n");
  EXPECT_EQ(Run(), "");
}

TEST_F(ValidatorTest, CommonMistakesAreNot) {
  Add("invalid", Small("sed: 1\n"));
  Add("invalid", Small("seed: -1\n"));
  Add("invalid", Small("warm_up: 90\n"));
  Add("invalid", Small("warm_up: 90 parsecs\n"));
  Add("invalid", Small("scheduler: {order: fifoo}\n"));
  Add("invalid", Small("scheduler: {place: {policy: power_of_d, e: 2}}\n"));
  Add("invalid", Small("outputs: {jobs: some}\n"));
  Add("invalid", Small("regions: []\n"));
  Add("invalid", "name: x\nfleet: []\nworkload: {generator: {preset: philly}}\n");
  Add("invalid", "name: x\n");
  Add("invalid", "name: x\nworkload: {trace: {format: swf, dir: a, file: b}}\n");
  EXPECT_EQ(Run(), "");
}

}  // namespace
}  // namespace orrery::scenario
