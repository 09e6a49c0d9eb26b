// Compiled once for each instruction set, as nearest.cpp is: nothing from the standard library may be used here.
//
// Each run carries what it costs more than the cheapest way to the same pixel, the error that it hands on and
// its last entries. At each pixel it goes on, or begins anew where that is cheaper; and from its third pixel on
// it is a way to come to the next. Costs are floats, which do not overflow; their arithmetic is the same in
// any vector width.

#include "points.hpp"
#include "runs.hpp"

namespace kalette {
namespace KALETTE_ISA {
namespace {

constexpr std::size_t kLanes = KALETTE_VECTOR_BYTES / 4, kParts = kRuns / kLanes;
constexpr std::int32_t kShortest = 3;  // pixels: deflate knows no shorter copies
constexpr std::size_t kSlots = 2 * kRuns;  // a run each, then the single entry
static_assert(kBeside == 4 && kLanes >= kBeside, "runs beside are the first lanes of the first part");

typedef std::int32_t Ints __attribute__((vector_size(KALETTE_VECTOR_BYTES)));
typedef std::uint32_t Words __attribute__((vector_size(KALETTE_VECTOR_BYTES)));
typedef float Floats __attribute__((vector_size(KALETTE_VECTOR_BYTES)));

// All elements the same. (Subtracting from a zero vector keeps the value's bits, adding would lose -0.)
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

// The least of all elements.
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

// What a pixel allows of its target and hands on of its error.
template <std::size_t D>
struct Pixel {
    std::int32_t base[D], low[D], high[D];
    std::int32_t strength;
    float weight;
    Pixel(const RunsRow& row, std::size_t x) : strength(row.strengths[x]), weight(row.weights[x]) {
        for (std::size_t c = 0; c < D; ++c) {
            base[c] = row.bases[4 * x + c];
            low[c] = row.lowest[c];
            high[c] = row.highest[c];
        }
        if (D == 3) return;
        const std::int32_t alpha = row.points[D * x + D - 1];
        if (alpha > kKindBound || alpha < -kKindBound) low[D - 1] = high[D - 1] = alpha;
    }
};

template <std::size_t D>
class Follower {
public:
    explicit Follower(const RunsRow& row) : row_(row) {
        for (std::size_t p = 0; p < kParts; ++p) costs_[p] = spread(__builtin_inff());
    }

    void follow() {
        for (std::size_t x = 0; x < row_.width; ++x) {
            const Pixel<D> pixel(row_, x);
            go_on(x, pixel);
            take_cheapest(x, pixel);
        }
    }

private:
    // Puts the entry nearest to the pixel into the last slot, and returns what it costs.
    float take_nearest(std::size_t x, const Pixel<D>& pixel) {
        std::int32_t target[4] = {};
        for (std::size_t c = 0; c < D; ++c) {
            const std::int32_t wanted = (pixel.base[c] + ahead_[c]) >> kErrorShift;
            target[c] = wanted < pixel.low[c] ? pixel.low[c] : wanted > pixel.high[c] ? pixel.high[c] : wanted;
        }
        const std::size_t nearest = row_.nearest(row_.search, target);
        const std::int32_t* entry = row_.palette + 4 * nearest;
        float square = 0;
        for (std::size_t c = 0; c < D; ++c) {
            const std::int32_t missing = target[c] - entry[c];
            square += static_cast<float>(missing) * static_cast<float>(missing);
            slots_.ahead[c][kRuns] = missing * (7 * pixel.strength);
        }
        if (D == 4 && target[D - 1] > kKindBound) slots_.ahead[D - 1][kRuns] = 0;
        for (std::size_t c = 0; D == 4 && target[D - 1] < -kKindBound && c < D; ++c) slots_.ahead[c][kRuns] = 0;
        slots_.last[kRuns] = static_cast<std::int32_t>(last_ << 8 | static_cast<std::uint32_t>(nearest));
        slots_.begin[kRuns] = static_cast<std::int32_t>(x);
        return row_.single + square * pixel.weight;
    }

    // Takes all runs a pixel further; those that it is cheaper to begin anew begin here.
    void go_on(std::size_t x, const Pixel<D>& pixel) {
        const Ints here = spread(static_cast<std::int32_t>(x));
        std::int32_t beside[kBeside] = {};
        for (std::size_t p = 0; p < kParts; ++p) {
            const Floats start = load<Floats>(row_.start + p * kLanes);
            const Ints goes_on = costs_[p] <= start;
            const Ints last = goes_on ? lasts_[p] : spread(static_cast<std::int32_t>(last_));
            if (p == 0)
                for (std::size_t i = 0; i < kBeside; ++i)
                    beside[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(last[i]) >> (8 * i) & 255);
            const Floats squares = hand_on(p, x, pixel, goes_on, beside);
            const Floats cost = ((goes_on ? costs_[p] : start) + row_.going_on) + squares * pixel.weight;
            const Ints first = load<Ints>(row_.first + p * kLanes), end = load<Ints>(row_.last + p * kLanes);
            costs_[p] = (here >= first) & (here <= end) ? cost : spread(__builtin_inff());
            lasts_[p] = (Ints)((Words)last << 8) | copied(p, x, D, beside);
            begins_[p] = goes_on ? begins_[p] : here;
            store(slots_.last + p * kLanes, lasts_[p]);
            store(slots_.begin + p * kLanes, begins_[p]);
        }
    }

