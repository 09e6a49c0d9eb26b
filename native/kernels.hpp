// The hot loops of Kalette, without Python in them. Each has a twin of the same name in
// src/kalette/kernels/reference.py, which is the specification: the same arguments give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kalette {

// Points and partial sums are taken in chunks of this many, and the chunks' sums merge in order.
// reference.py holds the same number.
constexpr std::size_t kChunk = 4096;

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

// Passes of 2-means that split_clusters makes. reference.py holds the same number.
constexpr int kSplitPasses = 2;

// How much the loss would fall if each cluster were two, found by 2-means within it. labels (n,) below k.
// Out: gains (k,), left and right (k, d) the two means.
template <typename Real>
void split_clusters(const Weighted<Real>& in, const std::int32_t* labels, std::size_t k, double* gains, double* left,
                    double* right, std::size_t threads);

// The sum of squared differences between pixels (n, channels) and their palette entries (k, channels), indices
// below k; over R, G and B. With four channels over a black and over a white background, in units of 1/255.
std::uint64_t squared_error(const std::uint8_t* pixels, std::size_t n, std::size_t channels,
                            const std::uint8_t* palette, const std::uint8_t* indices, std::size_t threads);

// Error diffusion after Floyd and Steinberg (1976) in serpentine order; points (height, width, d), d 3 or 4,
// and palette (k, d) in sixteenths of a byte step. Out: indices (height, width).
void diffuse(const std::int16_t* points, std::size_t height, std::size_t width, std::size_t d,
             const std::int16_t* palette, std::size_t k, std::uint8_t* indices);

// Moves palette entries one by one to where those that are often neighbours in the picture come closest, until none
// moves or the passes are used up. adjacency (k, k) symmetric and not negative; order (k,) holds each of 0 to k - 1
// once, k at most 256, and is changed in place. Returns what it costs then, in 128ths of a bit.
std::int64_t improve_order(const std::int16_t* adjacency, std::uint8_t* order, std::size_t k);

// The filter of the PNG standard for each of the rows (height, size), left neighbours stride bytes away, that makes
// the bytes of the picture cheapest after the code that suits them. Out: filters (height,), 0 to 4.
void choose_filters(const std::uint8_t* rows, std::size_t height, std::size_t size, std::size_t stride,
                    std::uint8_t* filters, std::size_t threads);

// The rows after these filters. Out: (height, 1 + size), each after its filter's number.
void filter_rows(const std::uint8_t* rows, std::size_t height, std::size_t size, std::size_t stride,
                 const std::uint8_t* filters, std::uint8_t* out, std::size_t threads);

}  // namespace kalette
