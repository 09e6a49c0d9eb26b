// Reverses the filters of PNG (W3C, third edition, 9.2): each byte is stored as its difference from a prediction, made
// from the bytes to the left, above, and above to the left (corner).

#include <algorithm>

#include "kernels.hpp"

namespace kalette {
namespace {

enum Filter : std::uint8_t { kNone, kSub, kUp, kAverage, kPaeth };
static_assert(kPaeth == kMostFilterType, "each filter has a name");

int sub(int left, int) { return left; }

int average(int left, int above) { return (left + above) >> 1; }

// The bytes of a pixel one by one: vectors by hand take twice as long.
template <std::size_t kPixelBytes, typename Predict>
void add_predictions(const std::uint8_t* filtered, const std::uint8_t* above, std::size_t row_bytes, std::uint8_t* out,
                     Predict&& predict) {
    int left[kPixelBytes] = {};
    for (std::size_t i = 0; i < row_bytes; i += kPixelBytes)
        for (std::size_t c = 0; c < kPixelBytes; ++c) {
            left[c] = (filtered[i + c] + predict(left[c], above[i + c])) & 255;
            out[i + c] = static_cast<std::uint8_t>(left[c]);
        }
}

// The bytes of a pixel. By hand, because plain loops take 1.7 times as long.
using Values = std::int16_t __attribute__((vector_size(16)));

template <std::size_t kPixelBytes>
Values load(const std::uint8_t* pixel) {
    Values values{};
    for (std::size_t c = 0; c < kPixelBytes; ++c) values[c] = pixel[c];
    return values;
}

Values absolute(Values values) { return values > -values ? values : -values; }

// Whichever of the three is nearest to left + above - corner; ties to the first.
Values paeth(Values left, Values above, Values corner) {
    const Values to_left = absolute(above - corner), to_above = absolute(left - corner);
    const Values to_corner = absolute((above - corner) + (left - corner));
    const Values not_left = to_above <= to_corner ? above : corner;
    return ((to_left <= to_above) & (to_left <= to_corner)) ? left : not_left;
}

template <std::size_t kPixelBytes>
void add_paeth(const std::uint8_t* filtered, const std::uint8_t* above_row, std::size_t row_bytes, std::uint8_t* out) {
    Values left{}, corner{};
    for (std::size_t i = 0; i < row_bytes; i += kPixelBytes) {
        const Values above = load<kPixelBytes>(above_row + i);
        left = (load<kPixelBytes>(filtered + i) + paeth(left, above, corner)) & 255;
        for (std::size_t c = 0; c < kPixelBytes; ++c) out[i + c] = static_cast<std::uint8_t>(left[c]);
        corner = above;
    }
}

template <std::size_t kPixelBytes>
void unfilter_row(std::uint8_t filter, const std::uint8_t* filtered, const std::uint8_t* above, std::size_t row_bytes,
                  std::uint8_t* out) {
    switch (filter) {
        case kNone:
            std::copy_n(filtered, row_bytes, out);
            break;
        case kSub:
            add_predictions<kPixelBytes>(filtered, above, row_bytes, out, sub);
            break;
        case kUp:
            for (std::size_t i = 0; i < row_bytes; ++i) out[i] = static_cast<std::uint8_t>(filtered[i] + above[i]);
            break;
        case kAverage:
            add_predictions<kPixelBytes>(filtered, above, row_bytes, out, average);
            break;
        default:
            add_paeth<kPixelBytes>(filtered, above, row_bytes, out);
    }
}

decltype(&unfilter_row<3>) row_function(std::size_t pixel_bytes) {
    switch (pixel_bytes) {
        case 2:
            return unfilter_row<2>;
        case 3:
            return unfilter_row<3>;
        case 4:
            return unfilter_row<4>;
        case 6:
            return unfilter_row<6>;
        default:
            return unfilter_row<8>;
    }
}

}  // namespace

void unfilter(const FilteredRows& rows, std::uint8_t* pixels) {
    const auto unfilter_one = row_function(rows.pixel_bytes);
    const std::size_t row_bytes = rows.row_bytes;
    const std::vector<std::uint8_t> blank(row_bytes);
    for (std::size_t y = 0; y < rows.height; ++y) {
        const std::uint8_t* filtered = rows.data + y * (row_bytes + 1);
        const std::uint8_t* above = y == 0 ? blank.data() : pixels + (y - 1) * row_bytes;
        unfilter_one(filtered[0], filtered + 1, above, row_bytes, pixels + y * row_bytes);
    }
}

}  // namespace kalette
