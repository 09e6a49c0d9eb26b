// Pixels to palette entries row by row, error diffused on, the look weighed against the bits of the file.

#include <iterator>
#include <limits>

#include "bit_prices.hpp"
#include "diffusion.hpp"
#include "map_runs.hpp"

namespace kalette {
namespace {

constexpr std::size_t kLongest = 16;     // pixels copied in one step; a copy that goes on costs next to nothing
constexpr std::int64_t kGoingOn = 4;     // sixteenths of a bit
constexpr std::int64_t kBehind = 128;    // a copy that is so much dearer than another way is given up
constexpr std::int64_t kUnknown = std::numeric_limits<std::int64_t>::max() / 2;  // more than any cost

// Where a copy comes from: so many rows up, and so many pixels to the left (negative: to the right).
struct Source {
    std::int32_t up, left;
    bool operator==(const Source& other) const { return up == other.up && left == other.left; }
};

// Tried everywhere.
constexpr Source kNear[] = {{0, 1}, {1, 0}, {1, -1}, {1, 1}, {0, 2}, {2, 0},
                            {0, 3}, {1, -2}, {1, 2}, {0, 4}, {2, 1}, {2, -1}};

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
        : in_(in), diffusion_(in, palette, k, indices), search_(diffusion_.search), price_(price),
          literal_(price * literal_bits(k)), behind_(price * kBehind), depth_(depth), pairs_(in.height * in.width),
          ways_(in.width + 1) {}

    void run() {
        for (std::size_t y = 0; y < in_.height; ++y) {
            diffusion_.begin_row(y);
            map_row();
            diffusion_.end_row([this](std::size_t x, const Four&) { return row()[x]; });
            pairs_.add_row(row(), diffusion_.place(0), in_.width);
        }
    }

private:
    std::uint8_t* row() const { return diffusion_.row(); }

    std::int64_t cost_at(std::size_t x, const Four& target, const Four& entry) const {
        const Four difference = target - entry;
        std::int64_t total = 0;
        for (std::size_t c = 0; c < D; ++c) total += std::int64_t{difference[c]} * difference[c];
        return total * in_.weights[diffusion_.place(x)];
    }

    void map_row() {
        ways_[0] = Way{};
        ways_[0].cost = 0;
        for (std::size_t x = 1; x <= in_.width; ++x) ways_[x].cost = kUnknown;
        for (std::size_t x = 0; x < in_.width; ++x) {
            const std::size_t entry = take_nearest(x);
            for (const Source& source : kNear) copy(x, source);
            if (x + 2 < in_.width) copy_pairs(x, entry);
        }
        take_cheapest();
    }

    std::size_t take_nearest(std::size_t x) {
        const Way& way = ways_[x];
        const Four target = diffusion_.target(x, way.ahead);
        const std::size_t entry = search_.nearest(target);
        const std::int64_t cost = way.cost + cost_at(x, target, search_.entry(entry)) + literal_;
        next_ahead_ = 7 * diffusion_.left_over(x, target, search_.entry(entry));
        if (cost < ways_[x + 1].cost) {
            const auto byte = static_cast<std::uint8_t>(entry);
            ways_[x + 1] = {cost, next_ahead_, way.last << 8 | byte, static_cast<std::uint32_t>(x), {0, 0}, byte, false};
        }
        return entry;
    }

    // Tries the places in the rows above that show the two entries nearest here.
    void copy_pairs(std::size_t x, std::size_t entry) {
        const std::size_t second = search_.nearest(diffusion_.target(x + 1, next_ahead_));
        const auto width = static_cast<std::int32_t>(in_.width);
        std::int32_t place = pairs_.latest(entry, second);
        for (std::size_t n = 0; n < depth_ && place >= 0; ++n, place = pairs_.before(place)) {
            const Source source{static_cast<std::int32_t>(diffusion_.y()) - place / width,
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
        if (source.up > static_cast<std::int32_t>(diffusion_.y()) || source.left > static_cast<std::int32_t>(x) ||
            back < 1 || back > kWindow)
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
            const Four target = diffusion_.target(at, ahead);
            spent += cost_at(at, target, search_.entry(entry));
            allowed += 144 * price_;
            if (spent > allowed) break;
            ahead = 7 * diffusion_.left_over(at, target, search_.entry(entry));
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

    const WeighedPixels in_;
    Diffusion<D> diffusion_;
    PaletteSearch<D>& search_;
    const std::int64_t price_, literal_, behind_;
    const std::size_t depth_;
    Pairs pairs_;
    std::vector<Way> ways_;
    std::vector<std::size_t> steps_;
    Four next_ahead_{};
};

// Each pixel gets the entry nearest to what it should show.
template <std::size_t D>
void map_nearest(const WeighedPixels& in, const std::int16_t* palette, std::size_t k, std::uint8_t* indices) {
    Diffusion<D> diffusion(in, palette, k, indices);
    for (std::size_t y = 0; y < in.height; ++y) {
        diffusion.begin_row(y);
        diffusion.end_row([&](std::size_t x, const Four& target) {
            return diffusion.row()[x] = static_cast<std::uint8_t>(diffusion.search.nearest(target));
        });
    }
}

template <std::size_t D>
void map_all(const WeighedPixels& in, const std::int16_t* palette, std::size_t k, std::int64_t price,
             std::size_t depth, std::uint8_t* indices) {
    if (price == 0) return map_nearest<D>(in, palette, k, indices);
    if (depth == 0) return map_runs<D>(in, palette, k, price, indices);
    Mapper<D>(in, palette, k, price, depth, indices).run();
}

}  // namespace

void map_weighed(const WeighedPixels& in, std::size_t d, const std::int16_t* palette, std::size_t k,
                 std::int64_t price, std::size_t depth, std::uint8_t* indices) {
    if (d == 3)
        map_all<3>(in, palette, k, price, depth, indices);
    else
        map_all<4>(in, palette, k, price, depth, indices);
}

}  // namespace kalette
