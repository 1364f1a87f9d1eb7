// Traces of requests to language models, in the formats that are published.
//
//   azure_llm  CSV: TIMESTAMP (UTC), ContextTokens, GeneratedTokens (Patel et al., "Splitwise",
//              ISCA 2024; AzurePublicDataset)
//   mooncake   JSON lines: timestamp [ms], input_length, output_length [tokens], hash_ids of blocks
//              of 512 tokens, equal where all tokens up to there are (Qin et al., "Mooncake", FAST
//              2025)
//   servegen   CSV, a row for each client and window of ten minutes: client, window_start_s,
//              rate_req_per_s, pattern (Gamma or Weibull gaps), pat_arg1 (their shape); no lengths
//              (Xiang et al., "ServeGen", 2025)
#pragma once

#include <memory>
#include <span>
#include <string>

#include "models/workload/serving/requests.h"
#include "models/workload/traces/line_reader.h"
#include "sim/base/result.h"

namespace orrery::workload {

struct RequestFormat {
  const char* name;
  const char* what;
  const char* source;
  // Whether it says how long prompts and answers are.
  bool has_lengths;
};
std::span<const RequestFormat> RequestFormats();

struct RequestTraceOptions {
  std::string format;  // one of RequestFormats()
  // What the trace says of earlier times is left out; its requests come so much earlier.
  Duration skip;
  // What the trace lacks comes from here: where clients are, and lengths.
  RequestParams rest;
  // Names the random numbers for that.
  std::string name;
  uint64_t seed = 1;
  uint64_t replicate = 0;
};

// The first request of azure_llm and mooncake is at time 0 (before `skip`). Errors: the file, its
// header; Next reports what is wrong further on, a request earlier than the one before it, too.
// servegen holds its windows in memory, 40 bytes each; the others one line.
Result<std::unique_ptr<RequestSource>> OpenRequestTrace(const std::string& path,
                                                        const RequestTraceOptions& options);

}  // namespace orrery::workload
