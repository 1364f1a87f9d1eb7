// What is flushed survives: a writer is killed at random moments, its disk runs full, its file hits
// a limit; every time the file must open at once and hold all that was flushed, and nothing torn.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <functional>
#include <new>
#include <string>

#include "sim/results/reader.h"
#include "sim/results/summarise.h"
#include "sim/results/writer.h"
#include "tests/sim/results/sample_rows.h"

namespace orrery::results {
namespace {

using Clock = std::chrono::steady_clock;

// What the writing child tells its parent, in memory that both see.
struct Board {
  std::atomic<uint64_t> flushed{0};  // jobs that were there when the last flush returned
  std::atomic<uint64_t> flushes{0};
  char error[1000] = "";
};

class SharedBoard {
 public:
  SharedBoard()
      : board_(new (mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                         -1, 0)) Board) {}
  ~SharedBoard() { munmap(board_, sizeof(Board)); }
  Board* operator->() { return board_; }
  Board& operator*() { return *board_; }

 private:
  Board* board_;
};

// Writes jobs 0, 1, …, with an attempt and a sample each, flushing after numbers of rows that look
// random, until it is killed or cannot go on. `start` is where in that sequence it begins.
void WriteOn(const std::string& path, uint64_t start, Board& board) {
  const auto say = [&](const Error& error) {
    strncpy(board.error, error.ToString().c_str(), sizeof(board.error) - 1);
  };
  auto writer = ResultsWriter::Create(path, {});
  if (!writer) return say(writer.error());
  SummaryBuilder builder({});
  uint32_t job = 0;
  board.flushes = 1;
  for (uint64_t round = start;; ++round) {
    for (uint64_t n = Scramble(round) % 500; n > 0; --n, ++job) {
      const JobRow row = SampleJob(job);
      (*writer)->Append(row);
      (*writer)->Append(SampleAttempt(row));
      SampleRow sample;
      sample.time = job;
      (*writer)->Append(sample);
      builder.Add(row);
    }
    if (auto flushed = (*writer)->Flush(builder, {}); !flushed) return say(flushed.error());
    board.flushed = job;
    ++board.flushes;
  }
}

// Jobs in the file, after a look at every row of every table.
uint64_t CheckedJobs(const std::string& path) {
  auto reader = ResultsReader::Open(path);
  if (!reader) {
    ADD_FAILURE() << reader.error().ToString();
    return 0;
  }
  EXPECT_FALSE(reader->end().complete);
  EXPECT_FALSE(reader->end().partial_reason.empty());
  uint32_t jobs = 0, attempts = 0, samples = 0, wrong = 0;
  // ForEachBlock itself fails where columns of a table differ in length.
  auto read = reader->ForEachBlock<JobRow>({}, [&](std::span<const JobRow> rows) {
    for (const JobRow& row : rows) {
      const JobRow expected = SampleJob(jobs++);
      wrong += row.job != expected.job || row.submit_ns != expected.submit_ns ||
               row.start_ns != expected.start_ns || row.end_ns != expected.end_ns ||
               row.node != expected.node || row.gpus != expected.gpus ||
               row.outcome != expected.outcome || row.deadline_ns != -1 || row.replicas != 1;
    }
  });
  EXPECT_TRUE(read.has_value()) << read.error().ToString();
  read = reader->ForEachBlock<AttemptRow>({}, [&](std::span<const AttemptRow> rows) {
    for (const AttemptRow& row : rows) {
      const AttemptRow expected = SampleAttempt(SampleJob(attempts++));
      wrong += row.job != expected.job || row.gpu_mask != expected.gpu_mask ||
               row.end_ns != expected.end_ns;
    }
  });
  EXPECT_TRUE(read.has_value()) << read.error().ToString();
  read = reader->ForEachBlock<SampleRow>({}, [&](std::span<const SampleRow> rows) {
    for (const SampleRow& row : rows) wrong += row.time != samples++;
  });
  EXPECT_TRUE(read.has_value()) << read.error().ToString();
  EXPECT_EQ(wrong, 0u);
  EXPECT_EQ(attempts, jobs);
  EXPECT_EQ(samples, jobs);
  return jobs;
}

TEST(SurvivalTest, KilledWriterLeavesAllThatItFlushed) {
  const std::string path = testing::TempDir() + "/killed.h5";
  constexpr int kKills = 200;
  uint64_t rows = 0, beyond = 0;
  for (int kill_number = 0; kill_number < kKills; ++kill_number) {
    SharedBoard board;
    unlink(path.c_str());
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      WriteOn(path, static_cast<uint64_t>(kill_number) * 1000, *board);
      _exit(1);  // only where it could not write
    }
    // At any point inside of a flush or between two, after none to three of them, however fast the
    // machine is.
    const uint64_t chance = Scramble(static_cast<uint64_t>(kill_number));
    while (board->flushes < 1 + chance % 4 && board->error[0] == '\0') usleep(100);
    usleep(static_cast<useconds_t>(chance / 4 % 3'000));
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << board->error;
    const uint64_t found = CheckedJobs(path);
    ASSERT_GE(found, board->flushed) << "kill " << kill_number;
    if (HasFailure()) FAIL() << "kill " << kill_number;
    rows += found;
    // The flush went through, but the child died before it could say so.
    beyond += found > board->flushed;
  }
  // The test would show nothing if every kill came before the first flush.
  EXPECT_GT(rows, 30'000u);
  RecordProperty("rows", static_cast<int>(rows));
  RecordProperty("killed_between_flush_and_report", static_cast<int>(beyond));
}

TEST(SurvivalTest, SummaryOfAKilledRunIsThatOfItsLastFlush) {
  const std::string path = testing::TempDir() + "/killed_summary.h5";
  SharedBoard board;
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    WriteOn(path, 0, *board);
    _exit(1);
  }
  while (board->flushes < 4 && board->error[0] == '\0') usleep(100);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  auto reader = ResultsReader::Open(path);
  ASSERT_TRUE(reader.has_value()) << reader.error().ToString();
  auto summary = Summarise(*reader);
  ASSERT_TRUE(summary.has_value()) << summary.error().ToString();
  EXPECT_FALSE(summary->complete);
  EXPECT_EQ(summary->jobs.finished, *reader->Rows<JobRow>());
  EXPECT_TRUE(summary->measured.exact_quantiles);
}

// Runs `write` in a child and gives the error that it ran into; fails if it dies or takes for ever.
std::string ErrorOf(const std::function<void(Board&)>& write, Board& board) {
  const pid_t child = fork();
  if (child == 0) {
    write(board);
    _exit(board.error[0] != '\0' ? 7 : 0);
  }
  const auto give_up = Clock::now() + std::chrono::seconds(60);
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (Clock::now() > give_up) {
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
      return "it hung";
    }
    usleep(1000);
  }
  EXPECT_TRUE(WIFEXITED(status)) << "killed by signal " << WTERMSIG(status);
  return board.error;
}

TEST(SurvivalTest, LimitOnTheSizeOfFilesIsAnErrorAndWhatWasFlushedStays) {
  const std::string path = testing::TempDir() + "/limited.h5";
  for (const rlim_t limit : {3'000, 40'000, 500'000, 1'500'000, 4'000'000}) {
    unlink(path.c_str());
    SharedBoard board;
    const std::string error = ErrorOf(
        [&](Board& b) {
          const rlimit bound = {limit, limit};
          setrlimit(RLIMIT_FSIZE, &bound);
          WriteOn(path, 0, b);
        },
        *board);
    EXPECT_NE(
        error.find("File too large; the limit on the size of a file (ulimit -f) is too small"),
        std::string::npos)
        << error;
    EXPECT_TRUE(error.starts_with(path + ": ")) << error;
    if (board->flushes > 0) {
      EXPECT_EQ(CheckedJobs(path), board->flushed);
    }
  }
}

// A process with threads gets no namespace of its own, and ThreadSanitizer runs one.
#ifndef __SANITIZE_THREAD__

bool WriteText(const char* path, const std::string& text) {
  const int file = open(path, O_WRONLY);
  if (file < 0) return false;
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(file);
  return written;
}

// A file system of `megabytes` that nobody else sees; false where that is not permitted.
bool EnterSmallDisk(const std::string& folder, int megabytes) {
  const std::string user = std::to_string(getuid());
  const std::string group = std::to_string(getgid());
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 ||
      !WriteText("/proc/self/uid_map", "0 " + user + " 1") ||
      !WriteText("/proc/self/setgroups", "deny") ||
      !WriteText("/proc/self/gid_map", "0 " + group + " 1")) {
    return false;
  }
  mkdir(folder.c_str(), 0700);
  const std::string size = "size=" + std::to_string(megabytes) + "m";
  return mount("tmpfs", folder.c_str(), "tmpfs", 0, size.c_str()) == 0;
}

TEST(SurvivalTest, FullDiskIsAnErrorAndWhatWasFlushedStays) {
  const std::string folder = testing::TempDir() + "/small_disk";
  SharedBoard board;
  const std::string error = ErrorOf(
      [&](Board& b) {
        if (!EnterSmallDisk(folder, 3)) {
          strncpy(b.error, "not permitted", sizeof(b.error) - 1);
          return;
        }
        const std::string path = folder + "/full.h5";
        WriteOn(path, 0, b);
        // The disk goes with the process, so the child itself looks.
        if (CheckedJobs(path) != b.flushed || testing::Test::HasFailure()) _exit(99);
      },
      *board);
  if (error == "not permitted") GTEST_SKIP() << "no user namespaces here";
  EXPECT_NE(error.find("No space left on device; free some space"), std::string::npos) << error;
  EXPECT_GT(board->flushed, 0u);
}

#endif

TEST(SurvivalTest, FileThatIsRenamedMeanwhileIsFinished) {
  const std::string path = testing::TempDir() + "/before.h5";
  const std::string renamed = testing::TempDir() + "/after.h5";
  auto writer = ResultsWriter::Create(path, {});
  ASSERT_TRUE(writer.has_value());
  SummaryBuilder builder({});
  (*writer)->Append(SampleJob(0));
  builder.Add(SampleJob(0));
  ASSERT_EQ(rename(path.c_str(), renamed.c_str()), 0);
  ASSERT_TRUE((*writer)->Finish(builder, {}, {}).has_value());
  auto reader = ResultsReader::Open(renamed);
  ASSERT_TRUE(reader.has_value());
  EXPECT_TRUE(reader->end().complete);
  EXPECT_EQ(*reader->Rows<JobRow>(), 1u);
}

}  // namespace
}  // namespace orrery::results
