// The hot loops of Kalette, without Python in them. Each has a twin of the same name in
// src/kalette/kernels/reference/, which is the specification: the same arguments give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "views.hpp"

namespace kalette {

// Points a chunk; the chunks' partial sums merge in order. A half takes 1 to 4 % longer, at 256 centroids; twice as
// many save no more than 3 %, and leave threads without work: a photograph of 60,000 colours has 15 chunks.
// kernels/reference/ holds the same number.
constexpr std::size_t kChunk = 4096;

constexpr std::size_t kMostFilterType = 4;

// Reverses the filters of a PNG's rows. Out: pixels (height, row_bytes).
void unfilter(const FilteredRows& rows, std::uint8_t* pixels, std::size_t threads);

struct ColorCounts {
    std::size_t m = 0;
    std::unique_ptr<std::uint8_t[]> colors;  // (m, channels), along the Z-order curve
    std::unique_ptr<std::int64_t[]> counts;  // (m,)
};

// The distinct colours of pixels, and their counts.
ColorCounts count_colors(const PixelsView& pixels, std::size_t threads);

// For each pixel the label of its colour; colors as count_colors returns them, labels (colors.n,). Out: indices (n,).
// False where a pixel's colour is not among them.
bool map_colors(const PixelsView& pixels, const PixelsView& colors, const std::uint8_t* labels, std::uint8_t* indices,
                std::size_t threads);

// Out of assign: labels (n,), sums (k, d), mass (k,).
struct Assignment {
    std::int32_t* labels;
    double* sums;
    double* mass;
};

// One assignment step of Lloyd's algorithm. Out: labels of the nearest centroid, ties to the lowest; sums and mass of
// each centroid's weighted points. Returns the loss: the weighted squared distances.
template <typename Real>
double assign(const Weighted<Real>& in, const Centroids<Real>& centroids, const Assignment& out, std::size_t threads);

// The squared distances of all points to all centers. Out: distances (centers.k, n).
template <typename Real>
void pairwise_squared_distances(const PointsView<Real>& points, const Centroids<Real>& centers, Real* distances,
                                std::size_t threads);

// The rise of the loss if one centroid is removed, for each. Out: costs (k,).
template <typename Real>
void removal_costs(const Weighted<Real>& in, const Centroids<Real>& centroids, double* costs, std::size_t threads);

// For each alternative position of each centroid, an upper bound on the rise of the loss, with points reassigned only
// among their two nearest centroids. Out: costs (k, moves).
template <typename Real>
void move_costs(const Weighted<Real>& in, const Centroids<Real>& centroids, const Alternatives<Real>& alternatives,
                double* costs, std::size_t threads);

// Passes of 2-means in split_clusters. kernels/reference/ holds the same number.
constexpr int kSplitPasses = 2;

// Out of split_clusters: gains (k,), left and right (k, d) the two means.
struct Splits {
    double* gains;
    double* left;
    double* right;
};

// The fall of the loss if one cluster is split in two by 2-means, for each.
template <typename Real>
void split_clusters(const Weighted<Real>& in, const Clusters& clusters, const Splits& out, std::size_t threads);

// Out of cube_means: means (n, d), mass (n,).
struct CubeMeans {
    float* means;
    double* mass;
};

// The weighted mean of the points of each cube, and its weight. Coordinates: 3 or 4.
void cube_means(const Weighted<float>& in, const Cubes& cubes, const CubeMeans& out, std::size_t threads);

// The sum of squared differences over R, G and B between pixels and their palette entries. With four channels on black
// plus on white, in units of 1/255. Throws std::overflow_error where it passes 64 bits, which takes 700 million pixels
// of the greatest error.
std::uint64_t squared_error(const PixelsView& pixels, const IndexedView& indexed, std::size_t threads);

// Mean SSIM of the luma of two pictures, in Gaussian windows of sigma 1.5, over the pixels whose window lies inside
// (over all if none does).
double similarity(const PicturePair& in, std::size_t threads);

// SSIMULACRA 2 of two pictures, 100 at best. Takes 8 bytes a pixel.
double ssimulacra2(const PicturePair& in, std::size_t threads);

// The rate term: the Lagrange multiplier is the distortion that 1/16 bit is worth. match_depth: maximum number
// of earlier occurrences of the next two entries, in the rows above, tried as far matches per pixel; 0: near matches
// only.
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

// The rate term of map_lzw: the Lagrange multiplier, as above, and the strength of error diffusion, in 256ths.
struct LzwRate {
    std::int64_t multiplier;
    std::int32_t strength;
};
constexpr std::int32_t kMostStrength = 255;
// Points and entries lie within it on either side of 0, so that their squared distances fit in 32 bits.
constexpr std::int32_t kMostCoordinate = 16383;

// Weight of an error in time relative to one in space where the source stands still, and the coordinate of lightness.
struct Steadiness {
    double share;
    std::size_t lightness;
};
constexpr double kMostSteadiness = 1000;

// What pixels should show so that errors in space and in time together are least, and the weights of errors from that:
// where the source hardly changes from before (height, width, 4), it is drawn towards what is shown. Out: points
// (height, width, 4), weights (height, width). The share is halved at a change of kStill sixteenths of a byte step;
// from kMoving on the source moves. Where colours move by more than kFast, the coordinate of lightness alone is drawn,
// if it does not.
void steady(const FramePixels& in, const std::int16_t* before, const Steadiness& steadiness, std::int16_t* points,
            std::uint16_t* weights);

// Maps a frame of an animation to palette entries, and codes them by LZW as in GIF: each code is that of the string
// that costs least in errors and bits, relative to its length. The entry after the last keeps what is shown; with 256
// entries there is none. Palette (k, 3). Out: indices (height, width); returns the coded bytes.
std::vector<std::uint8_t> map_lzw(const FramePixels& in, const PalettePoints& palette, const LzwRate& rate,
                                  std::uint8_t* indices, std::size_t threads);

// How code_lzw finds strings. lookahead: how many that are shorter than the longest are tried, with the longest after
// them; worn_percent: a full dictionary stays while its strings are longer than this share of their best length.
struct LzwParsing {
    std::size_t lookahead;
    std::uint64_t worn_percent;
};
constexpr int kMostLookahead = 64;
constexpr int kMostPercent = 100;

// Codes a frame by LZW as in GIF, in the order of its pixels; returns the coded bytes.
std::vector<std::uint8_t> code_lzw(const IndexedFrame& in, const LzwParsing& parsing);

// The bits of a stream at which a block begins and ends.
struct BlockBits {
    std::size_t begin, end;
};

// Finds the last block of a DEFLATE stream. False where the stream is not one, or ends early.
bool last_block(const Stream& in, BlockBits& found);

constexpr int kMostContrast = 65536;

// Threshold mask dithering: each pixel shows one of two entries, the nearest and the one that mixes best with it.
// contrast: weight of the squared errors of the two alone, in 256ths of those of their mix. Out: indices.
void map_threshold(const ThresholdedPixels& in, const PalettePoints& palette, int contrast, std::uint8_t* indices);

// Radius of the activity window; a box of 7 x 7 is as wide as a Gaussian of sigma 2.
constexpr std::size_t kActivityRadius = 3;

// Activity: the local standard deviation of one coordinate of points, rounded down. Out: deviations (height, width).
void activity(const PointsPicture& in, std::size_t channel, std::uint16_t* deviations);

// Up to this scale points fit in 16 bits: no coordinate of Oklab reaches 2.5 for linear light of 0 to 1.
constexpr double kMostOklabScale = 13000;

// Linear light of each byte (256,), with four channels at each alpha (65536,), and the scale of each coordinate (3,).
struct OklabTables {
    const double* linear;
    const double* scale;
};

// Oklab coordinates of colours (n, 3 or 4), times their scales, rounded. Out: points (n, 3).
void oklab(const PixelsView& colors, const OklabTables& tables, std::int16_t* points, std::size_t threads);

}  // namespace kalette
