// The palette entry nearest to a colour, for colours that come one after the other.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace kalette {

constexpr std::int32_t kFull = 255 * 16;  // a full channel in sixteenths of a byte step

// Coordinates are whole numbers in sixteenths of a byte step; the first three lie in 0..kFull.
class PaletteSearch {
public:
    PaletteSearch(const std::int16_t* palette, std::size_t k, std::size_t d) : d_(d) {
        for (std::size_t j = 0; j < k; ++j) {
            std::array<std::int32_t, 4> entry{};
            for (std::size_t c = 0; c < d; ++c) entry[c] = palette[j * d + c];
            entries_.push_back(entry);
            if (d == 3 || entry[3] > kFull) solid_.push_back(static_cast<std::uint8_t>(j));
        }
    }
    // Ties go to the lowest entry.
    std::size_t nearest(const std::int32_t* target) {
        if (d_ == 3) return nearest_of<3>(target, cell_of(target));
        // Opaque colours all have one alpha, far from any other: only opaque entries can be nearest.
        if (target[3] > kFull && !solid_.empty()) return nearest_of<3>(target, cell_of(target));
        return nearest_of_all(target);
    }

private:
    // The colour cube is cut into cells of 8 byte steps; a cell's list holds, in ascending order, the entries
    // that may be nearest to a colour in it. Lists are made when a colour first falls into their cell.
    static constexpr int kCellBits = 7, kCells = 32;
    struct List {
        std::uint32_t begin = 0, size = 0;
    };

    template <std::size_t D>
    static std::int32_t distance(const std::int32_t* a, const std::array<std::int32_t, 4>& b) {
        std::int32_t total = 0;
        for (std::size_t c = 0; c < D; ++c) total += (a[c] - b[c]) * (a[c] - b[c]);
        return total;
    }

    template <std::size_t D>
    std::size_t nearest_of(const std::int32_t* target, const List& list) const {
        const std::uint8_t* candidate = pool_.data() + list.begin;
        std::size_t found = candidate[0];
        std::int32_t best = distance<D>(target, entries_[found]);
        for (std::uint32_t n = 1; n < list.size; ++n) {
            const std::int32_t other = distance<D>(target, entries_[candidate[n]]);
            found = other < best ? candidate[n] : found;
            best = std::min(best, other);
        }
        return found;
    }

    std::size_t nearest_of_all(const std::int32_t* target) const {
        std::size_t found = 0;
        std::uint32_t best = std::numeric_limits<std::uint32_t>::max();
        for (std::size_t j = 0; j < entries_.size(); ++j) {
            std::uint32_t total = 0;  // across kinds of alpha up to 1.4e9 + 3 x 1.7e7
            for (std::size_t c = 0; c < d_; ++c) {
                const std::int32_t difference = target[c] - entries_[j][c];
                total += static_cast<std::uint32_t>(difference * difference);
            }
            if (total < best) {
                best = total;
                found = j;
            }
        }
        return found;
    }

    const List& cell_of(const std::int32_t* target) {
        const auto cell = static_cast<std::size_t>(
            (((target[0] >> kCellBits) * kCells) + (target[1] >> kCellBits)) * kCells + (target[2] >> kCellBits));
        List& list = lists_[cell];
        if (list.size == 0) fill(list, target);
        return list;
    }

    void fill(List& list, const std::int32_t* target) {
        std::vector<std::int32_t> floors;
        std::int32_t ceiling = std::numeric_limits<std::int32_t>::max();
        for (const std::uint8_t j : solid_) {
            std::int32_t floor = 0, top = 0;
            for (std::size_t c = 0; c < 3; ++c) {
                const std::int32_t low = target[c] >> kCellBits << kCellBits, high = low + (1 << kCellBits) - 1;
                const std::int32_t gap = std::max({low - entries_[j][c], entries_[j][c] - high, 0});
                const std::int32_t reach = std::max(entries_[j][c] - low, high - entries_[j][c]);
                floor += gap * gap;
                top += reach * reach;
            }
            floors.push_back(floor);
            ceiling = std::min(ceiling, top);
        }
        list.begin = static_cast<std::uint32_t>(pool_.size());
        for (std::size_t n = 0; n < solid_.size(); ++n)
            if (floors[n] <= ceiling) pool_.push_back(solid_[n]);
        list.size = static_cast<std::uint32_t>(pool_.size()) - list.begin;
    }

    std::size_t d_;
    std::vector<std::array<std::int32_t, 4>> entries_;
    std::vector<std::uint8_t> solid_, pool_;
    std::vector<List> lists_ = std::vector<List>(kCells * kCells * kCells);
};

}  // namespace kalette
