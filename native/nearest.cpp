// Compiled once for each instruction set, with KALETTE_ISA its name and KALETTE_VECTOR_BYTES its vector width.
// Each point's arithmetic is the same in any width, so the bits are the same. Nothing from the standard
// library may be used here: its inline functions would carry these instructions into the rest of the program.

#include "nearest.hpp"

namespace kalette {
namespace KALETTE_ISA {
namespace {

template <typename Real>
struct Vectors;
template <>
struct Vectors<float> {
    typedef float Values __attribute__((vector_size(KALETTE_VECTOR_BYTES)));
    typedef std::int32_t Labels __attribute__((vector_size(KALETTE_VECTOR_BYTES)));
    using Label = std::int32_t;
};
template <>
struct Vectors<double> {
    typedef double Values __attribute__((vector_size(KALETTE_VECTOR_BYTES)));
    typedef std::int64_t Labels __attribute__((vector_size(KALETTE_VECTOR_BYTES)));
    using Label = std::int64_t;
};

// Four vectors are searched side by side: enough to hide the latency of an addition.
constexpr std::size_t kGroup = 4;

template <typename Real>
struct Search {
    using Values = typename Vectors<Real>::Values;
    using Labels = typename Vectors<Real>::Labels;
    using Label = typename Vectors<Real>::Label;
    static constexpr std::size_t kWidth = KALETTE_VECTOR_BYTES / sizeof(Real);

    // All elements the same. (Subtracting from a zero vector keeps the value's bits, adding would lose -0.)
    static Values spread(Real value) { return value - Values{}; }

    static Values load(const Real* from) {
        Values values;
        __builtin_memcpy(&values, from, sizeof values);
        return values;
    }

    template <std::size_t D>
    static void group(const Real* lanes, std::size_t dynamic_d, const Real* centroids, std::size_t k, Real* best,
                      std::int32_t* labels) {
        const std::size_t d = D > 0 ? D : dynamic_d;
        Values nearest[kGroup];
        Labels found[kGroup];
        for (std::size_t g = 0; g < kGroup; ++g) {
            nearest[g] = spread(static_cast<Real>(__builtin_inf()));
            found[g] = Labels{};
        }
        for (std::size_t j = 0; j < k; ++j) {
            Values distance[kGroup] = {};
            for (std::size_t c = 0; c < d; ++c) {
                const Values center = spread(centroids[j * d + c]);
                for (std::size_t g = 0; g < kGroup; ++g) {
                    const Values difference = load(lanes + c * kBlock + g * kWidth) - center;
                    distance[g] = c == 0 ? difference * difference : distance[g] + difference * difference;
                }
            }
            const Labels label = static_cast<Label>(j) - Labels{};
            for (std::size_t g = 0; g < kGroup; ++g) {
                const auto nearer = distance[g] < nearest[g];
                nearest[g] = nearer ? distance[g] : nearest[g];
                found[g] = nearer ? label : found[g];
            }
        }
        for (std::size_t g = 0; g < kGroup; ++g)
            for (std::size_t i = 0; i < kWidth; ++i) {
                best[g * kWidth + i] = nearest[g][i];
                labels[g * kWidth + i] = static_cast<std::int32_t>(found[g][i]);
            }
    }

    template <std::size_t D>
    static void block(const Real* lanes, std::size_t d, const Real* centroids, std::size_t k, Real* best,
                      std::int32_t* labels) {
        for (std::size_t i = 0; i < kBlock; i += kGroup * kWidth)
            group<D>(lanes + i, d, centroids, k, best + i, labels + i);
    }

    static void any_dimension(const Real* lanes, std::size_t d, const Real* centroids, std::size_t k, Real* best,
                              std::int32_t* labels) {
        if (d == 3) return block<3>(lanes, d, centroids, k, best, labels);
        if (d == 4) return block<4>(lanes, d, centroids, k, best, labels);
        block<0>(lanes, d, centroids, k, best, labels);
    }
};

#define KALETTE_TEXT_OF(name) #name
#define KALETTE_TEXT(name) KALETTE_TEXT_OF(name)

}  // namespace

extern const NearestKernels nearest_kernels;
const NearestKernels nearest_kernels = {KALETTE_TEXT(KALETTE_ISA), Search<float>::any_dimension,
                                        Search<double>::any_dimension};

}  // namespace KALETTE_ISA
}  // namespace kalette
