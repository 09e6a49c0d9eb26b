// Views: the arrays that kernels read and write, with their sizes. They own nothing.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kalette {

// Pixels or colours (n, channels), channels 3 or 4.
struct PixelsView {
    const std::uint8_t* data;
    std::size_t n, channels;
    const std::uint8_t* operator[](std::size_t i) const { return data + i * channels; }
};

// Rows of a PNG (height, 1 + row_bytes), each after its filter type (0 to 4); row_bytes is a multiple of channels, 3
// or 4.
struct FilteredRows {
    const std::uint8_t* data;
    std::size_t height, row_bytes, pixel_bytes;
};

// An indexed picture: entries (k, channels), and the number of one for each pixel, below k.
struct IndexedView {
    const std::uint8_t* palette;
    const std::uint8_t* indices;
};

// Two pictures (height, width, channels), on a grey background where they are transparent.
struct PicturePair {
    const std::uint8_t* original;
    const std::uint8_t* result;
    std::size_t height, width, channels;
    double background;
};

// Points (n, d).
template <typename Real>
struct PointsView {
    const Real* data;
    std::size_t n, d;
};

// Points (n, d) with their weights (n,).
template <typename Real>
struct Weighted {
    const Real* points;
    const double* weights;
    std::size_t n, d;
};

// Centroids (k, d), of as many coordinates as the points.
template <typename Real>
struct Centroids {
    const Real* points;
    std::size_t k;
};

// Places (k, moves, d) to which each of k centroids may move.
template <typename Real>
struct Alternatives {
    const Real* points;
    std::size_t moves;
};

// Points in k clusters: the label of each, (n,), below k.
struct Clusters {
    const std::int32_t* labels;
    std::size_t k;
};

// Cubes of points: the first point of each, (n,), rising from 0.
struct Cubes {
    const std::int64_t* begins;
    std::size_t n;
};

// Compressed bytes.
struct Stream {
    const std::uint8_t* bytes;
    std::size_t size;
};

// Points of a picture (height, width, d).
struct PointsPicture {
    const std::int16_t* data;
    std::size_t height, width, d;
};

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

// A frame of an animation as points (height, width, 4), in sixteenths of a byte step, and what the screen shows before
// it (the same shape); the fourth coordinate is above 0 where a pixel is opaque, below where it is clear. With the
// weight of each squared error (in sixteenths).
struct FramePixels {
    const std::int16_t* points;
    const std::uint16_t* weights;  // (height, width)
    const std::int16_t* shown;
    std::size_t height, width;
};

// A frame of an animation (n,) as entries of a palette below k, or kept, which is k or an entry not drawn: what is
// shown is kept. Where either (n,) is not 0, that serves as well.
struct IndexedFrame {
    const std::uint8_t* indices;
    const std::uint8_t* either;
    std::size_t n, k, kept;
};

// Pixels as points, as above, and a tiled mask: how far the threshold lies from the middle between two entries, towards
// the later, in 65536ths of their distance.
struct ThresholdedPixels {
    const std::int16_t* points;
    const std::int16_t* offsets;  // (mask_height, mask_width)
    std::size_t height, width, d, mask_height, mask_width;
};

}  // namespace kalette
