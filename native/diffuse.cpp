// Error diffusion after Floyd and Steinberg, serpentine, in integers: exact, and the same on every machine.

#include "kernels.hpp"
#include "palette_search.hpp"

namespace kalette {
namespace {

// The coordinates of a colour, or what is added to them, side by side; with three the fourth stays 0.
typedef std::int32_t Four __attribute__((vector_size(16)));

template <std::size_t D>
Four load(const std::int16_t* coordinates) {
    Four four = {};
    for (std::size_t c = 0; c < D; ++c) four[c] = coordinates[c];
    return four;
}

// The errors that a row leaves to the next, in 1/256 steps.
using Errors = std::vector<Four>;

template <std::size_t D>
void diffuse_row(const std::int16_t* points, std::size_t width, bool forward, const std::vector<Four>& palette,
                 PaletteSearch& search, const Errors& here, Errors& below, std::uint8_t* indices) {
    // To the next pixel, and what has come together for the places below this pixel and below the next one.
    Four ahead = {}, below_here = {}, below_next = {};
    std::size_t before = 0;
    for (std::size_t i = 0; i < width; ++i) {
        const std::size_t x = forward ? i : width - 1 - i;
        const Four point = load<D>(points + x * D);
        // A coordinate outside the byte range marks a kind of alpha: it takes no error and gives none.
        const Four is_free = (point >= 0) & (point <= kFull);
        Four target = point + ((here[x] + ahead + 8) >> 4);
        target = target < 0 ? Four{} : target > kFull ? kFull - Four{} : target;
        target = is_free ? target : point;
        const std::size_t entry = search.nearest(reinterpret_cast<const std::int32_t*>(&target));
        indices[x] = static_cast<std::uint8_t>(entry);
        Four residual = (target - palette[entry]) & is_free;
        if (D == 4 && point[3] < 0) residual = Four{};  // a clear pixel shows no colour: its error goes nowhere
        ahead = 7 * residual;
        if (i > 0) below[before] = below_here + 3 * residual;
        below_here = below_next + 5 * residual;
        below_next = residual;
        before = x;
    }
    below[before] = below_here;
}

}  // namespace

void diffuse(const std::int16_t* points, std::size_t height, std::size_t width, std::size_t d,
             const std::int16_t* palette, std::size_t k, std::uint8_t* indices) {
    PaletteSearch search(palette, k, d);
    std::vector<Four> entries(k);
    for (std::size_t j = 0; j < k; ++j) entries[j] = d == 3 ? load<3>(palette + j * d) : load<4>(palette + j * d);
    Errors here(width), below(width);
    const auto row = d == 3 ? diffuse_row<3> : diffuse_row<4>;
    for (std::size_t y = 0; y < height; ++y) {
        row(points + y * width * d, width, y % 2 == 0, entries, search, here, below, indices + y * width);
        here.swap(below);
    }
}

}  // namespace kalette
