// The squared distances of all points to all centers.

#include "blocks.hpp"
#include "kernels.hpp"
#include "parallel.hpp"

namespace kalette {

template <typename Real>
void pairwise_squared_distances(const Real* points, std::size_t n, std::size_t d, const Real* centers, std::size_t m,
                                Real* distances, std::size_t threads) {
    const CentroidColumns<Real> columns(centers, m, d);
    for_each_chunk((n + kChunk - 1) / kChunk, threads, [&](std::size_t chunk) {
        BlockWalk<Real> walk(columns);
        std::vector<Real> by_center(m * kBlock);
        const std::size_t end = std::min(n, (chunk + 1) * kChunk);
        for (std::size_t first = chunk * kChunk; first < end; first += kBlock) {
            const std::size_t count = std::min(kBlock, end - first);
            walk.load(points + first * d, count);
            walk.find_distances(by_center.data());
            for (std::size_t j = 0; j < m; ++j)
                std::copy_n(by_center.data() + j * kBlock, count, distances + j * n + first);
        }
    });
}

template void pairwise_squared_distances<float>(const float*, std::size_t, std::size_t, const float*, std::size_t,
                                                float*, std::size_t);
template void pairwise_squared_distances<double>(const double*, std::size_t, std::size_t, const double*, std::size_t,
                                                 double*, std::size_t);

}  // namespace kalette
