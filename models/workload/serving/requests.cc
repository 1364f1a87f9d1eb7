#include "models/workload/serving/requests.h"

#include <algorithm>

#include "models/workload/arrival_process.h"
#include "sim/base/random.h"

namespace orrery::workload {
namespace {

// Of a candidate: sample 0 is the arrival's (arrival_process.h), this one its lengths'.
constexpr uint64_t kLengthSample = 1;

uint32_t TokensOf(double drawn) { return static_cast<uint32_t>(std::clamp(drawn + 0.5, 1.0, 4e9)); }

class Generated final : public RequestSource {
 public:
  Generated(const RequestParams& params, const std::string& name, uint64_t seed, uint64_t replicate)
      : streams_(seed, replicate),
        request_stream_(StreamName::FromText("service/" + name + "/request")),
        arrivals_(params.arrivals, params.clients, streams_, request_stream_,
                  StreamName::FromText("service/" + name + "/burst")),
        prompt_(params.prompt),
        output_(params.output) {
    for (const RegionShare& share : params.clients) clients_.push_back(share.region);
  }

  Result<bool> Next(ServiceRequest* request) override {
    const ArrivalEvent event = arrivals_.Next();
    if (event.time == SimTime::Never()) return false;
    Draw lengths = streams_.Stream(request_stream_, event.candidate).At(kLengthSample);
    request->time = event.time;
    request->client = clients_[event.region];
    request->prompt = TokensOf(prompt_.At(lengths.UniformOpen()));
    request->output = TokensOf(output_.At(lengths.UniformOpen()));
    return true;
  }

 private:
  RandomStreams streams_;
  StreamName request_stream_;
  ArrivalProcess arrivals_;
  Sampler prompt_, output_;
  std::vector<RegionId> clients_;
};

}  // namespace

Distribution AzurePrompts() {
  return {.law = Empirical{{{0, 2},
                            {0.05, 181},
                            {0.1, 207},
                            {0.25, 396},
                            {0.5, 1020},
                            {0.75, 1189},
                            {0.9, 2734},
                            {0.95, 4083},
                            {0.99, 4142},
                            {1, 14'050}}}};
}

Distribution AzureOutputs() {
  return {.law = Empirical{{{0, 7},
                            {0.05, 41},
                            {0.1, 54},
                            {0.25, 85},
                            {0.5, 129},
                            {0.6, 177},
                            {0.7, 384},
                            {0.9, 424},
                            {0.99, 601},
                            {1, 1000}}}};
}

std::vector<Finding> CheckRequests(const RequestParams& params) {
  std::vector<Finding> findings;
  CheckArrivals(params.arrivals, "arrivals", &findings);
  CheckRegionShares(params.clients, "clients", &findings);
  CheckDistribution(params.prompt, "prompt", &findings);
  CheckDistribution(params.output, "output", &findings);
  return findings;
}

std::unique_ptr<RequestSource> GenerateRequests(const RequestParams& params,
                                                const std::string& name, uint64_t seed,
                                                uint64_t replicate) {
  return std::make_unique<Generated>(params, name, seed, replicate);
}

}  // namespace orrery::workload
