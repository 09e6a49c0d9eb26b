// The loops of SSIMULACRA 2 over one row, in the widest vectors of the processor. ssimulacra2_rows.cpp is compiled once
// for each instruction set; kernel_choice.cpp picks at run time.
#pragma once

#include <cstddef>

namespace kalette {

constexpr std::size_t kLanes = 16;  // partial sums of a row; rows are stored in a multiple of as many numbers
constexpr std::size_t kMaps = 3, kNorms = 2, kMoments = 4;

// Planes of one channel of both pictures: a, b, a a + b b and (a - b)^2.
constexpr std::size_t kA = 0, kB = 1, kSquares = 2, kError = 3;

// A row of one channel, or a part of it.
struct ErrorRow {
    const float* a;
    const float* b;
    const float* blurred[kMoments];  // vertically; kRadius numbers before them and after the last kLanes are readable
    std::size_t width;
};

struct ErrorKernels {
    // XYB of n linear colours, a multiple of kLanes: red, green and blue in, X, Y and B out.
    void (*xyb)(const float* const* light, float* const* planes, std::size_t n);
    // The two last moments of the first two, n a multiple of kLanes.
    void (*multiply)(float* const* moments, std::size_t n);
    // Vertical blur of kSpan rows.
    void (*blur_down)(const float* const* rows, float* out, std::size_t n);
    // Adds to partial sums (norms, maps, kLanes) those of 1 - SSIM, artifacts and lost detail.
    void (*add_errors)(const ErrorRow& row, float* sums);
};

namespace baseline { extern const ErrorKernels error_kernels; }
namespace avx2 { extern const ErrorKernels error_kernels; }
namespace avx512 { extern const ErrorKernels error_kernels; }

const ErrorKernels& chosen_error_kernels();

}  // namespace kalette
