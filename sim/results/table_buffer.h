// One table on its way to the file: rows come in one by one, columns go out in chunks.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sim/results/block_file.h"
#include "sim/results/columns.h"

namespace orrery::results {

// Rows in a chunk of a column. A multiple of 4096, so that a chunk of whatever width fills whole
// pages of the file.
inline constexpr uint32_t kChunkRows = 8192;

// Rows are staged as they are (one copy of the struct, which stays in the first-level cache),
// turned into columns a stage at a time, and written a chunk at a time. Memory: one chunk, and
// eight bytes for each chunk and column written.
//
// A column whose values are all the same so far takes no space: its chunks are left out, and the
// dataset's fill value says what they hold.
class TableBuffer {
 public:
  // Where a column's values are in the file.
  struct Placement {
    // HDF5's fill value: the column's value in the table's first row.
    uint64_t fill = 0;
    // Address of each chunk; kAbsent where it holds nothing but the fill value.
    std::vector<uint64_t> chunks;
  };
  static constexpr uint64_t kAbsent = UINT64_MAX;

  // `file` must outlive the buffer.
  TableBuffer(const Table& table, BlockFile* file);

  // Appends a row. Errors stick to the file. Amortised O(columns).
  template <typename Row>
  void Append(const Row& row) {
    reinterpret_cast<Row*>(stage_.get())[staged_] = row;
    if (++staged_ == kStageRows) Drain();
  }
  // Writes every row to the file. `last` promises that no row follows.
  void WriteOut(bool last);

  const Table& table() const { return table_; }
  // Rows that are in the file as of the last WriteOut(); chunks are placed for these.
  uint64_t rows_written() const { return rows_written_; }
  const std::vector<Placement>& placements() const { return placements_; }

 private:
  // 64 rows of the widest table are 9 KB.
  static constexpr uint32_t kStageRows = 64;

  void Drain();
  void StoreStage(uint32_t first, uint32_t count);
  void WriteChunk(bool last);
  void GrowCapacity(bool last);
  bool IsFill(size_t column) const;
  std::byte* Values(size_t column) const { return values_.get() + kChunkRows * prefix_[column]; }

  const Table& table_;
  BlockFile* file_;
  std::unique_ptr<std::byte[]> stage_;   // kStageRows rows
  std::unique_ptr<std::byte[]> values_;  // the current chunk, column by column
  std::vector<uint32_t> prefix_;         // bytes of a row's columns before this one
  std::vector<uint32_t> width_;          // bytes of one value
  std::vector<Placement> placements_;
  std::vector<uint64_t> current_;  // the current chunk's addresses, or kAbsent
  std::vector<Extent> extents_;    // scratch
  uint32_t staged_ = 0;
  uint32_t filled_ = 0;    // rows in the current chunk
  uint32_t written_ = 0;   // of them, in the file
  uint32_t capacity_ = 0;  // rows that the current chunk's place in the file has room for
  uint64_t full_chunks_ = 0;
  uint64_t rows_written_ = 0;
};

}  // namespace orrery::results
