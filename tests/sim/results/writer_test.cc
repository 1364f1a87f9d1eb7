#include "sim/results/writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "sim/results/reader.h"
#include "sim/results/summarise.h"
#include "sim/results/table_buffer.h"
#include "tests/sim/results/sample_rows.h"

namespace orrery::results {
namespace {

std::string ScratchFile(const std::string& name) {
  const std::string path = testing::TempDir() + "/" + name + ".h5";
  unlink(path.c_str());
  return path;
}

RunDescription Description() {
  RunDescription run;
  run.name = "sample";
  run.scenario = "name: sample\nfleet: [ärger]\n";
  run.version = "0.1.0";
  run.seed = 42;
  run.replicate = 3;
  run.warm_up = SimTime::FromSeconds(10);
  run.horizon = SimTime::FromSeconds(1e9);
  run.gpu_models = {"h100-sxm", "a100-sxm-80gb", "rtx-4090"};
  run.regions = {"us-east", "eu-north"};
  return run;
}

// Every field of a row that differs from what the field was when it was written.
template <typename Row>
std::string Difference(const Row& expected, const Row& actual) {
  std::string text;
  for (const Column& column : TableOf<Row>().columns) {
    const auto* a = reinterpret_cast<const char*>(&expected) + column.offset;
    const auto* b = reinterpret_cast<const char*>(&actual) + column.offset;
    if (std::memcmp(a, b, BytesOf(column.type)) != 0) text += std::string(column.name) + " ";
  }
  return text;
}

template <typename Row>
std::vector<Row> ReadAll(const std::string& path) {
  std::vector<Row> rows;
  auto reader = ResultsReader::Open(path);
  EXPECT_TRUE(reader.has_value()) << reader.error().ToString();
  if (!reader) return rows;
  auto read = reader->template ForEachBlock<Row>(
      {}, [&](std::span<const Row> block) { rows.insert(rows.end(), block.begin(), block.end()); });
  EXPECT_TRUE(read.has_value()) << read.error().ToString();
  return rows;
}

std::unique_ptr<ResultsWriter> NewWriter(const std::string& path,
                                         const RunDescription& run = Description()) {
  auto writer = ResultsWriter::Create(path, run);
  EXPECT_TRUE(writer.has_value()) << writer.error().ToString();
  return std::move(*writer);
}

// As long as a table of `rows` rows, flushed now and then, reads back as it was written.
void ExpectRoundTrip(uint32_t rows, uint32_t flush_every) {
  SCOPED_TRACE(testing::Message() << rows << " rows, flushed every " << flush_every);
  const std::string path = ScratchFile("round_trip");
  SummaryBuilder builder(Description());
  auto writer = NewWriter(path);
  for (uint32_t job = 0; job < rows; ++job) {
    const JobRow row = SampleJob(job);
    writer->Append(row);
    writer->Append(SampleAttempt(row));
    builder.Add(row);
    if (flush_every > 0 && job % flush_every == flush_every - 1) {
      ASSERT_TRUE(writer->Flush(builder, {}).has_value());
    }
  }
  ASSERT_TRUE(writer->Finish(builder, {}, {}).has_value());
  const std::vector<JobRow> jobs = ReadAll<JobRow>(path);
  const std::vector<AttemptRow> attempts = ReadAll<AttemptRow>(path);
  ASSERT_EQ(jobs.size(), rows);
  ASSERT_EQ(attempts.size(), rows);
  for (uint32_t job = 0; job < rows; ++job) {
    const JobRow row = SampleJob(job);
    ASSERT_EQ(Difference(row, jobs[job]), "") << job;
    ASSERT_EQ(Difference(SampleAttempt(row), attempts[job]), "") << job;
  }
}

TEST(ResultsWriterTest, RowsReadBackAsTheyWereWritten) {
  for (const uint32_t rows : {0u, 1u, 63u, 64u, 65u, 1000u, kChunkRows - 1, kChunkRows,
                              kChunkRows + 1, 3 * kChunkRows, 3 * kChunkRows + 777}) {
    ExpectRoundTrip(rows, 0);
  }
}

TEST(ResultsWriterTest, FlushesDoNotChangeWhatIsWritten) {
  ExpectRoundTrip(100, 1);
  ExpectRoundTrip(2000, 37);
  ExpectRoundTrip(kChunkRows + 100, 1000);
  ExpectRoundTrip(2 * kChunkRows, kChunkRows);
  ExpectRoundTrip(3 * kChunkRows + 5, 5000);
}

TEST(ResultsWriterTest, EveryTableIsThere) {
  const std::string path = ScratchFile("tables");
  SummaryBuilder builder(Description());
  auto writer = NewWriter(path);
  writer->Append(NodeRow{.node = 7, .memory_mib = 2048, .ask_usd_micro_h = 2'190'000, .gpus = 8});
  writer->Append(NodeEventRow{.time_ns = 5, .node = 7, .kind = NodeEventKind::kRepaired});
  writer->Append(LedgerRow{.time_ns = 9, .balance_usd_micro = -3, .account = 2});
  writer->Append(SampleRow{.time = 60, .gpu_allocation_ratio = 0.5, .queued_jobs = 11});
  ASSERT_TRUE(writer->Finish(builder, {}, {}).has_value());
  EXPECT_EQ(ReadAll<NodeRow>(path).at(0).ask_usd_micro_h, 2'190'000);
  EXPECT_EQ(ReadAll<NodeRow>(path).at(0).gpu_model, 0xffff);
  EXPECT_EQ(ReadAll<NodeEventRow>(path).at(0).kind, NodeEventKind::kRepaired);
  EXPECT_EQ(ReadAll<LedgerRow>(path).at(0).balance_usd_micro, -3);
  EXPECT_EQ(ReadAll<SampleRow>(path).at(0).queued_jobs, 11);
}

TEST(ResultsWriterTest, ColumnThatChangesLateKeepsItsEarlierValues) {
  const std::string path = ScratchFile("late");
  SummaryBuilder builder(Description());
  auto writer = NewWriter(path);
  constexpr uint32_t kRows = 2 * kChunkRows + 500;
  const auto priority = [](uint32_t job) { return job < kChunkRows + 300 ? 5 : 6; };
  for (uint32_t job = 0; job < kRows; ++job) {
    JobRow row;
    row.job = job;
    row.priority = priority(job);
    writer->Append(row);
    if (job == kChunkRows + 200) {
      ASSERT_TRUE(writer->Flush(builder, {}).has_value());
    }
  }
  ASSERT_TRUE(writer->Finish(builder, {}, {}).has_value());
  const std::vector<JobRow> rows = ReadAll<JobRow>(path);
  ASSERT_EQ(rows.size(), kRows);
  for (uint32_t job = 0; job < kRows; ++job) ASSERT_EQ(rows[job].priority, priority(job)) << job;
}

TEST(ResultsWriterTest, ConstantColumnsTakeNoSpace) {
  const std::string path = ScratchFile("constant");
  SummaryBuilder builder(Description());
  auto writer = NewWriter(path);
  for (uint32_t job = 0; job < 20 * kChunkRows; ++job) {
    JobRow row;
    row.job = job;  // the only column that varies: 4 bytes of 136
    writer->Append(row);
  }
  ASSERT_TRUE(writer->Finish(builder, {}, {}).has_value());
  struct stat info = {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_LT(info.st_size, 20 * kChunkRows * 8);
  EXPECT_EQ(ReadAll<JobRow>(path).size(), 20 * kChunkRows);
}

TEST(ResultsWriterTest, SmallRunMakesASmallFile) {
  const std::string path = ScratchFile("small");
  SummaryBuilder builder(Description());
  auto writer = NewWriter(path);
  for (uint32_t job = 0; job < 100; ++job) writer->Append(SampleJob(job));
  ASSERT_TRUE(writer->Finish(builder, {}, {}).has_value());
  struct stat info = {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_LT(info.st_size, 500'000);
}

TEST(ResultsWriterTest, FileSaysWhereItsRunCameFrom) {
  const std::string path = ScratchFile("attributes");
  RunDescription run = Description();
  run.scenario = std::string(300'000, '#');  // longer than HDF5's attributes are by themselves
  run.job_rows = JobRows::kSample;
  run.sample_fraction = 0.25;
  SummaryBuilder builder(run);
  auto writer = NewWriter(path, run);
  RunEnd end;
  end.complete = false;
  end.partial_reason = "interrupted (SIGINT)";
  end.trace_digest = "0123456789abcdef";
  end.outcome_digest = "fedcba9876543210";
  ASSERT_TRUE(writer->Finish(builder, {}, end).has_value());
  auto reader = ResultsReader::Open(path);
  ASSERT_TRUE(reader.has_value());
  EXPECT_EQ(reader->run().scenario, run.scenario);
  EXPECT_EQ(reader->run().name, "sample");
  EXPECT_EQ(reader->run().version, "0.1.0");
  EXPECT_EQ(reader->run().seed, 42u);
  EXPECT_EQ(reader->run().replicate, 3u);
  EXPECT_EQ(reader->run().warm_up, run.warm_up);
  EXPECT_EQ(reader->run().horizon, run.horizon);
  EXPECT_EQ(reader->run().job_rows, JobRows::kSample);
  EXPECT_EQ(reader->run().sample_fraction, 0.25);
  EXPECT_EQ(reader->run().gpu_models, run.gpu_models);
  EXPECT_EQ(reader->run().regions, run.regions);
  EXPECT_TRUE(reader->run().users.empty());
  EXPECT_FALSE(reader->end().complete);
  EXPECT_EQ(reader->end().partial_reason, "interrupted (SIGINT)");
  EXPECT_EQ(reader->end().trace_digest, "0123456789abcdef");
  EXPECT_EQ(reader->end().outcome_digest, "fedcba9876543210");
}

TEST(ResultsWriterTest, SummaryOfTheFileIsTheOneThatFinishTold) {
  const std::string path = ScratchFile("summary");
  SummaryBuilder builder(Description());
  auto writer = NewWriter(path);
  for (uint32_t job = 0; job < 5000; ++job) {
    writer->Append(SampleJob(job));
    builder.Add(SampleJob(job));
  }
  auto told = writer->Finish(builder, {}, {});
  ASSERT_TRUE(told.has_value());
  EXPECT_TRUE(told->measured.exact_quantiles);
  auto reader = ResultsReader::Open(path);
  ASSERT_TRUE(reader.has_value());
  auto stored = Summarise(*reader);
  ASSERT_TRUE(stored.has_value()) << stored.error().ToString();
  EXPECT_EQ(ToJson(*stored), ToJson(*told));
}

TEST(ResultsWriterTest, FlushedFileIsPartialAndItsSummaryIsExactAllTheSame) {
  const std::string path = ScratchFile("flushed");
  SummaryBuilder builder(Description());
  RunCounters counters;
  counters.submitted = 3100;
  counters.decisions_made = 17;
  auto writer = NewWriter(path);
  std::vector<JobRow> rows;
  for (uint32_t job = 0; job < 3000; ++job) {
    rows.push_back(SampleJob(job));
    writer->Append(rows.back());
    builder.Add(rows.back());
  }
  ASSERT_TRUE(writer->Flush(builder, counters).has_value());
  // Appended but not flushed: not there yet.
  for (uint32_t job = 3000; job < 3050; ++job) writer->Append(SampleJob(job));

  auto reader = ResultsReader::Open(path);
  ASSERT_TRUE(reader.has_value());
  EXPECT_FALSE(reader->end().complete);
  EXPECT_EQ(reader->end().partial_reason,
            "the run had not ended when this was written: it was killed, or is still going on");
  EXPECT_EQ(*reader->Rows<JobRow>(), 3000u);
  auto summary = Summarise(*reader);
  ASSERT_TRUE(summary.has_value()) << summary.error().ToString();
  const auto exact = builder.Exact(
      counters, {}, [&](const std::function<void(std::span<const JobRow>)>& b) -> Result<void> {
        b(rows);
        return {};
      });
  EXPECT_FALSE(summary->complete);
  EXPECT_TRUE(summary->measured.exact_quantiles);
  EXPECT_EQ(summary->wait_s.p99, exact->wait_s.p99);
  EXPECT_EQ(summary->jobs.unfinished, 100u);
  EXPECT_EQ(summary->decisions.made, 17u);
}

TEST(ResultsWriterTest, SampleKeepsTheSameJobsWithTheirAttemptsInEveryRun) {
  RunDescription run = Description();
  run.job_rows = JobRows::kSample;
  run.sample_fraction = 0.1;
  std::vector<std::vector<JobRow>> kept;
  for (const char* name : {"sample_a", "sample_b"}) {
    const std::string path = ScratchFile(name);
    SummaryBuilder builder(run);
    auto writer = NewWriter(path, run);
    for (uint32_t job = 0; job < 20'000; ++job) {
      const JobRow row = SampleJob(job);
      writer->Append(row);
      writer->Append(SampleAttempt(row));
      builder.Add(row);
    }
    auto summary = writer->Finish(builder, {}, {});
    ASSERT_TRUE(summary.has_value());
    EXPECT_EQ(summary->jobs.finished, 20'000u);
    EXPECT_FALSE(summary->measured.exact_quantiles);
    EXPECT_EQ(summary->measured.rows, "sample");
    kept.push_back(ReadAll<JobRow>(path));
    const std::vector<AttemptRow> attempts = ReadAll<AttemptRow>(path);
    ASSERT_EQ(attempts.size(), kept.back().size());
    for (size_t i = 0; i < attempts.size(); ++i) EXPECT_EQ(attempts[i].job, kept.back()[i].job);
    run.seed = 99;  // the choice of jobs must not hang on it
  }
  // Binomial: 2000 ± 42; four standard deviations.
  EXPECT_NEAR(static_cast<double>(kept[0].size()), 2000, 170);
  ASSERT_EQ(kept[0].size(), kept[1].size());
  for (size_t i = 0; i < kept[0].size(); ++i) EXPECT_EQ(kept[0][i].job, kept[1][i].job);
}

TEST(ResultsWriterTest, AggregateKeepsNoJobAndStillSumsUpAll) {
  RunDescription run = Description();
  run.job_rows = JobRows::kAggregate;
  const std::string path = ScratchFile("aggregate");
  SummaryBuilder builder(run);
  auto writer = NewWriter(path, run);
  for (uint32_t job = 0; job < 1000; ++job) {
    writer->Append(SampleJob(job));
    builder.Add(SampleJob(job));
  }
  ASSERT_TRUE(writer->Flush(builder, {}).has_value());
  auto flushed = Summarise(*ResultsReader::Open(path));
  ASSERT_TRUE(flushed.has_value());
  EXPECT_EQ(flushed->jobs.finished, 1000u);
  ASSERT_TRUE(writer->Finish(builder, {}, {}).has_value());
  auto reader = ResultsReader::Open(path);
  EXPECT_EQ(*reader->Rows<JobRow>(), 0u);
  auto summary = Summarise(*reader);
  EXPECT_EQ(summary->jobs.finished, 1000u);
  EXPECT_GT(summary->measured.quantile_relative_error, 0);
}

TEST(ResultsWriterTest, MemoryDoesNotGrowWithTheNumberOfJobs) {
  auto writer = NewWriter(ScratchFile("memory"));
  size_t bytes_before = 0;
  for (uint32_t job = 0; job < 1'000'000; ++job) {
    if (job == 200'000) bytes_before = mallinfo2().uordblks;
    const JobRow row = SampleJob(job);
    writer->Append(row);
    writer->Append(SampleAttempt(row));
  }
  // Eight bytes for each of 98 chunks of at most 38 columns, in vectors that grow by doubling.
  EXPECT_LT(mallinfo2().uordblks, bytes_before + 100'000);
}

TEST(ResultsWriterTest, EqualRunsMakeEqualFiles) {
  std::vector<std::string> bytes;
  for (const char* name : {"equal_a", "equal_b"}) {
    const std::string path = ScratchFile(name);
    SummaryBuilder builder(Description());
    auto writer = NewWriter(path);
    for (uint32_t job = 0; job < 10'000; ++job) {
      writer->Append(SampleJob(job));
      builder.Add(SampleJob(job));
    }
    ASSERT_TRUE(writer->Finish(builder, {}, {}).has_value());
    std::ifstream file(path, std::ios::binary);
    bytes.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  EXPECT_EQ(bytes[0] == bytes[1], true);
}

TEST(ResultsWriterTest, RunsInSeveralThreadsWriteTheirOwnFiles) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([t] {
      const std::string path = ScratchFile("thread_" + std::to_string(t));
      SummaryBuilder builder(Description());
      auto writer = ResultsWriter::Create(path, Description());
      ASSERT_TRUE(writer.has_value());
      for (uint32_t job = 0; job < 3000; ++job) {
        const JobRow row = SampleJob(job + static_cast<uint32_t>(t));
        (*writer)->Append(row);
        builder.Add(row);
        if (job % 1000 == 0) {
          ASSERT_TRUE((*writer)->Flush(builder, {}).has_value());
        }
      }
      ASSERT_TRUE((*writer)->Finish(builder, {}, {}).has_value());
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int t = 0; t < 3; ++t) {
    const auto rows = ReadAll<JobRow>(testing::TempDir() + "/thread_" + std::to_string(t) + ".h5");
    ASSERT_EQ(rows.size(), 3000u);
    EXPECT_EQ(rows[17].job, 17u + static_cast<uint32_t>(t));
  }
}

TEST(ResultsWriterTest, FlushIsDueAfterItsInterval) {
  auto writer = ResultsWriter::Create(ScratchFile("due"), Description(), std::chrono::hours(1));
  ASSERT_TRUE(writer.has_value());
  EXPECT_FALSE((*writer)->FlushDue());
  writer = ResultsWriter::Create(ScratchFile("due2"), Description(), std::chrono::milliseconds(1));
  ASSERT_TRUE(writer.has_value());
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  EXPECT_TRUE((*writer)->FlushDue());
}

TEST(ResultsWriterTest, OverwritesOlderResults) {
  const std::string path = ScratchFile("again");
  for (const uint32_t rows : {9000u, 10u}) {
    SummaryBuilder builder(Description());
    auto writer = NewWriter(path);
    for (uint32_t job = 0; job < rows; ++job) writer->Append(SampleJob(job));
    ASSERT_TRUE(writer->Finish(builder, {}, {}).has_value());
    EXPECT_EQ(ReadAll<JobRow>(path).size(), rows);
  }
}

std::string CreateError(const std::string& path) {
  auto writer = ResultsWriter::Create(path, Description());
  return writer ? "" : writer.error().ToString();
}

TEST(ResultsWriterErrorTest, FolderThatIsNotThere) {
  EXPECT_EQ(CreateError("/no/such/folder/a.h5"),
            "/no/such/folder/a.h5: the results file cannot be created: No such file or directory");
}

TEST(ResultsWriterErrorTest, SomethingElseIsNotOverwritten) {
  const std::string path = ScratchFile("precious");
  std::ofstream(path) << "my notes";
  EXPECT_EQ(CreateError(path), path +
                                   ": exists and is not a results file, so it is not overwritten; "
                                   "remove it or give the results another name");
  std::ifstream file(path);
  std::string text;
  std::getline(file, text);
  EXPECT_EQ(text, "my notes");
  EXPECT_EQ(CreateError("/dev/null"), "/dev/null: is no regular file; results are written to one");
}

TEST(ResultsWriterErrorTest, FileOfARunThatIsGoingOn) {
  const std::string path = ScratchFile("busy");
  auto writer = NewWriter(path);
  EXPECT_EQ(CreateError(path),
            path + ": another run is writing this file; give this one another name");
  writer.reset();
  EXPECT_EQ(CreateError(path), "");
}

}  // namespace
}  // namespace orrery::results
