// Reverses the filters of PNG (W3C, third edition, 9.2): each byte is stored as its difference from a prediction, made
// from the bytes to the left, above, and above to the left (corner).

#include <algorithm>

#include "kernels.hpp"
#include "parallel.hpp"

namespace kalette {
namespace {

enum Filter : std::uint8_t { kNone, kSub, kUp, kAverage, kPaeth };
static_assert(kPaeth == kMostFilterType, "each filter has a name");

int sub(int left, int) { return left; }

int average(int left, int above) { return (left + above) >> 1; }

// Bytes of a row from begin to end; the row above and out are whole.
struct Part {
    const std::uint8_t* filtered;
    const std::uint8_t* above;
    std::uint8_t* out;
    std::size_t begin, end;
};

// The bytes of a pixel one by one: vectors by hand take twice as long.
template <std::size_t kPixelBytes, typename Predict>
void add_predictions(const Part& part, Predict&& predict) {
    int left[kPixelBytes] = {};
    for (std::size_t c = 0; part.begin > 0 && c < kPixelBytes; ++c) left[c] = part.out[part.begin - kPixelBytes + c];
    for (std::size_t i = part.begin; i < part.end; i += kPixelBytes)
        for (std::size_t c = 0; c < kPixelBytes; ++c) {
            left[c] = (part.filtered[i + c] + predict(left[c], part.above[i + c])) & 255;
            part.out[i + c] = static_cast<std::uint8_t>(left[c]);
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
void add_paeth(const Part& part) {
    Values left{}, corner{};
    if (part.begin > 0) {
        left = load<kPixelBytes>(part.out + part.begin - kPixelBytes);
        corner = load<kPixelBytes>(part.above + part.begin - kPixelBytes);
    }
    for (std::size_t i = part.begin; i < part.end; i += kPixelBytes) {
        const Values above = load<kPixelBytes>(part.above + i);
        left = (load<kPixelBytes>(part.filtered + i) + paeth(left, above, corner)) & 255;
        for (std::size_t c = 0; c < kPixelBytes; ++c) part.out[i + c] = static_cast<std::uint8_t>(left[c]);
        corner = above;
    }
}

template <std::size_t kPixelBytes>
void unfilter_part(std::uint8_t filter, const Part& part) {
    switch (filter) {
        case kNone:
            std::copy_n(part.filtered + part.begin, part.end - part.begin, part.out + part.begin);
            break;
        case kSub:
            add_predictions<kPixelBytes>(part, sub);
            break;
        case kUp:
            for (std::size_t i = part.begin; i < part.end; ++i)
                part.out[i] = static_cast<std::uint8_t>(part.filtered[i] + part.above[i]);
            break;
        case kAverage:
            add_predictions<kPixelBytes>(part, average);
            break;
        default:
            add_paeth<kPixelBytes>(part);
    }
}

decltype(&unfilter_part<3>) part_function(std::size_t pixel_bytes) {
    switch (pixel_bytes) {
        case 2:
            return unfilter_part<2>;
        case 3:
            return unfilter_part<3>;
        case 4:
            return unfilter_part<4>;
        case 6:
            return unfilter_part<6>;
        default:
            return unfilter_part<8>;
    }
}

class Unfilter {
public:
    Unfilter(const FilteredRows& rows, std::uint8_t* pixels, std::size_t stripes)
        : rows_(rows), pixels_(pixels), stripes_(stripes), blocks_(chunk_count(rows.height, kBlockRows)),
          stripe_bytes_(chunk_count(rows.row_bytes / rows.pixel_bytes, stripes) * rows.pixel_bytes),
          unfilter_part_(part_function(rows.pixel_bytes)), blank_(rows.row_bytes) {}

    // A part of a block of rows depends on those above and to the left: all of a diagonal can be done side by side.
    void run(std::size_t threads) {
        for (std::size_t diagonal = 0; diagonal + 1 < blocks_ + stripes_; ++diagonal) {
            const std::size_t first = diagonal < blocks_ ? 0 : diagonal - blocks_ + 1;
            const std::size_t end = std::min(diagonal + 1, stripes_);
            for_each_chunk(end - first, threads,
                           [&](std::size_t i) { unfilter_block(diagonal - first - i, first + i); });
        }
    }

private:
    static constexpr std::size_t kBlockRows = 64;

    void unfilter_block(std::size_t block, std::size_t stripe) {
        const std::size_t row_bytes = rows_.row_bytes;
        const Range rows = chunk_range(block, rows_.height, kBlockRows);
        const std::size_t begin = std::min(stripe * stripe_bytes_, row_bytes);
        const std::size_t end = std::min(begin + stripe_bytes_, row_bytes);
        for (std::size_t y = rows.begin; y < rows.end; ++y) {
            const std::uint8_t* filtered = rows_.data + y * (row_bytes + 1);
            const std::uint8_t* above = y == 0 ? blank_.data() : pixels_ + (y - 1) * row_bytes;
            unfilter_part_(filtered[0], {filtered + 1, above, pixels_ + y * row_bytes, begin, end});
        }
    }

    const FilteredRows rows_;
    std::uint8_t* const pixels_;
    const std::size_t stripes_, blocks_, stripe_bytes_;
    void (*const unfilter_part_)(std::uint8_t, const Part&);
    const std::vector<std::uint8_t> blank_;  // above the first row
};

// Narrower stripes are not worth waking a thread.
constexpr std::size_t kLeastStripe = 512;  // pixels

}  // namespace

void unfilter(const FilteredRows& rows, std::uint8_t* pixels, std::size_t threads) {
    const std::size_t most = rows.row_bytes / rows.pixel_bytes / kLeastStripe;
    Unfilter(rows, pixels, std::max<std::size_t>(1, std::min(threads, most))).run(threads);
}

}  // namespace kalette
