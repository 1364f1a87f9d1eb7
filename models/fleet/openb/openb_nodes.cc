#include "models/fleet/openb/openb_nodes.h"

#include "models/workload/traces/fields.h"
#include "models/workload/traces/line_reader.h"

namespace orrery::fleet {
namespace {

using workload::CsvHeader;
using workload::LineReader;
using workload::TraceRow;

enum Column : size_t { kName, kCpu, kMemory, kGpus, kModel };

// The largest fleet that a run can hold; a longer list is another file.
constexpr size_t kMostNodes = 10'000'000;

bool ReadNode(const CsvHeader& header, const GpuCatalogue& gpus, TraceRow* row, NodeSpec* node) {
  int64_t cpu = 0, memory = 0, count = 0;
  if (!row->Integer(header[kCpu], 0, 100'000'000, &cpu) ||
      !row->Integer(header[kMemory], 0, 1'000'000'000, &memory) ||
      !row->Integer(header[kGpus], 0, kMaxGpusPerNode, &count)) {
    return false;
  }
  node->cpu_milli = static_cast<uint32_t>(cpu);
  node->memory_mib = static_cast<uint32_t>(memory);
  node->gpus = static_cast<uint16_t>(count);
  const std::string_view model = row->fields[header[kModel]];
  if (count == 0) return model.empty() || row->Wrong(header[kModel], "nothing, as it has no GPU");
  const auto id = gpus.Find(model);
  if (!id) {
    return row->Wrong(header[kModel],
                      "a GPU model of the catalogue (did you mean '" + gpus.Nearest(model) + "'?)");
  }
  node->gpu_model = *id;
  return true;
}

}  // namespace

Result<std::vector<NodeSpec>> ReadOpenbNodes(const std::string& path, const GpuCatalogue& gpus) {
  Result<LineReader> reader = LineReader::Open(path);
  if (!reader) return tl::unexpected(reader.error());
  Result<CsvHeader> header =
      CsvHeader::Read(&*reader, {"sn", "cpu_milli", "memory_mib", "gpu", "model"}, {});
  if (!header) return tl::unexpected(header.error());
  std::vector<NodeSpec> nodes;
  TraceRow row(&*reader, &header->names());
  std::string_view line;
  while (true) {
    Result<bool> more = reader->Next(&line);
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
    if (line.empty()) continue;
    if (!row.fields.SplitAt(',', line) || row.fields.size() != header->names().size()) {
      row.WrongCount(header->names().size());
      return row.Fail();
    }
    NodeSpec node;
    if (!ReadNode(*header, gpus, &row, &node)) return row.Fail();
    if (nodes.size() == kMostNodes) {
      return MakeError(reader->Place(), "more than " + std::to_string(kMostNodes) + " nodes");
    }
    nodes.push_back(node);
  }
  if (nodes.empty()) return MakeError(path, "has no node, only a header");
  return nodes;
}

}  // namespace orrery::fleet
