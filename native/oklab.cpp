// sRGB bytes to Oklab (Ottosson 2020), with additions, multiplications and divisions alone.

#include <algorithm>
#include <cstring>

#include "kernels.hpp"
#include "parallel.hpp"

namespace kalette {
namespace {

// Two numbers at a time, as every processor has vector division for two: one by one takes 1.4 times as long.
using Pair = double __attribute__((vector_size(16)));
using Bits = std::int64_t __attribute__((vector_size(16)));

constexpr std::int64_t kCubeRootBits = 0x2A9F7893782DA1CE;
constexpr int kHalleySteps = 2;

// A first guess from the bits of the number, 3 % off, then two steps of Halley's method.
Pair cube_roots(const Pair& x) {
    Bits bits;
    std::memcpy(&bits, &x, sizeof bits);
    for (int i = 0; i < 2; ++i) bits[i] = bits[i] / 3 + kCubeRootBits;
    Pair y;
    std::memcpy(&y, &bits, sizeof y);
    for (int step = 0; step < kHalleySteps; ++step) {
        const Pair cube = y * y * y;
        y = y * ((cube + 2.0 * x) / (2.0 * cube + x));
    }
    return y;
}

constexpr double kConesFromLinear[3][3] = {{0.4122214708, 0.5363325363, 0.0514459929},
                                           {0.2119034982, 0.6806995451, 0.1073969566},
                                           {0.0883024619, 0.2817188376, 0.6299787005}};
constexpr double kLabFromCones[3][3] = {{0.2104542553, 0.7936177850, -0.0040720468},
                                        {1.9779984951, -2.4285922050, 0.4505937099},
                                        {0.0259040371, 0.7827717662, -0.8086757660}};
constexpr double kDarkest = 1e-15;  // Halley's method finds no cube root of 0

constexpr double kRounder = 0x1.8p52;  // adding and subtracting it rounds to an integer

Pair row_times(const double* row, const Pair* vector) {
    return row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2];
}

void convert(const std::uint8_t* first, const std::uint8_t* second, const OklabTables& tables,
             std::int16_t* first_point, std::int16_t* second_point) {
    Pair light[3], cones[3];
    for (int c = 0; c < 3; ++c) light[c] = Pair{tables.linear[first[c]], tables.linear[second[c]]};
    for (int c = 0; c < 3; ++c) {
        const Pair cone = row_times(kConesFromLinear[c], light);
        cones[c] = cube_roots(cone < kDarkest ? Pair{kDarkest, kDarkest} : cone);
    }
    for (int c = 0; c < 3; ++c) {
        const Pair rounded = (row_times(kLabFromCones[c], cones) * tables.scale[c] + kRounder) - kRounder;
        first_point[c] = static_cast<std::int16_t>(rounded[0]);
        second_point[c] = static_cast<std::int16_t>(rounded[1]);
    }
}

}  // namespace

void oklab(const PixelsView& colors, const OklabTables& tables, std::int16_t* points, std::size_t threads) {
    for_each_chunk(chunk_count(colors.n, kChunk), threads, [&](std::size_t chunk) {
        const Range range = chunk_range(chunk, colors.n, kChunk);
        for (std::size_t i = range.begin; i < range.end; i += 2) {
            const std::size_t other = std::min(i + 1, range.end - 1);
            convert(colors[i], colors[other], tables, points + 3 * i, points + 3 * other);
        }
    });
}

}  // namespace kalette
