// The hot loops of Kalette, without Python in them. Each has a twin of the same name in
// src/kalette/kernels/reference/, which is the specification: the same arguments give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kalette {

// Points a chunk; the chunks' partial sums merge in order.
// kernels/reference/ holds the same number.
constexpr std::size_t kChunk = 4096;

// Reverses the filters of a PNG's rows (height, 1 + row_bytes), each after its filter type (0 to 4); row_bytes is a
// multiple of channels, 3 or 4. Out: pixels (height, row_bytes).
void unfilter(const std::uint8_t* rows, std::size_t height, std::size_t row_bytes, std::size_t channels,
              std::uint8_t* pixels);

struct ColorCounts {
    std::vector<std::uint8_t> colors;  // (M, channels), along the Z-order curve
    std::vector<std::int64_t> counts;  // (M,)
};

// The distinct colours of pixels (n, channels), channels 3 or 4, and their counts.
ColorCounts count_colors(const std::uint8_t* pixels, std::size_t n, std::size_t channels, std::size_t threads);

// For each of the n pixels the label of its colour; colors (m, channels) as count_colors returns them.
// False where a pixel's colour is not among them.
bool map_colors(const std::uint8_t* pixels, std::size_t n, std::size_t channels, const std::uint8_t* colors,
                const std::uint8_t* labels, std::size_t m, std::uint8_t* indices, std::size_t threads);

// Points (n, d) with their weights (n,).
template <typename Real>
struct Weighted {
    const Real* points;
    const double* weights;
    std::size_t n, d;
};

// One assignment step of Lloyd's algorithm, to centroids (k, d). Out: labels (n,) of the nearest, ties to the lowest;
// sums (k, d) and mass (k,) of each centroid's weighted points. Returns the loss: the weighted squared distances.
template <typename Real>
double assign(const Weighted<Real>& in, const Real* centroids, std::size_t k, std::int32_t* labels, double* sums,
              double* mass, std::size_t threads);

// The squared distances of all points (n, d) to all centers (m, d). Out: distances (m, n).
template <typename Real>
void pairwise_squared_distances(const Real* points, std::size_t n, std::size_t d, const Real* centers, std::size_t m,
                                Real* distances, std::size_t threads);

// The rise of the loss if one centroid is removed, for each. Out: costs (k,).
template <typename Real>
void removal_costs(const Weighted<Real>& in, const Real* centroids, std::size_t k, double* costs,
                   std::size_t threads);

// The rise of the loss if one centroid moves to one of its alternatives (k, moves, d), for each: an upper bound, with
// points reassigned only among their two nearest centroids. Out: costs (k, moves).
template <typename Real>
void move_costs(const Weighted<Real>& in, const Real* centroids, std::size_t k, const Real* alternatives,
                std::size_t moves, double* costs, std::size_t threads);

// Passes of 2-means in split_clusters. kernels/reference/ holds the same number.
constexpr int kSplitPasses = 2;

// The fall of the loss if one cluster is split in two by 2-means, for each. labels (n,) below k.
// Out: gains (k,), left and right (k, d) the two means.
template <typename Real>
void split_clusters(const Weighted<Real>& in, const std::int32_t* labels, std::size_t k, double* gains, double* left,
                    double* right, std::size_t threads);

// The sum of squared differences over R, G and B between pixels (n, channels) and their palette entries (k, channels),
// indices below k. With four channels on black plus on white, in units of 1/255. Throws std::overflow_error where it
// passes 64 bits, which takes 700 million pixels of the greatest error.
std::uint64_t squared_error(const std::uint8_t* pixels, std::size_t n, std::size_t channels,
                            const std::uint8_t* palette, const std::uint8_t* indices, std::size_t threads);

// Mean SSIM of the luma of two pictures (height, width, channels) on a grey background, in Gaussian windows of sigma
// 1.5, over the pixels whose window lies inside (over all if none does).
double similarity(const std::uint8_t* original, const std::uint8_t* result, std::size_t height, std::size_t width,
                  std::size_t channels, double background, std::size_t threads);

// Palette entries (k, d), in the unit of the points that are mapped to them; k at most 256.
struct PalettePoints {
    const std::int16_t* points;
    std::size_t k;
};

// Pixels as points (height, width, d), d 3 or 4, in sixteenths of a byte step, with the weight of each squared error
// (activity masking, in sixteenths) and the strength of its diffusion (in 256ths).
struct WeightedPixels {
    const std::int16_t* points;
    const std::uint16_t* weights;   // (height, width)
    const std::uint8_t* strengths;  // (height, width)
    std::size_t height, width, d;
};

// The rate term: the Lagrange multiplier is the distortion that 1/16 bit is worth. match_depth is the number of earlier
// places of the next two entries, in the rows above, that are tried as matches at each pixel; with 0 there are near
// matches alone.
struct Rate {
    std::int64_t multiplier;
    std::size_t match_depth;
};
constexpr std::int64_t kMostMultiplier = std::int64_t{1} << 40;
constexpr int kMostMatchDepth = 4096;
// What a row may cost at most: width x (weights x squared differences + multiplier x kMostLiteralBits).
constexpr std::int64_t kMostRowCost = std::int64_t{1} << 61;

// Row-wise rate-distortion optimisation: a Viterbi search over literals and LZ77 matches, with Floyd-Steinberg error
// diffusion. A multiplier of 0 gives each pixel the entry nearest to its target. Out: indices (height, width).
void map_rate_distortion(const WeightedPixels& in, const PalettePoints& palette, const Rate& rate,
                         std::uint8_t* indices);

// Pixels as points, as above, and a tiled mask: how far the threshold lies from the middle between two entries, towards
// the later, in 65536ths of their distance.
struct ThresholdedPixels {
    const std::int16_t* points;
    const std::int16_t* offsets;  // (mask_height, mask_width)
    std::size_t height, width, d, mask_height, mask_width;
};
constexpr int kMostContrast = 65536;

// Threshold mask dithering: each pixel shows one of two entries, the nearest and the one that mixes best with it.
// contrast: weight of the squared errors of the two alone, in 256ths of those of their mix. Out: indices.
void map_threshold(const ThresholdedPixels& in, const PalettePoints& palette, int contrast, std::uint8_t* indices);

// Radius of the activity window; a box of 7 x 7 is as wide as a Gaussian of sigma 2.
constexpr std::size_t kActivityRadius = 3;

// Activity: the local standard deviation of one coordinate of points (height, width, d), rounded down.
// Out: deviations (height, width).
void activity(const std::int16_t* points, std::size_t height, std::size_t width, std::size_t d,
              std::size_t channel, std::uint16_t* deviations);

// Up to this scale points fit in 16 bits: no coordinate of Oklab reaches 2.5 for linear light of 0 to 1.
constexpr double kMostOklabScale = 13000;

// Oklab coordinates of colours (n, 3), times their scales, rounded. linear: linear light of each byte.
void oklab(const std::uint8_t* colors, std::size_t n, const double* linear, const double* scale, std::int16_t* points,
           std::size_t threads);

}  // namespace kalette
