// The hot loops of Kalette, without Python in them. Each has a twin of the same name in
// src/kalette/kernels/reference/, which is the specification: the same arguments give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kalette {

// Points and partial sums are taken in chunks of this many, and the chunks' sums merge in order.
// kernels/reference/ holds the same number.
constexpr std::size_t kChunk = 4096;

// The bytes of a PNG's rows, each after its filter type (0 to 4), with the filters taken off: rows (height, 1 +
// row_bytes), row_bytes a multiple of channels, which is 3 or 4. Out: pixels (height, row_bytes).
void unfilter(const std::uint8_t* rows, std::size_t height, std::size_t row_bytes, std::size_t channels,
              std::uint8_t* pixels);

struct ColorCounts {
    std::vector<std::uint8_t> colors;  // (M, channels), along the Z-order curve
    std::vector<std::int64_t> counts;  // (M,)
};

// The distinct rows of pixels (n, channels), channels 3 or 4, with how often each occurs.
ColorCounts count_colors(const std::uint8_t* pixels, std::size_t n, std::size_t channels, std::size_t threads);

// For each of the n pixels the label of its colour; colors (m, channels) as count_colors returns them.
// False when a pixel's colour is not among them.
bool map_colors(const std::uint8_t* pixels, std::size_t n, std::size_t channels, const std::uint8_t* colors,
                const std::uint8_t* labels, std::size_t m, std::uint8_t* indices, std::size_t threads);

// Points (n, d) with their weights (n,).
template <typename Real>
struct Weighted {
    const Real* points;
    const double* weights;
    std::size_t n, d;
};

// What one pass of Lloyd's algorithm needs of points and k centroids (k, d).
// Out: labels (n,) nearest centroid, ties to the lowest; sums (k, d) and mass (k,) of the weighted points
// of each centroid; returns the loss, the weighted sum of squared distances.
template <typename Real>
double assign(const Weighted<Real>& in, const Real* centroids, std::size_t k, std::int32_t* labels, double* sums,
              double* mass, std::size_t threads);

// The squared distances of all points (n, d) to all centers (m, d). Out: distances (m, n).
template <typename Real>
void pairwise_squared_distances(const Real* points, std::size_t n, std::size_t d, const Real* centers, std::size_t m,
                                Real* distances, std::size_t threads);

// How much the loss would rise if each centroid were taken away alone. Out: costs (k,).
template <typename Real>
void removal_costs(const Weighted<Real>& in, const Real* centroids, std::size_t k, double* costs,
                   std::size_t threads);

// How much the loss would rise at most (below zero: fall at least) if each centroid alone were at each of its
// alternatives (k, moves, d): a point goes to one of the two centroids that are nearest to it now.
// Out: costs (k, moves).
template <typename Real>
void move_costs(const Weighted<Real>& in, const Real* centroids, std::size_t k, const Real* alternatives,
                std::size_t moves, double* costs, std::size_t threads);

// Passes of 2-means that split_clusters makes. kernels/reference/ holds the same number.
constexpr int kSplitPasses = 2;

// How much the loss would fall if each cluster were two, found by 2-means within it. labels (n,) below k.
// Out: gains (k,), left and right (k, d) the two means.
template <typename Real>
void split_clusters(const Weighted<Real>& in, const std::int32_t* labels, std::size_t k, double* gains, double* left,
                    double* right, std::size_t threads);

// The sum of squared differences between pixels (n, channels) and their palette entries (k, channels), indices
// below k; over R, G and B. With four channels over a black and over a white background, in units of 1/255.
// Throws std::overflow_error where it passes 64 bits, which takes 700 million pixels all as wrong as can be.
std::uint64_t squared_error(const std::uint8_t* pixels, std::size_t n, std::size_t channels,
                            const std::uint8_t* palette, const std::uint8_t* indices, std::size_t threads);

// Mean structural similarity of the luma of two pictures (height, width, channels) over a grey background, in
// Gaussian windows of sigma 1.5, over the places where the window lies inside (everywhere if it never does).
double similarity(const std::uint8_t* original, const std::uint8_t* result, std::size_t height, std::size_t width,
                  std::size_t channels, double background, std::size_t threads);

// Pixels as points (height, width, d), d 3 or 4, in sixteenths of a byte step; what an error of each weighs, in
// sixteenths; and how much of it goes on to the pixels around, in 256ths.
struct WeighedPixels {
    const std::int16_t* points;
    const std::uint16_t* weights;   // (height, width)
    const std::uint8_t* strengths;  // (height, width)
    std::size_t height, width;
};

// The most sixteenths of a bit that a single entry is thought to need.
constexpr std::int64_t kMostLiteralBits = 104;

// Palette entries (k, d) for the pixels, row by row, with error diffusion after Floyd and Steinberg (1976). Where
// price is not 0, each row takes the entries that come cheapest: weighed squared errors plus price for every
// sixteenth of a bit that deflate is thought to need for them, as single entries or as copies of earlier ones. With
// depth, copies from so many places in the rows above that show the next two entries are tried, beside those near by;
// without, runs of copies from places near by are followed side by side, in a fraction of the time. What a row may
// cost at most, width x (weights x squared differences + kMostLiteralBits x price), is 2^61. Out: indices.
void map_weighed(const WeighedPixels& in, std::size_t d, const std::int16_t* palette, std::size_t k,
                 std::int64_t price, std::size_t depth, std::uint8_t* indices);

// Pixels as points (height, width, d), as above; and a mask, tiled, of how far from the middle between two entries the
// border lies from which on the later is shown, in 65536ths of the way between them.
struct MaskedPixels {
    const std::int16_t* points;
    const std::int16_t* offsets;  // (mask_height, mask_width)
    std::size_t height, width, mask_height, mask_width;
};

// For each pixel one of the two palette entries (k, d) that its colour is mixed of: the nearest, and the one with which
// it mixes best. contrast: what the squared errors of the two seen singly count, in 256ths of those of the mix.
// Out: indices.
void map_masked(const MaskedPixels& in, std::size_t d, const std::int16_t* palette, std::size_t k, int contrast,
                std::uint8_t* indices);

// How far the window of activity reaches from a pixel; a box of 7 x 7 spreads as far as a Gaussian of sigma 2.
constexpr std::size_t kActivityReach = 3;

// The standard deviation of one coordinate of points (height, width, d) around each pixel, in their unit,
// rounded down. Out: deviations (height, width).
void activity(const std::int16_t* points, std::size_t height, std::size_t width, std::size_t d,
              std::size_t channel, std::uint16_t* deviations);

// Scales up to which points fit in 16 bits: no coordinate of Oklab comes to 2.5 for linear light of 0 to 1.
constexpr double kMostOklabScale = 13000;

// Points of Oklab for colours (n, 3), each coordinate times its scale, rounded. linear: linear light of each byte.
void oklab(const std::uint8_t* colors, std::size_t n, const double* linear, const double* scale, std::int16_t* points,
           std::size_t threads);

}  // namespace kalette
