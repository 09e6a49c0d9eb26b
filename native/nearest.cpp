// Compiled once for each instruction set (simd.hpp).
//
// Block pruning: centroids that cannot be nearest to any point in a block's bounding box are left out (T. Kanungo et
// al., "An efficient k-means clustering algorithm", IEEE PAMI 24(7), 2002). It is exact in floating point too:
// subtraction, product and sum round monotonically, so no computed distance lies outside the least and the greatest
// distance computed for the box in the same order of operations.
//
// By hand, because plain loops over a block take longer with the same flags: to search 3 coordinates 1.1 to 1.2 times
// as long with AVX-512, up to 1.3 with AVX2, 1.4 to 1.8 in the baseline, and 8 to 40 coordinates up to 1.6 times; to
// prune 1.2 to 1.6 times.

#include "nearest.hpp"

#include "simd.hpp"

namespace kalette::KALETTE_ISA {
namespace {

// Whole numbers of the size of Real: labels beside distances.
template <typename Real>
struct LabelOf;
template <>
struct LabelOf<float> {
    using Type = std::int32_t;
};
template <>
struct LabelOf<double> {
    using Type = std::int64_t;
};

// Vectors of points searched side by side: enough to hide the latency of an addition. 2 take up to 11 % longer.
constexpr std::size_t kGroup = 4;
// Centroids taken together where there are many coordinates, to load each coordinate once. 2 take up to 11 % longer, 8
// up to 14 %.
constexpr std::size_t kTile = 4;
// Block pruning pays up to this many dimensions: in 8 it saves 8 % at 256 centroids, in 12 it costs up to 18 %. And
// from this many centroids: in 3 dimensions it costs 1 to 4 % at 16, and saves 7 % at 20 and 30 % at 32.
constexpr std::size_t kMostPrunedDimensions = 8, kLeastPrunedCentroids = 18;

template <typename Real>
struct Search {
    using Label = typename LabelOf<Real>::Type;
    using Values = Vector<Real>;
    using Labels = Vector<Label>;
    using Input = BlockSearch<Real>;
    static constexpr std::size_t kWidth = KALETTE_VECTOR_BYTES / sizeof(Real);
    static_assert(kPadding % kWidth == 0, "columns are read in whole vectors");

    static Values infinity() { return spread(static_cast<Real>(__builtin_inf())); }

    // The bounding box of a block.
    struct Box {
        Real low[kMostPrunedDimensions], high[kMostPrunedDimensions];
        explicit Box(const Input& in) {
            for (std::size_t c = 0; c < in.d; ++c) {
                Values least = load<Values>(in.lanes + c * kBlock), most = least;
                for (std::size_t i = kWidth; i < kBlock; i += kWidth) {
                    const Values lane = load<Values>(in.lanes + c * kBlock + i);
                    least = smaller(least, lane);
                    most = larger(most, lane);
                }
                low[c] = least[0];
                high[c] = most[0];
                for (std::size_t i = 1; i < kWidth; ++i) {
                    low[c] = least[i] < low[c] ? least[i] : low[c];
                    high[c] = most[i] > high[c] ? most[i] : high[c];
                }
            }
        }
    };

    // The centroids that may be nearest (or among the two nearest) to a point of the block, in ascending order.
    static std::size_t find_candidates(const Input& in, bool two) {
        const Box box(in);
        Values limit = infinity(), second_limit = infinity();
        for (std::size_t j = 0; j < in.padded_k; j += kWidth) {
            Values least{}, greatest{};  // squared distances to points of the box
            for (std::size_t c = 0; c < in.d; ++c) {
                const Values center = load<Values>(in.columns + c * in.padded_k + j);
                const Values below = spread(box.low[c]) - center, above = center - spread(box.high[c]);
                const Values gap = larger(larger(below, above), Values{}), reach = larger(-below, -above);
                least = c == 0 ? gap * gap : least + gap * gap;
                greatest = c == 0 ? reach * reach : greatest + reach * reach;
            }
            store(in.least_distances + j, least);
            second_limit = smaller(second_limit, larger(limit, greatest));
            limit = smaller(limit, greatest);
        }
        const Real bound = two ? second_lowest(limit, second_limit) : lowest(limit);
        std::size_t count = 0;
        for (std::size_t j = 0; j < in.k; ++j) {
            in.candidates[count] = static_cast<std::int32_t>(j);
            count += in.least_distances[j] <= bound;
        }
        return count;
    }

    static Real lowest(Values values) {
        Real found = values[0];
        for (std::size_t i = 1; i < kWidth; ++i) found = values[i] < found ? values[i] : found;
        return found;
    }

    // The second smallest of all, from the two smallest of each lane.
    static Real second_lowest(Values smallest, Values second) {
        Real first = smallest[0], then = second[0];
        for (std::size_t i = 1; i < kWidth; ++i) {
            const Real a = smallest[i], b = second[i];
            const Real higher = a > first ? a : first;
            first = a < first ? a : first;
            then = higher < then ? higher : then;
            then = b < then ? b : then;
        }
        return then;
    }

    static void write(const Neighbors<Real>& out, std::size_t at, Values distances, Labels labels) {
        using Narrow = typename VectorOf<std::int32_t, kWidth * sizeof(std::int32_t)>::Type;
        store(out.distances + at, distances);
        store(out.labels + at, __builtin_convertvector(labels, Narrow));
    }

