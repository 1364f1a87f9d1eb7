#include "sim/results/hdf5_handle.h"

#include <bit>

namespace orrery::results {
namespace {

std::recursive_mutex& LibraryMutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

herr_t TakeFirst(unsigned, const H5E_error2_t* error, void* data) {
  auto* text = static_cast<std::string*>(data);
  if (text->empty() && error->desc != nullptr) *text = error->desc;
  return 0;
}

}  // namespace

Hdf5Session::Hdf5Session() : lock_(LibraryMutex()) {
  H5Eget_auto2(H5E_DEFAULT, &printer_, &printer_data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Hdf5Session::~Hdf5Session() { H5Eset_auto2(H5E_DEFAULT, printer_, printer_data_); }

static_assert(std::endian::native == std::endian::little);

hid_t Hdf5TypeOf(ColumnType type) {
  switch (type) {
    case ColumnType::kU8:
      return H5T_STD_U8LE;
    case ColumnType::kU16:
      return H5T_STD_U16LE;
    case ColumnType::kU32:
      return H5T_STD_U32LE;
    case ColumnType::kU64:
      return H5T_STD_U64LE;
    case ColumnType::kI32:
      return H5T_STD_I32LE;
    case ColumnType::kI64:
      return H5T_STD_I64LE;
    case ColumnType::kF64:
      return H5T_IEEE_F64LE;
  }
  return -1;
}

std::string Hdf5Reason() {
  std::string text;
  // Upward: from the function that failed to the one that was called.
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, TakeFirst, &text);
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text.empty() ? "no reason given" : text;
}

}  // namespace orrery::results
