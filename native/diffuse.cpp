// Error diffusion after Floyd and Steinberg, serpentine, in integers: exact, and the same on every machine.

#include "kernels.hpp"
#include "palette_search.hpp"

namespace kalette {
namespace {

bool is_free(std::int32_t coordinate) { return coordinate >= 0 && coordinate <= kFull; }

// A coordinate with the error that reaches it; one outside the byte range marks a kind of alpha and stays.
std::int32_t with_error(std::int32_t coordinate, std::int32_t error) {
    if (!is_free(coordinate)) return coordinate;
    return std::clamp(coordinate + ((error + 8) >> 4), 0, kFull);
}

// Errors that wait for this row and the next, in 1/256 steps, with a cell to spare on each side.
struct Errors {
    std::vector<std::int32_t> here, below;
    Errors(std::size_t width, std::size_t d) : here((width + 2) * d, 0), below((width + 2) * d, 0) {}
    void next_row() {
        here.swap(below);
        std::fill(below.begin(), below.end(), 0);
    }
};

template <std::size_t D>
void diffuse_row(const std::int16_t* points, std::size_t width, bool forward, const std::int16_t* palette,
                 PaletteSearch& search, Errors& errors, std::uint8_t* indices) {
    const std::ptrdiff_t step = forward ? static_cast<std::ptrdiff_t>(D) : -static_cast<std::ptrdiff_t>(D);
    for (std::size_t i = 0; i < width; ++i) {
        const std::size_t x = forward ? i : width - 1 - i;
        const std::int16_t* point = points + x * D;
        std::int32_t* here = errors.here.data() + (x + 1) * D;
        std::int32_t* below = errors.below.data() + (x + 1) * D;
        std::int32_t target[4] = {};
        for (std::size_t c = 0; c < D; ++c) target[c] = with_error(point[c], here[c]);
        const std::size_t entry = search.nearest(target);
        indices[x] = static_cast<std::uint8_t>(entry);
        if (D == 4 && point[3] < 0) continue;  // a clear pixel shows no colour: its error goes nowhere
        for (std::size_t c = 0; c < D; ++c) {
            if (!is_free(point[c])) continue;
            const std::int32_t residual = target[c] - palette[entry * D + c];
            const auto at = static_cast<std::ptrdiff_t>(c);
            here[at + step] += 7 * residual;
            below[at - step] += 3 * residual;
            below[at] += 5 * residual;
            below[at + step] += residual;
        }
    }
}

}  // namespace

void diffuse(const std::int16_t* points, std::size_t height, std::size_t width, std::size_t d,
             const std::int16_t* palette, std::size_t k, std::uint8_t* indices) {
    PaletteSearch search(palette, k, d);
    Errors errors(width, d);
    const auto row = d == 3 ? diffuse_row<3> : diffuse_row<4>;
    for (std::size_t y = 0; y < height; ++y) {
        row(points + y * width * d, width, y % 2 == 0, palette, search, errors, indices + y * width);
        errors.next_row();
    }
}

}  // namespace kalette
