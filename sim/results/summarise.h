// The summary of a results file.
#pragma once

#include "sim/base/result.h"
#include "sim/results/reader.h"
#include "sim/results/summary.h"
#include "sim/results/summary_builder.h"

namespace orrery::results {

// Replays the jobs of `reader` (which must outlive the result) for SummaryBuilder::Exact().
SummaryBuilder::Replay ReplayJobs(const ResultsReader& reader);

// The summary of a file. A complete file's is the stored one. Of a partial file that has a row for
// each job, the figures of the jobs are worked out anew from the rows, exactly; what rows do not
// tell (decisions, events, utilisation, …) is as of the last flush. Errors: the reader's; rows that
// contradict themselves; a complete file without a summary.
Result<Summary> Summarise(const ResultsReader& reader);

}  // namespace orrery::results
