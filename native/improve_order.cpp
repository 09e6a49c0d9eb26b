// The order of palette entries, made shorter: entries that are often neighbours in the picture come close.

#include <algorithm>
#include <array>
#include <vector>

#include "kernels.hpp"

namespace kalette {
namespace {

constexpr std::size_t kMostEntries = 256;
constexpr int kPasses = 32;  // reference.py holds the same number; ten are many

// What a distance of n - 1 places costs: log2(n) in 128ths of a bit, straight between powers of two.
int distance_bits(int n) {
    int whole = 0;
    while ((n >> (whole + 1)) > 0) ++whole;
    return (whole << 7) + ((n << 7) >> whole) - 128;
}

// For an entry that moves one place on, past another: what each of the rest adds, by its place from there.
// Centre at kMostEntries. Those behind get further away from the one and nearer to the other.
using Steps = std::array<std::int16_t, 2 * kMostEntries + 1>;

Steps steps() {
    Steps all{};
    for (int x = 1; x <= static_cast<int>(kMostEntries); ++x) {
        const int step = distance_bits(x + 2) - distance_bits(x + 1);
        all[kMostEntries - static_cast<std::size_t>(x)] = static_cast<std::int16_t>(step);
        all[kMostEntries + static_cast<std::size_t>(x)] = static_cast<std::int16_t>(-step);
    }
    return all;
}

// Differences of 15 bits times steps of 7, at most 256 of them: the sum stays in 32 bits.
std::int32_t weighed_difference(const std::int16_t* u, const std::int16_t* v, const std::int16_t* steps,
                                std::size_t n) {
    std::int32_t sum = 0;
    for (std::size_t r = 0; r < n; ++r) sum += static_cast<std::int16_t>(u[r] - v[r]) * steps[r];
    return sum;
}

class Arrangement {
public:
    Arrangement(const std::int16_t* adjacency, std::uint8_t* order, std::size_t k) : k_(k), order_(order), rows_(k * k) {
        for (std::size_t i = 0; i < k; ++i)
            for (std::size_t j = 0; j < k; ++j) rows_[i * k + j] = adjacency[order[i] * k + order[j]];
    }

    // Puts the entry of place `from` where it costs least; ties stay, then the first to the right, then to the left.
    bool settle(std::size_t from) {
        std::int64_t cost = 0, best = 0;
        std::size_t to = from;
        for (std::size_t b = from; b + 1 < k_; ++b)
            if ((cost += passing(from, b)) < best) best = cost, to = b + 1;
        cost = 0;
        for (std::size_t b = from; b-- > 0;)
            if ((cost -= passing(from, b)) < best) best = cost, to = b;
        if (to != from) move(from, to);
        return to != from;
    }

    std::int64_t cost() const {
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < k_; ++i)
            for (std::size_t j = i + 1; j < k_; ++j)
                sum += std::int64_t{rows_[i * k_ + j]} * distance_bits(static_cast<int>(j - i) + 1);
        return sum;
    }

private:
    // The change of cost when the entry of place `from`, taken out and put in before the b-th of the rest, goes
    // behind it. The rest without it lies in two pieces.
    std::int64_t passing(std::size_t from, std::size_t b) const {
        static const Steps all = steps();
        const std::int16_t* u = rows_.data() + from * k_;
        const std::int16_t* v = rows_.data() + (b < from ? b : b + 1) * k_;
        const std::int16_t* centred = all.data() + kMostEntries - b;
        return std::int64_t{weighed_difference(u, v, centred, from)} +
               weighed_difference(u + from + 1, v + from + 1, centred + from, k_ - from - 1);
    }

    void move(std::size_t from, std::size_t to) {
        turn(order_, from, to, 1);
        turn(rows_.data(), from, to, k_);
        for (std::size_t i = 0; i < k_; ++i) turn(rows_.data() + i * k_, from, to, 1);
    }

    template <typename T>
    static void turn(T* items, std::size_t from, std::size_t to, std::size_t size) {
        if (from < to)
            std::rotate(items + from * size, items + (from + 1) * size, items + (to + 1) * size);
        else
            std::rotate(items + to * size, items + from * size, items + (from + 1) * size);
    }

    std::size_t k_;
    std::uint8_t* order_;
    std::vector<std::int16_t> rows_;
};

}  // namespace

std::int64_t improve_order(const std::int16_t* adjacency, std::uint8_t* order, std::size_t k) {
    Arrangement arrangement(adjacency, order, k);
    bool moved = true;
    for (int pass = 0; pass < kPasses && moved; ++pass) {
        moved = false;
        for (std::size_t place = 0; place < k; ++place) moved |= arrangement.settle(place);
    }
    return arrangement.cost();
}

}  // namespace kalette
