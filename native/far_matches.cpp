// Trellis search over literals, near matches, and far matches from an index of digrams.

#include <limits>

#include "bit_costs.hpp"
#include "diffusion.hpp"
#include "trellis.hpp"

namespace kalette {
namespace {

constexpr std::size_t kLongestStep = 16;  // entries that a match adds in one step; longer matches are extended
constexpr std::int64_t kUnreached = std::numeric_limits<std::int64_t>::max() / 2;  // more than any path costs

// Pruning. A match is given up where it costs this much more than the best path to the same node, ...
constexpr std::int64_t kPruningMargin = 8 * kBit;
// ... or where its distortion is worth more than these bits for itself and for each of its entries.
constexpr std::int64_t kMatchDistortion = 10 * kBit, kEntryDistortion = 9 * kBit;

// Where the source of a match lies: rows up, and pixels to the left (negative: to the right).
struct Offset {
    std::int32_t up, left;
    bool operator==(const Offset& other) const { return up == other.up && left == other.left; }
};
constexpr Offset kLiteral = {0, 0};

// Tried at every pixel.
constexpr Offset kNearOffsets[] = {{0, 1}, {1, 0}, {1, -1}, {1, 1}, {0, 2}, {2, 0},
                                   {0, 3}, {1, -2}, {1, 2}, {0, 4}, {2, 1}, {2, -1}};

// Hash chains of digrams, as in zlib: the places in the rows above of each pair of adjacent entries, latest first.
class DigramIndex {
public:
    explicit DigramIndex(std::size_t pixels) : latest_(kMostEntries * kMostEntries, -1), previous_(pixels, -1) {}
    std::int32_t latest(std::size_t first, std::size_t second) const { return latest_[first << 8 | second]; }
    std::int32_t previous(std::int32_t place) const { return previous_[static_cast<std::size_t>(place)]; }
    void add_row(const std::uint8_t* row, std::size_t place, std::size_t width) {
        for (std::size_t x = 0; x + 1 < width; ++x) {
            std::int32_t& latest = latest_[static_cast<std::size_t>(row[x]) << 8 | row[x + 1]];
            previous_[place + x] = latest;
            latest = static_cast<std::int32_t>(place + x);
        }
    }

private:
    std::vector<std::int32_t> latest_, previous_;
};

// The cheapest path known to a pixel, and its last step: a literal or a match.
struct Node {
    std::int64_t cost = kUnreached;
    Vec4 carried{};             // error carried into the pixel
    std::uint32_t recent = 0;   // the last four entries, the latest lowest
    std::uint32_t start = 0;    // the node before the last step
    Offset offset = kLiteral;
    std::uint8_t entry = 0;     // the last
    bool can_extend = false;    // the last step is a match of the longest kind
};

// A match that grows entry by entry.
struct Match {
    std::size_t start;
    Offset offset;
    bool extends;         // the match of the step before
    std::int64_t cost;    // of the path to it and of its distance
    std::int64_t distortion;
    Vec4 carried;
    std::uint32_t recent;
};

template <std::size_t D>
class FarMatchTrellis {
public:
    FarMatchTrellis(const WeightedPixels& in, const PalettePoints& palette, const Rate& rate, std::uint8_t* indices)
        : in_(in), diffusion_(in, palette, indices), search_(diffusion_.search), rate_(rate),
          literal_(rate.multiplier * literal_bits(palette.k)), margin_(rate.multiplier * kPruningMargin),
          digrams_(in.height * in.width), nodes_(in.width + 1) {}

    void run() {
        for (std::size_t y = 0; y < in_.height; ++y) {
            diffusion_.begin_row(y);
            map_row();
            diffusion_.end_row([this](std::size_t x, const Vec4&) { return row()[x]; });
            digrams_.add_row(row(), diffusion_.place(0), in_.width);
        }
    }

private:
    struct Literal {
        std::size_t entry;
        Vec4 carried;
    };

    std::uint8_t* row() const { return diffusion_.row(); }

    void map_row() {
        nodes_.assign(nodes_.size(), Node{});
        nodes_[0].cost = 0;
        for (std::size_t x = 0; x < in_.width; ++x) {
            const Literal literal = add_literal(x);
            for (const Offset& offset : kNearOffsets) add_match(x, offset);
            if (x + 2 < in_.width) add_far_matches(x, literal);
        }
        trace_back();
    }

    std::int64_t distortion(std::size_t x, const Vec4& target, const Vec4& entry) const {
        const Vec4 error = target - entry;
        std::int64_t total = 0;
        for (std::size_t c = 0; c < D; ++c) total += std::int64_t{error[c]} * error[c];
        return total * in_.weights[diffusion_.place(x)];
    }

    Literal add_literal(std::size_t x) {
        const Node& node = nodes_[x];
        const Vec4 target = diffusion_.target(x, node.carried);
        const std::size_t nearest = search_.nearest(target);
        const Vec4& entry = search_.entry(nearest);
        const std::int64_t cost = node.cost + distortion(x, target, entry) + literal_;
        const Vec4 carried = kToRight * diffusion_.scaled_error(x, target, entry);
        if (cost < nodes_[x + 1].cost) {
            const auto byte = static_cast<std::uint8_t>(nearest);
            const auto start = static_cast<std::uint32_t>(x);
            nodes_[x + 1] = {cost, carried, node.recent << 8 | byte, start, kLiteral, byte, false};
        }
        return {nearest, carried};
    }

