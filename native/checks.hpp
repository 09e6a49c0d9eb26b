// Checks of the kernels' arguments. kernels/reference/ raises the same errors with the same texts, except for those of
// type and layout: NumPy takes any.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <new>
#include <string>

#include "bit_costs.hpp"
#include "kernels.hpp"
#include "scans.hpp"
#include "z_order.hpp"

namespace kalette {

namespace nb = nanobind;

// Limits of what is numbered or counted in 32 bits.
constexpr std::size_t kMostCoordinates = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kMostCentroids = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kMostMappedPixels = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kMostCountedPixels = std::numeric_limits<std::uint32_t>::max();

// nanobind itself refuses any other type, byte order, number of axes or layout; arrays may be read-only.
template <typename T, std::size_t Dims>
using In = nb::ndarray<const T, nb::numpy, nb::ndim<Dims>, nb::c_contig, nb::device::cpu>;

inline void require(bool holds, const std::string& message) {
    if (!holds) throw nb::value_error(message.c_str());
}

inline std::string number(std::size_t value) { return std::to_string(value); }

template <typename T>
std::string shape_of(const In<T, 3>& array) {
    return "(" + number(array.shape(0)) + ", " + number(array.shape(1)) + ", " + number(array.shape(2)) + ")";
}

template <typename T>
std::string shape_of(const In<T, 2>& array) {
    return "(" + number(array.shape(0)) + ", " + number(array.shape(1)) + ")";
}

template <typename T>
void require_aligned(const T&) {}  // numbers

template <typename... Kind>
void require_aligned(const nb::ndarray<Kind...>& array) {
    constexpr std::size_t kSize = sizeof(typename nb::ndarray<Kind...>::Scalar);
    require(
        reinterpret_cast<std::uintptr_t>(array.data()) % kSize == 0,
        "an array does not begin at a multiple of the " + number(kSize) + " bytes of its numbers; pass a copy of it");
}

// A kernel behind the check of alignment.
template <auto Kernel>
struct Checked;
template <typename Result, typename... Arguments, Result (*Kernel)(Arguments...)>
struct Checked<Kernel> {
    static Result call(Arguments... arguments) {
        (require_aligned(arguments), ...);
        return Kernel(arguments...);
    }
};

inline PixelsView view(const In<std::uint8_t, 2>& pixels) { return {pixels.data(), pixels.shape(0), pixels.shape(1)}; }

template <typename Real>
Centroids<Real> view(const In<Real, 2>& centroids) {
    return {centroids.data(), centroids.shape(0)};
}

// The size of a result; there is no memory for one that overflows.
inline std::size_t product(std::size_t a, std::size_t b) {
    if (b > 0 && a > std::numeric_limits<std::size_t>::max() / b) throw std::bad_alloc();
    return a * b;
}

inline std::size_t thread_count(int threads) {
    require(threads >= 1, "threads is " + std::to_string(threads) + "; it must be at least 1");
    return static_cast<std::size_t>(threads);
}

inline void require_pixels(std::size_t n, std::size_t most) {
    require(n <= most, "there are " + number(n) + " pixels; pass " + number(most) + " at most");
}

inline void require_channels(std::size_t channels) {
    require(channels == 3 || channels == 4, "pixels have " + number(channels) + " channels; they must have 3 or 4");
}

inline void require_pixel_bytes(int bytes) {
    require(bytes == 2 || bytes == 3 || bytes == 4 || bytes == 6 || bytes == 8,
            "pixels have " + std::to_string(bytes) + " bytes; they must have 2, 3, 4, 6 or 8");
}

inline PicturePair picture_pair(const In<std::uint8_t, 3>& original, const In<std::uint8_t, 3>& result,
                                int background) {
    const std::size_t height = original.shape(0), width = original.shape(1), channels = original.shape(2);
    require_channels(channels);
    for (std::size_t axis = 0; axis < 3; ++axis)
        require(result.shape(axis) == original.shape(axis),
                "result has shape " + shape_of(result) + " and original " + shape_of(original) + "; they must agree");
    require(height > 0 && width > 0, "the pictures have no pixels; there must be one at least");
    require(background >= 0 && background <= 255,
            "background is " + std::to_string(background) + "; it must be 0 to 255");
    return {original.data(), result.data(), height, width, channels, static_cast<double>(background)};
}

// colors have as many channels as pixels, which is 3 or 4.
inline void require_ascending(const In<std::uint8_t, 2>& colors) {
    const ZOrder order(colors.shape(1));
    bool ascending = true;
    for (std::size_t i = 1; i < colors.shape(0); ++i) {
        const std::uint8_t* color = colors.data() + i * colors.shape(1);
        ascending &= order.key(color - colors.shape(1)) < order.key(color);
    }
    require(ascending, "colors are not along the Z-order curve, each once; pass them as count_colors returns them");
}

template <typename Real>
void require_finite(const Real* values, std::size_t n, const char* name) {
    require(all_finite(values, n), std::string(name) + " hold NaN or infinity; they must be finite");
}

template <typename Real>
void require_finite_points(const Weighted<Real>& in) {
    require_finite(in.points, in.n * in.d, "points");
    require_finite(in.weights, in.n, "weights");
}

inline void require_coordinates(std::size_t d) {
    require(d >= 1 && d <= kMostCoordinates,
            "points have " + number(d) + " coordinates; they must have 1 to " + number(kMostCoordinates));
}

template <typename Real>
Weighted<Real> weighted(const In<Real, 2>& points, const In<double, 1>& weights) {
    const std::size_t n = points.shape(0), d = points.shape(1);
    require_coordinates(d);
    require(weights.shape(0) == n, "weights has " + number(weights.shape(0)) + " entries for " + number(n) +
                                       " points; there must be one for each");
    return {points.data(), weights.data(), n, d};
}

// The first point of each cube.
inline void require_begins(const In<std::int64_t, 1>& begins, std::size_t n) {
    const std::size_t m = begins.shape(0);
    bool rising = m > 0 && begins(0) == 0 && begins(m - 1) < static_cast<std::int64_t>(n);
    for (std::size_t i = 1; i < m; ++i) rising &= begins(i - 1) < begins(i);
    require(rising, "begins do not rise from 0 to below " + number(n) + "; give the first point of each cube");
}

inline void require_positive(const double* weights, std::size_t n) {
    const double least = std::numeric_limits<double>::denorm_min();
    if (all_within(weights, n, least, std::numeric_limits<double>::max())) return;
    require_finite(weights, n, "weights");
    require(false, "weights hold a number that is not above 0; each point must count");
}

template <typename Real>
void require_centroids(const In<Real, 2>& centroids, std::size_t d) {
    const std::size_t k = centroids.shape(0);
    require(k >= 1 && k <= kMostCentroids,
            "there are " + number(k) + " centroids; there must be 1 to " + number(kMostCentroids));
    require(centroids.shape(1) == d, "centroids have " + number(centroids.shape(1)) + " coordinates and points " +
                                         number(d) + "; they must agree");
    require_finite(centroids.data(), k * d, "centroids");
}

inline void require_labels(const In<std::int32_t, 1>& labels, std::size_t n, int k) {
    require(labels.shape(0) == n, "labels has " + number(labels.shape(0)) + " entries for " + number(n) +
                                      " points; there must be one for each");
    if (all_within(labels.data(), n, 0, k - 1)) return;
    const std::int32_t* wrong =
        std::find_if(labels.data(), labels.data() + n, [k](std::int32_t label) { return label < 0 || label >= k; });
    require(false, "a label is " + std::to_string(*wrong) + "; it must be at least 0 and below k, which is " +
                       std::to_string(k));
}

inline void require_points(std::size_t d) {
    require(d == 3 || d == 4, "points have " + number(d) + " coordinates; they must have 3 or 4");
}

inline void require_palette(const In<std::int16_t, 2>& palette, std::size_t d) {
    const std::size_t k = palette.shape(0);
    require_points(d);
    require(palette.shape(1) == d,
            "palette has " + number(palette.shape(1)) + " coordinates and points " + number(d) + "; they must agree");
    require(k >= 1 && k <= kMostEntries,
            "palette has " + number(k) + " entries; it must have 1 to " + number(kMostEntries));
}

template <typename T>
void require_map(const In<T, 2>& map, const char* name, std::size_t height, std::size_t width) {
    require(map.shape(0) == height && map.shape(1) == width, std::string(name) + " have shape " + shape_of(map) +
                                                                 "; it must be that of the pixels, (" + number(height) +
                                                                 ", " + number(width) + ")");
}

inline void require_four(const In<std::int16_t, 3>& points) {
    require(points.shape(2) == 4, "points have " + number(points.shape(2)) + " coordinates; they must have 4");
}

inline void require_like(const In<std::int16_t, 3>& others, const char* name, const In<std::int16_t, 3>& points) {
    require(
        others.shape(0) == points.shape(0) && others.shape(1) == points.shape(1) && others.shape(2) == points.shape(2),
        std::string(name) + " has another shape than points; they must agree");
}

// Bounds the colour of points (n, d), so that squared distances fit in 32 bits.
inline void require_near(const std::int16_t* points, std::size_t n, std::size_t d, const char* name) {
    bool near = true;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t c = 0; c < 3; ++c)
            near &= points[d * i + c] >= -kMostCoordinate && points[d * i + c] <= kMostCoordinate;
    require(near, std::string(name) + " hold a coordinate beyond " + std::to_string(kMostCoordinate) +
                      "; they must be colors in sixteenths of a byte step");
}

