// The palette entry nearest to a colour, for colours that come one after the other.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "points.hpp"

namespace kalette {

// A point's coordinates, or what is added to them, side by side; with three the fourth stays 0.
typedef std::int32_t Four __attribute__((vector_size(16)));

template <std::size_t D>
Four load(const std::int16_t* coordinates) {
    Four four = {};
    for (std::size_t c = 0; c < D; ++c) four[c] = coordinates[c];
    return four;
}

// Coordinates are whole numbers in sixteenths of a byte step.
template <std::size_t D>
class PaletteSearch {
public:
    PaletteSearch(const std::int16_t* palette, std::size_t k) : entries_(k) {
        for (std::size_t j = 0; j < k; ++j) {
            entries_[j] = load<D>(palette + j * D);
            if (!is_solid(entries_[j])) continue;
            const std::int16_t* at = palette + j * D;
            solid_.push_back({{at[0], at[1], at[2]}, static_cast<std::int16_t>(j)});
        }
        place_cube();
    }
    const Four& entry(std::size_t j) const { return entries_[j]; }

    // Ties go to the lowest entry.
    std::size_t nearest(const Four& target) {
        if (!only_solid_near(target)) return nearest_of_all(target);
        std::array<std::int32_t, 3> at;
        for (std::size_t c = 0; c < 3; ++c) {
            at[c] = target[c] - origin_[c];
            if (at[c] < 0 || at[c] >= sides_[c] * kRegion) return nearest_of_all(target);
        }
        return nearest_of(target, cell_of(at));
    }

private:
    // The box around the opaque entries is cut into regions of 32 byte steps and these into cells of 4; a list
    // holds, in ascending order, the entries that may be nearest to a colour in its cell. It is made, out of its
    // region's list, when a colour first falls into the cell.
    static constexpr int kCellBits = 6, kRegionBits = 9, kCellsOfRegion = kRegionBits - kCellBits;
    static constexpr std::int32_t kRegion = 1 << kRegionBits;
    static constexpr std::int32_t kMostSides = 16;  // twice what colours need; squared distances within fit in 32 bits
    struct List {
        std::uint32_t begin = 0, size = 0;
    };
    struct Entry {  // eight bytes, so that all lists of a photograph stay in the cache
        std::array<std::int16_t, 3> at;
        std::int16_t place;
    };

    static bool is_solid(const Four& point) {
        if constexpr (D == 3) return true;
        return point[D - 1] > kKindBound;
    }

    // Opaque colours all have one alpha, far from any other: then only opaque entries can be nearest.
    bool only_solid_near(const Four& target) const {
        if (solid_.empty() || !is_solid(target)) return false;
        if constexpr (D == 3) return true;
        const std::int64_t to_others = target[D - 1] - other_alpha_, to_solid = target[D - 1] - solid_alpha_;
        return to_others * to_others - to_solid * to_solid > widest_;
    }

    // Whether all solid entries have one alpha; keeps it, and the one next to it.
    bool has_one_solid_alpha() {
        for (const Four& entry : entries_) {
            std::int32_t& highest = is_solid(entry) ? solid_alpha_ : other_alpha_;
            highest = std::max(highest, entry[D - 1]);
        }
        return std::all_of(entries_.begin(), entries_.end(), [this](const Four& entry) {
            return !is_solid(entry) || entry[D - 1] == solid_alpha_;
        });
    }

    // Without solid entries where they are of several alphas or far apart: then all are searched.
    void place_cube() {
        if (D == 4 && !has_one_solid_alpha()) solid_.clear();
        for (std::size_t c = 0; c < 3 && !solid_.empty(); ++c) {
            const auto by_coordinate = [c](const Entry& a, const Entry& b) { return a.at[c] < b.at[c]; };
            const auto ends = std::minmax_element(solid_.begin(), solid_.end(), by_coordinate);
            origin_[c] = ends.first->at[c];
            sides_[c] = (ends.second->at[c] - origin_[c]) / kRegion + 1;
            widest_ += std::int64_t{sides_[c] * kRegion} * (sides_[c] * kRegion);
            if (sides_[c] > kMostSides) solid_.clear();
        }
        if (solid_.empty()) return;
        const auto regions = static_cast<std::size_t>(sides_[0] * sides_[1] * sides_[2]);
        regions_.resize(regions);
        cells_.resize(regions << (3 * kCellsOfRegion));
    }

    // The squared distance, and below it the place, so that the lesser of two tells the nearer of them.
    static std::int64_t distance_and_place(const Four& target, const Entry& entry) {
        const std::int32_t first = target[0] - entry.at[0], second = target[1] - entry.at[1];
        const std::int32_t third = target[2] - entry.at[2];
        return std::int64_t{first * first + second * second + third * third} << 8 | entry.place;
    }

    std::size_t nearest_of(const Four& target, const List& list) const {
        const Entry* candidate = pool_.data() + list.begin;
        std::int64_t best = std::numeric_limits<std::int64_t>::max();
        for (const Entry* end = candidate + list.size; candidate != end; candidate += 2) {
            const std::int64_t first = distance_and_place(target, candidate[0]);
            const std::int64_t second = distance_and_place(target, candidate[1]);
            best = std::min(best, std::min(first, second));
        }
        return static_cast<std::size_t>(best & 255);
    }

    std::size_t nearest_of_all(const Four& target) const {
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

    using InCube = std::array<std::int32_t, 3>;

    const List& cell_of(const InCube& at) {
        List& list = cells_[index(at, kCellBits)];
        if (list.size > 0) return list;
        List& around = regions_[index(at, kRegionBits)];
        if (around.size == 0) fill(around, solid_, at, kRegionBits);
        const auto begin = pool_.begin() + around.begin;
        fill(list, std::vector<Entry>(begin, begin + around.size), at, kCellBits);
        return list;
    }

    std::size_t index(const InCube& at, int bits) const {
        const std::int32_t second = sides_[1] << (kRegionBits - bits), third = sides_[2] << (kRegionBits - bits);
        return static_cast<std::size_t>(((at[0] >> bits) * second + (at[1] >> bits)) * third + (at[2] >> bits));
    }

    // Puts into the list those of the entries that may be nearest to some colour of the small cube around.
    void fill(List& list, const std::vector<Entry>& entries, const InCube& at, int bits) {
        std::vector<std::int32_t> floors;
        floors.reserve(entries.size());
        std::int32_t ceiling = std::numeric_limits<std::int32_t>::max();
        for (const Entry& entry : entries) {
            std::int32_t floor = 0, top = 0;
            for (std::size_t c = 0; c < 3; ++c) {
                const std::int32_t low = origin_[c] + (at[c] >> bits << bits), high = low + (1 << bits) - 1;
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
        if ((pool_.size() - list.begin) % 2 == 1) pool_.push_back(pool_.back());  // they are compared two at a time
        list.size = static_cast<std::uint32_t>(pool_.size()) - list.begin;
    }

    std::vector<Four> entries_;
    std::vector<Entry> solid_, pool_;
    InCube origin_{}, sides_{};  // sides in regions
    std::int64_t widest_ = 0;    // square of the diagonal
    std::int32_t solid_alpha_ = -32768, other_alpha_ = -32768;  // of the other entries the highest
    std::vector<List> cells_, regions_;
};

}  // namespace kalette
