// The search of map_rate_distortion with a multiplier. It goes through a trellis whose nodes are the pixels of a row: a
// literal leads from one node to the next, a match past several, and each node keeps the cheapest path to it (Viterbi).
#pragma once

#include "kernels.hpp"

namespace kalette {

// Over literals, 16 near matches, and far matches from an index of digrams in the rows above; all matches are followed
// side by side.
template <std::size_t D>
void map_with_matches(const WeightedPixels& in, const PalettePoints& palette, const Rate& rate, std::uint8_t* indices);

}  // namespace kalette
