// Compiled once for each instruction set (simd.hpp).

#include "nearest_entry.hpp"

#include "simd.hpp"

namespace kalette::KALETTE_ISA {
namespace {

constexpr std::size_t kLanes = KALETTE_VECTOR_BYTES < 32 ? KALETTE_VECTOR_BYTES / 4 : kBlockEntries;
using Keys = VectorOf<std::int32_t, 4 * kLanes>::Type;
using Shorts = VectorOf<std::int16_t, 2 * kLanes>::Type;

Keys widened(const std::int16_t* from) { return __builtin_convertvector(load<Shorts>(from), Keys); }

}  // namespace

// A key is a squared distance, and below it the number of an entry.
std::size_t nearest_entry(const EntryBlock* blocks, std::size_t count, const std::int32_t* point) {
    constexpr int kNumberBits = 8;
    constexpr std::int32_t kMostSquare = (1 << (31 - kNumberBits)) - 1;
    Keys least = kMostSquare << kNumberBits | Keys{};
    for (const EntryBlock* block = blocks; block != blocks + count; ++block)
        for (std::size_t i = 0; i < kBlockEntries; i += kLanes) {
            Keys square{};
            for (std::size_t c = 0; c < 3; ++c) {
                const Keys difference = point[c] - widened(block->points[c] + i);
                square += difference * difference;
            }
            square = smaller(square, kMostSquare + Keys{});
            least = smaller(least, square << kNumberBits | widened(block->numbers + i));
        }
    const std::int32_t key = least_lane<std::int32_t>(least);
    return key >> kNumberBits == kMostSquare ? kNotNear : static_cast<std::size_t>(key & ((1 << kNumberBits) - 1));
}

}  // namespace kalette::KALETTE_ISA
