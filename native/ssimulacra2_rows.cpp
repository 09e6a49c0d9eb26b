// Compiled once for each instruction set (simd.hpp).

#include "ssimulacra2_rows.hpp"

#include "cube_root.hpp"
#include "gaussian_window.hpp"
#include "simd.hpp"

namespace kalette::KALETTE_ISA {
namespace {

constexpr std::size_t kWidth = KALETTE_VECTOR_BYTES / sizeof(float), kParts = kLanes / kWidth;

// The opsin absorbance of libjxl's lib/jxl/cms/opsin_params.h: cones from linear light, and their bias.
constexpr float kConesFromLinear[3][3] = {
    {0.3f, 0.622f, 0.078f}, {0.23f, 0.692f, 0.078f}, {0.24342268924547819f, 0.20476744424496821f, 0.5518098665095536f}};
constexpr float kBias = 0.0037930732552754493f;
// XYB in about 0 to 1, as libjxl's MakePositiveXYB has it; Y starts at 0.01 less the cube root of the bias.
constexpr float kXFactor = 7, kXStart = 0.42f, kYStart = -0.14595420054924862f, kBStart = 0.55f;

constexpr float kC2 = 0.0009f;
constexpr float kNegligible = 1e-9f;  // the fourth power of less may be subnormal, which takes many times as long

Floats cube_roots(Floats values) {
    constexpr float kThird = static_cast<float>(1.0 / 3);
    Floats inverse = inverse_cube_root_guesses<Ints>(values);
    inverse = inverse + inverse * ((1 - values * (inverse * inverse * inverse)) * kThird);
    return values * (inverse * inverse);
}

void xyb(const float* const* light, float* const* planes, std::size_t n) {
    for (std::size_t x = 0; x < n; x += kWidth) {
        Floats cones[3];
        for (std::size_t c = 0; c < 3; ++c) {
            const float* row = kConesFromLinear[c];
            cones[c] = cube_roots(load<Floats>(light[0] + x) * row[0] + load<Floats>(light[1] + x) * row[1] +
                                  load<Floats>(light[2] + x) * row[2] + kBias);
        }
        const Floats luma = (cones[0] + cones[1]) * 0.5f;
        store(planes[0] + x, (cones[0] - cones[1]) * kXFactor + kXStart);
        store(planes[1] + x, luma + kYStart);
        store(planes[2] + x, (cones[2] - luma) + kBStart);
    }
}

void multiply(float* const* moments, std::size_t n) {
    for (std::size_t x = 0; x < n; x += kWidth) {
        const Floats a = load<Floats>(moments[kA] + x), b = load<Floats>(moments[kB] + x), difference = a - b;
        store(moments[kSquares] + x, a * a + b * b);
        store(moments[kError] + x, difference * difference);
    }
}

// The weighted sum of kSpan vectors, which at(i) returns.
template <typename At>
Floats weighted(At&& at) {
    Floats total = at(kRadius) * static_cast<float>(kGaussian[0]);
    for (std::size_t i = 1; i <= kRadius; ++i)
        total = total + (at(kRadius - i) + at(kRadius + i)) * static_cast<float>(kGaussian[i]);
    return total;
}

void blur_down(const float* const* rows, float* out, std::size_t n) {
    for (std::size_t x = 0; x < n; x += kWidth)
        store(out + x, weighted([rows, x](std::size_t i) { return load<Floats>(rows[i] + x); }));
}

Floats blurred_across(const float* at) {
    return weighted([at](std::size_t i) { return load<Floats>(at - kRadius + i); });
}

Floats magnitude(Floats values) { return larger(values, -values); }

// 1 - SSIM, the edges that only b has (artifacts), and those that only a has (lost detail).
//
// In libjxl's form, 1 - (1 - gap) covariance / variances, the difference of nearly equal numbers would lose the digits
// of float32; variances - covariance is the mean squared difference less the gap.
void error_maps(const ErrorRow& row, std::size_t x, Floats (&maps)[kMaps]) {
    const Floats mean_a = blurred_across(row.blurred[kA] + x), mean_b = blurred_across(row.blurred[kB] + x);
    const Floats gap = (mean_a - mean_b) * (mean_a - mean_b);
    const Floats variances = (blurred_across(row.blurred[kSquares] + x) - (mean_a * mean_a + mean_b * mean_b)) + kC2;
    const Floats error = blurred_across(row.blurred[kError] + x) - gap;
    const Floats edge_a = magnitude(load<Floats>(row.a + x) - mean_a);
    const Floats edge_b = magnitude(load<Floats>(row.b + x) - mean_b);
    maps[0] = gap + (1 - gap) * (error / variances);
    maps[1] = (edge_b - edge_a) / (1 + edge_a);
    maps[2] = -maps[1];
}

constexpr std::int32_t kNumbers[kLanes] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

void add_errors(const ErrorRow& row, float* sums) {
    Floats totals[kNorms * kMaps][kParts];
    __builtin_memcpy(totals, sums, sizeof totals);
    for (std::size_t x = 0; x < row.width; x += kLanes)
        for (std::size_t part = 0; part < kParts; ++part) {
            const std::size_t left = row.width - x < kLanes ? row.width - x : kLanes;
            const Ints inside = load<Ints>(kNumbers + part * kWidth) < spread(static_cast<std::int32_t>(left));
            Floats maps[kMaps];
            error_maps(row, x + part * kWidth, maps);
            for (std::size_t m = 0; m < kMaps; ++m) {
                const Floats value = (maps[m] > kNegligible) & inside ? maps[m] : Floats{};
                const Floats square = value * value;
                totals[m][part] += value;
                totals[kMaps + m][part] += square * square;
            }
        }
    __builtin_memcpy(sums, totals, sizeof totals);
}

}  // namespace

const ErrorKernels error_kernels = {xyb, multiply, blur_down, add_errors};

}  // namespace kalette::KALETTE_ISA
