#include "models/workload/serving/rates.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "models/workload/arrival_process.h"
#include "sim/base/check.h"
#include "sim/base/random.h"

namespace orrery::workload {
namespace {

// Parts of a window over which the rate is taken as constant.
constexpr int kParts = 16;
constexpr Duration kWeek = Duration::Hours(7 * 24);
// Beyond, a Poisson number is as good as normal.
constexpr double kLargePoisson = 1e7;

class Generated final : public RateSource {
 public:
  Generated(const RequestParams& params, uint32_t context, const std::string& name, Duration window,
            uint64_t seed, uint64_t replicate)
      : params_(params),
        window_(window),
        streams_(seed, replicate),
        counts_(StreamName::FromText("service/" + name + "/window")) {
    current_.lengths = LengthMix::Of(params, context);
    if (!params.arrivals.shape.flat()) profile_.emplace(params.arrivals.shape);
    if (const auto* mmpp = std::get_if<MmppArrivals>(&params.arrivals.law)) {
      bursts_.emplace(*mmpp, streams_.Stream(StreamName::FromText("service/" + name + "/burst")));
    }
    if (const auto* gamma = std::get_if<GammaArrivals>(&params.arrivals.law)) {
      current_.cv2 = gamma->cv * gamma->cv;
    }
    for (const RegionShare& share : params.clients) weights_ += share.weight;
    left_.assign(params.clients.size(), 0);
  }

  Result<RateWindow> Next() override {
    const std::vector<double> relative = Relative();
    current_.requests.clear();
    for (size_t row = 0; row < relative.size(); ++row) {
      const double share = params_.clients[row].weight / weights_;
      const double mean = params_.arrivals.rate_per_h * window_.hours() * share * relative[row];
      current_.requests.push_back(CountOf(row, mean));
    }
    ++next_;
    return current_;
  }

 private:
  // The rate of each region's clients over its mean, in this window.
  std::vector<double> Relative() {
    const SimTime begin = SimTime::Zero() + window_ * next_;
    std::vector<double> relative(params_.clients.size(), 0);
    for (int part = 0; part < kParts; ++part) {
      const SimTime at = begin + window_ * (2 * part + 1) / (2 * kParts);
      const double burst = bursts_ ? bursts_->At(at) : 1;
      const Duration utc =
          Duration::Nanos((at.nanos() + params_.arrivals.start_of_week.nanos()) % kWeek.nanos());
      for (size_t row = 0; row < relative.size(); ++row) {
        const Duration local = kWeek + utc + params_.clients[row].utc_offset;
        relative[row] += burst * (profile_ ? profile_->At(local) : 1) / kParts;
      }
    }
    return relative;
  }

  uint64_t CountOf(size_t row, double mean) {
    if (mean <= 0) return 0;
    Draw draw = streams_.Stream(counts_, row).At(static_cast<uint64_t>(next_));
    const double cv2 = current_.cv2;
    if (cv2 == 1 && mean < kLargePoisson) return draw.Poisson(mean);
    // A renewal process counts about normally, with cv² times the variance of a Poisson process.
    // What rounding takes or gives is made good in the next window.
    const double count = mean + std::sqrt(cv2 * mean) * draw.Normal() + left_[row];
    const double whole = std::max(std::floor(count + 0.5), 0.0);
    left_[row] = count - whole;
    return static_cast<uint64_t>(whole);
  }

  RequestParams params_;
  Duration window_;
  RandomStreams streams_;
  StreamName counts_;
  std::optional<WeekProfile> profile_;
  std::optional<BurstPath> bursts_;
  double weights_ = 0;
  std::vector<double> left_;  // by row
  RateWindow current_;
  int64_t next_ = 0;
};

class Counted final : public RateSource {
 public:
  Counted(std::unique_ptr<RequestSource> source, const std::vector<RegionShare>& clients,
          uint32_t context, Duration window)
      : source_(std::move(source)), clients_(clients), context_(context), window_(window) {}

  Result<RateWindow> Next() override {
    end_ += window_;
    RateWindow window;
    window.requests.assign(clients_.size(), 0);
    std::vector<std::pair<uint32_t, uint32_t>> lengths;
    double gaps = 0, squares = 0, count = 0;
    for (;;) {
      if (!held_) {
        Result<bool> more = source_->Next(&next_);
        if (!more) return tl::unexpected<Error>(more.error());
        if (!*more) break;
        held_ = true;
      }
      if (next_.time >= end_) break;
      held_ = false;
      ++window.requests[RowOf(next_.client)];
      lengths.emplace_back(next_.prompt, next_.output);
      const double gap = (next_.time - last_).seconds();
      last_ = next_.time;
      gaps += gap;
      squares += gap * gap;
      ++count;
    }
    if (count > 1 && gaps > 0) {
      const double mean = gaps / count;
      window.cv2 = std::max(squares / count / (mean * mean) - 1, 0.0);
    }
    if (!lengths.empty()) window.lengths = LengthMix::Of(std::move(lengths), context_);
    return window;
  }

 private:
  size_t RowOf(RegionId client) const {
    for (size_t row = 0; row < clients_.size(); ++row) {
      if (clients_[row].region == client) return row;
    }
    ORRERY_CHECK(false, client.value);
    return 0;
  }

  std::unique_ptr<RequestSource> source_;
  std::vector<RegionShare> clients_;
  uint32_t context_;
  Duration window_;
  SimTime end_, last_;
  ServiceRequest next_;
  bool held_ = false;
};

}  // namespace

std::unique_ptr<RateSource> GenerateRates(const RequestParams& params, uint32_t context,
                                          const std::string& name, Duration window, uint64_t seed,
                                          uint64_t replicate) {
  return std::make_unique<Generated>(params, context, name, window, seed, replicate);
}

std::unique_ptr<RateSource> CountRequests(std::unique_ptr<RequestSource> source,
                                          const std::vector<RegionShare>& clients, uint32_t context,
                                          Duration window) {
  return std::make_unique<Counted>(std::move(source), clients, context, window);
}

}  // namespace orrery::workload
