// The trellis search of one row over literals, 16 near matches and some far ones, in the widest vectors of the
// processor. match_row.cpp is compiled once for each instruction set; kernel_choice.cpp picks at run time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kalette {

// Near sources: 1 to 4 pixels to the left in the row itself, then in the row above from 5 to the left to 6 to the
// right.
constexpr std::size_t kInRow = 4, kAbove = 12, kNearMatches = kInRow + kAbove;
constexpr std::int32_t kFurthestLeft = 5, kFurthestRight = 6;
constexpr std::int32_t kUp[kNearMatches] = {0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
constexpr std::int32_t kLeft[kNearMatches] = {1, 2, 3, 4, 5, 4, 3, 2, 1, 0, -1, -2, -3, -4, -5, -6};
constexpr std::size_t kMargin = kNearMatches;  // on both sides of the row above, to read whole vectors
// Far sources change as the search goes along the row. On Kodak, 48 in place of 16 take 1 to 2 % off the bytes at equal
// SSIMULACRA2; 240 at a match_depth of 64 another 2.2 %, in three times the time
// with AVX-512 and five in the baseline, and 496 another 0.4 %, in twice that.
constexpr std::size_t kFewFarMatches = 16, kManyFarMatches = 240;
constexpr std::size_t kDepthOfFew = 4;  // up to this match_depth there are few
constexpr std::size_t kTriedLanes = 4;  // for a new far match
// An entry is packed for far matches: its d coordinates and its number, two to a word.
constexpr std::size_t shown_words(std::size_t d) { return (d + 2) / 2; }
constexpr std::size_t kMostShownWords = shown_words(4);
constexpr std::int32_t kNoSource = 0;        // in place of the pixels back to a source
constexpr float kNoPath = __builtin_inff();  // in place of a cost

// The last step of the cheapest path to a pixel.
struct Step {
    std::uint32_t start;
    std::int32_t back;  // pixels back to the source of a match; kNoSource for a literal
    std::uint8_t entry;
};

// Costs: to start a near match, of each entry, of a literal; to start a far match, by the bits of its distance less
// one.
struct Costs {
    float start[kNearMatches], extension, literal;
    const float* far_start;
};

// What a search reads of the diffusion, as pointers alone (simd.hpp says why), and the row above by coordinate.
struct MatchRow {
    std::size_t width;
    const std::int16_t* points;  // (width, d)
    const std::uint16_t* weights;
    const std::uint8_t* strengths;
    const std::int32_t* corrected;       // (width, 4): points with the errors from the row above
    const std::int32_t* above[5];        // the row above by coordinate, and its entries; margins on both sides
    const std::int32_t* entries;         // (k, 4)
    const std::uint32_t* shown;          // (k, kMostShownWords): entries packed
    std::int32_t lowest[4], highest[4];  // of all entries
    std::int32_t first[kNearMatches], last[kNearMatches];  // pixels between which each near match has a source
    Costs costs;
    const std::uint8_t* indices;     // of the row's first pixel, behind those of all rows above
    const std::int32_t* candidates;  // (width, match_depth): pixels back to the sources of far matches, then kNoSource
    std::size_t match_depth;
    void* search;
    std::size_t (*nearest)(void* search, const std::int32_t* target);
    Step* steps;  // out: (width,)
};

// By coordinates, of 3 and of 4.
struct SearchRow {
    void (*of_three)(const MatchRow&);
    void (*of_four)(const MatchRow&);
};

// By the number of far matches.
struct MatchKernels {
    SearchRow near, few, many;
};

namespace baseline { extern const MatchKernels match_kernels; }
namespace avx2 { extern const MatchKernels match_kernels; }
namespace avx512 { extern const MatchKernels match_kernels; }

// The kernels for this processor.
const MatchKernels& chosen_match_kernels();

}  // namespace kalette
