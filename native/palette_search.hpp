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
            const std::int16_t* at = palette + j * d;
            if (d == 3 || entry[3] > kFull) solid_.push_back({{at[0], at[1], at[2]}, static_cast<std::int16_t>(j)});
        }
    }
    // Ties go to the lowest entry.
    std::size_t nearest(const std::int32_t* target) {
        // Opaque colours all have one alpha, far from any other: only opaque entries can be nearest.
        if (d_ == 3 || (target[3] > kFull && !solid_.empty())) return nearest_of(target, cell_of(target));
        return nearest_of_all(target);
    }

private:
    // The colour cube is cut into regions of 32 byte steps and these into cells of 8; a list holds, in ascending
    // order, the entries that may be nearest to a colour in its cell. It is made, out of its region's list, when
    // a colour first falls into the cell.
    static constexpr int kCellBits = 7, kRegionBits = 9;
    struct List {
        std::uint32_t begin = 0, size = 0;
    };
    struct Entry {  // eight bytes, so that all lists of a photograph stay in the cache
        std::array<std::int16_t, 3> at;
        std::int16_t place;
    };

    std::size_t nearest_of(const std::int32_t* target, const List& list) const {
        const Entry* candidate = pool_.data() + list.begin;
        std::int32_t found = 0, best = std::numeric_limits<std::int32_t>::max();
        for (const Entry* end = candidate + list.size; candidate != end; ++candidate) {
            const std::int32_t red = target[0] - candidate->at[0], green = target[1] - candidate->at[1];
            const std::int32_t blue = target[2] - candidate->at[2];
            const std::int32_t other = red * red + green * green + blue * blue;
            found = other < best ? candidate->place : found;
            best = other < best ? other : best;
        }
        return static_cast<std::size_t>(found);
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
        List& list = cells_[cell_index(target, kCellBits)];
        if (list.size > 0) return list;
        List& around = regions_[cell_index(target, kRegionBits)];
        if (around.size == 0) fill(around, solid_, target, kRegionBits);
        const auto begin = pool_.begin() + around.begin;
        fill(list, std::vector<Entry>(begin, begin + around.size), target, kCellBits);
        return list;
    }

    static std::size_t cell_index(const std::int32_t* target, int bits) {
        const std::int32_t side = (kFull >> bits) + 1;
        return static_cast<std::size_t>(((target[0] >> bits) * side + (target[1] >> bits)) * side +
                                        (target[2] >> bits));
    }

    // Puts into the list those of the entries that may be nearest to some colour of the target's cube.
    void fill(List& list, const std::vector<Entry>& entries, const std::int32_t* target, int bits) {
        std::vector<std::int32_t> floors;
        floors.reserve(entries.size());
        std::int32_t ceiling = std::numeric_limits<std::int32_t>::max();
        for (const Entry& entry : entries) {
            std::int32_t floor = 0, top = 0;
            for (std::size_t c = 0; c < 3; ++c) {
                const std::int32_t low = target[c] >> bits << bits, high = low + (1 << bits) - 1;
                const std::int32_t gap = std::max({low - entry.at[c], entry.at[c] - high, 0});
                const std::int32_t reach = std::max(entry.at[c] - low, high - entry.at[c]);
                floor += gap * gap;
                top += reach * reach;
            }
            floors.push_back(floor);
            ceiling = std::min(ceiling, top);
        }
        list.begin = static_cast<std::uint32_t>(pool_.size());
        for (std::size_t n = 0; n < entries.size(); ++n)
            if (floors[n] <= ceiling) pool_.push_back(entries[n]);
        list.size = static_cast<std::uint32_t>(pool_.size()) - list.begin;
    }

    std::size_t d_;
    std::vector<std::array<std::int32_t, 4>> entries_;
    std::vector<Entry> solid_, pool_;
    std::vector<List> cells_ = std::vector<List>(32 * 32 * 32), regions_ = std::vector<List>(8 * 8 * 8);
};

}  // namespace kalette
