// Words of messages: quoted values, lists, near misses.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::scenario {

// The length of the UTF-8 sequence at the start of `text`, which must not be empty; 0 where there
// is none (overlong forms, surrogates and anything beyond U+10FFFF included).
size_t Utf8Length(std::string_view text);

// `text` in single quotes, shortened beyond `most` bytes, with control characters as \n, \t or
// \xNN.
std::string Quoted(std::string_view text, size_t most = 60);
// The same for a file or folder, in full.
std::string QuotedPath(std::string_view path);

// "a, b, c"; nothing: "(none)".
std::string Join(const std::vector<std::string>& words);

// The one of `candidates` that `name` was probably meant to be; empty where none is near.
std::string Nearest(std::string_view name, const std::vector<std::string>& candidates);

// " (did you mean 'fifo'?)", or nothing.
std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace orrery::scenario
