// Error diffusion after Floyd and Steinberg, serpentine, in integers: exact, and the same on every machine.

#include <algorithm>
#include <limits>

#include "kernels.hpp"

namespace kalette {
namespace {

constexpr int kFull = 255 * 16;  // a full channel in sixteenths of a byte step

// Palette coordinates by column, so that the search runs over entries in vector registers.
class PaletteColumns {
public:
    PaletteColumns(const std::int16_t* palette, std::size_t k, std::size_t d)
        : k_(k), d_(d), columns_(d * k), distances_(k) {
        for (std::size_t j = 0; j < k; ++j)
            for (std::size_t c = 0; c < d; ++c) columns_[c * k + j] = palette[j * d + c];
    }
    // The entry nearest to target, ties to the lowest.
    std::size_t nearest(const std::int32_t* target) {
        std::fill(distances_.begin(), distances_.end(), 0u);
        for (std::size_t c = 0; c < d_; ++c)
            for (std::size_t j = 0; j < k_; ++j) {
                const std::int32_t difference = target[c] - columns_[c * k_ + j];
                distances_[j] += static_cast<std::uint32_t>(difference * difference);
            }
        std::uint32_t best = std::numeric_limits<std::uint32_t>::max();
        for (std::size_t j = 0; j < k_; ++j) best = std::min(best, distances_[j]);
        return static_cast<std::size_t>(std::find(distances_.begin(), distances_.end(), best) - distances_.begin());
    }

private:
    std::size_t k_, d_;
    std::vector<std::int32_t> columns_;
    std::vector<std::uint32_t> distances_;
};

bool is_free(std::int32_t coordinate) { return coordinate >= 0 && coordinate <= kFull; }

// A coordinate with the error that reaches it; one outside the byte range marks a kind of alpha and stays.
std::int32_t with_error(std::int32_t coordinate, std::int32_t error) {
    if (!is_free(coordinate)) return coordinate;
    return std::clamp(coordinate + ((error + 8) >> 4), 0, kFull);
}

}  // namespace

void diffuse(const std::int16_t* points, std::size_t height, std::size_t width, std::size_t d,
             const std::int16_t* palette, std::size_t k, std::uint8_t* indices) {
    PaletteColumns columns(palette, k, d);
    // Errors that wait for this row and the next, in 1/256 steps, with a cell to spare on each side.
    std::vector<std::int32_t> here((width + 2) * d, 0), below((width + 2) * d, 0);
    for (std::size_t y = 0; y < height; ++y) {
        const bool forward = y % 2 == 0;
        const std::ptrdiff_t step = forward ? 1 : -1;
        for (std::size_t i = 0; i < width; ++i) {
            const std::size_t x = forward ? i : width - 1 - i;
            const std::int16_t* point = points + (y * width + x) * d;
            const std::ptrdiff_t cell = static_cast<std::ptrdiff_t>(x) + 1;
            auto at = [&](std::vector<std::int32_t>& row, std::ptrdiff_t where, std::size_t c) -> std::int32_t& {
                return row[static_cast<std::size_t>(where) * d + c];
            };
            std::int32_t target[4];
            for (std::size_t c = 0; c < d; ++c) target[c] = with_error(point[c], at(here, cell, c));
            const std::size_t entry = columns.nearest(target);
            indices[y * width + x] = static_cast<std::uint8_t>(entry);
            if (d == 4 && point[3] < 0) continue;  // a clear pixel shows no colour: its error goes nowhere
            for (std::size_t c = 0; c < d; ++c) {
                if (!is_free(point[c])) continue;
                const std::int32_t residual = target[c] - palette[entry * d + c];
                at(here, cell + step, c) += 7 * residual;
                at(below, cell - step, c) += 3 * residual;
                at(below, cell, c) += 5 * residual;
                at(below, cell + step, c) += residual;
            }
        }
        here.swap(below);
        std::fill(below.begin(), below.end(), 0);
    }
}

}  // namespace kalette
