// What a deflate stream is thought to take for entries and copies, in sixteenths of a bit.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace kalette {

constexpr std::int64_t kWindow = 32768;  // how far back deflate reaches

// To say how far back a copy reaches.
inline std::int64_t distance_bits(std::int64_t distance) {
    std::int64_t extra = 0;
    for (std::int64_t reach = 4; reach < distance; reach *= 2) ++extra;
    return 48 + 16 * extra;
}

// To say how long it is.
constexpr std::int64_t length_bits(std::size_t length) { return length <= 10 ? 56 : 72; }

// An entry by itself.
inline std::int64_t literal_bits(std::size_t k) {
    std::int64_t bits = 0;
    while ((std::size_t{1} << bits) < k) ++bits;
    return std::max<std::int64_t>(16 * bits - 24, 16);
}

}  // namespace kalette
