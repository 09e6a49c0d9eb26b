// The nearest entry of a list to a point, in vectors of the processor. nearest_entry.cpp is compiled once for each
// instruction set; kernel_choice.cpp picks at run time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bit_costs.hpp"

namespace kalette {

constexpr std::size_t kBlockEntries = 8;
constexpr std::size_t kNotNear = kMostEntries;  // in place of an entry

// Entries by coordinate, with their numbers, in a line of the cache. The last one fills up the block.
struct alignas(64) EntryBlock {
    std::int16_t points[3][kBlockEntries], numbers[kBlockEntries];
};

// The number of the entry nearest to a point of three coordinates, ties to the lowest; kNotNear if even that is
// further than 181 byte steps. Squared distances fit in 32 bits.
using NearestEntry = std::size_t (*)(const EntryBlock* blocks, std::size_t count, const std::int32_t* point);

namespace baseline { std::size_t nearest_entry(const EntryBlock*, std::size_t, const std::int32_t*); }
namespace avx2 { std::size_t nearest_entry(const EntryBlock*, std::size_t, const std::int32_t*); }
namespace avx512 { std::size_t nearest_entry(const EntryBlock*, std::size_t, const std::int32_t*); }

// The kernel for this processor.
NearestEntry chosen_nearest_entry();

}  // namespace kalette
