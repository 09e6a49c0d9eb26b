// sRGB bytes to Oklab (Ottosson 2020), with additions, multiplications and divisions alone.

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels.hpp"
#include "parallel.hpp"

namespace kalette {
namespace {

// A first guess from the bits of the number, three per cent off, and two steps of Halley's method.
double cube_root(double x) {
    std::int64_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    bits = bits / 3 + 0x2A9F7893782DA1CE;
    double y;
    std::memcpy(&y, &bits, sizeof y);
    for (int step = 0; step < 2; ++step) {
        const double cube = y * y * y;
        y = y * ((cube + 2 * x) / (2 * cube + x));
    }
    return y;
}

double row_times(const double* row, double a, double b, double c) { return row[0] * a + row[1] * b + row[2] * c; }

constexpr double kConesFromLinear[3][3] = {{0.4122214708, 0.5363325363, 0.0514459929},
                                           {0.2119034982, 0.6806995451, 0.1073969566},
                                           {0.0883024619, 0.2817188376, 0.6299787005}};
constexpr double kLabFromCones[3][3] = {{0.2104542553, 0.7936177850, -0.0040720468},
                                        {1.9779984951, -2.4285922050, 0.4505937099},
                                        {0.0259040371, 0.7827717662, -0.8086757660}};
constexpr double kDarkest = 1e-15;  // black has no cube root that Halley's method would find

void convert(const std::uint8_t* color, const double* linear, const double* scale, std::int16_t* point) {
    double cones[3];
    for (int i = 0; i < 3; ++i)
        cones[i] = cube_root(std::max(
            row_times(kConesFromLinear[i], linear[color[0]], linear[color[1]], linear[color[2]]), kDarkest));
    for (int i = 0; i < 3; ++i)
        point[i] = static_cast<std::int16_t>(
            std::nearbyint(row_times(kLabFromCones[i], cones[0], cones[1], cones[2]) * scale[i]));
}

}  // namespace

void oklab(const std::uint8_t* colors, std::size_t n, const double* linear, const double* scale, std::int16_t* points,
           std::size_t threads) {
    for_each_chunk((n + kChunk - 1) / kChunk, threads, [&](std::size_t chunk) {
        const std::size_t end = std::min(n, (chunk + 1) * kChunk);
        for (std::size_t i = chunk * kChunk; i < end; ++i) convert(colors + 3 * i, linear, scale, points + 3 * i);
    });
}

}  // namespace kalette
