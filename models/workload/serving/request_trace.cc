#include "models/workload/serving/request_trace.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <queue>
#include <vector>

#include "models/workload/traces/fields.h"
#include "sim/base/check.h"
#include "sim/base/distributions.h"
#include "sim/base/math.h"
#include "sim/base/random.h"
#include "sim/base/text.h"

namespace orrery::workload {
namespace {

constexpr RequestFormat kFormats[] = {
    {"azure_llm", "requests to Azure's language models: time, tokens in and out",
     "Patel et al., Splitwise, ISCA 2024; github.com/Azure/AzurePublicDataset", true},
    {"mooncake", "requests to Kimi with the blocks of their prompts, for prefix caching",
     "Qin et al., Mooncake, FAST 2025; github.com/kvcache-ai/Mooncake", true},
    {"servegen", "clients of Alibaba's model services: rate and burstiness by ten minutes",
     "Xiang et al., ServeGen, arXiv 2505.09999 (2025); github.com/alibaba/ServeGen", false},
};

constexpr int64_t kMostTokens = 100'000'000;

uint32_t TokensOf(double drawn) { return static_cast<uint32_t>(std::clamp(drawn + 0.5, 1.0, 4e9)); }

// What a trace does not say, drawn for request 0, 1, … of the stream.
class Rest {
 public:
  explicit Rest(const RequestTraceOptions& options)
      : streams_(options.seed, options.replicate),
        stream_(StreamName::FromText("service/" + options.name + "/trace")),
        prompt_(options.rest.prompt),
        output_(options.rest.output) {
    std::vector<double> weights;
    for (const RegionShare& share : options.rest.clients) {
      clients_.push_back(share.region);
      weights.push_back(share.weight);
    }
    if (weights.size() > 1) mix_ = DiscreteDistribution::Of(weights);
  }

  void Fill(bool lengths, ServiceRequest* request) {
    Draw draw = streams_.Stream(stream_, next_++).At(0);
    const double prompt = draw.UniformOpen(), output = draw.UniformOpen();
    request->client = clients_[mix_ ? (*mix_)(draw) : 0];
    if (!lengths) return;
    request->prompt = TokensOf(prompt_.At(prompt));
    request->output = TokensOf(output_.At(output));
  }

 private:
  RandomStreams streams_;
  StreamName stream_;
  Sampler prompt_, output_;
  std::vector<RegionId> clients_;
  std::optional<DiscreteDistribution> mix_;
  uint64_t next_ = 0;
};

// What traces with a line for each request share: order, origin, the part that is skipped.
class LineRequests : public RequestSource {
 public:
  LineRequests(LineReader reader, const RequestTraceOptions& options)
      : reader_(std::move(reader)), rest_(options), skip_(options.skip) {}

  Result<bool> Next(ServiceRequest* request) final {
    std::string_view line;
    for (;;) {
      Result<bool> more = reader_.Next(&line);
      if (!more || !*more) return more;
      if (line.empty()) continue;
      request->prefix.clear();
      if (auto read = Read(line, request); !read) return tl::unexpected<Error>(read.error());
      if (!begun_) origin_ = request->time;
      begun_ = true;
      if (request->time < last_) {
        return MakeError(reader_.Place(),
                         "got a request earlier than the one before it, expected "
                         "them in order of time");
      }
      last_ = request->time;
      const Duration since = request->time - origin_;
      if (since < skip_) continue;
      request->time = SimTime::Zero() + (since - skip_);
      rest_.Fill(/*lengths=*/false, request);
      return true;
    }
  }

 protected:
  // One line into time, prompt, output and prefix.
  virtual Result<void> Read(std::string_view line, ServiceRequest* request) = 0;
  const LineReader& reader() const { return reader_; }

 private:
  LineReader reader_;
  Rest rest_;
  Duration skip_;
  bool begun_ = false;
  SimTime origin_, last_ = SimTime::FromNanos(INT64_MIN);
};

// "2023-11-16 18:15:46.6805900" in nanoseconds since 1970; false where it is no such time.
bool ParseStamp(std::string_view text, int64_t* ns) {
  const auto number = [&](size_t from, size_t count, int64_t most, int64_t* value) {
    return from + count <= text.size() && ParseInteger(text.substr(from, count), value) &&
           *value >= 0 && *value <= most;
  };
  int64_t year, month, day, hour, minute, second, fraction = 0;
  if (text.size() < 19 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') {
    return false;
  }
  if (!number(0, 4, 2200, &year) || !number(5, 2, 12, &month) || !number(8, 2, 31, &day) ||
      !number(11, 2, 23, &hour) || !number(14, 2, 59, &minute) || !number(17, 2, 60, &second) ||
      month == 0 || day == 0 || year < 1970) {
    return false;
  }
  if (text.size() > 20) {
    const size_t digits = std::min<size_t>(text.size() - 20, 9);
    if (text[19] != '.' || !number(20, digits, 999'999'999, &fraction)) return false;
    for (size_t i = digits; i < 9; ++i) fraction *= 10;
  }
  // Days since 1970 by the proleptic Gregorian calendar, years from March on.
  const int64_t y = month <= 2 ? year - 1 : year;
  const int64_t m = (month + 9) % 12;
  const int64_t days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719'468;
  *ns = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1'000'000'000 + fraction;
  return true;
}

class AzureRequests final : public LineRequests {
 public:
  AzureRequests(LineReader reader, CsvHeader header, const RequestTraceOptions& options)
      : LineRequests(std::move(reader), options), header_(std::move(header)) {}

