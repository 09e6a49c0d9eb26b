// Distinct colours with counts along the Z-order curve, by a radix sort of their keys: split by the first eight
// bits, then sort each part by the rest. The reference calls np.unique.

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "kernels.hpp"
#include "parallel.hpp"
#include "z_order.hpp"

namespace kalette {
namespace {

constexpr std::size_t kBuckets = 256;
constexpr std::size_t kStrip = 1 << 16;  // pixels that a thread takes at a time; half and double differ by 2 %
using Offsets = std::array<std::size_t, kBuckets>;

// Least-significant-digit radix sort of keys of that many bytes; a byte that all keys share costs no move.
template <typename Key>
void radix_sort(Key* keys, std::size_t n, std::size_t bytes, std::vector<Key>& scratch) {
    scratch.resize(n);
    Key* from = keys;
    Key* to = scratch.data();
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

// The distinct keys of one bucket with their counts, in ascending order.
struct BucketCounts {
    std::vector<std::uint32_t> keys;
    std::vector<std::int64_t> counts;
    void add(std::uint32_t key, std::size_t count) {
        keys.push_back(key);
        counts.push_back(static_cast<std::int64_t>(count));
    }
};

template <typename Key>
void count_sorted(Key* keys, std::size_t n, BucketCounts& out) {
    std::vector<Key> scratch;
    radix_sort(keys, n, sizeof(Key) == 2 ? 2 : 3, scratch);
    for (std::size_t i = 0; i < n;) {
        std::size_t end = i + 1;
        while (end < n && keys[end] == keys[i]) ++end;
        out.add(keys[i], end - i);
        i = end;
    }
}

// For many keys of two bytes: a table of all their values fits in the L2 cache.
void count_in_table(const std::uint16_t* keys, std::size_t n, BucketCounts& out) {
    std::vector<std::uint32_t> table(1 << 16);
    for (std::size_t i = 0; i < n; ++i) ++table[keys[i]];
    for (std::uint32_t key = 0; key < table.size(); ++key)
        if (table[key] > 0) out.add(key, table[key]);
}

void count_keys(std::uint32_t* keys, std::size_t n, BucketCounts& out) { count_sorted(keys, n, out); }

void count_keys(std::uint16_t* keys, std::size_t n, BucketCounts& out) {
    constexpr std::size_t kWorthATable =
        1 << 14;  // keys of a bucket; from twice as many on a photograph takes 11 % longer
    if (n < kWorthATable)
        count_sorted(keys, n, out);
    else
        count_in_table(keys, n, out);
}

// Turns the counts of each strip and bucket into the place where its keys begin.
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

// Colours and counts of all buckets, one after the other.
ColorCounts concatenate(std::vector<BucketCounts>& buckets, const ZOrder& order, std::size_t channels,
                        std::size_t threads) {
    std::vector<std::size_t> begins(1, 0);
    for (const auto& bucket : buckets) begins.push_back(begins.back() + bucket.keys.size());
    const std::size_t m = begins.back();  // arrays begin unset: threads that fill them also touch their pages first
    ColorCounts all{m, std::unique_ptr<std::uint8_t[]>(new std::uint8_t[m * channels]),
                    std::unique_ptr<std::int64_t[]>(new std::int64_t[m])};
    for_each_chunk(buckets.size(), threads, [&](std::size_t b) {
        std::copy(buckets[b].counts.begin(), buckets[b].counts.end(), all.counts.get() + begins[b]);
        std::uint8_t* color = all.colors.get() + begins[b] * channels;
        for (const std::uint32_t rest : buckets[b].keys) {
            const std::uint32_t key = static_cast<std::uint32_t>(b << (8 * (channels - 1))) | rest;
            for (std::size_t c = 0; c < channels; ++c) *color++ = order.channel(key, c);
        }
        buckets[b] = BucketCounts();
    });
    return all;
}

// Splits pixels by the first eight bits of their keys: the rest of the keys, and where each bucket begins.
template <typename Key>
class Buckets {
public:
    Buckets(const PixelsView& pixels, const ZOrder& order, std::size_t threads)
        : pixels_(pixels), order_(order), strips_(chunk_count(pixels.n, kStrip)), keys_(new Key[pixels.n]) {
        for_each_chunk(strips_.size(), threads, [this](std::size_t strip) { count(strip); });
        starts_ = places_from_counts(strips_);
        for_each_chunk(strips_.size(), threads, [this](std::size_t strip) { place(strip); });
    }
    BucketCounts counted(std::size_t bucket) {
        BucketCounts counts;
        const std::size_t size = starts_[bucket + 1] - starts_[bucket];
        if (size > 0) count_keys(keys_.get() + starts_[bucket], size, counts);
        return counts;
    }

private:
    void count(std::size_t strip) {
        strips_[strip].fill(0);
        const Range range = chunk_range(strip, pixels_.n, kStrip);
        for (std::size_t i = range.begin; i < range.end; ++i) ++strips_[strip][order_.bucket(order_.key(pixels_[i]))];
    }
    void place(std::size_t strip) {
        Offsets& place = strips_[strip];
        const std::uint32_t rest = (1u << (8 * (pixels_.channels - 1))) - 1u;
        const Range range = chunk_range(strip, pixels_.n, kStrip);
        for (std::size_t i = range.begin; i < range.end; ++i) {
            const std::uint32_t key = order_.key(pixels_[i]);
            keys_[place[order_.bucket(key)]++] = static_cast<Key>(key & rest);
        }
    }

    const PixelsView pixels_;
    const ZOrder& order_;
    std::vector<Offsets> strips_;
    std::array<std::size_t, kBuckets + 1> starts_{};
    const std::unique_ptr<Key[]> keys_;
};

// Key: what is left of a key after its first eight bits.
template <typename Key>
ColorCounts count_colors_of(const PixelsView& pixels, std::size_t threads) {
    const ZOrder order(pixels.channels);
    Buckets<Key> keys(pixels, order, threads);
    std::vector<BucketCounts> buckets(kBuckets);
    for_each_chunk(kBuckets, threads, [&](std::size_t bucket) { buckets[bucket] = keys.counted(bucket); });
    return concatenate(buckets, order, pixels.channels, threads);
}

}  // namespace

ColorCounts count_colors(const PixelsView& pixels, std::size_t threads) {
    const auto count = pixels.channels == 3 ? count_colors_of<std::uint16_t> : count_colors_of<std::uint32_t>;
    return count(pixels, threads);
}

}  // namespace kalette
