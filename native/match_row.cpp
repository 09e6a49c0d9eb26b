// Compiled once for each instruction set (simd.hpp).
//
// The path through each match carries its cost above that of the cheapest path, its carried error and its recent
// entries. At each pixel a match is extended, or started anew where that is cheaper. Each match has a lane of the
// vectors; a far match takes the lane of one that would be started anew. Costs are floats, which cannot overflow; their
// arithmetic is the same in any vector width.
//
// By hand, because plain loops over the lanes take 1.8 to 2.1 times as long in the baseline with the same flags, 3
// to 4.7 times with AVX2 and AVX-512.

#include "match_row.hpp"

#include "bit_costs.hpp"
#include "points.hpp"
#include "simd.hpp"

namespace kalette::KALETTE_ISA {
namespace {

constexpr std::size_t kLanes = KALETTE_VECTOR_BYTES / 4, kNearParts = kNearMatches / kLanes;
static_assert(kInRow == 4 && kLanes >= kInRow, "matches in the row are the first lanes of the first part");

constexpr std::int32_t kNumbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static_assert(sizeof kNumbers / sizeof kNumbers[0] >= kLanes, "each lane needs its number");

// Sets one lane through a whole vector: a lane stored alone would delay the next load of its vector.
template <typename T>
inline void put(Vector<T>* parts, std::size_t lane, T value) {
    Vector<T>& part = parts[lane / kLanes];
    part = load<Ints>(kNumbers) == spread(static_cast<std::int32_t>(lane % kLanes)) ? spread(value) : part;
}

// Inputs of a pixel's targets (Diffusion::target), for all lanes: corrected value, clamping range, diffusion strength,
// weight.
template <std::size_t D>
struct Pixel {
    std::int32_t corrected[D], low[D], high[D];
    std::int32_t strength;
    float weight;
    Pixel(const MatchRow& row, std::size_t x) : strength(row.strengths[x]), weight(row.weights[x]) {
        for (std::size_t c = 0; c < D; ++c) {
            corrected[c] = row.corrected[4 * x + c];
            low[c] = row.lowest[c];
            high[c] = row.highest[c];
        }
        if (D == 3) return;
        const std::int32_t alpha = row.points[D * x + D - 1];
        if (alpha > kAlphaBound || alpha < -kAlphaBound) low[D - 1] = high[D - 1] = alpha;
    }
};

// Searches one row. The reference has no lanes to fill: it loads no sources ahead and keeps nothing packed.
template <std::size_t D, std::size_t kFarMatches>
class MatchSearch {
    static constexpr std::size_t kMatches = kNearMatches + kFarMatches, kParts = kMatches / kLanes;
    static constexpr std::size_t kFarRoom = kFarMatches > 0 ? kFarMatches : kLanes;  // no array is empty
    static constexpr std::size_t kFarParts = kFarRoom / kLanes, kShownWords = shown_words(D);
    static constexpr std::size_t kLiteralSlot = kMatches, kSlots = kMatches + kLanes;

public:
    explicit MatchSearch(const MatchRow& row) : row_(row) {
        for (std::size_t p = 0; p < kParts; ++p) {
            const bool near = p < kNearParts;
            matches_.cost[p] = spread(kNoPath);
            starting_[p] = near ? load<Floats>(row.costs.start + p * kLanes) : spread(kNoPath);
            first_[p] = near ? load<Ints>(row.first + p * kLanes) : Ints{};
            last_[p] = near ? load<Ints>(row.last + p * kLanes) : spread(-1);
        }
        const auto width = static_cast<std::int32_t>(row.width);
        for (std::size_t match = 0; match < kNearMatches; ++match) backs_[match] = kUp[match] * width + kLeft[match];
    }

