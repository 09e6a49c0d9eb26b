// The trellis search of one row over literals and 16 near matches, in the widest vectors of the processor.
// near_match_row.cpp is compiled once for each instruction set; kernel_choice.cpp picks at run time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kalette {

// Sources: 1 to 4 pixels to the left in the row itself, then in the row above from 5 to the left to 6 to the right.
constexpr std::size_t kInRow = 4, kAbove = 12, kNearMatches = kInRow + kAbove;
constexpr std::int32_t kFurthestLeft = 5;
constexpr std::size_t kMargin = kNearMatches;  // on both sides of the row above, to read whole vectors
constexpr std::uint8_t kLiteral = kNearMatches;  // in place of a match

// The last step of the cheapest path to a pixel.
struct Step {
    std::uint32_t start;
    std::uint8_t match, entry;
};

struct NearMatchRow {
    std::size_t width;
    const std::int16_t* points;  // (width, d)
    const std::uint16_t* weights;
    const std::uint8_t* strengths;
    const std::int32_t* corrected;  // (width, 4): points with the errors from the row above
    const std::int32_t* above[5];   // the row above by coordinate, and its entries; margins on both sides
    const std::int32_t* palette;    // (k, 4)
    std::int32_t lowest[4], highest[4];  // of all entries
    std::int32_t first[kNearMatches], last[kNearMatches];  // pixels between which each match has a source
    float start[kNearMatches], extension, literal;  // costs: to start a match, of each of its entries, of a literal
    void* search;
    std::size_t (*nearest)(void* search, const std::int32_t* target);
    Step* steps;  // out: (width,)
};

struct NearMatchKernels {
    void (*of_three)(const NearMatchRow&);  // d = 3
    void (*of_four)(const NearMatchRow&);
};

namespace baseline { extern const NearMatchKernels near_match_kernels; }
namespace avx2 { extern const NearMatchKernels near_match_kernels; }
namespace avx512 { extern const NearMatchKernels near_match_kernels; }

// The kernels for this processor.
const NearMatchKernels& chosen_near_match_kernels();

}  // namespace kalette