// A pixel can become clear by disposal alone, and one that is and stays clear needs the entry that keeps it.
inline void require_drawable(const FramePixels& in, std::size_t k) {
    bool erased = false, clear = false;
    for (std::size_t i = 0; i < in.height * in.width; ++i) {
        const bool is_clear = in.points[4 * i + 3] < 0;
        clear |= is_clear;
        erased |= is_clear && in.shown[4 * i + 3] > 0;
    }
    require(!erased, "a pixel is clear where a color is shown; dispose of the frame before");
    require(!clear || k < kMostEntries, "a pixel is clear and palette has 256 entries; leave one for what is kept");
}

// An index is an entry, or k for what is kept.
inline void require_entries_or_kept(const std::uint8_t* indices, std::size_t n, int k, int kept) {
    require(kept >= 0 && kept <= k,
            "kept is " + std::to_string(kept) + "; it must be 0 to k, which is " + std::to_string(k));
    int highest = 0;
    for (std::size_t i = 0; i < n; ++i) highest = std::max<int>(highest, indices[i]);
    const int most = std::max(k - 1, kept);
    require(highest <= most, "an index is " + std::to_string(highest) + "; it must be at most " + std::to_string(most));
}

inline void require_mask(const In<std::int16_t, 2>& offsets) {
    require(offsets.size() > 0, "offsets have shape " + shape_of(offsets) + "; they must hold one at least");
}

