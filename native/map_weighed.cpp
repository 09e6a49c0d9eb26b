// Pixels to palette entries row by row, error diffused on, the look weighed against the bits of the file.

#include <array>
#include <cstdlib>
#include <iterator>
#include <limits>

#include "kernels.hpp"
#include "palette_search.hpp"

namespace kalette {
namespace {

constexpr int kShift = 12;              // errors are kept in 1/4096: sixteenths that go on, of 256ths of a strength
constexpr std::size_t kLongest = 16;     // pixels copied in one step; a copy that goes on costs next to nothing
constexpr std::int64_t kGoingOn = 4;     // sixteenths of a bit
constexpr std::int64_t kBehind = 128;    // a copy that is so much dearer than another way is given up
constexpr std::int64_t kUnknown = std::numeric_limits<std::int64_t>::max() / 2;  // more than any cost
constexpr std::int64_t kWindow = 32768;  // how far back deflate reaches

// Where a copy comes from: so many rows up, and so many pixels to the left (negative: to the right).
struct Source {
    std::int32_t up, left;
    bool operator==(const Source& other) const { return up == other.up && left == other.left; }
};

// Tried everywhere, the first few even where time is short.
constexpr Source kNear[] = {{0, 1}, {1, 0}, {1, -1}, {1, 1}, {0, 2}, {2, 0},
                            {0, 3}, {1, -2}, {1, 2}, {0, 4}, {2, 1}, {2, -1}};
constexpr std::size_t kFewNear = 6;

// Sixteenths of a bit that a deflate stream takes to say how far back a copy reaches, and how long it is.
std::int64_t distance_bits(std::int64_t distance) {
    std::int64_t extra = 0;
    for (std::int64_t reach = 4; reach < distance; reach *= 2) ++extra;
    return 48 + 16 * extra;
}
constexpr std::int64_t length_bits(std::size_t length) { return length <= 10 ? 56 : 72; }

std::int64_t literal_bits(std::size_t k) {
    std::int64_t bits = 0;
    while ((std::size_t{1} << bits) < k) ++bits;
    return std::max<std::int64_t>(16 * bits - 24, 16);
}

// The places in the rows above where two entries follow each other, the latest first.
class Pairs {
public:
    explicit Pairs(std::size_t pixels) : latest_(1 << 16, -1), before_(pixels, -1) {}
    std::int32_t latest(std::size_t first, std::size_t second) const { return latest_[first << 8 | second]; }
    std::int32_t before(std::int32_t place) const { return before_[static_cast<std::size_t>(place)]; }
    void add_row(const std::uint8_t* row, std::size_t place, std::size_t width) {
        for (std::size_t x = 0; x + 1 < width; ++x) {
            std::int32_t& latest = latest_[static_cast<std::size_t>(row[x]) << 8 | row[x + 1]];
            before_[place + x] = latest;
            latest = static_cast<std::int32_t>(place + x);
        }
    }

private:
    std::vector<std::int32_t> latest_, before_;
};

template <std::size_t D>
class Mapper {
    // The cheapest way known to come to a pixel.
    struct Way {
        std::int64_t cost = kUnknown;
        Four ahead{};              // error for the pixel to come
        std::uint32_t last = 0;     // the last four entries, the latest lowest
        std::uint32_t from = 0;     // the pixel that the last step began at
        Source source{0, 0};        // of its copy; none for a single entry
        std::uint8_t entry = 0;
        bool may_go_on = false;     // it is a copy of the longest kind
    };

public:
    Mapper(const WeighedPixels& in, const std::int16_t* palette, std::size_t k, std::int64_t price, std::size_t depth,
           std::uint8_t* indices)
        : in_(in), search_(palette, k), price_(price), literal_(price * literal_bits(k)), depth_(depth), behind_(price * kBehind), near_(depth ? std::size(kNear) : kFewNear),
          indices_(indices), pairs_(price && depth ? in.height * in.width : 0), bases_(in.width),
          below_(in.width + 2), ways_(price ? in.width + 1 : 0), lowest_(search_.entry(0)), highest_(lowest_) {
        for (std::size_t j = 1; j < k; ++j)
            for (std::size_t c = 0; c < D; ++c) {
                lowest_[c] = std::min(lowest_[c], search_.entry(j)[c]);
                highest_[c] = std::max(highest_[c], search_.entry(j)[c]);
            }
    }