    void run() {
        load_far_sources(0);
        for (std::size_t x = 0; x < row_.width; ++x) {
            begin_far_matches(x);
            const Pixel<D> pixel(row_, x);
            extend_matches(x, pixel);
            load_far_sources(x + 1);  // long before they are needed: stored one by one, they are loaded as vectors
            keep_cheapest(x, pixel);
        }
    }

private:
    // Puts the literal after the cheapest path into its slot, and returns its cost. One path: carry_errors in plain
    // numbers.
    float add_literal(std::size_t x, const Pixel<D>& pixel) {
        std::int32_t target[4] = {};
        for (std::size_t c = 0; c < D; ++c) {
            const std::int32_t wanted = (pixel.corrected[c] + cheapest_.carried[c]) >> kErrorShift;
            target[c] = wanted < pixel.low[c] ? pixel.low[c] : wanted > pixel.high[c] ? pixel.high[c] : wanted;
        }
        const std::size_t nearest = row_.nearest(row_.search, target);
        const std::int32_t* entry = row_.entries + 4 * nearest;
        float square = 0;
        for (std::size_t c = 0; c < D; ++c) {
            const std::int32_t error = target[c] - entry[c];
            square += static_cast<float>(error) * static_cast<float>(error);
            slots_.carried[c][kLiteralSlot] = error * (kToRight * pixel.strength);
        }
        if (D == 4 && target[D - 1] > kAlphaBound) slots_.carried[D - 1][kLiteralSlot] = 0;
        for (std::size_t c = 0; D == 4 && target[D - 1] < -kAlphaBound && c < D; ++c)
            slots_.carried[c][kLiteralSlot] = 0;
        slots_.recent[kLiteralSlot] =
            static_cast<std::int32_t>(cheapest_.recent << 8 | static_cast<std::uint32_t>(nearest));
        slots_.start[kLiteralSlot] = static_cast<std::int32_t>(x);
        return row_.costs.literal + square * pixel.weight;
    }

    // Assigns lanes to the far matches that may start at x.
    void begin_far_matches(std::size_t x) {
        if (kFarMatches == 0) return;
        for (std::size_t p = 0; p < kFarParts; ++p) {
            for (std::size_t w = 0; w < kShownWords; ++w) shown_[w][p] = load<Words>(loaded_[w] + p * kLanes);
            store(gains_ + p * kLanes, starting_[kNearParts + p] - matches_.cost[kNearParts + p]);
        }
        const std::int32_t* candidates = row_.candidates + row_.match_depth * x;
        for (std::size_t n = 0; n < row_.match_depth && candidates[n] != kNoSource; ++n)
            add_far_match(x, candidates[n]);
    }

    // Assigns a lane to a far match that has none: the first of the next kTriedLanes whose current match is not worth
    // extending.
    void add_far_match(std::size_t x, std::int32_t back) {
        if (has_lane(back)) return;
        for (std::size_t n = 0; n < kTriedLanes; ++n) {
            const std::size_t i = next_;
            next_ = i + 1 < kFarMatches ? i + 1 : 0;
            if (gains_[i] > 0) continue;
            backs_[kNearMatches + i] = back;
            put(lane_backs_, i, back);
            put(matches_.cost + kNearParts, i, kNoPath);
            set_source(x, i, back);
            const std::uint32_t* shown = shown_by(x, i);
            for (std::size_t w = 0; w < kShownWords; ++w) put(shown_[w], i, shown[w]);
            return;
        }
    }

    bool has_lane(std::int32_t back) const {
        Ints same[kFarParts];
        for (std::size_t p = 0; p < kFarParts; ++p) same[p] = lane_backs_[p] == spread(back);
        for (std::size_t p = 1; p < kFarParts; ++p) same[0] |= same[p];
        return any_lane(same[0]);
    }

    // Sets between which pixels a far match has a source, and what it costs to start it.
    void set_source(std::size_t x, std::size_t i, std::int32_t back) {
        const auto width = static_cast<std::int32_t>(row_.width), here = static_cast<std::int32_t>(x);
        const std::int32_t up = (back - here + width - 1) / width;  // the source is in a row above
        const std::int32_t left = back - up * width;
        put(first_ + kNearParts, i, left > 0 ? left : 0);
        put(last_ + kNearParts, i, width - 1 + (left < 0 ? left : 0));
        const std::int32_t distance = back + up;  // each row begins with a byte for its filter
        put(starting_ + kNearParts, i, row_.costs.far_start[32 - __builtin_clz(static_cast<unsigned>(distance - 1))]);
    }