    // Adds matches with earlier places of the digram that is nearest here.
    void add_far_matches(std::size_t x, const Literal& first) {
        const std::size_t second = search_.nearest(diffusion_.target(x + 1, first.carried));
        const auto width = static_cast<std::int32_t>(in_.width);
        std::int32_t place = digrams_.latest(first.entry, second);
        for (std::size_t n = 0; n < rate_.match_depth && place >= 0; ++n, place = digrams_.previous(place)) {
            const Offset offset{static_cast<std::int32_t>(diffusion_.y()) - place / width,
                                static_cast<std::int32_t>(x) - place % width};
            if (distance(offset) > kWindow) break;
            add_match(x, offset);
        }
    }

    // In the stream, where each row begins with a byte for its filter.
    std::int64_t distance(const Offset& offset) const {
        return std::int64_t{offset.up} * static_cast<std::int64_t>(in_.width + 1) + offset.left;
    }

    // Adds the matches of one step, up to the longest that is not pruned.
    void add_match(std::size_t x, const Offset& offset) {
        if (offset.up > static_cast<std::int32_t>(diffusion_.y()) || offset.left > static_cast<std::int32_t>(x)) return;
        const std::int64_t back = distance(offset);
        if (back < 1 || back > kWindow) return;
        const Node& node = nodes_[x];
        const bool extends = node.can_extend && node.offset == offset;
        const std::int64_t bits = extends ? kStepExtension : distance_bits(back);
        Match match{x, offset, extends, node.cost + rate_.multiplier * bits, 0, node.carried, node.recent};
        const std::size_t longest = std::min(kLongestStep, in_.width - x);
        for (std::size_t length = 1; length <= longest && grow(match, length); ++length) {
        }
    }

    // Grows a match to this length; returns whether it can grow further.
    bool grow(Match& match, std::size_t length) {
        const std::size_t x = match.start + length - 1;
        const std::ptrdiff_t source = static_cast<std::ptrdiff_t>(x) - match.offset.left;
        if (source >= static_cast<std::ptrdiff_t>(in_.width)) return false;
        const std::uint8_t entry = source_entry(match, source);
        const Vec4 target = diffusion_.target(x, match.carried);
        match.distortion += distortion(x, target, search_.entry(entry));
        const std::int64_t worth = kMatchDistortion + kEntryDistortion * static_cast<std::int64_t>(length);
        if (match.distortion > worth * rate_.multiplier) return false;
        match.carried = kToRight * diffusion_.scaled_error(x, target, search_.entry(entry));
        match.recent = match.recent << 8 | entry;
        return (length < kShortestMatch && !match.extends) || offer(match, length, entry);
    }

    // Within the row itself, entries are only decided along the path.
    std::uint8_t source_entry(const Match& match, std::ptrdiff_t source) const {
        if (match.offset.up == 0) return static_cast<std::uint8_t>(match.recent >> (8 * (match.offset.left - 1)));
        return row()[source - match.offset.up * static_cast<std::ptrdiff_t>(in_.width)];
    }

    // Ends the match here if that is the cheapest path known; returns false where it is pruned.
    bool offer(const Match& match, std::size_t length, std::uint8_t entry) {
        Node& end = nodes_[match.start + length];
        const std::int64_t bits = match.extends ? 0 : length_bits(length);
        const std::int64_t cost = match.cost + match.distortion + rate_.multiplier * bits;
        if (cost >= end.cost + margin_) return false;
        if (cost < end.cost)
            end = {cost,         match.carried, match.recent,          static_cast<std::uint32_t>(match.start),
                   match.offset, entry,         length == kLongestStep};
        return true;
    }

    // Follows the cheapest path back from the end of the row, then writes its entries from left to right.
    void trace_back() {
        path_.clear();
        for (std::size_t end = in_.width; end > 0; end = nodes_[end].start) path_.push_back(end);
        std::size_t x = 0;
        for (auto end = path_.rbegin(); end != path_.rend(); ++end) {
            const Node& node = nodes_[*end];
            const bool literal = node.offset == kLiteral;
            const std::ptrdiff_t back = node.offset.up * static_cast<std::ptrdiff_t>(in_.width) + node.offset.left;
            for (; x < *end; ++x) row()[x] = literal ? node.entry : row()[static_cast<std::ptrdiff_t>(x) - back];
        }
    }

    const WeightedPixels in_;
    Diffusion<D> diffusion_;
    PaletteSearch<D>& search_;
    const Rate rate_;
    const std::int64_t literal_, margin_;
    DigramIndex digrams_;
    std::vector<Node> nodes_;        // one before each pixel, and one at the end of the row
    std::vector<std::size_t> path_;  // nodes, the last first
};

}  // namespace

template <std::size_t D>
void map_with_far_matches(const WeightedPixels& in, const PalettePoints& palette, const Rate& rate,
                          std::uint8_t* indices) {
    FarMatchTrellis<D>(in, palette, rate, indices).run();
}
template void map_with_far_matches<3>(const WeightedPixels&, const PalettePoints&, const Rate&, std::uint8_t*);
template void map_with_far_matches<4>(const WeightedPixels&, const PalettePoints&, const Rate&, std::uint8_t*);

}  // namespace kalette