    void run() {
        for (y_ = 0; y_ < in_.height; ++y_) {
            if (price_)
                map_row_weighed();
            else
                map_row();
        }
    }

private:
    std::uint8_t* row() const { return indices_ + y_ * in_.width; }
    std::size_t place(std::size_t x) const { return y_ * in_.width + x; }

    // A pixel's point with the errors that the row above left to it.
    Four base_at(std::size_t x) const {
        return load<D>(in_.points + place(x) * D) * (1 << kShift) + below_[x + 1] + (1 << (kShift - 1));
    }

    Four target_at(std::size_t x, const Four& base, const Four& ahead) const {
        Four target = (base + ahead) >> kShift;
        // What no entry can come near to is no error that the pixels around could make good: it would run away.
        target = target < lowest_ ? lowest_ : target > highest_ ? highest_ : target;
        if (D == 4 && std::abs(in_.points[place(x) * D + 3]) > kKindBound)
            target[3] = in_.points[place(x) * D + 3];  // clear and opaque stay what they are
        return target;
    }

    // What is missing at a pixel that shows an entry, in sixteenths times the strength.
    Four left_over(std::size_t x, const Four& target, const Four& entry) const {
        if (D == 4 && target[3] < -kKindBound) return Four{};  // a clear pixel shows no colour
        Four left = static_cast<std::int32_t>(in_.strengths[place(x)]) * (target - entry);
        if (D == 4 && target[3] > kKindBound) left[3] = 0;
        return left;
    }

    std::int64_t cost_at(std::size_t x, const Four& target, const Four& entry) const {
        const Four difference = target - entry;
        std::int64_t total = 0;
        for (std::size_t c = 0; c < D; ++c) total += std::int64_t{difference[c]} * difference[c];
        return total * in_.weights[place(x)];
    }

    void map_row() {
        Four ahead{}, below_here{}, below_next{};
        for (std::size_t x = 0; x < in_.width; ++x) {
            const Four target = target_at(x, base_at(x), ahead);
            const std::size_t entry = search_.nearest(target);
            row()[x] = static_cast<std::uint8_t>(entry);
            const Four left = left_over(x, target, search_.entry(entry));
            ahead = 7 * left;
            below_[x] = below_here + 3 * left;
            below_here = below_next + 5 * left;
            below_next = left;
        }
        below_[in_.width] = below_here;
    }

    void map_row_weighed() {
        for (std::size_t x = 0; x < in_.width; ++x) bases_[x] = base_at(x);
        ways_[0] = Way{};
        ways_[0].cost = 0;
        for (std::size_t x = 1; x <= in_.width; ++x) ways_[x].cost = kUnknown;
        for (std::size_t x = 0; x < in_.width; ++x) {
            const std::size_t entry = take_nearest(x);
            for (std::size_t n = 0; n < near_; ++n) copy(x, kNear[n]);
            if (depth_ && x + 2 < in_.width) copy_pairs(x, entry);
        }
        take_cheapest();
        leave_errors();
        if (depth_) pairs_.add_row(row(), y_ * in_.width, in_.width);
    }

    std::size_t take_nearest(std::size_t x) {
        const Way& way = ways_[x];
        const Four target = target_at(x, bases_[x], way.ahead);
        const std::size_t entry = search_.nearest(target);
        const std::int64_t cost = way.cost + cost_at(x, target, search_.entry(entry)) + literal_;
        next_ahead_ = 7 * left_over(x, target, search_.entry(entry));
        if (cost < ways_[x + 1].cost) {
            const auto byte = static_cast<std::uint8_t>(entry);
            ways_[x + 1] = {cost, next_ahead_, way.last << 8 | byte, static_cast<std::uint32_t>(x), {0, 0}, byte, false};
        }
        return entry;
    }

    // Tries the places in the rows above that show the two entries nearest here.
    void copy_pairs(std::size_t x, std::size_t entry) {
        const std::size_t second = search_.nearest(target_at(x + 1, bases_[x + 1], next_ahead_));
        const auto width = static_cast<std::int32_t>(in_.width);
        std::int32_t place = pairs_.latest(entry, second);
        for (std::size_t n = 0; n < depth_ && place >= 0; ++n, place = pairs_.before(place)) {
            const Source source{static_cast<std::int32_t>(y_) - place / width,
                                static_cast<std::int32_t>(x) - place % width};
            if (distance(source) > kWindow) break;
            copy(x, source);
        }
    }

