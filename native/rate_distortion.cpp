// Rate-distortion optimised mapping with error diffusion: chooses the search.

#include "diffusion.hpp"
#include "match_trellis.hpp"

namespace kalette {
namespace {

// Error diffusion alone: each pixel gets the entry nearest to its target.
template <std::size_t D>
void map_nearest(const WeightedPixels& in, const PalettePoints& palette, std::uint8_t* indices) {
    Diffusion<D> diffusion(in, palette, indices);
    for (std::size_t y = 0; y < in.height; ++y) {
        diffusion.begin_row(y);
        diffusion.end_row([&](std::size_t x, const Vec4& target) {
            return diffusion.row()[x] = static_cast<std::uint8_t>(diffusion.search.nearest(target));
        });
    }
}

template <std::size_t D>
void map_pixels(const WeightedPixels& in, const PalettePoints& palette, const Rate& rate, std::uint8_t* indices) {
    if (rate.multiplier == 0)
        map_nearest<D>(in, palette, indices);
    else
        map_with_matches<D>(in, palette, rate, indices);
}

}  // namespace

void map_rate_distortion(const WeightedPixels& in, const PalettePoints& palette, const Rate& rate,
                         std::uint8_t* indices) {
    in.d == 3 ? map_pixels<3>(in, palette, rate, indices) : map_pixels<4>(in, palette, rate, indices);
}

}  // namespace kalette
