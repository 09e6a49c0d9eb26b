// Distances to centroids: assignment, and the costs of removing and moving one. In chunks, whose sums merge in order.

#include <algorithm>
#include <vector>

#include "blocks.hpp"
#include "kernels.hpp"
#include "parallel.hpp"

namespace kalette {
namespace {

constexpr std::size_t kAxisMoves = 6;  // to both sides along three axes

struct Sums {
    std::vector<double> sums, mass;
    double loss = 0;
};

// Calls visit(block, i, point) for point i of each block of the chunk, after search(block).
template <typename Real, typename Search, typename Visit>
void for_each_point(const Weighted<Real>& in, std::size_t chunk, const CentroidColumns<Real>& centroids,
                    Search&& search, Visit&& visit) {
    PointBlock<Real> block(centroids);
    const Range range = chunk_range(chunk, in.n, kChunk);
    for (std::size_t first = range.begin; first < range.end; first += kBlock) {
        const std::size_t count = std::min(kBlock, range.end - first);
        block.load(in.points + first * in.d, count);
        search(block);
        for (std::size_t i = 0; i < count; ++i) visit(block, i, first + i);
    }
}

template <typename Real>
Sums assign_chunk(const Weighted<Real>& in, std::size_t chunk, const CentroidColumns<Real>& centroids,
                  std::int32_t* labels) {
    const std::size_t d = in.d;
    Sums out{std::vector<double>(centroids.k() * d), std::vector<double>(centroids.k())};
    for_each_point(
        in, chunk, centroids, [](PointBlock<Real>& block) { block.find_nearest(); },
        [&](const PointBlock<Real>& block, std::size_t i, std::size_t point) {
            const double weight = in.weights[point];
            const auto label = static_cast<std::size_t>(block.labels[i]);
            labels[point] = block.labels[i];
            out.loss += weight * static_cast<double>(block.best[i]);
            out.mass[label] += weight;
            const Real* from = in.points + point * d;
            double* sums = out.sums.data() + label * d;
            for (std::size_t c = 0; c < d; ++c) sums[c] += weight * static_cast<double>(from[c]);
        });
    return out;
}

template <typename Real>
std::vector<double> removal_costs_of_chunk(const Weighted<Real>& in, std::size_t chunk,
                                           const CentroidColumns<Real>& centroids) {
    std::vector<double> costs(centroids.k());
    for_each_point(
        in, chunk, centroids, [](PointBlock<Real>& block) { block.find_two_nearest(); },
        [&](const PointBlock<Real>& block, std::size_t i, std::size_t point) {
            const double rise = static_cast<double>(block.second[i]) - static_cast<double>(block.best[i]);
            costs[static_cast<std::size_t>(block.labels[i])] += in.weights[point] * rise;
        });
    return costs;
}

// alternatives by coordinate, (k, d, moves), to take a point's distances to all moves side by side.
// D > 0 fixes the dimension at compile time, and M > 0 the number of moves.
template <std::size_t D, std::size_t M, typename Real>
std::vector<double> move_costs_of_chunk(const Weighted<Real>& in, std::size_t chunk,
                                        const CentroidColumns<Real>& centroids,
                                        const Alternatives<Real>& alternatives) {
    const std::size_t d = D > 0 ? D : in.d, moves = M > 0 ? M : alternatives.moves;
    std::vector<double> costs(centroids.k() * moves);
    // The point goes to the moved centroid, or to the other of its two nearest.
    auto add = [&](const PointBlock<Real>& block, std::size_t i, std::int32_t moved, Real other, double weight) {
        const auto j = static_cast<std::size_t>(moved);
        const Real* places = alternatives.points + j * d * moves;
        const double best = static_cast<double>(block.best[i]);
        double* of_moved = costs.data() + j * moves;
        for (std::size_t m = 0; m < moves; ++m) {
            Real there = 0;
            for (std::size_t c = 0; c < d; ++c) {
                const Real difference = block.coordinate(c, i) - places[c * moves + m];
                there += difference * difference;
            }
            of_moved[m] += weight * (static_cast<double>(std::min(there, other)) - best);
        }
    };
    for_each_point(
        in, chunk, centroids, [](PointBlock<Real>& block) { block.find_two_nearest(); },
        [&](const PointBlock<Real>& block, std::size_t i, std::size_t point) {
            // Where squares overflow no centroid is second nearest: then the lowest other one is.
            const std::int32_t first = block.labels[i], second = block.second_labels[i];
            add(block, i, first, block.second[i], in.weights[point]);
            add(block, i, second == first ? 1 : second, block.best[i], in.weights[point]);
        });
    return costs;
}

// The sum over the chunks of n points, in order.
template <typename OfChunk>
void sum_chunks(std::size_t n, std::size_t size, double* total, std::size_t threads, OfChunk&& of_chunk) {
    std::vector<std::vector<double>> parts(chunk_count(n, kChunk));
    for_each_chunk(parts.size(), threads, [&](std::size_t chunk) { parts[chunk] = of_chunk(chunk); });
    std::fill(total, total + size, 0.0);
    for (const auto& part : parts)
        for (std::size_t i = 0; i < size; ++i) total[i] += part[i];
}

// From (k, moves, d) to (k, d, moves).
template <typename Real>
std::vector<Real> by_coordinate(const Alternatives<Real>& in, std::size_t k, std::size_t d) {
    std::vector<Real> columns(k * d * in.moves);
    for (std::size_t j = 0; j < k; ++j)
        for (std::size_t m = 0; m < in.moves; ++m)
            for (std::size_t c = 0; c < d; ++c)
                columns[(j * d + c) * in.moves + m] = in.points[(j * in.moves + m) * d + c];
    return columns;
}

}  // namespace

template <typename Real>
double assign(const Weighted<Real>& in, const Centroids<Real>& centroids, const Assignment& out, std::size_t threads) {
    const CentroidColumns<Real> columns(centroids, in.d);
    std::vector<Sums> parts(chunk_count(in.n, kChunk));
    for_each_chunk(parts.size(), threads,
                   [&](std::size_t chunk) { parts[chunk] = assign_chunk(in, chunk, columns, out.labels); });
    const std::size_t k = centroids.k;
    std::fill(out.sums, out.sums + k * in.d, 0.0);
    std::fill(out.mass, out.mass + k, 0.0);
    double loss = 0;
    for (const auto& part : parts) {
        loss += part.loss;
        for (std::size_t j = 0; j < k * in.d; ++j) out.sums[j] += part.sums[j];
        for (std::size_t j = 0; j < k; ++j) out.mass[j] += part.mass[j];
    }
    return loss;
}

template <typename Real>
void pairwise_squared_distances(const PointsView<Real>& points, const Centroids<Real>& centers, Real* distances,
                                std::size_t threads) {
    const CentroidColumns<Real> columns(centers, points.d);
    for_each_chunk(chunk_count(points.n, kChunk), threads, [&](std::size_t chunk) {
        PointBlock<Real> block(columns);
        std::vector<Real> by_center(centers.k * kBlock);
        const Range range = chunk_range(chunk, points.n, kChunk);
        for (std::size_t first = range.begin; first < range.end; first += kBlock) {
            const std::size_t count = std::min(kBlock, range.end - first);
            block.load(points.data + first * points.d, count);
            block.find_distances(by_center.data());
            for (std::size_t j = 0; j < centers.k; ++j)
                std::copy_n(by_center.data() + j * kBlock, count, distances + j * points.n + first);
        }
    });
}

template <typename Real>
void removal_costs(const Weighted<Real>& in, const Centroids<Real>& centroids, double* costs, std::size_t threads) {
    const CentroidColumns<Real> columns(centroids, in.d);
    sum_chunks(in.n, centroids.k, costs, threads,
               [&](std::size_t chunk) { return removal_costs_of_chunk(in, chunk, columns); });
}

template <typename Real>
void move_costs(const Weighted<Real>& in, const Centroids<Real>& centroids, const Alternatives<Real>& alternatives,
                double* costs, std::size_t threads) {
    const CentroidColumns<Real> columns(centroids, in.d);
    const std::size_t moves = alternatives.moves;
    const std::vector<Real> places = by_coordinate(alternatives, centroids.k, in.d);
    const auto of_chunk = in.d == 3 && moves == kAxisMoves ? move_costs_of_chunk<3, kAxisMoves, Real>
                          : in.d == 3                      ? move_costs_of_chunk<3, 0, Real>
                          : in.d == 4                      ? move_costs_of_chunk<4, 0, Real>
                                                           : move_costs_of_chunk<0, 0, Real>;
    sum_chunks(in.n, centroids.k * moves, costs, threads,
               [&](std::size_t chunk) { return of_chunk(in, chunk, columns, {places.data(), moves}); });
}

template double assign(const Weighted<float>&, const Centroids<float>&, const Assignment&, std::size_t);
template double assign(const Weighted<double>&, const Centroids<double>&, const Assignment&, std::size_t);
template void pairwise_squared_distances(const PointsView<float>&, const Centroids<float>&, float*, std::size_t);
template void pairwise_squared_distances(const PointsView<double>&, const Centroids<double>&, double*, std::size_t);
template void removal_costs(const Weighted<float>&, const Centroids<float>&, double*, std::size_t);
template void removal_costs(const Weighted<double>&, const Centroids<double>&, double*, std::size_t);
template void move_costs(const Weighted<float>&, const Centroids<float>&, const Alternatives<float>&, double*,
                         std::size_t);

}  // namespace kalette
