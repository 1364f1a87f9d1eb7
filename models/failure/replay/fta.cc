#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "models/failure/replay/readers.h"
#include "models/workload/traces/fields.h"
#include "models/workload/traces/line_reader.h"

namespace orrery::failure {
namespace {

using workload::CsvHeader;
using workload::LineReader;
using workload::TraceRow;

enum Column : size_t { kNode, kType, kStart, kStop };
constexpr int64_t kMost = std::numeric_limits<int32_t>::max();

struct Span {
  int64_t begin, end;  // [s]
  bool operator<(const Span& other) const { return begin < other.begin; }
};

struct Node {
  std::vector<Span> down;
  int64_t first = std::numeric_limits<int64_t>::max(), last = 0;  // of what is told of it
};

// Down spells, that may touch or overlap, as turns since `origin`.
SpellTrace::Machine MachineOf(Node node, int64_t origin) {
  std::vector<Span>& down = node.down;
  std::sort(down.begin(), down.end());
  SpellTrace::Machine machine;
  const auto time = [origin](int64_t second) {
    return SimTime::Zero() + Duration::Seconds(second - origin);
  };
  machine.seen_from = time(node.first);
  machine.seen_to = time(node.last);
  int64_t end = std::numeric_limits<int64_t>::min();
  for (const Span& span : down) {
    if (span.begin > end) {
      if (machine.turns.empty() && span.begin == origin) {
        machine.up = false;
      } else {
        machine.turns.push_back(time(span.begin));
      }
      machine.turns.push_back(time(span.end));
    } else {
      machine.turns.back() = std::max(machine.turns.back(), time(span.end));
    }
    end = std::max(end, span.end);
  }
  return machine;
}

}  // namespace

Result<SpellTrace> ReadFta(const std::string& path) {
  Result<LineReader> reader = LineReader::Open(path);
  if (!reader) return tl::unexpected(reader.error());
  std::string_view line;
  Result<bool> more = reader->Next(&line);
  if (!more) return tl::unexpected(more.error());
  // The archive separates by tabs, names the columns in the first line, and may put a # before it.
  std::vector<std::string> names;
  if (!line.empty() && line.front() == '#') line.remove_prefix(1);
  workload::TraceFields header;
  header.SplitAtBlanks(line);
  for (size_t i = 0; i < header.size(); ++i) names.emplace_back(header[i]);
  std::array<size_t, 4> columns = {};
  const char* wanted[] = {"node_id", "event_type", "event_start_time", "event_stop_time"};
  for (size_t c = 0; c < columns.size(); ++c) {
    const auto at = std::find(names.begin(), names.end(), wanted[c]);
    if (at == names.end()) {
      return MakeError(reader->Place(), std::string("no column ") + wanted[c] +
                                            ", expected event_trace.tab of the Failure Trace "
                                            "Archive, whose first line names the columns");
    }
    columns[c] = static_cast<size_t>(at - names.begin());
  }
  TraceRow row(&*reader, &names);
  std::map<int64_t, Node> nodes;
  int64_t first = std::numeric_limits<int64_t>::max(), last = 0;
  while (true) {
    more = reader->Next(&line);
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
    if (line.empty()) continue;
    int64_t number = 0, type = 0, start = 0, stop = 0;
    if (!row.fields.SplitAtBlanks(line) || row.fields.size() != names.size()) {
      row.WrongCount(names.size());
      return row.Fail();
    }
    if (!row.Integer(columns[kNode], 0, kMost, &number) ||
        !row.Integer(columns[kType], 0, 1, &type) ||
        !row.Integer(columns[kStart], 0, 2 * kMost, &start) ||
        !row.Integer(columns[kStop], 0, 2 * kMost, &stop)) {
      return row.Fail();
    }
    if (stop < start) {
      row.Wrong(columns[kStop], "a time at or after event_start_time");
      return row.Fail();
    }
    Node& node = nodes[number];
    node.first = std::min(node.first, start);
    node.last = std::max(node.last, stop);
    first = std::min(first, start);
    last = std::max(last, stop);
    if (type == 0 && stop > start) node.down.push_back({start, stop});
  }
  if (first >= last) return MakeError(path, "has no spell, expected lines of event_trace.tab");
  SpellTrace trace;
  trace.span = Duration::Seconds(last - first);
  for (auto& [number, node] : nodes) trace.machines.push_back(MachineOf(std::move(node), first));
  return trace;
}

}  // namespace orrery::failure
