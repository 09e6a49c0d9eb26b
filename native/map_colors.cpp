// Pixels to labels through a lookup of distinct colours: a direct table for three channels (16 or 32 MiB, of which
// only what colours touch is ever used), a hash table of positions for four. The reference calls np.searchsorted.

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <limits>
#include <memory>
#include <new>
#include <vector>

#include "kernels.hpp"
#include "parallel.hpp"
#include "scans.hpp"
#include "z_order.hpp"

namespace kalette {
namespace {

constexpr std::size_t kStrip = 1 << 16;  // pixels that a thread takes at a time; half and double differ by 2 %
constexpr std::uint32_t kEmpty = 0xFFFFFFFFu;
constexpr std::uint32_t kFibonacci = 2654435769u;  // 2^32 over the golden ratio (Knuth, TAOCP 3, 6.4)

std::uint32_t color_key(const std::uint8_t* color) {
    std::uint32_t key = 0;
    for (std::size_t c = 0; c < 4; ++c) key = (key << 8) | color[c];
    return key;
}

// Labels along the Z-order curve, so that the colours of a picture share pages and cache lines. 0 marks a missing
// colour: labels are stored one higher, in a byte where that fits.
template <typename Slot>
class DirectTable {
public:
    DirectTable(const PixelsView& colors, const std::uint8_t* labels)
        : slots_(static_cast<Slot*>(std::calloc(std::size_t{1} << 24, sizeof(Slot))), std::free) {
        if (!slots_) throw std::bad_alloc();
        for (std::size_t i = 0; i < colors.n; ++i)
            slots_.get()[order_.key(colors[i])] = static_cast<Slot>(labels[i] + 1);
    }
    // The label of a colour, or -1.
    int find(const std::uint8_t* color) const { return slots_.get()[order_.key(color)] - 1; }

private:
    ZOrder order_{3};
    std::unique_ptr<Slot, decltype(&std::free)> slots_;
};

// Open addressing over positions in colors, at most half full.
class HashTable {
public:
    HashTable(const PixelsView& colors, const std::uint8_t* labels) : colors_(colors), labels_(labels) {
        while ((std::size_t{1} << bits_) < 2 * colors.n) ++bits_;
        slots_.assign(std::size_t{1} << bits_, kEmpty);
        for (std::size_t i = 0; i < colors.n; ++i) slots_[slot_of(colors[i])] = static_cast<std::uint32_t>(i);
    }
    int find(const std::uint8_t* color) const {
        const std::uint32_t position = slots_[slot_of(color)];
        return position == kEmpty ? -1 : labels_[position];
    }

private:
    // The slot that holds this colour, or the empty one where it would go.
    std::size_t slot_of(const std::uint8_t* color) const {
        const std::uint32_t key = color_key(color);
        std::size_t slot = (key * kFibonacci) >> (32 - bits_);
        while (slots_[slot] != kEmpty && color_key(colors_[slots_[slot]]) != key)
            slot = (slot + 1) & (slots_.size() - 1);
        return slot;
    }
    const PixelsView colors_;
    const std::uint8_t* labels_;
    unsigned bits_ = 4;
    std::vector<std::uint32_t> slots_;
};

template <typename Table>
bool look_up(const Table& table, const PixelsView& pixels, std::uint8_t* indices, std::size_t threads) {
    std::atomic<bool> all_found{true};
    for_each_chunk(chunk_count(pixels.n, kStrip), threads, [&](std::size_t strip) {
        const Range range = chunk_range(strip, pixels.n, kStrip);
        for (std::size_t i = range.begin; i < range.end; ++i) {
            const int label = table.find(pixels[i]);
            if (label < 0) {
                all_found = false;
                return;
            }
            indices[i] = static_cast<std::uint8_t>(label);
        }
    });
    return all_found;
}

}  // namespace

bool map_colors(const PixelsView& pixels, const PixelsView& colors, const std::uint8_t* labels, std::uint8_t* indices,
                std::size_t threads) {
    if (pixels.channels == 4) return look_up(HashTable(colors, labels), pixels, indices, threads);
    const bool fit = colors.n == 0 || highest(labels, colors.n) < std::numeric_limits<std::uint8_t>::max();
    if (fit) return look_up(DirectTable<std::uint8_t>(colors, labels), pixels, indices, threads);
    return look_up(DirectTable<std::uint16_t>(colors, labels), pixels, indices, threads);
}

}  // namespace kalette
