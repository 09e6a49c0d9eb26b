// Activity: the standard deviation of one coordinate in the window around each pixel, from running sums.

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels.hpp"

namespace kalette {
namespace {

struct Sums {
    std::int64_t value = 0, square = 0;
};

void add(std::vector<Sums>& columns, const std::int16_t* row, std::size_t d, std::int64_t sign) {
    for (std::size_t x = 0; x < columns.size(); ++x) {
        const std::int64_t value = row[x * d];
        columns[x].value += sign * value;
        columns[x].square += sign * value * value;
    }
}

std::uint16_t deviation(const Sums& sums, std::int64_t n) {
    const std::int64_t variance = n * sums.square - sums.value * sums.value;  // times n^2
    return static_cast<std::uint16_t>(std::sqrt(static_cast<double>(variance)) / static_cast<double>(n));
}

// The deviations of a row, from the column sums of its windows. Sums run along: the reference takes differences of
// cumulative sums.
void write_deviations(const std::vector<Sums>& columns, std::size_t rows, std::uint16_t* deviations) {
    const std::size_t width = columns.size();
    Sums window;
    std::size_t begin = 0, end = 0;
    for (std::size_t x = 0; x < width; ++x) {
        for (; end < std::min(x + kActivityRadius + 1, width); ++end) {
            window.value += columns[end].value;
            window.square += columns[end].square;
        }
        for (; begin + kActivityRadius < x; ++begin) {
            window.value -= columns[begin].value;
            window.square -= columns[begin].square;
        }
        deviations[x] = deviation(window, static_cast<std::int64_t>(rows * (end - begin)));
    }
}

}  // namespace

void activity(const PointsPicture& in, std::size_t channel, std::uint16_t* deviations) {
    const std::size_t height = in.height, width = in.width, d = in.d;
    const auto row = [&](std::size_t y) { return in.data + y * width * d + channel; };
    std::vector<Sums> columns(width);
    for (std::size_t y = 0; y < std::min(kActivityRadius, height); ++y) add(columns, row(y), d, 1);
    for (std::size_t y = 0; y < height; ++y) {
        if (y + kActivityRadius < height) add(columns, row(y + kActivityRadius), d, 1);
        if (y > kActivityRadius) add(columns, row(y - kActivityRadius - 1), d, -1);
        const std::size_t rows = std::min(y + kActivityRadius + 1, height) - (y - std::min(y, kActivityRadius));
        write_deviations(columns, rows, deviations + y * width);
    }
}

}  // namespace kalette