 protected:
  Result<void> Read(std::string_view line, ServiceRequest* request) override {
    TraceRow row(&reader(), &header_.names());
    const size_t columns = header_.names().size();
    int64_t ns = 0, prompt = 0, output = 0;
    if (!row.fields.SplitAt(',', line) || row.fields.size() != columns) {
      row.WrongCount(columns);
      return row.Fail();
    }
    if (!ParseStamp(row.fields[header_[0]], &ns)) {
      row.Wrong(header_[0], "a time such as 2023-11-16 18:15:46.6805900");
      return row.Fail();
    }
    // An answer of no tokens ended before its first one: it counts as one.
    if (!row.Integer(header_[1], 1, kMostTokens, &prompt) ||
        !row.Integer(header_[2], 0, kMostTokens, &output)) {
      return row.Fail();
    }
    request->time = SimTime::FromNanos(ns);
    request->prompt = static_cast<uint32_t>(prompt);
    request->output = static_cast<uint32_t>(std::max<int64_t>(output, 1));
    return {};
  }

 private:
  CsvHeader header_;
};

class MooncakeRequests final : public LineRequests {
 public:
  using LineRequests::LineRequests;

 protected:
  Result<void> Read(std::string_view line, ServiceRequest* request) override {
    const nlohmann::json row =
        nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false, /*ignore_comments=*/false);
    if (!row.is_object()) {
      return MakeError(reader().Place(), "got " + Quoted(line) + ", expected an object of JSON");
    }
    std::string wrong;
    const auto whole = [&](const char* key, int64_t least) -> int64_t {
      const auto found = row.find(key);
      if (found != row.end() && found->is_number_integer()) {
        const auto value = found->get<int64_t>();
        if (value >= least && value <= int64_t{1} << 50) return value;
      }
      if (wrong.empty()) {
        wrong = std::string(key) + ": got " + (found == row.end() ? "nothing" : found->dump()) +
                ", expected a whole number, " + std::to_string(least) + " or more";
      }
      return least;
    };
    const int64_t ms = whole("timestamp", 0);
    request->prompt = static_cast<uint32_t>(std::min(whole("input_length", 1), kMostTokens));
    request->output =
        static_cast<uint32_t>(std::clamp<int64_t>(whole("output_length", 0), 1, kMostTokens));
    request->time = SimTime::Zero() + Duration::Millis(ms);
    const auto blocks = row.find("hash_ids");
    if (blocks != row.end() && wrong.empty()) {
      if (!blocks->is_array()) wrong = "hash_ids: got " + blocks->dump() + ", expected a list";
      for (const auto& block : *blocks) {
        if (!block.is_number_unsigned()) {
          wrong = "hash_ids: got " + block.dump() + ", expected whole numbers";
          break;
        }
        request->prefix.push_back(block.get<uint64_t>());
      }
    }
    if (!wrong.empty()) return MakeError(reader().Place(), wrong);
    return {};
  }
};

// Renewal processes, one for each client and window, begun anew in each.
class ServeGenRequests final : public RequestSource {
 public:
  static Result<std::unique_ptr<RequestSource>> Open(LineReader reader,
                                                     const RequestTraceOptions& options) {
    auto header = CsvHeader::Read(
        &reader, {"client", "window_start_s", "rate_req_per_s", "pattern", "pat_arg1"}, {});
    if (!header) return tl::unexpected<Error>(header.error());
    auto source = std::unique_ptr<ServeGenRequests>(new ServeGenRequests(options));
    if (auto read = source->ReadAll(&reader, *header); !read) {
      return tl::unexpected<Error>(read.error());
    }
    return source;
  }

  Result<bool> Next(ServiceRequest* request) override {
    Advance();
    if (coming_.empty()) return false;
    const Coming next = coming_.top();
    coming_.pop();
    request->prefix.clear();
    request->time = next.time;
    rest_.Fill(/*lengths=*/true, request);
    Push(next.window, next.time, next.number + 1);
    return true;
  }