    void load_far_sources(std::size_t x) {
        if (kFarMatches == 0 || x == row_.width) return;
        for (std::size_t i = 0; i < kFarMatches; ++i) {
            const std::uint32_t* shown = shown_by(x, i);
            for (std::size_t w = 0; w < kShownWords; ++w) loaded_[w][i] = shown[w];
        }
    }

    const std::uint32_t* shown_by(std::size_t x, std::size_t i) const {
        return row_.shown + kMostShownWords * row_.indices[static_cast<std::ptrdiff_t>(x) - backs_[kNearMatches + i]];
    }

    // Extends all matches by a pixel; starts those anew for which that is cheaper.
    void extend_matches(std::size_t x, const Pixel<D>& pixel) {
        const Ints here = spread(static_cast<std::int32_t>(x));
        std::int32_t in_row[kInRow] = {};
        for (std::size_t p = 0; p < kParts; ++p) {
            const Floats start = starting_[p];
            const Ints extended = matches_.cost[p] <= start;
            const Ints recent = extended ? matches_.recent[p] : spread(static_cast<std::int32_t>(cheapest_.recent));
            if (p == 0)
                for (std::size_t i = 0; i < kInRow; ++i)
                    in_row[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(recent[i]) >> (8 * i) & 255);
            const Floats squares = carry_errors(p, x, pixel, extended, in_row);
            const Floats cost = ((extended ? matches_.cost[p] : start) + row_.costs.extension) + squares * pixel.weight;
            matches_.cost[p] = (here >= first_[p]) & (here <= last_[p]) ? cost : spread(kNoPath);
            matches_.recent[p] = same_bits<Ints>(same_bits<Words>(recent) << 8) | sources(p, x, D, in_row);
            matches_.start[p] = extended ? matches_.start[p] : here;
            store(slots_.recent + p * kLanes, matches_.recent[p]);
            store(slots_.start + p * kLanes, matches_.start[p]);
        }
    }

    // Finds the errors that the matches carry on from this pixel, and returns their squared errors here.
    Floats carry_errors(std::size_t p, std::size_t x, const Pixel<D>& pixel, const Ints& extended,
                        const std::int32_t* in_row) {
        Floats squares{};
        Ints target{};
        for (std::size_t c = 0; c < D; ++c) {
            const Ints low = spread(pixel.low[c]), high = spread(pixel.high[c]);
            target = (pixel.corrected[c] + (extended ? matches_.carried[p][c] : spread(cheapest_.carried[c]))) >>
                     kErrorShift;
            target = target < low ? low : target > high ? high : target;
            const Ints error = target - sources(p, x, c, in_row);
            const Floats real = __builtin_convertvector(error, Floats);
            squares += real * real;
            matches_.carried[p][c] = error * (kToRight * pixel.strength);
        }
        for (std::size_t c = 0; c < D; ++c) {
            Ints& carried = matches_.carried[p][c];
            if (D == 4) carried = target < -kAlphaBound ? Ints{} : carried;  // a clear pixel shows no colour
            if (D == 4 && c == D - 1) carried = target > kAlphaBound ? Ints{} : carried;
            store(slots_.carried[c] + p * kLanes, carried);
        }
        return squares;
    }

