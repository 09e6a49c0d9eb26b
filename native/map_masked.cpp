// Pixels to one of two palette entries each, as the thresholds of a tiled mask say.

#include <algorithm>
#include <cmath>

#include "kernels.hpp"
#include "palette_search.hpp"

namespace kalette {
namespace {

constexpr std::int64_t kWhole = 1 << 16;  // the way from one entry to another, in the unit of offsets

// An entry seen from another one of its kind.
struct Neighbor {
    Four between;
    double distance, squared;
    std::size_t place;
};

// The pairs of entries that colours may be mixed of.
template <std::size_t D>
class Mixer {
public:
    Mixer(const std::int16_t* palette, std::size_t k, double contrast)
        : search_(palette, k), neighbors_(k), contrast_(contrast) {
        for (std::size_t first = 0; first < k; ++first)
            for (std::size_t second = 0; second < k; ++second) add(first, second);
        for (auto& around : neighbors_)
            std::stable_sort(around.begin(), around.end(),
                             [](const Neighbor& a, const Neighbor& b) { return a.squared < b.squared; });
    }

    std::size_t entry_for(const Four& point, std::int64_t offset) {
        const std::size_t first = search_.nearest(point);
        const Four missing = point - search_.entry(first);
        std::int64_t way = 0;
        const Neighbor* second = second_for(first, missing, way);
        if (!second) return first;
        // The later entry is shown past the border, whichever of the two is nearer: so their pattern never flips.
        const std::int64_t border = kWhole / 2 + (second->place > first ? offset : -offset);
        return kWhole * way > static_cast<std::int64_t>(second->squared) * border ? second->place : first;
    }

private:
    void add(std::size_t first, std::size_t second) {
        const Four &from = search_.entry(first), &to = search_.entry(second);
        if (kind(from) != kind(to)) return;
        const Four between = to - from;
        const std::int64_t squared = product(between, between);
        if (squared == 0) return;
        const auto real = static_cast<double>(squared);
        neighbors_[first].push_back({between, std::sqrt(real), real, second});
    }

    static int kind(const Four& entry) {
        if (D == 3) return 0;
        return (entry[3] > kKindBound) - (entry[3] < -kKindBound);
    }

    static std::int64_t product(const Four& a, const Four& b) {
        std::int64_t total = 0;
        for (std::size_t c = 0; c < D; ++c) total += std::int64_t{a[c]} * b[c];
        return total;
    }

    // The neighbour that gains most beside the nearest entry; none where that alone is best.
    const Neighbor* second_for(std::size_t first, const Four& missing, std::int64_t& way) const {
        const Neighbor* found = nullptr;
        const auto squared = static_cast<double>(product(missing, missing));
        const double reach = std::sqrt(squared), most = (256 + contrast_) * squared + 1;
        double best = 0;
        for (const Neighbor& other : neighbors_[first]) {
            if (most <= best + contrast_ * reach * other.distance) break;  // nor can any that lies further
            const std::int64_t along = product(missing, other.between);
            if (along <= 0) continue;
            const auto real = static_cast<double>(along);
            const double gain = real * ((256 + contrast_) * real / other.squared - contrast_);
            if (gain > best || (gain == best && found && other.place < found->place)) {
                best = gain;
                found = &other;
                way = along;
            }
        }
        return found;
    }

    PaletteSearch<D> search_;
    std::vector<std::vector<Neighbor>> neighbors_;  // the nearest first
    const double contrast_;
};

template <std::size_t D>
void map_all(const MaskedPixels& in, const std::int16_t* palette, std::size_t k, int contrast, std::uint8_t* indices) {
    Mixer<D> mixer(palette, k, contrast);
    for (std::size_t y = 0; y < in.height; ++y) {
        const std::int16_t* offsets = in.offsets + y % in.mask_height * in.mask_width;
        for (std::size_t x = 0; x < in.width; ++x) {
            const std::size_t place = y * in.width + x;
            const Four point = load<D>(in.points + place * D);
            indices[place] = static_cast<std::uint8_t>(mixer.entry_for(point, offsets[x % in.mask_width]));
        }
    }
}

}  // namespace

void map_masked(const MaskedPixels& in, std::size_t d, const std::int16_t* palette, std::size_t k, int contrast,
                std::uint8_t* indices) {
    if (d == 3)
        map_all<3>(in, palette, k, contrast, indices);
    else
        map_all<4>(in, palette, k, contrast, indices);
}

}  // namespace kalette
