#include "sim/scenario/layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using testing::Folder;

// A document in one line of flow style, without places.
std::string Flow(const Value& value) {
  std::string text;
  switch (value.kind) {
    case Value::Kind::kNull:
      return "~";
    case Value::Kind::kScalar:
      return value.text;
    case Value::Kind::kList:
      for (const Value& item : value.list) text += (text.empty() ? "" : ", ") + Flow(item);
      return "[" + text + "]";
    case Value::Kind::kMap:
      for (const Value::Entry& entry : value.map) {
        text += (text.empty() ? "" : ", ") + entry.key + ": " + Flow(entry.value);
      }
      return "{" + text + "}";
  }
  return "?";
}

std::string Merged(const std::string& base, const std::string& above) {
  const Folder folder;
  folder.Write("base.yaml", base);
  const std::string path = folder.Write("top.yaml", "extends: base.yaml\n" + above);
  const Result<Value> root = ReadLayers(path);
  return root ? Flow(*root) : root.error().ToString();
}

std::string Set(const std::string& text, const std::vector<std::string>& settings) {
  Value root = ParseDocument(text, "s.yaml").value();
  const std::vector<Finding> findings = ApplySettings(settings, &root);
  return findings.empty() ? Flow(root) : Error(findings).ToString();
}

TEST(ExtendsTest, MapsMergeAndListsReplace) {
  EXPECT_EQ(Merged("a: 1\nm: {x: 1, y: 2}\nl: [1, 2]\n", "m: {y: 3, z: 4}\nl: [5]\nb: 6\n"),
            "{a: 1, m: {x: 1, y: 3, z: 4}, l: [5], b: 6}");
}

TEST(ExtendsTest, AnotherPolicyReplacesTheParametersOfTheFirst) {
  EXPECT_EQ(Merged("p: {policy: power_of_d, d: 3}\n", "p: {policy: cheapest}\n"),
            "{p: {policy: cheapest}}");
  EXPECT_EQ(Merged("p: {policy: power_of_d, d: 3}\n", "p: {d: 4}\n"),
            "{p: {policy: power_of_d, d: 4}}");
  EXPECT_EQ(Merged("d: {law: weibull, shape: 1}\n", "d: {law: uniform, low: 1}\n"),
            "{d: {law: uniform, low: 1}}");
}

TEST(ExtendsTest, ChainsAreRelativeToTheFileThatNamesThem) {
  const Folder folder;
  folder.Write("bases/a.yaml", "x: 1\n");
  folder.Write("bases/b.yaml", "extends: a.yaml\ny: 2\n");
  const std::string path = folder.Write("c.yaml", "extends: bases/b.yaml\nz: 3\n");
  EXPECT_EQ(Flow(ReadLayers(path).value()), "{x: 1, y: 2, z: 3}");
}

TEST(ExtendsTest, ACircleIsPrinted) {
  const Folder folder;
  const std::string a = folder.Write("a.yaml", "name: a\nextends: b.yaml\n");
  const std::string b = folder.Write("b.yaml", "extends: sub/../c.yaml\n");
  const std::string c = folder.Write("c.yaml", "extends: a.yaml\n");
  folder.Write("sub/x", "");
  EXPECT_EQ(ReadLayers(a).error().ToString(),
            c + ":1:10: extends: got 'a.yaml', which leads in a circle (" + a + " -> " + b +
                " -> " + c + " -> " + a + "), expected a scenario that does not extend this one");
  const std::string self = folder.Write("self.yaml", "extends: ./self.yaml\n");
  EXPECT_EQ(ReadLayers(self).error().ToString(),
            self + ":1:10: extends: got './self.yaml', which leads in a circle (" + self + " -> " +
                self + "), expected a scenario that does not extend this one");
}