    // The nearest centroids so far of kGroup vectors of points.
    template <bool Two>
    struct Nearest {
        Values distance[kGroup], next_distance[kGroup];
        Labels label[kGroup] = {}, next_label[kGroup] = {};
        Nearest() {
            for (std::size_t g = 0; g < kGroup; ++g) distance[g] = next_distance[g] = infinity();
        }
        // Centroids come in ascending order, so that ties stay with the lowest.
        void update(std::int32_t j, const Values* distances) {
            const Labels label_j = spread(static_cast<Label>(j));
            for (std::size_t g = 0; g < kGroup; ++g) {
                const auto nearer = distances[g] < distance[g];
                if (Two) {
                    // The nearest so far becomes second, also on a tie: it has the lower label.
                    const auto second = distances[g] < next_distance[g];
                    next_label[g] = nearer ? label[g] : second ? label_j : next_label[g];
                    next_distance[g] = nearer ? distance[g] : second ? distances[g] : next_distance[g];
                }
                distance[g] = nearer ? distances[g] : distance[g];
                label[g] = nearer ? label_j : label[g];
            }
        }
    };

    // The distances of kGroup vectors of points to Tile centroids; D coordinates, or in.d when it is 0.
    template <std::size_t D, std::size_t Tile>
    static void distances_to(const Input& in, std::size_t at, const std::int32_t* centroids,
                             Values (&distance)[Tile][kGroup]) {
        const std::size_t d = D > 0 ? D : in.d;
        const Real* from[Tile];
        for (std::size_t t = 0; t < Tile; ++t) from[t] = in.centroids + static_cast<std::size_t>(centroids[t]) * d;
        for (std::size_t c = 0; c < d; ++c)
            for (std::size_t t = 0; t < Tile; ++t) {
                const Values center = spread(from[t][c]);
                for (std::size_t g = 0; g < kGroup; ++g) {
                    const Values difference = load<Values>(in.lanes + c * kBlock + at + g * kWidth) - center;
                    distance[t][g] = c == 0 ? difference * difference : distance[t][g] + difference * difference;
                }
            }
    }

    template <std::size_t D, std::size_t Tile, bool Two>
    static std::size_t search_all(const Input& in, std::size_t at, std::size_t first, std::size_t count,
                                  Nearest<Two>& nearest) {
        for (; first + Tile <= count; first += Tile) {
            Values distance[Tile][kGroup] = {};
            distances_to<D, Tile>(in, at, in.candidates + first, distance);
            for (std::size_t t = 0; t < Tile; ++t) nearest.update(in.candidates[first + t], distance[t]);
        }
        return first;
    }

    template <std::size_t D, bool Two>
    static void group(const Input& in, std::size_t at, std::size_t count, const Neighbors<Real>& best,
                      const Neighbors<Real>& second) {
        Nearest<Two> nearest;
        const std::size_t searched = D == 0 ? search_all<D, kTile>(in, at, 0, count, nearest) : 0;
        search_all<D, 1>(in, at, searched, count, nearest);
        for (std::size_t g = 0; g < kGroup; ++g) {
            write(best, at + g * kWidth, nearest.distance[g], nearest.label[g]);
            if (Two) write(second, at + g * kWidth, nearest.next_distance[g], nearest.next_label[g]);
        }
    }

    static std::size_t all_candidates(const Input& in) {
        for (std::size_t j = 0; j < in.k; ++j) in.candidates[j] = static_cast<std::int32_t>(j);
        return in.k;
    }

    template <bool Two>
    static void block(const Input& in, const Neighbors<Real>& best, const Neighbors<Real>& second) {
        const bool pruned = in.d <= kMostPrunedDimensions && in.k >= kLeastPrunedCentroids;
        const std::size_t count = pruned ? find_candidates(in, Two) : all_candidates(in);
        const auto search = in.d == 3 ? group<3, Two> : in.d == 4 ? group<4, Two> : group<0, Two>;
        for (std::size_t at = 0; at < kBlock; at += kGroup * kWidth) search(in, at, count, best, second);
    }

    static void nearest(const Input& in, const Neighbors<Real>& best) { block<false>(in, best, {nullptr, nullptr}); }
    static void two_nearest(const Input& in, const Neighbors<Real>& best, const Neighbors<Real>& second) {
        block<true>(in, best, second);
    }

    template <std::size_t Tile>
    static std::size_t store_all(const Input& in, std::size_t at, std::size_t first, Real* out) {
        for (; first + Tile <= in.k; first += Tile) {
            Values distance[Tile][kGroup] = {};
            distances_to<0, Tile>(in, at, in.candidates + first, distance);
            for (std::size_t t = 0; t < Tile; ++t)
                for (std::size_t g = 0; g < kGroup; ++g)
                    store(out + (first + t) * kBlock + at + g * kWidth, distance[t][g]);
        }
        return first;
    }

    static void distances(const Input& in, Real* out) {
        all_candidates(in);
        for (std::size_t at = 0; at < kBlock; at += kGroup * kWidth)
            store_all<1>(in, at, store_all<kTile>(in, at, 0, out), out);
    }
};

#define KALETTE_TEXT_OF(name) #name
#define KALETTE_TEXT(name) KALETTE_TEXT_OF(name)

}  // namespace

const NearestKernels nearest_kernels = {
    KALETTE_TEXT(KALETTE_ISA),
    {Search<float>::nearest, Search<float>::two_nearest, Search<float>::distances},
    {Search<double>::nearest, Search<double>::two_nearest, Search<double>::distances}};

}  // namespace kalette::KALETTE_ISA
