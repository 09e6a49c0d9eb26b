// Rate-distortion optimised mapping with error diffusion: chooses the search.

#include "diffusion.hpp"
#include "match_trellis.hpp"

namespace kalette {
namespace {

template <std::size_t D>
void map_pixels(const WeightedPixels& in, const PalettePoints& palette, const Rate& rate, std::uint8_t* indices) {
    if (rate.multiplier == 0)
        diffuse<D>(in, palette, indices);
    else
        map_with_matches<D>(in, palette, rate, indices);
}

}  // namespace

void map_rate_distortion(const WeightedPixels& in, const PalettePoints& palette, const Rate& rate,
                         std::uint8_t* indices) {
    in.d == 3 ? map_pixels<3>(in, palette, rate, indices) : map_pixels<4>(in, palette, rate, indices);
}

}  // namespace kalette