    // What the matches show here: coordinate c of their entries, or with c = D the entries themselves.
    Ints sources(std::size_t p, std::size_t x, std::size_t c, const std::int32_t* in_row) const {
        if (p >= kNearParts) {
            const Words word = shown_[c / 2][p - kNearParts];
            return same_bits<Ints>(c % 2 == 0 ? word << 16 : word) >> 16;
        }
        const Ints above = load<Ints>(row_.above[c] + x + kMargin - kInRow - kFurthestLeft + p * kLanes);
        if (p > 0) return above;
        Ints first = above;
        for (std::size_t i = 0; i < kInRow; ++i)
            first[i] = c == D ? in_row[i] : row_.entries[4 * in_row[i] + static_cast<std::int32_t>(c)];
        return first;
    }

    // Keeps the cheapest path to the next pixel: through a match that is long enough, or through the literal.
    void keep_cheapest(std::size_t x, const Pixel<D>& pixel) {
        const Ints latest = spread(static_cast<std::int32_t>(x + 1) - static_cast<std::int32_t>(kShortestMatch));
        Floats ends[kParts];
        for (std::size_t p = 0; p < kParts; ++p)
            ends[p] = matches_.start[p] <= latest ? matches_.cost[p] : spread(kNoPath);
        float best = least<float, kParts>(ends);
        std::size_t slot = kLiteralSlot;
        const float literal =
            best < row_.costs.literal ? row_.costs.literal : add_literal(x, pixel);  // it costs no less than that
        if (best < literal)
            slot = match_of_cost(best, ends);
        else
            best = literal;
        for (std::size_t p = 0; p < kParts; ++p) matches_.cost[p] -= best;
        for (std::size_t c = 0; c < D; ++c) cheapest_.carried[c] = slots_.carried[c][slot];
        cheapest_.recent = static_cast<std::uint32_t>(slots_.recent[slot]);
        row_.steps[x] = {static_cast<std::uint32_t>(slots_.start[slot]), backs_[slot],
                         static_cast<std::uint8_t>(cheapest_.recent & 255)};
    }

    // The first match of this cost: argmin, lane by lane.
    static std::size_t match_of_cost(float cost, const Floats* costs) {
        Ints matches[kParts];
        for (std::size_t p = 0; p < kParts; ++p)
            matches[p] = costs[p] == spread(cost) ? load<Ints>(kNumbers) + spread(static_cast<std::int32_t>(p * kLanes))
                                                  : spread(static_cast<std::int32_t>(kLiteralSlot));
        return static_cast<std::size_t>(least<std::int32_t, kParts>(matches));
    }

    const MatchRow row_;
    // Paths through each match: cost above that of the cheapest path, carried error, the last four entries a byte each,
    // node where the match began.
    struct Paths {
        Floats cost[kParts];
        Ints carried[kParts][D], recent[kParts], start[kParts];
    } matches_{};
    // The same but for the costs, with the literal, to be read one by one.
    struct alignas(64) Slots {
        std::int32_t carried[D][kSlots], recent[kSlots], start[kSlots];
    } slots_;
    // Of each match: what it costs to start it, and the pixels between which it has a source.
    Floats starting_[kParts];
    Ints first_[kParts], last_[kParts];
    std::int32_t backs_[kSlots] = {};  // pixels back to the source of each match
    // Of each far match: the same, what it shows here, and how much cheaper it is than one started anew.
    Ints lane_backs_[kFarParts] = {};
    Words shown_[kShownWords][kFarParts];
    alignas(64) std::uint32_t loaded_[kShownWords][kFarRoom];
    alignas(64) float gains_[kFarRoom];
    std::size_t next_ = 0;  // the lane that the next far match tries first
    struct Path {
        std::int32_t carried[D];
        std::uint32_t recent;
    } cheapest_{};
};

template <std::size_t D, std::size_t kFarMatches>
void search_row(const MatchRow& row) {
    MatchSearch<D, kFarMatches>(row).run();
}

}  // namespace

const MatchKernels match_kernels = {{search_row<3, 0>, search_row<4, 0>},
                                    {search_row<3, kFewFarMatches>, search_row<4, kFewFarMatches>},
                                    {search_row<3, kManyFarMatches>, search_row<4, kManyFarMatches>}};

}  // namespace kalette::KALETTE_ISA