TEST(ExtendsTest, AMissingBaseIsReportedWhereItIsNamed) {
  const Folder folder;
  folder.Write("base.yaml", "x: 1\n");
  const std::string path = folder.Write("top.yaml", "extends: bass.yaml\n");
  EXPECT_EQ(ReadLayers(path).error().ToString(),
            path + ":1:10: extends: got no such file '" + folder.path("bass.yaml") +
                "', expected a scenario in YAML (did you mean 'base.yaml'?)");
  const std::string list = folder.Write("list.yaml", "extends: [base.yaml]\n");
  EXPECT_EQ(ReadLayers(list).error().ToString(),
            list + ":1:10: extends: got a list, expected the name of a scenario file");
}

TEST(ExtendsTest, ARootThatIsNoMapIsRefused) {
  const Folder folder;
  const std::string path = folder.Write("x.yaml", "- a\n- b\n");
  EXPECT_EQ(ReadLayers(path).error().ToString(),
            path +
                ":1:1: got a list, expected a map with keys such as 'name', 'fleet' and "
                "'workload'");
}

TEST(SetTest, OverridesByKeyIndexAndName) {
  EXPECT_EQ(Set("{a: 1, m: {x: 1}}", {"a=2", "m.x=3", "m.y={z: [4]}"}),
            "{a: 2, m: {x: 3, y: {z: [4]}}}");
  const std::string fleet = "fleet: [{name: a, count: 1}, {name: b, count: 2}, {id: c}]\n";
  EXPECT_EQ(Set(fleet, {"fleet[1].count=7", "fleet[a].count=8", "fleet[c].id=d"}),
            "{fleet: [{name: a, count: 8}, {name: b, count: 7}, {id: d}]}");
  EXPECT_EQ(Set("regions: [tokyo, oslo]", {"regions[oslo]=paris"}), "{regions: [tokyo, paris]}");
}

TEST(SetTest, OneEntryNeedsNoIndex) {
  EXPECT_EQ(Set("fleet: [{count: 1}]", {"fleet.count=2"}), "{fleet: [{count: 2}]}");
  EXPECT_EQ(Set("fleet: {count: 1}", {"fleet[0].count=2"}), "{fleet: {count: 2}}");
}

TEST(SetTest, MakesMapsThatAreNotThereAndLaterOnesWin) {
  EXPECT_EQ(Set("a: 1", {"b.c.d=1", "b.c.d=2", "b.e="}), "{a: 1, b: {c: {d: 2}, e: ~}}");
}

TEST(SetTest, MistakesPointAtTheOption) {
  const std::string fleet = "fleet: [{name: alpha}, {name: beta}]\n";
  EXPECT_EQ(Set(fleet, {"fleet.count=1"}),
            "--set fleet.count=1: fleet: got no index for a list of 2 entries, expected fleet[0] "
            "or fleet[name]");
  EXPECT_EQ(Set(fleet, {"fleet[2].count=1"}),
            "--set fleet[2].count=1: fleet: got the index '2', expected 0 to 1 or a name");
  EXPECT_EQ(Set(fleet, {"fleet[betta].count=1"}),
            "--set fleet[betta].count=1: fleet: got the index 'betta', expected 0 to 1 or a name "
            "(did you mean 'beta'?)");
  EXPECT_EQ(Set("a: 1", {"b[0]=1"}),
            "--set b[0]=1: b: got the index '0', expected no index: the list is empty");
  EXPECT_EQ(Set("a: 1", {"a=[1"}),
            "--set a=[1: got a list or a map as a key, expected a name (is a bracket closed?)");
  for (const char* broken : {"seed", "=1", "a..b=1", "a[=1", "a[]=1", "a[0]b=1", ".a=1", "a.=1"}) {
    EXPECT_EQ(Set("a: 1", {broken}),
              std::string("--set ") + broken + ": got '" + broken +
                  "', expected key=value such as scheduler.order=fifo or fleet[0].count=12");
  }
}

}  // namespace
}  // namespace orrery::scenario
