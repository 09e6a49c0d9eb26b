// Rate-distortion optimised LZW: which entries to show, and the codes that say so, are chosen together.

#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>

#include "lzw_dictionary.hpp"
#include "palette_search.hpp"
#include "parallel.hpp"

namespace kalette {
namespace {

constexpr std::int64_t kForbidden = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeastValue = std::numeric_limits<std::int64_t>::min() / 2;
constexpr std::int64_t kMultipliersOfBit = 16;
constexpr std::int64_t kFirstBitsOfPixel = 6;  // of the mean, before there is one
// How far a string may fall behind the best one, in pixels at mean cost, and still be extended: that of the symbol
// tried first, and others. With 3 for all, drawn clips take 2 to 6 % more bytes at equal SSIMULACRA2 and films up
// to 1.6 % fewer, in 1.15 times the time.
constexpr std::int64_t kFirstReach = 3, kReach = 2;
// Length of the best string from which no other entry is tried: other lengths take 0.6 to 3 % fewer bytes in 1.15 times
// the time.
constexpr std::size_t kLongEnough = 2;
constexpr std::int64_t kMeanOf = 512;  // pixels of the running mean
constexpr std::size_t kCostsAtOnce = 256;
// Pixels from which the halves of a frame are coded each with a dictionary of its own, on two threads.
constexpr std::size_t kMostAtOnce = std::size_t{1} << 16;

// Pixels at hand: the row above a string, the longest string, and costs that are found ahead; a power of two.
std::size_t window_of(std::size_t width) {
    std::size_t size = 1;
    while (size < width + kMostCodes + kCostsAtOnce + 2) size *= 2;
    return size;
}

// A value for each pixel of the window, by its place in the frame.
template <typename Value>
class Window {
public:
    explicit Window(std::size_t size) : mask_(size - 1), values_(size) {}
    Value& operator[](std::size_t place) { return values_[place & mask_]; }
    const Value& operator[](std::size_t place) const { return values_[place & mask_]; }

private:
    const std::size_t mask_;
    std::vector<Value> values_;
};

Vec4 solid_point(const std::int16_t* coordinates) { return {{coordinates[0], coordinates[1], coordinates[2]}}; }

std::int64_t squared_distance(const Vec4& a, const Vec4& b) {
    std::uint32_t total = 0;
    for (std::size_t c = 0; c < 3; ++c) {
        const std::int32_t difference = a[c] - b[c];
        total += static_cast<std::uint32_t>(difference * difference);
    }
    return total;
}

class LzwSearch {
public:
    LzwSearch(const FramePixels& in, const PalettePoints& palette, const LzwRate& rate, std::uint8_t* indices)
        : in_(in), rate_(rate), indices_(indices), pixels_(in.height * in.width),
          dictionary_(symbol_count(palette.k, palette.k)), coder_(dictionary_, 100), palette_search_(palette),
          entries_(palette.k), by_first_(palette.k), lowest_(solid_point(palette.points)), highest_(lowest_),
          costs_(window_of(in.width)), errors_(window_of(in.width)), above_(window_of(in.width)),
          mean_(kFirstBitsOfPixel * bits(1)) {
        for (std::size_t j = 0; j < palette.k; ++j) {
            entries_[j] = solid_point(palette.points + 3 * j);
            for (std::size_t c = 0; c < 3; ++c) {
                lowest_[c] = std::min(lowest_[c], entries_[j][c]);
                highest_[c] = std::max(highest_[c], entries_[j][c]);
            }
        }
        std::iota(by_first_.begin(), by_first_.end(), std::size_t{0});
        std::stable_sort(by_first_.begin(), by_first_.end(),
                         [this](std::size_t a, std::size_t b) { return entries_[a][0] < entries_[b][0]; });
    }

    LzwCodes run() {
        for (std::size_t place = 0; place < pixels_;) {
            coder_.prepare();
            search(place);
            const std::int64_t cost = bits(dictionary_.width()) + show(place);
            coder_.put(best_.code, best_.length, indices_[place]);
            const auto length = static_cast<std::int64_t>(best_.length);
            mean_ = std::max<std::int64_t>(mean_ + (cost / length - mean_) * length / kMeanOf, 0);
            place += best_.length;
        }
        return coder_.finish();
    }

private:
    struct String {
        std::int64_t value;
        std::int32_t code;
        std::size_t length;
    };

    // What a pixel may show, whatever those before it do.
    struct Costs {
        std::int64_t weight;     // of a squared error
        std::int64_t keep_cost;  // of the symbol after the last entry, which keeps what is shown
        std::int64_t base;       // of the entry nearest to the pixel itself, or of keeping
        bool is_clear, begins_row;
    };

