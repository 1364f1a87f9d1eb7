#include "sim/scenario/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/scenario_testing.h"

namespace orrery::scenario {
namespace {

using testing::Folder;

std::string Problem(const std::string& text) {
  const Result<Value> value = ParseDocument(text, "s.yaml");
  return value ? "" : value.error().ToString();
}

TEST(DocumentTest, EveryValueKnowsItsLineAndColumn) {
  const Value root = ParseDocument("a: 1\nb:\n  - x\n  - {c: two}\n", "s.yaml").value();
  EXPECT_EQ(root.Find("a")->place.ToString(), "s.yaml:1:4");
  EXPECT_EQ(root.Find("b")->list[1].Find("c")->place.ToString(), "s.yaml:4:9");
  EXPECT_EQ(root.map[1].place.ToString(), "s.yaml:2:1");
}

TEST(DocumentTest, QuotesKeepEmptyAndNullWordsAsText) {
  const Value root = ParseDocument("{a: '', b: ~, c: null, d: 'null', e: }", "s").value();
  EXPECT_EQ(root.Find("a")->kind, Value::Kind::kScalar);
  EXPECT_EQ(root.Find("b")->kind, Value::Kind::kNull);
  EXPECT_EQ(root.Find("c")->kind, Value::Kind::kNull);
  EXPECT_EQ(root.Find("d")->text, "null");
  EXPECT_EQ(root.Find("e")->kind, Value::Kind::kNull);
}

TEST(DocumentTest, AliasesAreCopies) {
  const Value root = ParseDocument("a: &x {k: 1}\nb: *x\n", "s").value();
  EXPECT_EQ(root.Find("b")->Find("k")->text, "1");
}

TEST(DocumentTest, EmptyFilesAreRefused) {
  for (const char* text : {"", " \n\t\n", "# only a comment\n"}) {
    EXPECT_EQ(Problem(text), "s.yaml: got an empty file, expected a scenario in YAML");
  }
}

TEST(DocumentTest, BinaryFilesAreRefusedWithAHint) {
  EXPECT_EQ(Problem(std::string("\x89HDF\r\n\x1a\n", 8)),
            "s.yaml:1: got the byte '\\x89', expected a scenario in YAML, which is UTF-8 text "
            "(HDF5 results? `orrery show` prints those)");
  EXPECT_EQ(Problem("\x1f\x8b\x08 gzip"),
            "s.yaml:1: got the byte '\\x1f', expected a scenario in YAML, which is UTF-8 text "
            "(gzip? a scenario is read uncompressed)");
  EXPECT_EQ(Problem(std::string("a: 1\nb\0c", 8)),
            "s.yaml:2: got the byte '\\x00', expected a scenario in YAML, which is UTF-8 text");
  EXPECT_EQ(Problem("name: caf\xe9\n"),
            "s.yaml:1: got the byte '\\xe9', expected a scenario in YAML, which is UTF-8 text");
  EXPECT_EQ(Problem("name: café — 東京 🚀\n"), "");
}

TEST(DocumentTest, TabsInTheIndentationAreNamed) {
  EXPECT_EQ(Problem("fleet:\n\tgpu: t4\n"),
            "s.yaml:2:1: got a tab in the indentation, expected spaces");
  EXPECT_EQ(Problem("fleet:\n  - gpu: t4\n  \tcount: 2\n"),
            "s.yaml:3:3: got a tab in the indentation, expected spaces");
}

TEST(DocumentTest, BrokenYamlNamesThePlaceAndWhatIsMissing) {
  EXPECT_EQ(Problem("a: [1, 2\nb: 3\n"),
            "s.yaml:2:2: not YAML: end of sequence flow not found, expected a closing ']'");
  EXPECT_EQ(Problem("a: {b: 1\n"),
            "s.yaml:2:1: not YAML: end of map flow not found, expected a closing '}'");
  EXPECT_EQ(Problem("name: a: b\n"),
            "s.yaml:1:8: not YAML: illegal map value, expected one 'key: value' a line (quote a "
            "value that contains ': ')");
  EXPECT_EQ(Problem("a: 1\n  b: 2\n").substr(0, 12), "s.yaml:2:4: ");
  EXPECT_EQ(Problem("a: *nowhere\n"),
            "s.yaml:1:4: not YAML: the referenced anchor is not defined, expected an alias to an "
            "anchor further up");
}

TEST(DocumentTest, WhatScenariosHaveNoUseForIsRefused) {
  EXPECT_EQ(Problem("a: 1\n---\nb: 2\n"),
            "s.yaml: got several YAML documents, expected one (remove the line '---')");
  EXPECT_EQ(Problem("a: !!int 1\n").substr(0, 50),
            "s.yaml:1:4: got the tag 'tag:yaml.org,2002:int', e");
  EXPECT_EQ(Problem("[a, b]: 1\n"),
            "s.yaml:1:1: got a list or a map as a key, expected a name (is a bracket closed?)");
  EXPECT_EQ(Problem("a: &x [*x]\n"),
            "s.yaml:1:8: got an alias inside the value that it stands for");
}

TEST(DocumentTest, AliasBombsEndAtTheBound) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 9; ++k) bomb += ", " + before;
    bomb += "]\n";
  }
  EXPECT_THAT(Problem(bomb),
              ::testing::HasSubstr("got more than 200000 values with aliases expanded"));
}

TEST(DocumentTest, DeepAndLongInputEndsAtTheBound) {
  EXPECT_THAT(Problem("a: " + std::string(100, '[') + std::string(100, ']')),
              ::testing::HasSubstr("got values nested more than 64 deep"));
  for (const char* piece : {"[", "{", "- ", "? ", "{a: ", "&a ", "- - "}) {
    std::string text;
    while (text.size() < 100'000) text += piece;
    EXPECT_NE(Problem(text), "") << piece;
  }
  EXPECT_EQ(Problem(std::string(5 << 20, 'a')),
            "s.yaml: got 5242880 bytes, expected a scenario of at most 4 MiB");
}

TEST(ReadDocumentTest, MissingFilesAreNamedWithTheNearest) {
  const Folder folder;
  folder.Write("quickstart.yaml", "a: 1");
  const auto problem = [](const std::string& path) {
    return ReadDocument(path).error().ToString();
  };
  EXPECT_EQ(
      problem(folder.path("quikstart.yaml")),
      folder.path("quikstart.yaml") +
          ": got no such file, expected a scenario in YAML (did you mean 'quickstart.yaml'?)");
  EXPECT_EQ(problem(folder.path()), folder.path() + ": got a folder, expected a scenario in YAML");
  EXPECT_EQ(problem("/dev/null"), "/dev/null: got no regular file, expected a scenario in YAML");
  EXPECT_EQ(problem(folder.Write("empty.yaml", "")),
            folder.path("empty.yaml") + ": got an empty file, expected a scenario in YAML");
}

}  // namespace
}  // namespace orrery::scenario
