#include "models/workload/serving/requests.h"

#include <algorithm>
#include <optional>

#include "models/workload/arrival_process.h"
#include "models/workload/serving/prefix_cache.h"
#include "sim/base/distributions.h"
#include "sim/base/math.h"
#include "sim/base/random.h"

namespace orrery::workload {
namespace {

// Of a candidate: sample 0 is the arrival's (arrival_process.h), this one its lengths'.
constexpr uint64_t kLengthSample = 1;
constexpr uint64_t kPrefixSample = 2;
// An id: the prefix, and the block in it.
constexpr int kBlockBits = 24;

uint32_t TokensOf(double drawn) { return static_cast<uint32_t>(std::clamp(drawn + 0.5, 1.0, 4e9)); }

class Generated final : public RequestSource {
 public:
  Generated(const RequestParams& params, const std::string& name, uint64_t seed, uint64_t replicate)
      : streams_(seed, replicate),
        request_stream_(StreamName::FromText("service/" + name + "/request")),
        arrivals_(params.arrivals, params.clients, streams_, request_stream_,
                  StreamName::FromText("service/" + name + "/burst")),
        prompt_(params.prompt),
        output_(params.output),
        prefix_(params.prefix) {
    for (const RegionShare& share : params.clients) clients_.push_back(share.region);
    if (prefix_.share == 0) return;
    std::vector<double> weights;
    for (uint32_t k = 1; k <= prefix_.count; ++k) {
      weights.push_back(Pow(k, -prefix_.zipf_exponent));
    }
    prefixes_ = DiscreteDistribution::Of(weights);
  }

  Result<bool> Next(ServiceRequest* request) override {
    const ArrivalEvent event = arrivals_.Next();
    if (event.time == SimTime::Never()) return false;
    Draw lengths = streams_.Stream(request_stream_, event.candidate).At(kLengthSample);
    request->time = event.time;
    request->client = clients_[event.region];
    request->prompt = TokensOf(prompt_.At(lengths.UniformOpen()));
    request->output = TokensOf(output_.At(lengths.UniformOpen()));
    request->prefix.clear();
    if (prefixes_) AddPrefix(event.candidate, request);
    return true;
  }

 private:
  void AddPrefix(uint64_t candidate, ServiceRequest* request) const {
    Draw draw = streams_.Stream(request_stream_, candidate).At(kPrefixSample);
    if (draw.Uniform01() >= prefix_.share) return;
    const uint64_t which = (*prefixes_)(draw);
    request->prompt += prefix_.tokens;
    for (uint64_t block = 0; block < prefix_.tokens / kPrefixBlock; ++block) {
      request->prefix.push_back(which << kBlockBits | block);
    }
  }

  RandomStreams streams_;
  StreamName request_stream_;
  ArrivalProcess arrivals_;
  Sampler prompt_, output_;
  std::vector<RegionId> clients_;
  PrefixParams prefix_;
  std::optional<DiscreteDistribution> prefixes_;
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
