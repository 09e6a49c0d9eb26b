// The palette entry nearest to a point, by a grid of candidate lists that is refined as points come; the
// reference compares all, as nearest_of_all does.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "kernels.hpp"
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
        return nearest_of(target, boxes_[box_of(at)]);
    }

private:
    // The box around the opaque entries is a grid of boxes, 32 byte steps wide, that split in 4 x 4 x 4, and these
    // again, to 2 byte steps. A list holds, in ascending order, the entries that may be nearest to a point of its box.
    // It is made from that of the box around it, when a point first falls into the box. Boxes of few entries do not
    // split.
    static constexpr int kSplitBits = 2, kLeastBits = 5, kRegionBits = 9;
    static constexpr std::uint32_t kFew = 4, kScanned = 256;
    static constexpr std::int32_t kRegion = 1 << kRegionBits;
    static constexpr std::int32_t kNoAlpha = std::numeric_limits<std::int16_t>::min();  // no entry's is lower
    static constexpr std::int32_t kMostSides = 16;  // twice what colours need; squared distances inside fit in 32 bits
    using GridPoint = std::array<std::int32_t, 3>;  // from the origin of the grid
    struct Box {
        std::uint32_t begin = 0, size = 0, parts = 0,
                      scanned = 0;  // the list; the first of its 64 parts; entries compared
    };
    struct Entry {  // eight bytes: all lists of a photograph stay in the cache
        std::array<std::int16_t, 3> point;
        std::int16_t index;
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
        boxes_.resize(regions);
    }

    // The squared distance, and below it the index: the lesser of two is the nearer, ties go to the lower index.
    static std::int64_t distance_and_index(const Vec4& target, const Entry& entry) {
        const std::int32_t first = target[0] - entry.point[0], second = target[1] - entry.point[1];
        const std::int32_t third = target[2] - entry.point[2];
        return std::int64_t{first * first + second * second + third * third} << 8 | entry.index;
    }

    std::size_t nearest_of(const Vec4& target, const Box& box) const {
        const Entry* candidate = pool_.data() + box.begin;
        std::int64_t best = std::numeric_limits<std::int64_t>::max();
        for (const Entry* end = candidate + box.size; candidate != end; candidate += 2) {
            const std::int64_t first = distance_and_index(target, candidate[0]);
            const std::int64_t second = distance_and_index(target, candidate[1]);
            best = std::min({best, first, second});
        }
        return static_cast<std::size_t>(best & 255);
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

    // The smallest box around a point.
    std::size_t box_of(const GridPoint& at) {
        std::size_t box = region_of(at);
        if (boxes_[box].size == 0) fill(box, opaque_, at, kRegionBits);
        for (int bits = kRegionBits - kSplitBits; bits >= kLeastBits && boxes_[box].size > kFew; bits -= kSplitBits) {
            if (!is_split(box)) break;
            const std::size_t part = boxes_[box].parts + part_of(at, bits);
            if (boxes_[part].size == 0) {
                const Entry* begin = pool_.data() + boxes_[box].begin;
                fill(part, std::vector<Entry>(begin, begin + boxes_[box].size), at, bits);
            }
            box = part;
        }
        return box;
    }

    std::size_t region_of(const GridPoint& at) const {
        std::size_t region = 0;
        for (std::size_t c = 0; c < 3; ++c)
            region = region * static_cast<std::size_t>(sides_[c]) + static_cast<std::size_t>(at[c] >> kRegionBits);
        return region;
    }

    static std::size_t part_of(const GridPoint& at, int bits) {
        constexpr std::size_t kLastOfSide = (std::size_t{1} << kSplitBits) - 1;
        std::size_t part = 0;
        for (const std::int32_t coordinate : at)
            part = part << kSplitBits | (static_cast<std::size_t>(coordinate) >> bits & kLastOfSide);
        return part;
    }

    // Splits a box once so many entries were compared in it that smaller ones pay.
    bool is_split(std::size_t index) {
        Box& box = boxes_[index];
        if (box.parts > 0) return true;
        box.scanned += box.size;
        if (box.scanned < kScanned) return false;
        box.parts = static_cast<std::uint32_t>(boxes_.size());
        boxes_.resize(boxes_.size() + (std::size_t{1} << (3 * kSplitBits)));
        return true;
    }

    // Lists the entries that can be nearest to some point of the box: those whose minimum distance is at most the
    // smallest maximum distance.
    void fill(std::size_t box, const std::vector<Entry>& entries, const GridPoint& at, int bits) {
        least_distances_.clear();
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
            least_distances_.push_back(least);
            limit = std::min(limit, greatest);
        }
        const std::size_t begin = pool_.size();
        for (std::size_t n = 0; n < entries.size(); ++n)
            if (least_distances_[n] <= limit) pool_.push_back(entries[n]);
        if ((pool_.size() - begin) % 2 == 1) pool_.push_back(pool_.back());  // entries are compared two at a time
        boxes_[box].begin = static_cast<std::uint32_t>(begin);
        boxes_[box].size = static_cast<std::uint32_t>(pool_.size() - begin);
    }

    std::vector<Vec4> entries_;
    std::vector<Entry> opaque_, pool_;
    GridPoint origin_{}, sides_{};  // sides in regions
    std::int64_t squared_diagonal_ = 0;
    std::int32_t opaque_alpha_ = kNoAlpha, other_alpha_ = kNoAlpha;
    std::vector<Box> boxes_;
    std::vector<std::int32_t> least_distances_;  // of the entries of a list that is made
};

}  // namespace kalette
