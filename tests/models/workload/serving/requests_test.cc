#include "models/workload/serving/requests.h"

#include <gtest/gtest.h>

#include <map>

namespace orrery::workload {
namespace {

RequestParams Params() {
  RequestParams params;
  params.arrivals.rate_per_h = 3600;
  params.clients = {{RegionId(0), 3, Duration()}, {RegionId(2), 1, Duration()}};
  return params;
}

TEST(RequestsTest, HaveTheRateTheRegionsAndTheLengthsAskedFor) {
  const auto source = GenerateRequests(Params(), "chat", 1, 0);
  constexpr int kRequests = 40'000;
  std::map<uint16_t, int> clients;
  double prompts = 0, outputs = 0;
  ServiceRequest request;
  SimTime last;
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_TRUE(*source->Next(&request));
    EXPECT_GE(request.time, last);
    last = request.time;
    ++clients[request.client.value];
    prompts += request.prompt;
    outputs += request.output;
  }
  EXPECT_NEAR(last.seconds(), kRequests, 0.03 * kRequests);
  EXPECT_EQ(clients.size(), 2u);
  EXPECT_NEAR(clients[2], kRequests / 4, 0.03 * kRequests);
  // The trace that the lengths are from has means of 1,155 and 211 tokens.
  EXPECT_NEAR(prompts / kRequests, 1155, 0.06 * 1155);
  EXPECT_NEAR(outputs / kRequests, 211, 0.06 * 211);
}

TEST(RequestsTest, LengthsAreTheRequestsOwn) {
  RequestParams other = Params();
  other.output = {.law = Deterministic{7}};
  const auto a = GenerateRequests(Params(), "chat", 1, 0);
  const auto b = GenerateRequests(other, "chat", 1, 0);
  ServiceRequest x, y;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(*a->Next(&x) && *b->Next(&y));
    EXPECT_EQ(x.time, y.time);
    EXPECT_EQ(x.prompt, y.prompt);
    EXPECT_EQ(y.output, 7u);
  }
}

TEST(RequestsTest, MistakesAreTold) {
  RequestParams params = Params();
  params.clients[1].weight = -1;
  params.prompt.law = Uniform{5, 1};
  EXPECT_EQ(CheckRequests(params).size(), 2u);
  EXPECT_TRUE(CheckRequests(Params()).empty());
}

}  // namespace
}  // namespace orrery::workload