    // A pixel of the string that is tried.
    struct Step {
        Vec4 target;
        const Costs* costs;
        std::int64_t value;  // of the string up to here, if this pixel cost nothing
        std::int32_t code;
    };

    std::int64_t bits(std::int64_t count) const { return rate_.multiplier * kMultipliersOfBit * count; }

    void find_costs() {
        const std::size_t end = std::min(costs_known_ + kCostsAtOnce, pixels_);
        for (; costs_known_ < end; ++costs_known_) costs_[costs_known_] = costs_of(costs_known_);
    }

    Costs costs_of(std::size_t place) {
        const bool begins_row = place % in_.width == 0;
        if (in_.points[4 * place + 3] < 0) return {0, 0, 0, true, begins_row};
        const Vec4 point = solid_point(in_.points + 4 * place);
        const std::int64_t weight = in_.weights[place];
        std::int64_t kept = kForbidden;
        if (in_.shown[4 * place + 3] > 0 && dictionary_.symbols() > entries_.size())
            kept = squared_distance(point, solid_point(in_.shown + 4 * place)) * weight;
        return {weight, kept, base_cost(point, weight, kept), false, begins_row};
    }

    std::int64_t base_cost(const Vec4& point, std::int64_t weight, std::int64_t keep_cost) {
        if (keep_cost == 0) return 0;
        return std::min(squared_distance(point, entries_[palette_search_.nearest(point)]) * weight, keep_cost);
    }

    // The weighted squared error of a symbol.
    std::int64_t cost(const Costs& costs, const Vec4& target, std::size_t symbol) const {
        if (symbol == entries_.size()) return costs.keep_cost;
        if (costs.is_clear) return kForbidden;
        return squared_distance(target, entries_[symbol]) * costs.weight;
    }

    // A pixel in 4096ths, to be rounded, with the errors of the row above.
    Vec4 below_row(std::size_t place) const {
        constexpr std::int32_t kHalf = 1 << (kErrorShift - 1);
        Vec4 sum = (1 << kErrorShift) * solid_point(in_.points + 4 * place) + Vec4{{kHalf, kHalf, kHalf}};
        if (place < in_.width) return sum;
        const std::size_t width = std::max<std::size_t>(in_.width, 1);  // clang-tidy cannot know that it is
        const std::size_t x = place % width, above = place - width;
        sum = sum + kToBelow * errors_[above];
        if (x > 0) sum = sum + kToBelowRight * errors_[above - 1];
        return x + 1 < width ? sum + kToBelowLeft * errors_[above + 1] : sum;
    }

    // What a pixel should show, given the errors of those before it.
    Vec4 target_of(std::size_t place, std::size_t depth) {
        if (depth + 1 < in_.width && place >= above_known_) {  // the row above is final
            above_[place] = below_row(place);
            above_known_ = place + 1;
        }
        const Vec4 sum = place < above_known_ ? above_[place] : below_row(place);
        const Vec4 carried = costs_[place].begins_row ? Vec4{} : kToRight * errors_[place - 1];
        return clamped(shifted(sum + carried, kErrorShift), lowest_, highest_);
    }

    void keep_error(std::size_t place, const Vec4& target, std::size_t symbol) {
        errors_[place] = symbol == entries_.size() ? Vec4{} : rate_.strength * (target - entries_[symbol]);
    }

    // Finds the string of the dictionary that costs least, relative to the mean cost of as many pixels. What is tried
    // first is favoured, since later strings that fall behind it are not extended: so the nearest entry goes first, or
    // keeping where it costs nothing.
    void search(std::size_t place) {
        best_ = {kLeastValue, kNoCode, 1};
        reach_ = kFirstReach;
        begin(place, 0, 0);
        const Costs& costs = costs_[place];
        const std::size_t keep = entries_.size();
        const std::size_t first = costs.keep_cost == 0 ? keep : palette_search_.nearest(steps_[0].target);
        follow(place, first);
        if (costs.is_clear) return;
        reach_ = kReach;
        if (best_.length < kLongEnough) follow_entries(place, first);
        if (first != keep && dictionary_.symbols() > keep) follow(place, keep);
    }

    // Judges the strings that begin with another entry than the first. Those far in one coordinate are not worth a
    // look.
    void follow_entries(std::size_t place, std::size_t first) {
        const Step& step = steps_[0];
        const auto is_near = [&](std::size_t entry) {
            const std::int64_t difference = step.target[0] - entries_[entry][0];
            return difference * difference * step.costs->weight <= allowed(step);
        };
        const auto is_lower = [&](std::size_t entry) { return entries_[entry][0] < step.target[0] && !is_near(entry); };
        auto next = std::partition_point(by_first_.begin(), by_first_.end(), is_lower);
        for (; next != by_first_.end(); ++next) {
            if (*next == first) continue;
            if (entries_[*next][0] > step.target[0] && !is_near(*next)) return;
            follow(place, *next);
        }
    }