    // In the stream each row begins with one byte for its filter.
    std::int64_t distance(const Source& source) const {
        return std::int64_t{source.up} * static_cast<std::int64_t>(in_.width + 1) + source.left;
    }

    // Tries to copy entries from there, as far as that costs no more than single entries may.
    void copy(std::size_t x, const Source& source) {
        const std::int64_t back = distance(source);
        if (source.up > static_cast<std::int32_t>(y_) || source.left > static_cast<std::int32_t>(x) || back < 1 ||
            back > kWindow)
            return;
        const Way& way = ways_[x];
        const bool goes_on = way.may_go_on && way.source == source;
        const std::int64_t begin = way.cost + price_ * (goes_on ? kGoingOn : distance_bits(back));
        const std::uint8_t* above = row() - static_cast<std::ptrdiff_t>(source.up) * static_cast<std::ptrdiff_t>(in_.width);
        Four ahead = way.ahead;
        std::uint32_t last = way.last;
        std::int64_t spent = 0, allowed = 160 * price_;
        for (std::size_t length = 1; length <= kLongest && x + length <= in_.width; ++length) {
            const std::size_t at = x + length - 1;
            const std::ptrdiff_t from = static_cast<std::ptrdiff_t>(at) - source.left;
            if (from >= static_cast<std::ptrdiff_t>(in_.width)) break;
            const auto entry = source.up ? above[from] : static_cast<std::uint8_t>(last >> (8 * (source.left - 1)));
            const Four target = target_at(at, bases_[at], ahead);
            spent += cost_at(at, target, search_.entry(entry));
            allowed += 144 * price_;
            if (spent > allowed) break;
            ahead = 7 * left_over(at, target, search_.entry(entry));
            last = last << 8 | entry;
            if (length < 3 && !goes_on) continue;
            const std::int64_t cost = begin + spent + (goes_on ? 0 : price_ * length_bits(length));
            if (cost >= ways_[at + 1].cost + behind_) break;
            if (cost < ways_[at + 1].cost)
                ways_[at + 1] = {cost, ahead, last, static_cast<std::uint32_t>(x), source, entry, length == kLongest};
        }
    }

    // Writes the row, from its end back along the cheapest way, and then the copies from their sources.
    void take_cheapest() {
        steps_.clear();
        for (std::size_t x = in_.width; x > 0; x = ways_[x].from) steps_.push_back(x);
        std::size_t x = 0;
        for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
            const Way& way = ways_[*step];
            const bool single = way.source == Source{0, 0};
            const std::ptrdiff_t back = way.source.up * static_cast<std::ptrdiff_t>(in_.width) + way.source.left;
            for (; x < *step; ++x) row()[x] = single ? way.entry : row()[static_cast<std::ptrdiff_t>(x) - back];
        }
    }

    void leave_errors() {
        Four ahead{}, below_here{}, below_next{};
        for (std::size_t x = 0; x < in_.width; ++x) {
            const Four target = target_at(x, bases_[x], ahead);
            const Four left = left_over(x, target, search_.entry(row()[x]));
            ahead = 7 * left;
            below_[x] = below_here + 3 * left;
            below_here = below_next + 5 * left;
            below_next = left;
        }
        below_[in_.width] = below_here;
    }

    const WeighedPixels in_;
    PaletteSearch<D> search_;
    const std::int64_t price_, literal_;
    const std::size_t depth_;
    const std::int64_t behind_;
    const std::size_t near_;
    std::uint8_t* const indices_;
    Pairs pairs_;
    std::vector<Four> bases_, below_;
    std::vector<Way> ways_;
    std::vector<std::size_t> steps_;
    Four lowest_, highest_;  // of all entries
    Four next_ahead_{};
    std::size_t y_ = 0;
};

}  // namespace

void map_weighed(const WeighedPixels& in, std::size_t d, const std::int16_t* palette, std::size_t k,
                 std::int64_t price, std::size_t depth, std::uint8_t* indices) {
    if (d == 3)
        Mapper<3>(in, palette, k, price, depth, indices).run();
    else
        Mapper<4>(in, palette, k, price, depth, indices).run();
}

}  // namespace kalette
