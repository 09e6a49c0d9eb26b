// The nearest of k centroids for a block of points, in the widest vectors that the processor has.
// nearest.cpp is compiled once for each instruction set; nearest_choice.cpp picks at run time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kalette {

constexpr std::size_t kBlock = 64;  // points a call

// lanes (d, kBlock): coordinate c of point i at c * kBlock + i; centroids (k, d).
// Out: best (kBlock,) squared distance, labels (kBlock,) its centroid, ties to the lowest.
template <typename Real>
using NearestOfBlock = void (*)(const Real* lanes, std::size_t d, const Real* centroids, std::size_t k, Real* best,
                                std::int32_t* labels);

struct NearestKernels {
    const char* instruction_set;
    NearestOfBlock<float> of_floats;
    NearestOfBlock<double> of_doubles;
};

namespace baseline { extern const NearestKernels nearest_kernels; }
namespace avx2 { extern const NearestKernels nearest_kernels; }
namespace avx512 { extern const NearestKernels nearest_kernels; }

// The kernels for this processor; KALETTE_ISA=baseline|avx2|avx512 in the environment lowers the choice.
const NearestKernels& chosen_nearest_kernels();

template <typename Real>
NearestOfBlock<Real> nearest_of_block();
template <>
inline NearestOfBlock<float> nearest_of_block<float>() { return chosen_nearest_kernels().of_floats; }
template <>
inline NearestOfBlock<double> nearest_of_block<double>() { return chosen_nearest_kernels().of_doubles; }

}  // namespace kalette
