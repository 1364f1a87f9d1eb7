// Each format read from a few lines, and every mistake told with its place; whole files where
// $ORRERY_TRACES has them.
#include "models/workload/serving/request_trace.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace orrery::workload {
namespace {

std::string Write(const std::string& text) {
  static int count = 0;
  const char* folder = std::getenv("TEST_TMPDIR");
  const std::string path = std::string(folder != nullptr ? folder : "/tmp") + "/requests_" +
                           std::to_string(count++) + ".txt";
  std::ofstream(path) << text;
  return path;
}

RequestTraceOptions Options(const std::string& format) {
  RequestTraceOptions options;
  options.format = format;
  options.rest.clients = {{RegionId(3), 1, Duration()}};
  options.name = "test";
  return options;
}

// All requests, or the first mistake.
std::vector<ServiceRequest> ReadAll(const std::string& path, const RequestTraceOptions& options,
                                    std::string* mistake) {
  std::vector<ServiceRequest> requests;
  auto source = OpenRequestTrace(path, options);
  if (!source) {
    *mistake = source.error().ToString();
    return requests;
  }
  for (;;) {
    ServiceRequest request;
    const Result<bool> more = (*source)->Next(&request);
    if (!more) *mistake = more.error().ToString();
    if (!more || !*more) return requests;
    requests.push_back(request);
  }
}

std::string MistakeIn(const std::string& format, const std::string& text) {
  std::string mistake;
  const std::string path = Write(text);
  ReadAll(path, Options(format), &mistake);
  const size_t at = mistake.find(path);
  return at == std::string::npos ? mistake : mistake.substr(at + path.size());
}

constexpr char kAzure[] =
    "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
    "2023-11-16 23:59:58.5000000,374,44\r\n"
    "2023-11-17 00:00:01.2500000,396,0\r\n";

TEST(RequestTraceTest, ReadsAzure) {
  std::string mistake;
  const auto requests = ReadAll(Write(kAzure), Options("azure_llm"), &mistake);
  EXPECT_EQ(mistake, "");
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].time, SimTime::Zero());
  EXPECT_EQ(requests[0].prompt, 374u);
  EXPECT_EQ(requests[0].client, RegionId(3));
  EXPECT_EQ(requests[1].time, SimTime::FromSeconds(2.75));
  EXPECT_EQ(requests[1].output, 1u);
}

TEST(RequestTraceTest, SkipsTheBeginning) {
  RequestTraceOptions options = Options("azure_llm");
  options.skip = Duration::Seconds(2);
  std::string mistake;
  const auto requests = ReadAll(Write(kAzure), options, &mistake);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].time, SimTime::FromSeconds(0.75));
}

TEST(RequestTraceTest, ReadsMooncake) {
  std::string mistake;
  const auto requests =
      ReadAll(Write("{\"timestamp\": 100, \"input_length\": 1100, \"output_length\": 5, "
                    "\"hash_ids\": [0, 7, 9]}\n"
                    "{\"timestamp\": 350, \"input_length\": 10, \"output_length\": 6}\n"),
              Options("mooncake"), &mistake);
  EXPECT_EQ(mistake, "");
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].prefix, (std::vector<uint64_t>{0, 7, 9}));
  EXPECT_EQ(requests[1].time, SimTime::Zero() + Duration::Millis(250));
  EXPECT_TRUE(requests[1].prefix.empty());
}

TEST(RequestTraceTest, ReadsServeGen) {
  RequestTraceOptions options = Options("servegen");
  options.rest.prompt = {.law = Deterministic{50}};
  std::string mistake;
  const auto requests = ReadAll(Write("client,window_start_s,rate_req_per_s,cv,pattern,pat_arg1,x\n"
                                      "1,600,2,1.1,Gamma,1,0\n"
                                      "0,0,1,1.1,Weibull,0.8,0\n"
                                      "0,600,3,1,Gamma,4,0\n"),
                                options, &mistake);
  EXPECT_EQ(mistake, "");
  int64_t early = 0;
  SimTime last;
  for (const ServiceRequest& request : requests) {
    EXPECT_GE(request.time, last);
    last = request.time;
    early += request.time < SimTime::FromSeconds(600);
    EXPECT_EQ(request.prompt, 50u);
  }
  EXPECT_LT(last, SimTime::FromSeconds(1200));
  EXPECT_NEAR(static_cast<double>(early), 600, 100);
  EXPECT_NEAR(static_cast<double>(requests.size()) - static_cast<double>(early), 3000, 250);
}