    // Finds the errors that runs hand on with what they show here, and returns the squares of what they miss.
    Floats hand_on(std::size_t p, std::size_t x, const Pixel<D>& pixel, const Ints& goes_on,
                   const std::int32_t* beside) {
        Floats squares{};
        Ints target{};
        for (std::size_t c = 0; c < D; ++c) {
            const Ints low = spread(pixel.low[c]), high = spread(pixel.high[c]);
            target = (pixel.base[c] + (goes_on ? aheads_[p][c] : spread(ahead_[c]))) >> kErrorShift;
            target = target < low ? low : target > high ? high : target;
            const Ints missing = target - copied(p, x, c, beside);
            const Floats real = __builtin_convertvector(missing, Floats);
            squares += real * real;
            aheads_[p][c] = missing * (7 * pixel.strength);
        }
        for (std::size_t c = 0; c < D; ++c) {
            Ints& ahead = aheads_[p][c];
            if (D == 4) ahead = target < -kKindBound ? Ints{} : ahead;  // a clear pixel shows no colour
            if (D == 4 && c == D - 1) ahead = target > kKindBound ? Ints{} : ahead;
            store(slots_.ahead[c] + p * kLanes, ahead);
        }
        return squares;
    }

    // What the runs show here: coordinate c of their entries, or with c = D the entries themselves.
    Ints copied(std::size_t p, std::size_t x, std::size_t c, const std::int32_t* beside) const {
        const Ints above = load<Ints>(row_.above[c] + x + kMargin - kBeside - kFurthestLeft + p * kLanes);
        if (p > 0) return above;
        Ints first = above;
        for (std::size_t i = 0; i < kBeside; ++i)
            first[i] = c == D ? beside[i] : row_.palette[4 * beside[i] + static_cast<std::int32_t>(c)];
        return first;
    }

    void take_cheapest(std::size_t x, const Pixel<D>& pixel) {
        const Ints latest = spread(static_cast<std::int32_t>(x) + 1 - kShortest);
        Floats offers[kParts];
        for (std::size_t p = 0; p < kParts; ++p)
            offers[p] = begins_[p] <= latest ? costs_[p] : spread(__builtin_inff());
        float best = least<float>(offers);
        std::size_t slot = kSingle;
        const float single = best < row_.single ? row_.single : take_nearest(x, pixel);
        if (best < single)
            slot = place_of(best, offers);
        else
            best = single;
        for (std::size_t p = 0; p < kParts; ++p) costs_[p] -= best;
        for (std::size_t c = 0; c < D; ++c) ahead_[c] = slots_.ahead[c][slot];
        last_ = static_cast<std::uint32_t>(slots_.last[slot]);
        row_.steps[x] = {static_cast<std::uint32_t>(slots_.begin[slot]), static_cast<std::uint8_t>(slot),
                         static_cast<std::uint8_t>(last_ & 255)};
    }

    // The first run that offers so much.
    static std::size_t place_of(float offer, const Floats* offers) {
        Ints places[kParts];
        for (std::size_t p = 0; p < kParts; ++p)
            places[p] = offers[p] == spread(offer) ? load<Ints>(kPlaces + p * kLanes) : spread(kSingle);
        return static_cast<std::size_t>(least<std::int32_t>(places));
    }

    static constexpr std::int32_t kPlaces[kRuns] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    const RunsRow row_;
    Floats costs_[kParts];
    Ints aheads_[kParts][D] = {}, lasts_[kParts] = {}, begins_[kParts] = {};
    struct alignas(64) {
        std::int32_t ahead[D][kSlots], last[kSlots], begin[kSlots];
    } slots_;
    std::int32_t ahead_[D] = {};  // of the cheapest way
    std::uint32_t last_ = 0;
};

template <std::size_t D>
void follow(const RunsRow& row) { Follower<D>(row).follow(); }

}  // namespace

extern const RunsKernels runs_kernels;
const RunsKernels runs_kernels = {follow<3>, follow<4>};

}  // namespace KALETTE_ISA
}  // namespace kalette
