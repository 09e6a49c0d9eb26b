// Distinct colours with counts along the Z-order curve, by a radix sort of their keys: split by the first eight
// bits, then sort each part by the rest.

#include <array>

#include "kernels.hpp"
#include "parallel.hpp"
#include "z_order.hpp"

namespace kalette {
namespace {

constexpr std::size_t kBuckets = 256;
constexpr std::size_t kStrip = 1 << 16;  // pixels that one thread splits at a time
using Offsets = std::array<std::size_t, kBuckets>;

// Least-significant-digit radix sort of keys of that many bytes; a byte that all keys share costs no move.
void radix_sort(std::uint32_t* keys, std::size_t n, std::size_t bytes, std::vector<std::uint32_t>& scratch) {
    scratch.resize(n);
    std::uint32_t* from = keys;
    std::uint32_t* to = scratch.data();
    for (std::size_t byte = 0; byte < bytes; ++byte) {
        const unsigned shift = static_cast<unsigned>(8 * byte);
        Offsets offsets{};
        for (std::size_t i = 0; i < n; ++i) ++offsets[(from[i] >> shift) & 255u];
        if (offsets[(from[0] >> shift) & 255u] == n) continue;
        std::size_t total = 0;
        for (auto& offset : offsets) {
            const std::size_t count = offset;
            offset = total;
            total += count;
        }
        for (std::size_t i = 0; i < n; ++i) to[offsets[(from[i] >> shift) & 255u]++] = from[i];
        std::swap(from, to);
    }
    if (from != keys) std::copy(from, from + n, keys);
}

void append_runs(const std::uint32_t* keys, std::size_t n, const ZOrder& order, std::size_t channels,
                 ColorCounts& out) {
    for (std::size_t i = 0; i < n;) {
        std::size_t end = i + 1;
        while (end < n && keys[end] == keys[i]) ++end;
        for (std::size_t c = 0; c < channels; ++c) out.colors.push_back(order.channel(keys[i], c));
        out.counts.push_back(static_cast<std::int64_t>(end - i));
        i = end;
    }
}

// Turns counts a strip and bucket into the place where each strip's keys of each bucket begin.
std::array<std::size_t, kBuckets + 1> places_from_counts(std::vector<Offsets>& strips) {
    std::array<std::size_t, kBuckets + 1> starts{};
    std::size_t total = 0;
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
        starts[bucket] = total;
        for (auto& strip : strips) {
            const std::size_t count = strip[bucket];
            strip[bucket] = total;
            total += count;
        }
    }
    starts[kBuckets] = total;
    return starts;
}

ColorCounts concatenate(std::vector<ColorCounts>& parts) {
    ColorCounts all;
    std::size_t total = 0, bytes = 0;
    for (const auto& part : parts) {
        total += part.counts.size();
        bytes += part.colors.size();
    }
    all.colors.reserve(bytes);
    all.counts.reserve(total);
    for (auto& part : parts) {
        all.colors.insert(all.colors.end(), part.colors.begin(), part.colors.end());
        all.counts.insert(all.counts.end(), part.counts.begin(), part.counts.end());
        part = ColorCounts();
    }
    return all;
}

}  // namespace

ColorCounts count_colors(const std::uint8_t* pixels, std::size_t n, std::size_t channels, std::size_t threads) {
    const ZOrder order(channels);
    const std::size_t strip_count = (n + kStrip - 1) / kStrip;
    std::vector<Offsets> strips(strip_count);
    auto strip_end = [&](std::size_t strip) { return std::min(n, (strip + 1) * kStrip); };
    for_each_chunk(strip_count, threads, [&](std::size_t strip) {
        strips[strip].fill(0);
        for (std::size_t i = strip * kStrip; i < strip_end(strip); ++i)
            ++strips[strip][order.bucket(order.key(pixels + i * channels))];
    });
    const auto starts = places_from_counts(strips);
    std::vector<std::uint32_t> keys(n);
    for_each_chunk(strip_count, threads, [&](std::size_t strip) {
        Offsets& place = strips[strip];
        for (std::size_t i = strip * kStrip; i < strip_end(strip); ++i) {
            const std::uint32_t key = order.key(pixels + i * channels);
            keys[place[order.bucket(key)]++] = key;
        }
    });
    std::vector<ColorCounts> parts(kBuckets);
    for_each_chunk(kBuckets, threads, [&](std::size_t bucket) {
        const std::size_t size = starts[bucket + 1] - starts[bucket];
        if (size == 0) return;
        std::vector<std::uint32_t> scratch;
        std::uint32_t* first = keys.data() + starts[bucket];
        radix_sort(first, size, channels - 1, scratch);
        append_runs(first, size, order, channels, parts[bucket]);
    });
    return concatenate(parts);
}

}  // namespace kalette
