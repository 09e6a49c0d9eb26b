// The palette entry nearest to a point, by a two-level grid of candidate lists that is filled as points come; the
// reference compares all, as nearest_of_all does.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "kernels.hpp"
#include "nearest_entry.hpp"
#include "points.hpp"
#include "vec4.hpp"

namespace kalette {

template <std::size_t D>
Vec4 load(const std::int16_t* coordinates) {
    Vec4 point = {};
    for (std::size_t c = 0; c < D; ++c) point[c] = coordinates[c];
    return point;
}

template <std::size_t D>
class PaletteSearch {
public:
    explicit PaletteSearch(const PalettePoints& palette) : entries_(palette.k) {
        for (std::size_t j = 0; j < palette.k; ++j) {
            const std::int16_t* point = palette.points + j * D;
            entries_[j] = load<D>(point);
            if (!is_opaque(entries_[j])) continue;
            opaque_.push_back({{point[0], point[1], point[2]}, static_cast<std::int16_t>(j)});
        }
        place_grid();
    }
    const Vec4& entry(std::size_t j) const { return entries_[j]; }

    // Ties go to the lowest entry.
    std::size_t nearest(const Vec4& target) {
        if (!is_nearest_opaque(target)) return nearest_of_all(target);
        GridPoint at;
        for (std::size_t c = 0; c < 3; ++c) {
            at[c] = target[c] - origin_[c];
            if (at[c] < 0 || at[c] >= sides_[c] * kRegion) return nearest_of_all(target);
        }
        const List& list = cell_of(at);
        const std::size_t near = nearest_entry_(blocks_.data() + list.begin, list.size, target.values.data());
        return near == kNotNear ? nearest_of_all(target) : near;
    }

private:
    // The box around the opaque entries is a grid of regions, 32 byte steps wide, of cells, 8 byte steps wide. A list
    // holds, in ascending order and in whole blocks, the entries that may be nearest to a point of its cell. It is made
    // from its region's list, when a point first falls into the cell. Measured by the rate-distortion mapping of
    // photographs of 0.4 and 12 megapixels to 256 entries: cells half as wide take 0.96 to 1.26 times as long, twice as
    // wide 1.06 to 1.11 times; regions half as wide 0.97 to 1.01 times.
    static constexpr int kCellBits = 7, kRegionBits = 9, kCellsOfRegion = kRegionBits - kCellBits;
    static constexpr std::int32_t kRegion = 1 << kRegionBits;
    static constexpr std::int32_t kNoAlpha = std::numeric_limits<std::int16_t>::min();  // no entry's is lower
    static constexpr std::int32_t kMostSides = 16;  // twice what colours need; squared distances inside fit in 32 bits
    using GridPoint = std::array<std::int32_t, 3>;  // from the origin of the grid
    struct List {
        std::uint32_t begin = 0, size = 0;  // in blocks
    };
    struct Entry {
        std::array<std::int16_t, 3> point;
        std::int16_t number;
    };

    static bool is_opaque(const Vec4& point) {
        if constexpr (D == 3) return true;
        return point[D - 1] > kAlphaBound;
    }

    // Opaque points all have one alpha, far from any other: only opaque entries can be nearest to them.
    bool is_nearest_opaque(const Vec4& target) const {
        if (opaque_.empty() || !is_opaque(target)) return false;
        if constexpr (D == 3) return true;
        const std::int64_t to_others = target[D - 1] - other_alpha_, to_opaque = target[D - 1] - opaque_alpha_;
        return to_others * to_others - to_opaque * to_opaque > squared_diagonal_;
    }

    // Whether all opaque entries have one alpha; keeps it, and the highest of the other entries.
    bool has_one_opaque_alpha() {
        for (const Vec4& entry : entries_) {
            std::int32_t& highest = is_opaque(entry) ? opaque_alpha_ : other_alpha_;
            highest = std::max(highest, entry[D - 1]);
        }
        return std::all_of(entries_.begin(), entries_.end(),
                           [this](const Vec4& entry) { return !is_opaque(entry) || entry[D - 1] == opaque_alpha_; });
    }

