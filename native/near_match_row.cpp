// Compiled once for each instruction set, as nearest.cpp is: nothing from the standard library may be used here.
//
// The path through each match carries its cost above that of the cheapest path, its carried error and its recent
// entries. At each pixel a match is extended, or started anew where that is cheaper. Costs are floats, which cannot
// overflow; their arithmetic is the same in any vector width.

#include "bit_costs.hpp"
#include "near_match_row.hpp"
#include "points.hpp"

namespace kalette {
namespace KALETTE_ISA {
namespace {

constexpr std::size_t kLanes = KALETTE_VECTOR_BYTES / 4, kParts = kNearMatches / kLanes;
constexpr std::size_t kSlots = 2 * kNearMatches;  // a match each, then the literal
static_assert(kInRow == 4 && kLanes >= kInRow, "matches in the row are the first lanes of the first part");

typedef std::int32_t Ints __attribute__((vector_size(KALETTE_VECTOR_BYTES)));
typedef std::uint32_t Words __attribute__((vector_size(KALETTE_VECTOR_BYTES)));
typedef float Floats __attribute__((vector_size(KALETTE_VECTOR_BYTES)));

// All lanes the same. (Subtracting from a zero vector keeps the value's bits, adding would lose -0.)
inline Ints spread(std::int32_t value) { return value - Ints{}; }
inline Floats spread(float value) { return value - Floats{}; }

template <typename Vector, typename T>
inline Vector load(const T* from) {
    Vector vector;
    __builtin_memcpy(&vector, from, sizeof vector);
    return vector;
}

template <typename Vector, typename T>
inline void store(T* to, const Vector& vector) { __builtin_memcpy(to, &vector, sizeof vector); }

template <typename T>
inline T smaller(T a, T b) { return a < b ? a : b; }

// The least of all lanes.
template <typename T, typename Vector>
inline T least(const Vector* parts) {
    Vector all = parts[0];
    for (std::size_t p = 1; p < kParts; ++p) all = smaller(all, parts[p]);
    typedef T Quarter __attribute__((vector_size(16)));
    Quarter quarters[kLanes / 4];
    __builtin_memcpy(quarters, &all, sizeof all);
    Quarter four = quarters[0];
    for (std::size_t q = 1; q < kLanes / 4; ++q) four = smaller(four, quarters[q]);
    return smaller(smaller(four[0], four[1]), smaller(four[2], four[3]));
}

// What the targets at a pixel are made from, and its factors.
template <std::size_t D>
struct Pixel {
    std::int32_t corrected[D], low[D], high[D];
    std::int32_t strength;
    float weight;
    Pixel(const NearMatchRow& row, std::size_t x) : strength(row.strengths[x]), weight(row.weights[x]) {
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

template <std::size_t D>
class NearMatchSearch {
public:
    explicit NearMatchSearch(const NearMatchRow& row) : row_(row) {
        for (std::size_t p = 0; p < kParts; ++p) costs_[p] = spread(__builtin_inff());
    }

    void run() {
        for (std::size_t x = 0; x < row_.width; ++x) {
            const Pixel<D> pixel(row_, x);
            extend_matches(x, pixel);
            keep_cheapest(x, pixel);
        }
    }

private:
    // Puts the literal after the cheapest path into its slot, and returns its cost.
    float add_literal(std::size_t x, const Pixel<D>& pixel) {
        std::int32_t target[4] = {};
        for (std::size_t c = 0; c < D; ++c) {
            const std::int32_t wanted = (pixel.corrected[c] + carried_[c]) >> kErrorShift;
            target[c] = wanted < pixel.low[c] ? pixel.low[c] : wanted > pixel.high[c] ? pixel.high[c] : wanted;
        }
        const std::size_t nearest = row_.nearest(row_.search, target);
        const std::int32_t* entry = row_.palette + 4 * nearest;
        float square = 0;
        for (std::size_t c = 0; c < D; ++c) {
            const std::int32_t error = target[c] - entry[c];
            square += static_cast<float>(error) * static_cast<float>(error);
            slots_.carried[c][kLiteral] = error * (kToRight * pixel.strength);
        }
        if (D == 4 && target[D - 1] > kAlphaBound) slots_.carried[D - 1][kLiteral] = 0;
        for (std::size_t c = 0; D == 4 && target[D - 1] < -kAlphaBound && c < D; ++c) slots_.carried[c][kLiteral] = 0;
        slots_.recent[kLiteral] = static_cast<std::int32_t>(recent_ << 8 | static_cast<std::uint32_t>(nearest));
        slots_.start[kLiteral] = static_cast<std::int32_t>(x);
        return row_.literal + square * pixel.weight;
    }

    // Extends all matches by a pixel; starts those anew for which that is cheaper.
    void extend_matches(std::size_t x, const Pixel<D>& pixel) {
        const Ints here = spread(static_cast<std::int32_t>(x));
        std::int32_t in_row[kInRow] = {};
        for (std::size_t p = 0; p < kParts; ++p) {
            const Floats start = load<Floats>(row_.start + p * kLanes);
            const Ints extended = costs_[p] <= start;
            const Ints recent = extended ? recents_[p] : spread(static_cast<std::int32_t>(recent_));
            if (p == 0)
                for (std::size_t i = 0; i < kInRow; ++i)
                    in_row[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(recent[i]) >> (8 * i) & 255);
            const Floats squares = carry_errors(p, x, pixel, extended, in_row);
            const Floats cost = ((extended ? costs_[p] : start) + row_.extension) + squares * pixel.weight;
            const Ints first = load<Ints>(row_.first + p * kLanes), last = load<Ints>(row_.last + p * kLanes);
            costs_[p] = (here >= first) & (here <= last) ? cost : spread(__builtin_inff());
            recents_[p] = (Ints)((Words)recent << 8) | sources(p, x, D, in_row);
            starts_[p] = extended ? starts_[p] : here;
            store(slots_.recent + p * kLanes, recents_[p]);
            store(slots_.start + p * kLanes, starts_[p]);
        }
    }

    // Finds the errors that the matches carry on from this pixel, and returns their squared errors here.
    Floats carry_errors(std::size_t p, std::size_t x, const Pixel<D>& pixel, const Ints& extended,
                        const std::int32_t* in_row) {
        Floats squares{};
        Ints target{};
        for (std::size_t c = 0; c < D; ++c) {
            const Ints low = spread(pixel.low[c]), high = spread(pixel.high[c]);
            target = (pixel.corrected[c] + (extended ? carrieds_[p][c] : spread(carried_[c]))) >> kErrorShift;
            target = target < low ? low : target > high ? high : target;
            const Ints error = target - sources(p, x, c, in_row);
            const Floats real = __builtin_convertvector(error, Floats);
            squares += real * real;
            carrieds_[p][c] = error * (kToRight * pixel.strength);
        }
        for (std::size_t c = 0; c < D; ++c) {
            Ints& carried = carrieds_[p][c];
            if (D == 4) carried = target < -kAlphaBound ? Ints{} : carried;  // a clear pixel shows no colour
            if (D == 4 && c == D - 1) carried = target > kAlphaBound ? Ints{} : carried;
            store(slots_.carried[c] + p * kLanes, carried);
        }
        return squares;
    }

    // What the matches show here: coordinate c of their entries, or with c = D the entries themselves.
    Ints sources(std::size_t p, std::size_t x, std::size_t c, const std::int32_t* in_row) const {
        const Ints above = load<Ints>(row_.above[c] + x + kMargin - kInRow - kFurthestLeft + p * kLanes);
        if (p > 0) return above;
        Ints first = above;
        for (std::size_t i = 0; i < kInRow; ++i)
            first[i] = c == D ? in_row[i] : row_.palette[4 * in_row[i] + static_cast<std::int32_t>(c)];
        return first;
    }

    // Keeps the cheapest path to the next pixel: through a match that is long enough, or through the literal.
    void keep_cheapest(std::size_t x, const Pixel<D>& pixel) {
        const Ints latest = spread(static_cast<std::int32_t>(x + 1) - static_cast<std::int32_t>(kShortestMatch));
        Floats ends[kParts];
        for (std::size_t p = 0; p < kParts; ++p)
            ends[p] = starts_[p] <= latest ? costs_[p] : spread(__builtin_inff());
        float best = least<float>(ends);
        std::size_t slot = kLiteral;
        const float literal = best < row_.literal ? row_.literal : add_literal(x, pixel);  // it costs no less than that
        if (best < literal)
            slot = match_of_cost(best, ends);
        else
            best = literal;
        for (std::size_t p = 0; p < kParts; ++p) costs_[p] -= best;
        for (std::size_t c = 0; c < D; ++c) carried_[c] = slots_.carried[c][slot];
        recent_ = static_cast<std::uint32_t>(slots_.recent[slot]);
        row_.steps[x] = {static_cast<std::uint32_t>(slots_.start[slot]), static_cast<std::uint8_t>(slot),
                         static_cast<std::uint8_t>(recent_ & 255)};
    }

    // The first match of this cost.
    static std::size_t match_of_cost(float cost, const Floats* costs) {
        Ints matches[kParts];
        for (std::size_t p = 0; p < kParts; ++p)
            matches[p] = costs[p] == spread(cost) ? load<Ints>(kNumbers + p * kLanes) : spread(kLiteral);
        return static_cast<std::size_t>(least<std::int32_t>(matches));
    }

    static constexpr std::int32_t kNumbers[kNearMatches] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    const NearMatchRow row_;
    // Of the paths through each match.
    Floats costs_[kParts];
    Ints carrieds_[kParts][D] = {}, recents_[kParts] = {}, starts_[kParts] = {};
    struct alignas(64) {
        std::int32_t carried[D][kSlots], recent[kSlots], start[kSlots];
    } slots_;
    // Of the cheapest path.
    std::int32_t carried_[D] = {};
    std::uint32_t recent_ = 0;
};

template <std::size_t D>
void search_row(const NearMatchRow& row) { NearMatchSearch<D>(row).run(); }

}  // namespace

extern const NearMatchKernels near_match_kernels;
const NearMatchKernels near_match_kernels = {search_row<3>, search_row<4>};

}  // namespace KALETTE_ISA
}  // namespace kalette
