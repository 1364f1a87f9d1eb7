// A YAML document as a tree of values that know where they stand, read with bounds on size, depth
// and alias expansion so that no input hangs or exhausts memory.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/result.h"

namespace orrery::scenario {

// Where a value was written.
struct Place {
  // The file as the user named it, or "--set a.b=c". Null: nowhere (a default).
  std::shared_ptr<const std::string> source;
  // From 1; 0: the source as a whole (always so for --set).
  int line = 0;
  int column = 0;
  // 0 for the file at the root of the `extends` chain; later layers override earlier ones.
  int layer = 0;

  // "file:line:col", "file" or "--set a.b=c"; empty for a default.
  std::string ToString() const;
  // The same without the column.
  std::string Line() const;
};

struct Value {
  enum class Kind { kNull, kScalar, kList, kMap };
  struct Entry;

  Kind kind = Kind::kNull;
  Place place;
  std::string text;         // kScalar
  std::vector<Value> list;  // kList
  std::vector<Entry> map;   // kMap, in the order written; keys may repeat
  // Of a map that came over a scalar of a lower layer: that scalar.
  std::shared_ptr<const Value> under;

  // The last entry with this key, or null.
  const Value* Find(std::string_view key) const;
  Value* Find(std::string_view key);
  // For messages: "'abc'", "a map", "a list", "nothing".
  std::string Describe() const;
};

struct Value::Entry {
  std::string key;
  Place place;
  Value value;
};

// Bounds on one document, far above every honest scenario.
inline constexpr size_t kMaxDocumentBytes = size_t{4} << 20;
inline constexpr size_t kMaxDocumentValues = 200'000;  // after aliases are expanded
inline constexpr int kMaxDocumentDepth = 64;

// Parses `text`. `source` names it in places. Findings: not UTF-8 text, empty, not YAML, several
// documents, tags, keys that are not scalars, more than the bounds above. A key that occurs twice
// in a map is kept twice: who visits the map reports it. O(bytes + values).
Result<Value> ParseDocument(const std::string& text, const std::string& source, int layer = 0);

// Reads a file whole and parses it. Adds findings: no such file (with the nearest name in its
// folder), a folder, unreadable, not a regular file. `named_at` is where the name of the file was
// written (empty: on the command line).
Result<Value> ReadDocument(const std::string& path, int layer = 0,
                           const std::string& named_at = "");

}  // namespace orrery::scenario
