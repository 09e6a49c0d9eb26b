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
    std::vector<Parts> chunks(chunk_count(in.n, kChunk));
    for_each_chunk(chunks.size(), threads, [&](std::size_t chunk) {
        Parts& out = chunks[chunk] = Parts(parts, d, Squared);
        const Range range = chunk_range(chunk, in.n, kChunk);
        for (std::size_t i = range.begin; i < range.end; ++i) {
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

// |sum|^2 / mass: how much lower the loss of a part is around its mean than around the origin.
double moment(const Parts& parts, std::size_t part, std::size_t d) {
    return parts.mass[part] > 0 ? squared_norm(&parts.sums[part * d], d) / parts.mass[part] : 0.0;
}

// Moves each mean to the middle of its part; one without points stays.
void move_means(const Parts& halves, std::size_t k, std::size_t d, const Splits& means) {
    for (std::size_t part = 0; part < 2 * k; ++part) {
        double* mean = (part % 2 == 0 ? means.left : means.right) + part / 2 * d;
        for (std::size_t c = 0; halves.mass[part] > 0 && c < d; ++c)
            mean[c] = halves.sums[part * d + c] / halves.mass[part];
    }
}

template <std::size_t D, typename Real>
void split_clusters_of(const Weighted<Real>& in, const Clusters& clusters, const Splits& out, std::size_t threads) {
    const std::size_t d = D > 0 ? D : in.d, k = clusters.k;
    const std::int32_t* labels = clusters.labels;
    const Parts whole =
        sum_parts<D, true>(in, labels, k, threads, [](const Real*, std::size_t label) { return label; });
    for (std::size_t j = 0; j < k; ++j) place_means(whole, j, d, out.left + j * d, out.right + j * d);
    Parts halves;
    for (int pass = 0; pass < kSplitPasses; ++pass) {
        halves = sum_parts<D, false>(in, labels, 2 * k, threads, [&](const Real* point, std::size_t label) {
            const double to_left = squared_distance<D>(point, out.left + label * d, d);
            return 2 * label + (squared_distance<D>(point, out.right + label * d, d) < to_left);
        });
        move_means(halves, k, d, out);
    }
    for (std::size_t j = 0; j < k; ++j)
        out.gains[j] = moment(halves, 2 * j, d) + moment(halves, 2 * j + 1, d) - moment(whole, j, d);
}

}  // namespace

template <typename Real>
void split_clusters(const Weighted<Real>& in, const Clusters& clusters, const Splits& out, std::size_t threads) {
    const auto split = in.d == 3   ? split_clusters_of<3, Real>
                       : in.d == 4 ? split_clusters_of<4, Real>
                                   : split_clusters_of<0, Real>;
    split(in, clusters, out, threads);
}

template void split_clusters(const Weighted<float>&, const Clusters&, const Splits&, std::size_t);
template void split_clusters(const Weighted<double>&, const Clusters&, const Splits&, std::size_t);

}  // namespace kalette
