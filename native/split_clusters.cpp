// The gain of splitting each cluster in two by 2-means, and the two means.

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels.hpp"
#include "parallel.hpp"

namespace kalette {
namespace {

// Weighted sums over the points of each part; squares only where they are needed.
struct Parts {
    std::vector<double> mass, sums, squares;
    Parts() = default;
    Parts(std::size_t parts, std::size_t d, bool squared)
        : mass(parts), sums(parts * d), squares(squared ? parts * d : 0) {}
    void add(const Parts& other) {
        for (std::size_t i = 0; i < mass.size(); ++i) mass[i] += other.mass[i];
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += other.sums[i];
        for (std::size_t i = 0; i < squares.size(); ++i) squares[i] += other.squares[i];
    }
};

// Sums over all points, each in the part that part_of(point, label) returns; chunks merge in order. D > 0 fixes the
// dimension at compile time.
template <std::size_t D, bool Squared, typename Real, typename PartOf>
Parts sum_parts(const Weighted<Real>& in, const std::int32_t* labels, std::size_t parts, std::size_t threads,
                PartOf&& part_of) {
    const std::size_t d = D > 0 ? D : in.d;
    std::vector<Parts> chunks((in.n + kChunk - 1) / kChunk);
    for_each_chunk(chunks.size(), threads, [&](std::size_t chunk) {
        Parts& out = chunks[chunk] = Parts(parts, d, Squared);
        for (std::size_t i = chunk * kChunk; i < std::min(in.n, (chunk + 1) * kChunk); ++i) {
            const Real* point = in.points + i * d;
            const double weight = in.weights[i];
            const std::size_t part = part_of(point, static_cast<std::size_t>(labels[i]));
            out.mass[part] += weight;
            for (std::size_t c = 0; c < d; ++c) {
                const double coordinate = static_cast<double>(point[c]);
                out.sums[part * d + c] += weight * coordinate;
                if (Squared) out.squares[part * d + c] += weight * (coordinate * coordinate);
            }
        }
    });
    Parts total(parts, d, Squared);
    for (const auto& chunk : chunks) total.add(chunk);
    return total;
}

// The first means: a standard deviation to both sides of the cluster's mean, along its widest axis.
void place_means(const Parts& clusters, std::size_t j, std::size_t d, double* left, double* right) {
    const double mass = clusters.mass[j] > 0 ? clusters.mass[j] : 1.0;
    std::size_t widest = 0;
    double most = -1;
    for (std::size_t c = 0; c < d; ++c) {
        const double mean = clusters.sums[j * d + c] / mass;
        const double variance = clusters.squares[j * d + c] / mass - mean * mean;
        left[c] = right[c] = mean;
        if (variance > most) {
            most = variance;
            widest = c;
        }
    }
    const double deviation = std::sqrt(most > 0 ? most : 0.0);
    left[widest] -= deviation;
    right[widest] += deviation;
}

template <std::size_t D, typename Real>
double squared_distance(const Real* point, const double* center, std::size_t dynamic_d) {
    const std::size_t d = D > 0 ? D : dynamic_d;
    double total = 0;
    for (std::size_t c = 0; c < d; ++c) {
        const double difference = static_cast<double>(point[c]) - center[c];
        total += difference * difference;
    }
    return total;
}

double squared_norm(const double* values, std::size_t d) {
    double total = 0;
    for (std::size_t c = 0; c < d; ++c) total += values[c] * values[c];
    return total;
}

// |sum|^2 / mass: by that much the loss of a part is lower around its mean than around the origin.
double moment(const Parts& parts, std::size_t part, std::size_t d) {
    return parts.mass[part] > 0 ? squared_norm(&parts.sums[part * d], d) / parts.mass[part] : 0.0;
}

template <std::size_t D, typename Real>
void split_clusters_of(const Weighted<Real>& in, const std::int32_t* labels, std::size_t k, double* gains,
                       double* left, double* right, std::size_t threads) {
    const std::size_t d = D > 0 ? D : in.d;
    const Parts clusters =
        sum_parts<D, true>(in, labels, k, threads, [](const Real*, std::size_t label) { return label; });
    for (std::size_t j = 0; j < k; ++j) place_means(clusters, j, d, left + j * d, right + j * d);
    Parts halves;
    for (int pass = 0; pass < kSplitPasses; ++pass) {
        halves = sum_parts<D, false>(in, labels, 2 * k, threads, [&](const Real* point, std::size_t label) {
            const double to_left = squared_distance<D>(point, left + label * d, d);
            return 2 * label + (squared_distance<D>(point, right + label * d, d) < to_left);
        });
        for (std::size_t j = 0; j < k; ++j)
            for (std::size_t c = 0; c < d; ++c) {
                if (halves.mass[2 * j] > 0) left[j * d + c] = halves.sums[2 * j * d + c] / halves.mass[2 * j];
                if (halves.mass[2 * j + 1] > 0)
                    right[j * d + c] = halves.sums[(2 * j + 1) * d + c] / halves.mass[2 * j + 1];
            }
    }
    for (std::size_t j = 0; j < k; ++j)
        gains[j] = moment(halves, 2 * j, d) + moment(halves, 2 * j + 1, d) - moment(clusters, j, d);
}

}  // namespace

template <typename Real>
void split_clusters(const Weighted<Real>& in, const std::int32_t* labels, std::size_t k, double* gains, double* left,
                    double* right, std::size_t threads) {
    const auto split = in.d == 3   ? split_clusters_of<3, Real>
                       : in.d == 4 ? split_clusters_of<4, Real>
                                   : split_clusters_of<0, Real>;
    split(in, labels, k, gains, left, right, threads);
}

template void split_clusters<float>(const Weighted<float>&, const std::int32_t*, std::size_t, double*, double*,
                                    double*, std::size_t);
template void split_clusters<double>(const Weighted<double>&, const std::int32_t*, std::size_t, double*, double*,
                                     double*, std::size_t);

}  // namespace kalette
