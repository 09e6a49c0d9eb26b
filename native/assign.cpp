// Nearest centroids with partial sums, in chunks whose sums merge in order.

#include "kernels.hpp"
#include "nearest.hpp"
#include "parallel.hpp"

namespace kalette {
namespace {

template <typename Real>
struct Problem {
    const Real* points;
    const double* weights;
    std::size_t n, d;
    const Real* centroids;
    std::size_t k;
};

struct Sums {
    std::vector<double> sums, mass;
    double loss = 0;
};

// One chunk of points: labels written, sums collected in the order of the points.
template <typename Real>
void assign_chunk(const Problem<Real>& problem, std::size_t begin, std::size_t end, std::int32_t* labels, Sums& out) {
    const auto [points, weights, n, d, centroids, k] = problem;
    const auto nearest = nearest_of_block<Real>();
    std::vector<Real> lanes(kBlock * d);
    Real best[kBlock];
    std::int32_t block_labels[kBlock];
    out.sums.assign(k * d, 0.0);
    out.mass.assign(k, 0.0);
    for (std::size_t first = begin; first < end; first += kBlock) {
        const std::size_t count = std::min(kBlock, end - first);
        for (std::size_t i = 0; i < kBlock; ++i)
            for (std::size_t c = 0; c < d; ++c)
                lanes[c * kBlock + i] = points[(first + std::min(i, count - 1)) * d + c];
        nearest(lanes.data(), d, centroids, k, best, block_labels);
        for (std::size_t i = 0; i < count; ++i) {
            const double weight = weights[first + i];
            const auto label = static_cast<std::size_t>(block_labels[i]);
            labels[first + i] = block_labels[i];
            out.loss += weight * static_cast<double>(best[i]);
            out.mass[label] += weight;
            for (std::size_t c = 0; c < d; ++c)
                out.sums[label * d + c] += weight * static_cast<double>(lanes[c * kBlock + i]);
        }
    }
}

}  // namespace

template <typename Real>
double assign(const Real* points, const double* weights, std::size_t n, std::size_t d, const Real* centroids,
              std::size_t k, std::int32_t* labels, double* sums, double* mass, std::size_t threads) {
    const Problem<Real> problem{points, weights, n, d, centroids, k};
    std::vector<Sums> parts((n + kChunk - 1) / kChunk);
    for_each_chunk(parts.size(), threads, [&](std::size_t chunk) {
        assign_chunk(problem, chunk * kChunk, std::min(n, (chunk + 1) * kChunk), labels, parts[chunk]);
    });
    std::fill(sums, sums + k * d, 0.0);
    std::fill(mass, mass + k, 0.0);
    double loss = 0;
    for (const auto& part : parts) {
        loss += part.loss;
        for (std::size_t j = 0; j < k * d; ++j) sums[j] += part.sums[j];
        for (std::size_t j = 0; j < k; ++j) mass[j] += part.mass[j];
    }
    return loss;
}

template double assign<float>(const float*, const double*, std::size_t, std::size_t, const float*, std::size_t,
                              std::int32_t*, double*, double*, std::size_t);
template double assign<double>(const double*, const double*, std::size_t, std::size_t, const double*, std::size_t,
                               std::int32_t*, double*, double*, std::size_t);

}  // namespace kalette