 private:
  struct Window {
    int64_t start_s;
    double rate;
    double shape;
    bool weibull;
  };
  struct Coming {
    SimTime time;
    uint32_t window;
    uint64_t number;
    bool operator<(const Coming& other) const {
      return time != other.time ? time > other.time : window > other.window;
    }
  };
  static constexpr int64_t kWindowS = 600;

  explicit ServeGenRequests(const RequestTraceOptions& options)
      : rest_(options),
        streams_(options.seed, options.replicate),
        gaps_(StreamName::FromText("service/" + options.name + "/gap")),
        skip_s_(options.skip.nanos() / 1'000'000'000) {}

  Result<void> ReadAll(LineReader* reader, const CsvHeader& header) {
    std::string_view line;
    for (;;) {
      Result<bool> more = reader->Next(&line);
      if (!more) return tl::unexpected<Error>(more.error());
      if (!*more) break;
      if (line.empty()) continue;
      TraceRow row(reader, &header.names());
      if (!row.fields.SplitAt(',', line) || row.fields.size() != header.names().size()) {
        row.WrongCount(header.names().size());
        return row.Fail();
      }
      Window window{};
      int64_t client = 0;
      if (!row.Integer(header[0], 0, INT32_MAX, &client) ||
          !row.Integer(header[1], 0, TraceRow::kMostSeconds, &window.start_s)) {
        return row.Fail();
      }
      if (!ParseReal(row.fields[header[2]], &window.rate) || window.rate <= 0 ||
          window.rate > 1e9) {
        row.Wrong(header[2], "requests a second, above 0");
        return row.Fail();
      }
      const std::string_view pattern = row.fields[header[3]];
      window.weibull = pattern == "Weibull";
      if (!window.weibull && pattern != "Gamma") {
        row.Wrong(header[3], "Gamma or Weibull");
        return row.Fail();
      }
      if (!ParseReal(row.fields[header[4]], &window.shape) || window.shape <= 0 ||
          window.shape > 1e9) {
        row.Wrong(header[4], "the shape of the gaps' distribution, above 0");
        return row.Fail();
      }
      if (window.start_s >= skip_s_) windows_.push_back(window);
    }
    std::stable_sort(windows_.begin(), windows_.end(),
                     [](const Window& a, const Window& b) { return a.start_s < b.start_s; });
    return {};
  }

  // Brings in the windows that begin before the next request.
  void Advance() {
    while (begun_ < windows_.size()) {
      const SimTime start = StartOf(windows_[begun_]);
      if (!coming_.empty() && coming_.top().time < start) return;
      Push(begun_, start, 0);
      ++begun_;
    }
  }

  SimTime StartOf(const Window& window) const {
    return SimTime::Zero() + Duration::Seconds(window.start_s - skip_s_);
  }

  void Push(uint32_t index, SimTime from, uint64_t number) {
    const Window& window = windows_[index];
    Draw draw = streams_.Stream(gaps_, index).At(number);
    // Of mean 1, times the mean gap.
    const double unit = window.weibull
                            ? draw.Weibull(window.shape, 1) / GammaFunction(1 + 1 / window.shape)
                            : draw.Gamma(window.shape, 1 / window.shape);
    const double gap_s = std::min(unit / window.rate, 1e6);
    const SimTime time = from + Duration::FromSeconds(gap_s);
    if (time < StartOf(window) + Duration::Seconds(kWindowS)) coming_.push({time, index, number});
  }

  Rest rest_;
  RandomStreams streams_;
  StreamName gaps_;
  int64_t skip_s_;
  std::vector<Window> windows_;  // in order of time
  uint32_t begun_ = 0;
  std::priority_queue<Coming> coming_;
};

}  // namespace

std::span<const RequestFormat> RequestFormats() { return kFormats; }

Result<std::unique_ptr<RequestSource>> OpenRequestTrace(const std::string& path,
                                                        const RequestTraceOptions& options) {
  auto reader = LineReader::Open(path);
  if (!reader) return tl::unexpected<Error>(reader.error());
  if (options.format == "servegen") return ServeGenRequests::Open(std::move(*reader), options);
  if (options.format == "mooncake") {
    return std::make_unique<MooncakeRequests>(std::move(*reader), options);
  }
  ORRERY_CHECK(options.format == "azure_llm", options.format);
  auto header = CsvHeader::Read(&*reader, {"TIMESTAMP", "ContextTokens", "GeneratedTokens"}, {});
  if (!header) return tl::unexpected<Error>(header.error());
  return std::make_unique<AzureRequests>(std::move(*reader), std::move(*header), options);
}

}  // namespace orrery::workload
