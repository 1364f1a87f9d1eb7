#include "sim/results/reader.h"

#include <gtest/gtest.h>
#include <hdf5.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "sim/results/summarise.h"
#include "sim/results/writer.h"
#include "tests/sim/results/sample_rows.h"

namespace orrery::results {
namespace {

std::string ScratchFile(const std::string& name) {
  const std::string path = testing::TempDir() + "/reader_" + name + ".h5";
  unlink(path.c_str());
  return path;
}

// A complete file with 20,000 jobs.
std::string SampleFile(const std::string& name) {
  const std::string path = ScratchFile(name);
  SummaryBuilder builder({});
  auto writer = ResultsWriter::Create(path, {});
  EXPECT_TRUE(writer.has_value());
  for (uint32_t job = 0; job < 20'000; ++job) {
    (*writer)->Append(SampleJob(job));
    builder.Add(SampleJob(job));
  }
  EXPECT_TRUE((*writer)->Finish(builder, {}, {}).has_value());
  return path;
}

// Changes a file by HDF5's own means, as somebody might.
class Meddling {
 public:
  explicit Meddling(const std::string& path) : file_(H5Fopen(path.c_str(), H5F_ACC_RDWR, 0)) {}
  ~Meddling() { H5Fclose(file_); }
  void SetInteger(const char* attribute, int64_t value) {
    const hid_t id = H5Aopen(file_, attribute, 0);
    H5Awrite(id, H5T_NATIVE_INT64, &value);
    H5Aclose(id);
  }
  void Remove(const char* path) { H5Ldelete(file_, path, 0); }
  void Rename(const char* from, const char* to) { H5Lmove(file_, from, file_, to, 0, 0); }