TEST(RequestTraceTest, MistakesComeWithTheirPlace) {
  const std::string head = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
  EXPECT_EQ(MistakeIn("azure_llm", head + "2023-11-16 18:15,374,44\n"),
            ":2: column 'TIMESTAMP': got '2023-11-16 18:15', expected a time such as 2023-11-16 "
            "18:15:46.6805900");
  EXPECT_EQ(MistakeIn("azure_llm", head + "2023-11-16 18:15:01,none,44\n").substr(0, 41),
            ":2: column 'ContextTokens': got 'none', e");
  EXPECT_EQ(MistakeIn("azure_llm", head + "2023-11-16 18:15:02,1,44\n2023-11-16 18:15:01,1,44\n"),
            ":3: got a request earlier than the one before it, expected them in order of time");
  EXPECT_EQ(MistakeIn("mooncake", "{\"timestamp\": 1,\n"),
            ":1: got '{\"timestamp\": 1,', expected an object of JSON");
  EXPECT_EQ(MistakeIn("mooncake", "{\"timestamp\": 1, \"output_length\": 3}\n"),
            ":1: input_length: got nothing, expected a whole number, 1 or more");
  EXPECT_EQ(MistakeIn("mooncake",
                      "{\"timestamp\": 1, \"input_length\": 3, \"output_length\": 3, "
                      "\"hash_ids\": [1, \"a\"]}\n"),
            ":1: hash_ids: got \"a\", expected whole numbers");
  const std::string windows = "client,window_start_s,rate_req_per_s,pattern,pat_arg1\n";
  EXPECT_EQ(MistakeIn("servegen", windows + "0,0,1,Pareto,1\n"),
            ":2: column 'pattern': got 'Pareto', expected Gamma or Weibull");
  EXPECT_EQ(MistakeIn("servegen", windows + "0,0,-1,Gamma,1\n"),
            ":2: column 'rate_req_per_s': got '-1', expected requests a second, above 0");
}

// A file of $ORRERY_TRACES; empty: there is none.
std::string Real(const std::string& file) {
  const char* folder = std::getenv("ORRERY_TRACES");
  if (folder == nullptr) return "";
  const std::string path = std::string(folder) + "/" + file;
  return std::ifstream(path).good() ? path : "";
}

TEST(RequestTraceTest, ReadsTheRealFiles) {
  const std::string azure = Real("azure-llm-2023/AzureLLMInferenceTrace_conv.csv.gz");
  const std::string mooncake = Real("mooncake/conversation_trace.jsonl.gz");
  if (azure.empty() || mooncake.empty()) GTEST_SKIP() << "needs $ORRERY_TRACES";
  std::string mistake;
  const auto azures = ReadAll(azure, Options("azure_llm"), &mistake);
  EXPECT_EQ(mistake, "");
  EXPECT_EQ(azures.size(), 19'366u);
  EXPECT_NEAR(azures.back().time.seconds(), 3502, 10);
  double prompts = 0;
  for (const ServiceRequest& request : azures) prompts += request.prompt;
  EXPECT_NEAR(prompts / static_cast<double>(azures.size()), 1154.7, 0.1);
  const auto mooncakes = ReadAll(mooncake, Options("mooncake"), &mistake);
  EXPECT_EQ(mistake, "");
  EXPECT_EQ(mooncakes.size(), 12'031u);
  for (const ServiceRequest& request : mooncakes) {
    EXPECT_EQ(request.prefix.size(), (request.prompt + 511) / 512);
  }
}

// Requests of the first ten minutes: what the rates of all clients' windows there come to.
TEST(RequestTraceTest, ReadsServeGensRealFile) {
  const std::string path = Real("servegen/m-small_client_windows.csv.gz");
  if (path.empty()) GTEST_SKIP() << "needs $ORRERY_TRACES";
  const auto source = OpenRequestTrace(path, Options("servegen"));
  ASSERT_TRUE(source) << source.error().ToString();
  double requests = 0;
  ServiceRequest request;
  for (;; ++requests) {
    const Result<bool> more = (*source)->Next(&request);
    ASSERT_TRUE(more) << more.error().ToString();
    ASSERT_TRUE(*more);
    if (request.time >= SimTime::FromSeconds(600)) break;
  }
  EXPECT_NEAR(requests, 485'857, 0.03 * 485'857);
}

}  // namespace
}  // namespace orrery::workload
