// Squared error of an indexed picture, in integers: exact in any order.

#include <algorithm>
#include <atomic>
#include <limits>
#include <stdexcept>

#include "kernels.hpp"
#include "parallel.hpp"

namespace kalette {
namespace {

constexpr std::size_t kStrip = 1 << 16;  // pixels that a thread takes at a time; half and double differ by 3 %

std::uint64_t square(std::int64_t value) { return static_cast<std::uint64_t>(value * value); }

std::uint64_t opaque_error(const std::uint8_t* a, const std::uint8_t* b) {
    std::int32_t total = 0;
    for (std::size_t c = 0; c < 3; ++c) {
        const std::int32_t difference = a[c] - b[c];
        total += difference * difference;
    }
    return static_cast<std::uint64_t>(total);
}

// On black plus on white, in units of 1/255.
std::uint64_t alpha_error(const std::uint8_t* a, const std::uint8_t* b) {
    std::uint64_t total = 0;
    for (std::size_t c = 0; c < 3; ++c) {
        const std::int32_t over_black = a[c] * a[3] - b[c] * b[3], over_white = over_black + 255 * (b[3] - a[3]);
        total += square(over_black) + square(over_white);
    }
    return total;
}

}  // namespace

std::uint64_t squared_error(const PixelsView& pixels, const IndexedView& indexed, std::size_t threads) {
    const auto error = pixels.channels == 3 ? opaque_error : alpha_error;
    std::atomic<std::uint64_t> total{0};
    for_each_chunk(chunk_count(pixels.n, kStrip), threads, [&](std::size_t strip) {
        std::uint64_t sum = 0;
        const Range range = chunk_range(strip, pixels.n, kStrip);
        for (std::size_t i = range.begin; i < range.end; ++i)
            sum += error(pixels[i], indexed.palette + indexed.indices[i] * pixels.channels);
        if (total.fetch_add(sum) > std::numeric_limits<std::uint64_t>::max() - sum)
            throw std::overflow_error("the squared error passes 64 bits; measure the picture in parts");
    });
    return total;
}

}  // namespace kalette