 private:
  hid_t file_;
};

std::string OpenError(const std::string& path) {
  auto reader = ResultsReader::Open(path);
  return reader ? "" : reader.error().ToString();
}

std::string ReadError(const std::string& path) {
  auto reader = ResultsReader::Open(path);
  if (!reader) return reader.error().ToString();
  auto read = reader->ForEachBlock<JobRow>({}, [](std::span<const JobRow>) {});
  return read ? "" : read.error().ToString();
}

TEST(ResultsReaderTest, ReadsOnlyTheColumnsAskedFor) {
  auto reader = ResultsReader::Open(SampleFile("columns"));
  ASSERT_TRUE(reader.has_value());
  uint32_t next = 0;
  ASSERT_TRUE(reader
                  ->ForEachBlock<JobRow>({"job", "gpus"},
                                         [&](std::span<const JobRow> rows) {
                                           for (const JobRow& row : rows) {
                                             EXPECT_EQ(row.job, next);
                                             EXPECT_EQ(row.gpus, SampleJob(next).gpus);
                                             EXPECT_EQ(row.start_ns, -1);
                                             ++next;
                                           }
                                         })
                  .has_value());
  EXPECT_EQ(next, 20'000u);
}

TEST(ResultsReaderTest, TellsWhatIsNoResultsFile) {
  EXPECT_EQ(OpenError("/no/such.h5"), "/no/such.h5: cannot be opened: No such file or directory");
  EXPECT_EQ(OpenError("/tmp"), "/tmp: is a folder, expected a results file");

  const std::string text = ScratchFile("text");
  std::ofstream(text) << "name: quickstart\n";
  EXPECT_EQ(OpenError(text), text + ": is not an HDF5 file, expected results of `orrery run`");

  const std::string empty = ScratchFile("empty");
  std::ofstream{empty};
  EXPECT_EQ(OpenError(empty), empty + ": is empty: the run ended before it wrote anything");

  const std::string other = ScratchFile("other");
  H5Fclose(H5Fcreate(other.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
  EXPECT_EQ(OpenError(other), other + ": is an HDF5 file, but not one of orrery's results");
}

TEST(ResultsReaderTest, TellsANewerSchema) {
  const std::string path = SampleFile("newer");
  Meddling(path).SetInteger("schema_version", 7);
  EXPECT_EQ(OpenError(path), path +
                                 ": was written by orrery  with schema 7, but this one reads "
                                 "schemas up to 1; use that version or a newer one");
}

TEST(ResultsReaderTest, TellsAColumnThatIsMissing) {
  const std::string path = SampleFile("missing");
  Meddling(path).Remove("/jobs/gpus");
  EXPECT_EQ(ReadError(path), path + ": has no column /jobs/gpus: it is damaged or was changed");
  EXPECT_NE(ReadError(SampleFile("whole")), path);
}

TEST(ResultsReaderTest, TellsAColumnOfAnotherTypeOrLength) {
  const std::string type = SampleFile("type");
  {
    Meddling change(type);
    change.Rename("/jobs/gpus", "/jobs/was");
    change.Rename("/jobs/job", "/jobs/gpus");
    change.Rename("/jobs/was", "/jobs/job");
  }
  EXPECT_EQ(ReadError(type), type + ": /jobs/job is not a column of uint32");
  const std::string length = SampleFile("length");
  {
    Meddling change(length);
    change.Remove("/jobs/node");
    change.Rename("/nodes/node", "/jobs/node");
  }
  EXPECT_EQ(ReadError(length), length + ": /jobs/node has 0 rows, but job has 20000");
}

TEST(ResultsReaderTest, TellsAFileThatWasCutShort) {
  const std::string path = SampleFile("cut");
  std::filesystem::resize_file(path, 600'000);
  const std::string error = OpenError(path);
  EXPECT_TRUE(error.starts_with(path + ": HDF5 cannot open it: truncated file")) << error;
}

TEST(ResultsReaderTest, TellsRowsThatContradictThemselves) {
  const std::string path = ScratchFile("contradiction");
  SummaryBuilder builder({});
  auto writer = ResultsWriter::Create(path, {});
  JobRow row = SampleJob(3);
  row.end_ns = 5;
  (*writer)->Append(row);
  ASSERT_TRUE((*writer)->Flush(builder, {}).has_value());
  auto summary = Summarise(*ResultsReader::Open(path));
  ASSERT_FALSE(summary.has_value());
  EXPECT_TRUE(summary.error().ToString().starts_with(
      path + ": /jobs contradicts itself: job 3: finished, but start_ns is "))
      << summary.error().ToString();
}

TEST(ResultsReaderTest, TellsACompleteFileWithoutSummary) {
  const std::string path = SampleFile("unsummarised");
  Meddling(path).Remove("/summary");
  auto summary = Summarise(*ResultsReader::Open(path));
  ASSERT_FALSE(summary.has_value());
  EXPECT_EQ(summary.error().ToString(), path + ": says that it is complete, but has no summary");
}

// What a disk may do to a file: no bit that flips may end the reader but by an error or other
// numbers.
TEST(ResultsReaderTest, SurvivesDamagedMetadata) {
  const std::string path = SampleFile("whole2");
  std::string bytes;
  {
    std::ifstream file(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  // The superblock and the first slot's catalogue follow each other.
  const std::string damaged = ScratchFile("damaged");
  for (uint32_t round = 0; round < 60; ++round) {
    std::string changed = bytes;
    const size_t at = round < 20 ? Scramble(round) % 48 : 4096 + Scramble(round) % 60'000;
    changed[at] = static_cast<char>(changed[at] ^ (1 << round % 8));
    std::ofstream(damaged, std::ios::binary | std::ios::trunc) << changed;
    auto reader = ResultsReader::Open(damaged);
    if (!reader) continue;
    (void)reader->ForEachBlock<JobRow>({}, [](std::span<const JobRow>) {});
    (void)Summarise(*reader);
  }
}

TEST(ResultsSchemaTest, ColumnNamesAreUniqueAndDescribed) {
  for (const Table* table : AllTables()) {
    EXPECT_FALSE(table->description.empty());
    for (const Column& column : table->columns) {
      EXPECT_EQ(table->Find(column.name), &column) << table->name << "/" << column.name;
      EXPECT_FALSE(column.description.empty()) << column.name;
      EXPECT_FALSE(column.unit.empty()) << column.name;
      EXPECT_LE(column.offset + BytesOf(column.type), table->row_bytes) << column.name;
    }
  }
}

TEST(ResultsSchemaTest, JobsHaveTwentyColumnsOrMore) {
  EXPECT_GE(TableOf<JobRow>().columns.size(), 20u);
}

}  // namespace
}  // namespace orrery::results
