// How lively a picture is around each pixel: the standard deviation of lightness in a small window.

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

}  // namespace

void activity(const std::int16_t* points, std::size_t height, std::size_t width, std::size_t d,
              std::size_t channel, std::uint16_t* deviations) {
    std::vector<Sums> columns(width);
    for (std::size_t y = 0; y < std::min(kActivityReach, height); ++y) add(columns, points + y * width * d + channel, d, 1);
    for (std::size_t y = 0; y < height; ++y) {
        if (y + kActivityReach < height) add(columns, points + (y + kActivityReach) * width * d + channel, d, 1);
        if (y > kActivityReach) add(columns, points + (y - kActivityReach - 1) * width * d + channel, d, -1);
        const std::size_t rows = std::min(y + kActivityReach + 1, height) - (y - std::min(y, kActivityReach));
        Sums window;
        std::size_t begin = 0, end = 0;
        for (std::size_t x = 0; x < width; ++x) {
            for (; end < std::min(x + kActivityReach + 1, width); ++end) {
                window.value += columns[end].value;
                window.square += columns[end].square;
            }
            for (; begin + kActivityReach < x; ++begin) {
                window.value -= columns[begin].value;
                window.square -= columns[begin].square;
            }
            deviations[y * width + x] = deviation(window, static_cast<std::int64_t>(rows * (end - begin)));
        }
    }
}

}  // namespace kalette