    // What a symbol may cost for its string to be worth a look.
    std::int64_t allowed(const Step& step) const { return step.value - best_.value + reach_ * mean_; }

    // Judges the strings that begin with a symbol. Errors along a string stand where those of the pixels will.
    void follow(std::size_t place, std::size_t symbol) {
        const auto root = static_cast<std::int32_t>(symbol);
        if (!extends(place, 0, root)) return;
        std::size_t depth = 1;
        std::int32_t code = dictionary_[root].child;
        while (depth > 0) {
            if (code == kNoCode) {
                code = dictionary_[steps_[--depth].code].sibling;
            } else if (extends(place, depth, code)) {
                code = dictionary_[code].child;
                ++depth;
            } else {
                code = dictionary_[code].sibling;
            }
        }
    }

    // Judges the string of a code, whose last symbol is at that depth, and returns whether longer ones are worth a try.
    bool extends(std::size_t place, std::size_t depth, std::int32_t code) {
        Step& step = steps_[depth];
        const auto& node = dictionary_[code];
        const std::int64_t added = cost(*step.costs, step.target, node.symbol);
        if (added > allowed(step)) return false;
        const std::int64_t value = step.value - added;
        if (value > best_.value) best_ = {value, code, depth + 1};
        const std::size_t here = place + depth;
        if (node.child == kNoCode || here + 1 == pixels_) return false;
        step.code = code;
        keep_error(here, step.target, node.symbol);
        begin(place, depth + 1, value);
        return true;
    }

    // Begins the pixel at a depth, after a string of that value.
    void begin(std::size_t place, std::size_t depth, std::int64_t value) {
        const std::size_t here = place + depth;
        if (here == costs_known_) find_costs();
        const Costs* costs = &costs_[here];
        steps_[depth] = {target_of(here, depth), costs, value + mean_ + costs->base, kNoCode};
    }

    // Writes the best string's indices and errors; returns what it costs above the base costs.
    std::int64_t show(std::size_t place) {
        std::int32_t code = best_.code;
        for (std::size_t n = best_.length; n-- > 0; code = dictionary_[code].parent)
            indices_[place + n] = dictionary_[code].symbol;
        std::int64_t total = 0;
        for (std::size_t depth = 0; depth < best_.length; ++depth) {
            const std::size_t here = place + depth;
            const Vec4 target = target_of(here, depth);
            total += cost(costs_[here], target, indices_[here]) - costs_[here].base;
            keep_error(here, target, indices_[here]);
        }
        return total;
    }

    const FramePixels in_;
    const LzwRate rate_;
    std::uint8_t* const indices_;
    const std::size_t pixels_;
    LzwDictionary dictionary_;
    LzwCoder coder_;
    PaletteSearch<3> palette_search_;
    std::vector<Vec4> entries_;
    std::vector<std::size_t> by_first_;  // entries by their first coordinate
    Vec4 lowest_, highest_;              // of all entries
    Window<Costs> costs_;                // up to costs_known_
    Window<Vec4> errors_;
    Window<Vec4> above_;  // of below_row, up to above_known_
    std::size_t costs_known_ = 0, above_known_ = 0;
    std::int64_t mean_;  // running mean of a pixel's cost above its base cost
    std::int64_t reach_ = kFirstReach;
    String best_{};
    Step steps_[kMostCodes + 1];
};

// Rows from first to end.
FramePixels rows_of(const FramePixels& in, const Range& rows) {
    const std::size_t begin = rows.begin * in.width;
    return {in.points + 4 * begin, in.weights + begin, in.shown + 4 * begin, rows.end - rows.begin, in.width};
}

}  // namespace

std::vector<std::uint8_t> map_lzw(const FramePixels& in, const PalettePoints& palette, const LzwRate& rate,
                                  std::uint8_t* indices, std::size_t threads) {
    const std::size_t parts = in.height * in.width < kMostAtOnce ? 1 : 2;
    const std::size_t rows = std::max<std::size_t>(chunk_count(in.height, parts), 1);
    std::vector<LzwCodes> codes(std::max<std::size_t>(chunk_count(in.height, rows), 1));
    for_each_chunk(codes.size(), threads, [&](std::size_t part) {
        const Range range = chunk_range(part, in.height, rows);
        codes[part] =
            std::make_unique<LzwSearch>(rows_of(in, range), palette, rate, indices + range.begin * in.width)->run();
    });
    return lzw_stream(codes, symbol_count(palette.k, palette.k));
}

}  // namespace kalette
