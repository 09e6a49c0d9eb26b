// PNG's row filters: which to take for each row, and the rows after them.

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdlib>
#include <mutex>
#include <vector>

#include "kernels.hpp"
#include "parallel.hpp"

namespace kalette {
namespace {

constexpr std::size_t kFilters = 5;  // none, Sub, Up, Average, Paeth, as the standard numbers them
constexpr std::size_t kPieceRows = 32;
constexpr int kRounds = 3;  // reference.py holds the same number

using Counts = std::array<std::uint64_t, 256>;
using Bits = std::array<std::uint32_t, 256>;

std::uint8_t predicted(std::size_t filter, int left, int above, int corner) {
    if (filter == 1) return static_cast<std::uint8_t>(left);
    if (filter == 2) return static_cast<std::uint8_t>(above);
    if (filter == 3) return static_cast<std::uint8_t>((left + above) >> 1);
    const int to_left = std::abs(above - corner), to_above = std::abs(left - corner);
    const int to_corner = std::abs(left + above - 2 * corner);
    const int other = to_above <= to_corner ? above : corner;
    return static_cast<std::uint8_t>(to_left <= to_above && to_left <= to_corner ? left : other);
}

template <std::size_t Filter>
void filter_of(const std::uint8_t* row, const std::uint8_t* above, std::size_t size, std::size_t stride,
               std::uint8_t* out) {
    const std::size_t start = std::min(stride, size);
    for (std::size_t i = 0; i < start; ++i)
        out[i] = static_cast<std::uint8_t>(row[i] - predicted(Filter, 0, above[i], 0));
    for (std::size_t i = start; i < size; ++i)
        out[i] = static_cast<std::uint8_t>(row[i] - predicted(Filter, row[i - stride], above[i], above[i - stride]));
}

void filter_row(std::size_t filter, const std::uint8_t* row, const std::uint8_t* above, std::size_t size,
                std::size_t stride, std::uint8_t* out) {
    if (filter == 0) std::copy_n(row, size, out);
    if (filter == 1) filter_of<1>(row, above, size, stride, out);
    if (filter == 2) filter_of<2>(row, above, size, stride, out);
    if (filter == 3) filter_of<3>(row, above, size, stride, out);
    if (filter == 4) filter_of<4>(row, above, size, stride, out);
}

// log2(n) in 256ths, straight between powers of two; n at least 1.
std::uint32_t log2_of(std::uint64_t n) {
    std::uint32_t whole = 0;
    while ((n >> (whole + 1)) > 0) ++whole;
    return (whole << 8) + static_cast<std::uint32_t>(((n << 8) >> whole) - 256);
}

// What each byte costs after a code made for these counts, in 256ths of a bit; none is impossible.
Bits bits_of(const Counts& counts) {
    std::uint64_t total = 0;
    for (const std::uint64_t count : counts) total += count + 1;
    Bits bits;
    for (std::size_t value = 0; value < bits.size(); ++value) bits[value] = log2_of(total) - log2_of(counts[value] + 1);
    return bits;
}

// Before anything is counted: small differences, up or down, are thought to be cheap.
Bits bits_by_size() {
    Bits bits;
    for (std::uint32_t value = 0; value < bits.size(); ++value) bits[value] = std::min(value, 256 - value);
    return bits;
}

std::uint64_t cost_in_bits(const std::uint8_t* filtered, std::size_t size, const Bits& bits) {
    std::uint64_t cost = 0;
    for (std::size_t i = 0; i < size; ++i) cost += bits[filtered[i]];
    return cost;
}

// How many different pairs of bytes follow each other.
std::uint64_t bigrams(const std::uint8_t* filtered, std::size_t size) {
    std::bitset<1 << 16> seen;
    for (std::size_t i = 1; i < size; ++i) seen.set(static_cast<std::size_t>(filtered[i - 1] << 8 | filtered[i]));
    return seen.count();
}

// The rows of a picture, each with the one above; zeros are above the first.
class Rows {
public:
    Rows(const std::uint8_t* bytes, std::size_t height, std::size_t size, std::size_t stride)
        : height(height), size(size), bytes_(bytes), stride_(stride), zeros_(size) {}

    void filter(std::size_t filter, std::size_t y, std::uint8_t* out) const {
        const std::uint8_t* row = bytes_ + y * size;
        filter_row(filter, row, y ? row - size : zeros_.data(), size, stride_, out);
    }

    const std::size_t height, size;

private:
    const std::uint8_t* bytes_;
    std::size_t stride_;
    std::vector<std::uint8_t> zeros_;
};

// Calls work(first, end) for pieces of the rows.
template <typename Work>
void for_each_piece(const Rows& rows, std::size_t threads, Work&& work) {
    for_each_chunk((rows.height + kPieceRows - 1) / kPieceRows, threads, [&](std::size_t piece) {
        work(piece * kPieceRows, std::min(rows.height, (piece + 1) * kPieceRows));
    });
}

// Takes the filter of the least cost(filtered row) for each row, the lowest of equals, and returns how often each
// byte comes up then.
template <typename Cost>
Counts choose_by(const Cost& cost, const Rows& rows, std::uint8_t* filters, std::size_t threads) {
    Counts total{};
    std::mutex total_mutex;
    for_each_piece(rows, threads, [&](std::size_t first, std::size_t end) {
        std::vector<std::uint8_t> filtered(rows.size), best(rows.size);
        Counts counts{};
        for (std::size_t y = first; y < end; ++y) {
            std::uint64_t least = ~std::uint64_t{0};
            for (std::size_t filter = 0; filter < kFilters; ++filter) {
                rows.filter(filter, y, filtered.data());
                const std::uint64_t now = cost(filtered.data());
                if (now >= least) continue;
                least = now;
                filters[y] = static_cast<std::uint8_t>(filter);
                filtered.swap(best);
            }
            for (const std::uint8_t byte : best) ++counts[byte];
        }
        const std::lock_guard<std::mutex> lock(total_mutex);
        for (std::size_t value = 0; value < counts.size(); ++value) total[value] += counts[value];
    });
    return total;
}

}  // namespace

void filters_by_bits(const std::uint8_t* bytes, std::size_t height, std::size_t size, std::size_t stride,
                     std::uint8_t* filters, std::size_t threads) {
    const Rows rows(bytes, height, size, stride);
    Bits bits = bits_by_size();
    for (int round = 0; round <= kRounds; ++round) {
        const auto cost = [&](const std::uint8_t* filtered) { return cost_in_bits(filtered, size, bits); };
        bits = bits_of(choose_by(cost, rows, filters, threads));
    }
}

void filters_by_bigrams(const std::uint8_t* bytes, std::size_t height, std::size_t size, std::size_t stride,
                        std::uint8_t* filters, std::size_t threads) {
    const auto cost = [&](const std::uint8_t* filtered) { return bigrams(filtered, size); };
    choose_by(cost, Rows(bytes, height, size, stride), filters, threads);
}

void filter_rows(const std::uint8_t* bytes, std::size_t height, std::size_t size, std::size_t stride,
                 const std::uint8_t* filters, std::uint8_t* out, std::size_t threads) {
    const Rows rows(bytes, height, size, stride);
    for_each_piece(rows, threads, [&](std::size_t first, std::size_t end) {
        for (std::size_t y = first; y < end; ++y) {
            out[y * (size + 1)] = filters[y];
            rows.filter(filters[y], y, out + y * (size + 1) + 1);
        }
    });
}

}  // namespace kalette
