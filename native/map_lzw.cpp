// Rate-distortion optimised LZW: which entries to show, and the codes that say so, are chosen together.

#include <algorithm>
#include <limits>
#include <memory>

#include "lzw_dictionary.hpp"
#include "palette_search.hpp"

namespace kalette {
namespace {

constexpr std::int64_t kForbidden = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMultipliersOfBit = 16;
constexpr std::int64_t kFirstBitsOfPixel = 6;  // of the mean, before there is one
// How far a string may fall behind the best one, in pixels at mean cost, and still be extended. Half as many take 5 %
// more bytes at equal SSIMULACRA2.
constexpr std::int64_t kReach = 4;
constexpr std::int64_t kMeanOf = 512;  // pixels of the running mean

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
        : in_(in), rate_(rate), indices_(indices), pixels_(in.height * in.width), dictionary_(palette.k),
          coder_(dictionary_, false), palette_search_(palette), entries_(palette.k),
          lowest_(solid_point(palette.points)), highest_(lowest_), base_costs_(pixels_), errors_(pixels_),
          mean_(kFirstBitsOfPixel * bits(1)) {
        for (std::size_t j = 0; j < palette.k; ++j) {
            entries_[j] = solid_point(palette.points + 3 * j);
            for (std::size_t c = 0; c < 3; ++c) {
                lowest_[c] = std::min(lowest_[c], entries_[j][c]);
                highest_[c] = std::max(highest_[c], entries_[j][c]);
            }
        }
        for (std::size_t place = 0; place < pixels_; ++place) base_costs_[place] = base_cost(place);
    }

    std::vector<std::uint8_t> run() {
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

    std::int64_t bits(std::int64_t count) const { return rate_.multiplier * kMultipliersOfBit * count; }

    bool is_clear(std::size_t place) const { return in_.points[4 * place + 3] < 0; }
    bool shows_color(std::size_t place) const { return in_.shown[4 * place + 3] > 0; }

    // Of the entry nearest to the pixel itself, or of keeping what is shown.
    std::int64_t base_cost(std::size_t place) {
        if (is_clear(place)) return 0;
        const Vec4 point = solid_point(in_.points + 4 * place);
        const std::int64_t nearest = cost(place, point, palette_search_.nearest(point));
        return dictionary_.symbols() > entries_.size() ? std::min(nearest, cost(place, point, entries_.size()))
                                                       : nearest;
    }

    // The weighted squared error of a symbol. The one after the last entry keeps what is shown.
    std::int64_t cost(std::size_t place, const Vec4& target, std::size_t symbol) const {
        const bool keeps = symbol == entries_.size();
        if (is_clear(place)) return keeps ? 0 : kForbidden;
        if (!keeps) return squared_distance(target, entries_[symbol]) * in_.weights[place];
        if (!shows_color(place)) return kForbidden;
        const Vec4 point = solid_point(in_.points + 4 * place), shown = solid_point(in_.shown + 4 * place);
        return squared_distance(point, shown) * in_.weights[place];
    }

    // What a pixel should show, given the errors of those before it.
    Vec4 target_of(std::size_t place) const {
        const std::size_t x = place % in_.width;
        Vec4 errors{};
        if (x > 0) errors = kToRight * errors_[place - 1];
        if (place >= in_.width) {
            errors = errors + kToBelow * errors_[place - in_.width];
            if (x > 0) errors = errors + kToBelowRight * errors_[place - in_.width - 1];
            if (x + 1 < in_.width) errors = errors + kToBelowLeft * errors_[place - in_.width + 1];
        }
        constexpr std::int32_t kHalf = 1 << (kErrorShift - 1);
        const Vec4 sum =
            (1 << kErrorShift) * solid_point(in_.points + 4 * place) + errors + Vec4{{kHalf, kHalf, kHalf}};
        return clamped(shifted(sum, kErrorShift), lowest_, highest_);
    }

    void keep_error(std::size_t place, const Vec4& target, std::size_t symbol) {
        errors_[place] = symbol == entries_.size() ? Vec4{} : rate_.strength * (target - entries_[symbol]);
    }

    // Finds the string of the dictionary that costs least, relative to the mean cost of as many pixels. What is tried
    // first is favoured, since later strings that fall behind it are not extended: so keeping goes first only where it
    // costs nothing, else last.
    void search(std::size_t place) {
        best_ = {std::numeric_limits<std::int64_t>::min(), kNoCode, 1};
        targets_[0] = target_of(place);
        const std::size_t keep = entries_.size(), symbols = dictionary_.symbols();
        const bool keeps_first = symbols > keep && cost(place, targets_[0], keep) == 0;
        if (keeps_first) follow(place, keep);
        for (std::size_t symbol = 0; symbol < (keeps_first ? keep : symbols); ++symbol) follow(place, symbol);
    }

    // Judges the strings that begin with a symbol. Errors along a string stand where those of the pixels will.
    void follow(std::size_t place, std::size_t symbol) {
        const auto root = static_cast<std::int32_t>(symbol);
        if (!extends(place, 0, root)) return;
        std::size_t depth = 1;
        std::int32_t code = dictionary_[root].child;
        while (depth > 0) {
            if (code == kNoCode) {
                code = dictionary_[path_[--depth]].sibling;
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
        const std::size_t here = place + depth, symbol = dictionary_[code].symbol;
        const std::int64_t added = cost(here, targets_[depth], symbol);
        if (added == kForbidden) return false;
        const std::int64_t value = (depth > 0 ? values_[depth - 1] : 0) + mean_ + base_costs_[here] - added;
        if (value > best_.value) best_ = {value, code, depth + 1};
        if (value + kReach * mean_ < best_.value || dictionary_[code].child == kNoCode || here + 1 == pixels_)
            return false;
        path_[depth] = code;
        values_[depth] = value;
        keep_error(here, targets_[depth], symbol);
        targets_[depth + 1] = target_of(here + 1);
        return true;
    }

    // Writes the best string's indices and errors; returns what it costs above the base costs.
    std::int64_t show(std::size_t place) {
        std::int32_t code = best_.code;
        for (std::size_t n = best_.length; n-- > 0; code = dictionary_[code].parent)
            indices_[place + n] = dictionary_[code].symbol;
        std::int64_t total = 0;
        for (std::size_t here = place; here < place + best_.length; ++here) {
            const Vec4 target = target_of(here);
            total += cost(here, target, indices_[here]) - base_costs_[here];
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
    Vec4 lowest_, highest_;  // of all entries
    std::vector<std::int64_t> base_costs_;
    std::vector<Vec4> errors_;
    std::int64_t mean_;  // running mean of a pixel's cost above its base cost
    String best_{};
    std::int32_t path_[kMostCodes];
    std::int64_t values_[kMostCodes];
    Vec4 targets_[kMostCodes + 1];
};

}  // namespace

std::vector<std::uint8_t> map_lzw(const FramePixels& in, const PalettePoints& palette, const LzwRate& rate,
                                  std::uint8_t* indices) {
    return std::make_unique<LzwSearch>(in, palette, rate, indices)->run();
}

}  // namespace kalette
