// Compiled once for each instruction set (simd.hpp).

#include "oklab_rows.hpp"

#include "cube_root.hpp"
#include "simd.hpp"

namespace kalette::KALETTE_ISA {
namespace {

constexpr std::size_t kLanes = KALETTE_VECTOR_BYTES / sizeof(double);
constexpr std::size_t kBytes = 256;  // of which each has its linear light
constexpr std::size_t kBlock = 64;   // colours at a time: what is written one by one is not read as a vector at once
using Doubles = Vector<double>;
using Halves = VectorOf<float, KALETTE_VECTOR_BYTES / 2>::Type;
using HalfInts = VectorOf<std::int32_t, KALETTE_VECTOR_BYTES / 2>::Type;

constexpr double kConesFromLinear[3][3] = {{0.4122214708, 0.5363325363, 0.0514459929},
                                           {0.2119034982, 0.6806995451, 0.1073969566},
                                           {0.0883024619, 0.2817188376, 0.6299787005}};
constexpr double kLabFromCones[3][3] = {{0.2104542553, 0.7936177850, -0.0040720468},
                                        {1.9779984951, -2.4285922050, 0.4505937099},
                                        {0.0259040371, 0.7827717662, -0.8086757660}};
constexpr double kDarkest = 1e-15;  // the inverse of 0 is no number

constexpr double kRounder = 0x1.8p52;  // adding and subtracting it rounds to an integer

// A last step with the second derivative too, of Householder's methods: 1e-14 off.
Doubles cube_roots(Doubles values) {
    const Doubles guess =
        __builtin_convertvector(inverse_cube_root_guesses<HalfInts>(__builtin_convertvector(values, Halves)), Doubles);
    const Doubles rest = 1.0 - values * (guess * guess * guess);
    const Doubles inverse = guess + guess * (rest * (1.0 / 3 + rest * (2.0 / 9)));
    return values * (inverse * inverse);
}

Doubles row_times(const double* row, const Doubles* vector) {
    return row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2];
}

void convert(const Doubles* light, const double* scale, HalfInts* coordinates) {
    Doubles cones[3];
    for (std::size_t c = 0; c < 3; ++c)
        cones[c] = cube_roots(larger(row_times(kConesFromLinear[c], light), kDarkest + Doubles{}));
    for (std::size_t c = 0; c < 3; ++c) {
        const Doubles rounded = (row_times(kLabFromCones[c], cones) * scale[c] + kRounder) - kRounder;
        coordinates[c] = __builtin_convertvector(rounded, HalfInts);
    }
}

}  // namespace

void oklab_row(const PixelsView& colors, const OklabTables& tables, std::int16_t* points) {
    alignas(64) double light[3][kBlock] = {};
    alignas(64) std::int32_t coordinates[3][kBlock];
    const std::size_t levels = colors.channels == 4 ? kBytes : 0;  // entries for each alpha
    for (std::size_t begin = 0; begin < colors.n; begin += kBlock) {
        const std::size_t size = colors.n - begin < kBlock ? colors.n - begin : kBlock;
        for (std::size_t i = 0; i < size; ++i) {
            const std::uint8_t* color = colors[begin + i];
            const double* linear = tables.linear + levels * color[colors.channels - 1];
            for (std::size_t c = 0; c < 3; ++c) light[c][i] = linear[color[c]];
        }
        for (std::size_t i = 0; i < size; i += kLanes) {
            Doubles lights[3];
            HalfInts found[3];
            for (std::size_t c = 0; c < 3; ++c) lights[c] = load<Doubles>(light[c] + i);
            convert(lights, tables.scale, found);
            for (std::size_t c = 0; c < 3; ++c) store(coordinates[c] + i, found[c]);
        }
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t c = 0; c < 3; ++c)
                points[3 * (begin + i) + c] = static_cast<std::int16_t>(coordinates[c][i]);
    }
}

}  // namespace kalette::KALETTE_ISA