// An upper bound of a pixel's cost: its target lies within the bounds of the palette, except for alpha.
inline std::int64_t most_cost(const WeightedPixels& in, const PalettePoints& palette, std::int64_t multiplier) {
    std::int64_t total = 0;
    for (std::size_t c = 0; c < in.d; ++c) {
        std::int64_t low = palette.points[c], high = low;
        auto widen = [&](std::int16_t value) {
            low = std::min<std::int64_t>(low, value);
            high = std::max<std::int64_t>(high, value);
        };
        for (std::size_t j = 0; j < palette.k; ++j) widen(palette.points[j * in.d + c]);
        for (std::size_t i = 0; c == 3 && i < in.height * in.width; ++i) widen(in.points[i * in.d + c]);
        total += (high - low) * (high - low);
    }
    return total * highest(in.weights, in.height * in.width) + kMostLiteralBits * multiplier;
}

// The cost of a row must fit in 64 bits.
inline void require_bounded_cost(const WeightedPixels& in, const PalettePoints& palette, std::int64_t multiplier) {
    const std::int64_t most = most_cost(in, palette, multiplier);
    require(most <= kMostRowCost / static_cast<std::int64_t>(in.width),
            "a pixel can cost up to " + std::to_string(most) + "; a row of " + number(in.width) +
                " pixels would exceed " + std::to_string(kMostRowCost) + "; give lower weights or a lower multiplier");
}

}  // namespace kalette
