#include "sim/results/table_buffer.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace orrery::results {
namespace {

constexpr uint64_t kPage = 4096;

// Copies one field of `count` rows, `stride` bytes apart, into a dense array.
template <typename T>
void Gather(const std::byte* rows, size_t stride, uint32_t count, std::byte* out) {
  T* values = reinterpret_cast<T*>(out);
  for (uint32_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, rows + i * stride, sizeof(T));
    values[i] = value;
  }
}

void GatherColumn(uint32_t width, const std::byte* rows, size_t stride, uint32_t count,
                  std::byte* out) {
  switch (width) {
    case 1:
      return Gather<uint8_t>(rows, stride, count, out);
    case 2:
      return Gather<uint16_t>(rows, stride, count, out);
    case 4:
      return Gather<uint32_t>(rows, stride, count, out);
    default:
      return Gather<uint64_t>(rows, stride, count, out);
  }
}

}  // namespace

TableBuffer::TableBuffer(const Table& table, BlockFile* file)
    : table_(table),
      file_(file),
      stage_(new std::byte[kStageRows * table.row_bytes]),
      placements_(table.columns.size()),
      current_(table.columns.size(), kAbsent) {
  uint32_t prefix = 0;
  for (const Column& column : table.columns) {
    prefix_.push_back(prefix);
    width_.push_back(static_cast<uint32_t>(BytesOf(column.type)));
    prefix += width_.back();
  }
  prefix_.push_back(prefix);
  extents_.reserve(table.columns.size());
}

void TableBuffer::Drain() {
  // Many tables of a run stay empty; the chunk is taken when the first row needs it.
  if (values_ == nullptr) {
    values_.reset(new std::byte[size_t{kChunkRows} * prefix_.back()]);
  }
  uint32_t first = 0;
  while (first < staged_) {
    const uint32_t count = std::min(staged_ - first, kChunkRows - filled_);
    StoreStage(first, count);
    first += count;
    if (filled_ == kChunkRows) WriteChunk(/*last=*/false);
  }
  staged_ = 0;
}

void TableBuffer::StoreStage(uint32_t first, uint32_t count) {
  const bool first_row = filled_ == 0 && full_chunks_ == 0;
  for (size_t c = 0; c < width_.size(); ++c) {
    const std::byte* field = stage_.get() + first * table_.row_bytes + table_.columns[c].offset;
    if (first_row) std::memcpy(&placements_[c].fill, field, width_[c]);
    GatherColumn(width_[c], field, table_.row_bytes, count, Values(c) + filled_ * width_[c]);
  }
  filled_ += count;
}

bool TableBuffer::IsFill(size_t column) const {
  const std::byte* values = Values(column);
  const uint32_t width = width_[column];
  // All are equal to the first where each is equal to the one before it.
  return std::memcmp(values, &placements_[column].fill, width) == 0 &&
         std::memcmp(values, values + width, size_t{filled_ - 1} * width) == 0;
}

void TableBuffer::GrowCapacity(bool last) {
  // Small tables shall make small files: the first chunk's place is as long as it must be at the
  // end of a run, and grows by doubling before; only a table of several chunks has them full
  // length.
  if (full_chunks_ > 0 || filled_ == kChunkRows) {
    capacity_ = kChunkRows;
  } else {
    capacity_ = last ? filled_ : std::bit_ceil(filled_);
  }
}

void TableBuffer::WriteChunk(bool last) {
  if (filled_ == written_) return;
  if (filled_ > capacity_) {
    const uint32_t before = capacity_;
    GrowCapacity(last);
    if (before > 0) {
      std::fill(current_.begin(), current_.end(), kAbsent);
      written_ = 0;
    }
  }
  extents_.clear();
  for (size_t c = 0; c < width_.size(); ++c) {
    uint32_t from = written_;
    if (current_[c] == kAbsent) {
      if (IsFill(c)) continue;
      const uint64_t bytes = uint64_t{capacity_} * width_[c];
      current_[c] = file_->Reserve(bytes, capacity_ == kChunkRows ? kPage : sizeof(uint64_t));
      from = 0;
    }
    extents_.push_back({current_[c] + uint64_t{from} * width_[c], Values(c) + from * width_[c],
                        uint64_t{filled_ - from} * width_[c]});
  }
  file_->Write(extents_);
  written_ = filled_;
  if (filled_ < kChunkRows) return;
  for (size_t c = 0; c < width_.size(); ++c) {
    placements_[c].chunks.resize(full_chunks_);  // less what WriteOut() counted early
    placements_[c].chunks.push_back(current_[c]);
    current_[c] = kAbsent;
  }
  ++full_chunks_;
  filled_ = written_ = capacity_ = 0;
}

void TableBuffer::WriteOut(bool last) {
  if (staged_ > 0) Drain();
  WriteChunk(last);
  rows_written_ = full_chunks_ * kChunkRows + written_;
  // The chunk in progress counts as placed for the catalogue that is written now.
  for (size_t c = 0; c < width_.size(); ++c) {
    placements_[c].chunks.resize(full_chunks_);
    if (written_ > 0) placements_[c].chunks.push_back(current_[c]);
  }
}

}  // namespace orrery::results
