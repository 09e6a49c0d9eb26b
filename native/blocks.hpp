// Blocks of points, and centroids laid out for their search.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "nearest.hpp"
#include "views.hpp"

namespace kalette {

// Centroids by coordinate, shared by all threads.
template <typename Real>
class CentroidColumns {
public:
    CentroidColumns(const Centroids<Real>& centroids, std::size_t d)
        : centroids_(centroids.points), k_(centroids.k), d_(d), padded_k_((k_ + kPadding - 1) / kPadding * kPadding),
          columns_(padded_k_ * d, std::numeric_limits<Real>::infinity()) {
        for (std::size_t j = 0; j < k_; ++j)
            for (std::size_t c = 0; c < d; ++c) columns_[c * padded_k_ + j] = centroids_[j * d + c];
    }
    std::size_t k() const { return k_; }
    std::size_t d() const { return d_; }

private:
    template <typename>
    friend class PointBlock;
    const Real* centroids_;
    std::size_t k_, d_, padded_k_;
    std::vector<Real> columns_;
};

// A block of points with the results of its search; each thread has its own.
template <typename Real>
class PointBlock {
public:
    explicit PointBlock(const CentroidColumns<Real>& centroids)
        : lanes_(kBlock * centroids.d_), least_distances_(centroids.padded_k_), candidates_(centroids.k_),
          search_{lanes_.data(), centroids.d_,        centroids.centroids_,    centroids.columns_.data(),
                  centroids.k_,  centroids.padded_k_, least_distances_.data(), candidates_.data()} {}

    // Loads count points, the last one repeated to fill the block.
    void load(const Real* points, std::size_t count) {
        const std::size_t d = search_.d;
        if (d == 3) return load_of<3>(points, count);
        for (std::size_t first = 0; first < d; first += kStrip) {
            const std::size_t end = std::min(d, first + kStrip);
            for (std::size_t i = 0; i < kBlock; ++i) {
                const Real* from = points + std::min(i, count - 1) * d;
                for (std::size_t c = first; c < end; ++c) lanes_[c * kBlock + i] = from[c];
            }
        }
    }
    void find_nearest() { block_kernels<Real>().nearest(search_, {best, labels}); }
    void find_two_nearest() { block_kernels<Real>().two_nearest(search_, {best, labels}, {second, second_labels}); }
    void find_distances(Real* out) { block_kernels<Real>().distances(search_, out); }
    Real coordinate(std::size_t c, std::size_t i) const { return lanes_[c * kBlock + i]; }

    Real best[kBlock], second[kBlock];
    std::int32_t labels[kBlock], second_labels[kBlock];

private:
    // Coordinates transposed together: a cache line or two of each point. 8 and 32 take up to 5 % longer.
    static constexpr std::size_t kStrip = 16;
    template <std::size_t D>
    void load_of(const Real* points, std::size_t count) {
        Real* lanes = lanes_.data();
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t c = 0; c < D; ++c) lanes[c * kBlock + i] = points[i * D + c];
        for (std::size_t i = count; i < kBlock; ++i)
            for (std::size_t c = 0; c < D; ++c) lanes[c * kBlock + i] = points[(count - 1) * D + c];
    }
    std::vector<Real> lanes_, least_distances_;
    std::vector<std::int32_t> candidates_;
    BlockSearch<Real> search_;
};

}  // namespace kalette
