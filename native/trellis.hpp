// The two searches of map_rate_distortion. Both go through a trellis whose nodes are the pixels of a row: a literal
// leads from one node to the next, a match past several, and each node keeps the cheapest path to it (Viterbi).
#pragma once

#include "kernels.hpp"

namespace kalette {

// Over literals, near matches, and matches that an index of digrams finds in the rows above.
template <std::size_t D>
void map_with_far_matches(const WeightedPixels& in, const PalettePoints& palette, const Rate& rate,
                          std::uint8_t* indices);

// Over literals and 16 near matches, which are followed side by side.
template <std::size_t D>
void map_with_near_matches(const WeightedPixels& in, const PalettePoints& palette, std::int64_t multiplier,
                           std::uint8_t* indices);

}  // namespace kalette