    // Clears opaque_ if opaque entries differ in alpha or the grid would be too large; the search is then exhaustive.
    void place_grid() {
        if (D == 4 && !has_one_opaque_alpha()) opaque_.clear();
        for (std::size_t c = 0; c < 3 && !opaque_.empty(); ++c) {
            const auto by_coordinate = [c](const Entry& a, const Entry& b) { return a.point[c] < b.point[c]; };
            const auto ends = std::minmax_element(opaque_.begin(), opaque_.end(), by_coordinate);
            origin_[c] = ends.first->point[c];
            sides_[c] = (ends.second->point[c] - origin_[c]) / kRegion + 1;
            const std::int64_t side = std::int64_t{sides_[c]} * kRegion;
            squared_diagonal_ += side * side;
            if (sides_[c] > kMostSides) opaque_.clear();
        }
        if (opaque_.empty()) return;
        std::size_t regions = 1;
        for (const std::int32_t side : sides_) regions *= static_cast<std::size_t>(side);
        regions_.resize(regions);
        cells_.resize(regions << (3 * kCellsOfRegion));
    }

    std::size_t nearest_of_all(const Vec4& target) const {
        std::size_t found = 0;
        std::int64_t best = std::numeric_limits<std::int64_t>::max();
        for (std::size_t j = 0; j < entries_.size(); ++j) {
            std::int64_t total = 0;
            for (std::size_t c = 0; c < D; ++c) {
                const std::int64_t difference = target[c] - entries_[j][c];
                total += difference * difference;
            }
            if (total < best) {
                best = total;
                found = j;
            }
        }
        return found;
    }

    const List& cell_of(const GridPoint& at) {
        const List& list = cells_[index(at, kCellBits)];
        return list.size > 0 ? list : filled(at);
    }

    // Not inlined: most calls find a list.
    [[gnu::noinline]] const List& filled(const GridPoint& at) {
        List& list = cells_[index(at, kCellBits)];
        std::vector<Entry>& around = regions_[index(at, kRegionBits)];
        if (around.empty()) around = may_be_nearest(opaque_, at, kRegionBits);
        list = in_blocks(may_be_nearest(around, at, kCellBits));
        return list;
    }

    std::size_t index(const GridPoint& at, int bits) const {
        const std::int32_t second = sides_[1] << (kRegionBits - bits), third = sides_[2] << (kRegionBits - bits);
        const std::int32_t place = ((at[0] >> bits) * second + (at[1] >> bits)) * third + (at[2] >> bits);
        return static_cast<std::size_t>(place);
    }

    // The entries that can be nearest to some point of the cell or region: those whose minimum distance is at most the
    // smallest maximum distance.
    std::vector<Entry> may_be_nearest(const std::vector<Entry>& entries, const GridPoint& at, int bits) const {
        std::vector<std::int32_t> least_distances;
        least_distances.reserve(entries.size());
        std::int32_t limit = std::numeric_limits<std::int32_t>::max();
        for (const Entry& entry : entries) {
            std::int32_t least = 0, greatest = 0;
            for (std::size_t c = 0; c < 3; ++c) {
                const std::int32_t low = origin_[c] + (at[c] >> bits << bits), high = low + (1 << bits) - 1;
                const std::int32_t gap = std::max({low - entry.point[c], entry.point[c] - high, 0});
                const std::int32_t reach = std::max(entry.point[c] - low, high - entry.point[c]);
                least += gap * gap;
                greatest += reach * reach;
            }
            least_distances.push_back(least);
            limit = std::min(limit, greatest);
        }
        std::vector<Entry> found;
        for (std::size_t n = 0; n < entries.size(); ++n)
            if (least_distances[n] <= limit) found.push_back(entries[n]);
        return found;
    }

    List in_blocks(const std::vector<Entry>& entries) {
        const List list{static_cast<std::uint32_t>(blocks_.size()),
                        static_cast<std::uint32_t>((entries.size() + kBlockEntries - 1) / kBlockEntries)};
        blocks_.resize(list.begin + list.size);
        for (std::size_t n = 0; n < list.size * kBlockEntries; ++n) {
            const Entry& entry = entries[std::min(n, entries.size() - 1)];
            EntryBlock& block = blocks_[list.begin + n / kBlockEntries];
            for (std::size_t c = 0; c < 3; ++c) block.points[c][n % kBlockEntries] = entry.point[c];
            block.numbers[n % kBlockEntries] = entry.number;
        }
        return list;
    }

    std::vector<Vec4> entries_;
    std::vector<Entry> opaque_;
    std::vector<EntryBlock> blocks_;
    const NearestEntry nearest_entry_ = chosen_nearest_entry();
    GridPoint origin_{}, sides_{};  // sides in regions
    std::int64_t squared_diagonal_ = 0;
    std::int32_t opaque_alpha_ = kNoAlpha, other_alpha_ = kNoAlpha;
    std::vector<List> cells_;
    std::vector<std::vector<Entry>> regions_;
};

}  // namespace kalette
