#include "models/workload/traces/line_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/iostreams/copy.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>
#include <filesystem>
#include <sstream>

#include "tests/models/workload/traces/testing.h"

namespace orrery::workload {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::WriteFile;

std::string Gzipped(const std::string& text) {
  std::istringstream in(text);
  std::ostringstream out;
  boost::iostreams::filtering_streambuf<boost::iostreams::input> packed;
  packed.push(boost::iostreams::gzip_compressor());
  packed.push(in);
  boost::iostreams::copy(packed, out);
  return out.str();
}

struct Lines {
  std::vector<std::string> lines;
  std::string error;
};

Lines ReadLines(const std::string& path) {
  Lines read;
  Result<LineReader> reader = LineReader::Open(path);
  if (!reader) return {{}, reader.error().ToString()};
  std::string_view line;
  while (true) {
    Result<bool> more = reader->Next(&line);
    if (!more) return {read.lines, more.error().ToString()};
    if (!*more) return read;
    read.lines.emplace_back(line);
  }
}

TEST(LineReaderTest, TakesBothLineEndsAndALastLineWithoutOne) {
  EXPECT_THAT(ReadLines(WriteFile("ends.txt", "a\nb\r\n\r\nc")).lines,
              ElementsAre("a", "b", "", "c"));
  EXPECT_THAT(ReadLines(WriteFile("bom.txt", "\xEF\xBB\xBFx,y\n")).lines, ElementsAre("x,y"));
}

TEST(LineReaderTest, KnowsWhereItIs) {
  const std::string path = WriteFile("place.txt", "a\nb\nc");
  Result<LineReader> reader = LineReader::Open(path);
  ASSERT_TRUE(reader);
  std::string_view line;
  ASSERT_TRUE(*reader->Next(&line));
  ASSERT_TRUE(*reader->Next(&line));
  EXPECT_EQ(reader->Place(), path + ":2");
  EXPECT_FALSE(reader->last_line_unterminated());
  ASSERT_TRUE(*reader->Next(&line));
  EXPECT_TRUE(reader->last_line_unterminated());
}

TEST(LineReaderTest, KnowsGzipByItsBytesNotByItsName) {
  EXPECT_THAT(ReadLines(WriteFile("packed.csv", Gzipped("a\nb\n"))).lines, ElementsAre("a", "b"));
  EXPECT_THAT(ReadLines(WriteFile("plain.csv.gz", "a\nb\n")).lines, ElementsAre("a", "b"));
}

TEST(LineReaderTest, ReadsSeveralGzipMembersAsOneText) {
  EXPECT_THAT(ReadLines(WriteFile("two.gz", Gzipped("a\nb") + Gzipped("c\nd\n"))).lines,
              ElementsAre("a", "bc", "d"));
}

TEST(LineReaderTest, ReadsLinesThatSpanBlocks) {
  std::string text;
  std::vector<std::string> lines;
  for (size_t i = 0; i < 40; ++i) {
    lines.emplace_back(i * 7919, static_cast<char>('a' + i % 26));
    text += lines.back() + '\n';
  }
  EXPECT_EQ(ReadLines(WriteFile("spans.txt", text)).lines, lines);
  EXPECT_EQ(ReadLines(WriteFile("spans.gz", Gzipped(text))).lines, lines);
}

TEST(LineReaderTest, RejectsATruncatedGzip) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i * 7919 % 104729) + "\n";
  const std::string packed = Gzipped(text);
  for (const size_t cut : {size_t{5}, packed.size() / 2, packed.size() - 4}) {
    const Lines read = ReadLines(WriteFile("cut.gz", packed.substr(0, cut)));
    EXPECT_THAT(read.error, HasSubstr("damaged or cut short")) << cut;
    EXPECT_LT(read.lines.size(), 100'000U);
  }
}

TEST(LineReaderTest, RejectsADamagedGzip) {
  std::string packed = Gzipped(std::string(100'000, 'x') + "\n");
  packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] ^ 1);
  EXPECT_THAT(ReadLines(WriteFile("crc.gz", packed)).error, HasSubstr("damaged"));
}

TEST(LineReaderTest, RejectsABinaryFileWithItsLine) {
  const std::string path = WriteFile("binary.swf", std::string("1 2 3\n4 \0 6\n", 12));
  EXPECT_EQ(ReadLines(path).error, path + ":2: has a NUL byte: a binary file, expected text");
}

TEST(LineReaderTest, NamesOtherCompressions) {
  EXPECT_THAT(ReadLines(WriteFile("t.xz", "\xFD\x37zXZ....")).error, HasSubstr("xz -d"));
  EXPECT_THAT(ReadLines(WriteFile("t.zst", "\x28\xB5\x2F\xFD....")).error, HasSubstr("zstd -d"));
  EXPECT_THAT(ReadLines(WriteFile("t.bz2", "BZh91AY")).error, HasSubstr("bzip2 -d"));
  EXPECT_THAT(ReadLines(WriteFile("t.zip", "PK\x03\x04....")).error, HasSubstr("unzip"));
}

TEST(LineReaderTest, BoundsTheLengthOfALine) {
  const std::string path =
      WriteFile("long.txt", "a\n" + std::string(LineReader::kMaxLineBytes + 1, 'x') + "\n");
  EXPECT_THAT(ReadLines(path).error, HasSubstr(path + ":2: the line is longer than 1048576"));
}

TEST(LineReaderTest, RejectsAnEmptyFile) {
  const std::string path = WriteFile("empty.csv", "");
  EXPECT_EQ(ReadLines(path).error, path + ": is empty, expected at least one line");
}

TEST(LineReaderTest, SuggestsTheNearestNameForAMissingFile) {
  const std::string folder = ::testing::TempDir() + "nearest/";
  std::filesystem::create_directories(folder);
  WriteFile("nearest/openb_pods.csv", "a\n");
  WriteFile("nearest/philly.csv", "a\n");
  EXPECT_EQ(ReadLines(folder + "openb_pod.csv").error,
            folder + "openb_pod.csv: no such file (did you mean 'openb_pods.csv'?)");
  EXPECT_THAT(ReadLines(folder + "nowhere/x.csv").error, HasSubstr("does not exist either"));
}

TEST(LineReaderTest, RejectsAFolder) {
  EXPECT_THAT(ReadLines(::testing::TempDir()).error, HasSubstr("is a folder, expected a file"));
}

TEST(ReadWholeFileTest, StopsAtItsBound) {
  const std::string path = WriteFile("whole.txt", "0123456789\n0123456789\n");
  EXPECT_EQ(*ReadWholeFile(path, 100), "0123456789\n0123456789\n");
  EXPECT_THAT(ReadWholeFile(path, 15).error().ToString(), HasSubstr("larger than 15 bytes"));
}

}  // namespace
}  // namespace orrery::workload
