// The nearest of k centroids to each point of a block, or the distances to all, in the widest vectors of the processor.
// nearest.cpp is compiled once for each instruction set; kernel_choice.cpp picks at run time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kalette {

// Points a call. 128 take 6 to 15 % less time with AVX-512 and three coordinates, and up to 25 % more without AVX-512.
constexpr std::size_t kBlock = 64;
constexpr std::size_t kPadding = 16;  // columns of centroids are padded to a multiple of this

// A block of points, the centroids, and scratch memory.
template <typename Real>
struct BlockSearch {
    const Real* lanes;  // (d, kBlock): coordinate c of point i at c * kBlock + i
    std::size_t d;
    const Real* centroids;  // (k, d)
    const Real* columns;    // (d, padded_k): the same by coordinate, padded with infinity
    std::size_t k, padded_k;
    Real* least_distances;     // (padded_k,) scratch
    std::int32_t* candidates;  // (k,) scratch
};

// For each point of a block the squared distance to a centroid and its label, ties to the lowest.
template <typename Real>
struct Neighbors {
    Real* distances;       // (kBlock,)
    std::int32_t* labels;  // (kBlock,)
};

template <typename Real>
struct BlockKernels {
    void (*nearest)(const BlockSearch<Real>&, const Neighbors<Real>&);
    // second: the nearest of the other centroids.
    void (*two_nearest)(const BlockSearch<Real>&, const Neighbors<Real>& best, const Neighbors<Real>& second);
    // All squared distances, (k, kBlock).
    void (*distances)(const BlockSearch<Real>&, Real* out);
};

struct NearestKernels {
    const char* instruction_set;
    BlockKernels<float> of_floats;
    BlockKernels<double> of_doubles;
};

namespace baseline { extern const NearestKernels nearest_kernels; }
namespace avx2 { extern const NearestKernels nearest_kernels; }
namespace avx512 { extern const NearestKernels nearest_kernels; }

// The kernels for this processor; KALETTE_ISA=baseline|avx2|avx512 in the environment lowers the choice.
const NearestKernels& chosen_nearest_kernels();

template <typename Real>
const BlockKernels<Real>& block_kernels();
template <>
inline const BlockKernels<float>& block_kernels<float>() {
    return chosen_nearest_kernels().of_floats;
}
template <>
inline const BlockKernels<double>& block_kernels<double>() {
    return chosen_nearest_kernels().of_doubles;
}

}  // namespace kalette
