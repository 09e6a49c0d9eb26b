// Threshold mask dithering between two palette entries a pixel.

#include <algorithm>
#include <cmath>

#include "kernels.hpp"
#include "palette_search.hpp"

namespace kalette {
namespace {

constexpr std::int64_t kOffsetUnit = 1 << 16;  // of an offset: the distance between the two entries
constexpr double kContrastUnit = 256;

// Another entry, seen from the nearest one. The reference tries all; here they are sorted, to stop early.
struct Neighbor {
    Vec4 direction;
    double distance, squared_distance;
    std::size_t entry;
};

template <std::size_t D>
class ThresholdMapper {
public:
    ThresholdMapper(const PalettePoints& palette, double contrast)
        : search_(palette), neighbors_(palette.k), contrast_(contrast) {
        for (std::size_t first = 0; first < palette.k; ++first)
            for (std::size_t second = 0; second < palette.k; ++second) add_neighbor(first, second);
        for (auto& around : neighbors_)
            std::stable_sort(around.begin(), around.end(), [](const Neighbor& a, const Neighbor& b) {
                return a.squared_distance < b.squared_distance;
            });
    }

    std::size_t entry_for(const Vec4& point, std::int64_t offset) {
        const std::size_t first = search_.nearest(point);
        std::int64_t projection = 0;
        const Neighbor* second = second_entry(first, point - search_.entry(first), projection);
        if (!second) return first;
        // Past the threshold the later entry is shown, whichever is nearer: the pattern never flips along a gradient.
        const std::int64_t threshold = kOffsetUnit / 2 + (second->entry > first ? offset : -offset);
        const bool past = kOffsetUnit * projection > static_cast<std::int64_t>(second->squared_distance) * threshold;
        return past ? second->entry : first;
    }

private:
    void add_neighbor(std::size_t first, std::size_t second) {
        const Vec4 &from = search_.entry(first), &to = search_.entry(second);
        if (alpha_kind(from) != alpha_kind(to)) return;
        const Vec4 direction = to - from;
        const std::int64_t squared = dot(direction, direction);
        if (squared == 0) return;
        const auto real = static_cast<double>(squared);
        neighbors_[first].push_back({direction, std::sqrt(real), real, second});
    }

    // -1 clear, 0 partial, 1 opaque.
    static int alpha_kind(const Vec4& entry) {
        if (D == 3) return 0;
        return (entry[3] > kAlphaBound) - (entry[3] < -kAlphaBound);
    }

    static std::int64_t dot(const Vec4& a, const Vec4& b) {
        std::int64_t total = 0;
        for (std::size_t c = 0; c < D; ++c) total += std::int64_t{a[c]} * b[c];
        return total;
    }

    // The neighbour that gains most beside the nearest entry, and the error's projection on its direction; none where
    // the nearest alone is best.
    const Neighbor* second_entry(std::size_t first, const Vec4& error, std::int64_t& projection) const {
        const Neighbor* found = nullptr;
        const auto squared = static_cast<double>(dot(error, error));
        const double length = std::sqrt(squared), bound = (kContrastUnit + contrast_) * squared + 1;
        double best = 0;
        for (const Neighbor& other : neighbors_[first]) {
            if (bound <= best + contrast_ * length * other.distance) break;  // nor can any that is further away
            const std::int64_t along = dot(error, other.direction);
            if (along <= 0) continue;
            const auto real = static_cast<double>(along);
            const double gain = real * ((kContrastUnit + contrast_) * real / other.squared_distance - contrast_);
            if (gain > best || (gain == best && found && other.entry < found->entry)) {
                best = gain;
                found = &other;
                projection = along;
            }
        }
        return found;
    }

    PaletteSearch<D> search_;
    std::vector<std::vector<Neighbor>> neighbors_;  // of each entry, the nearest first
    const double contrast_;
};

template <std::size_t D>
void map_pixels(const ThresholdedPixels& in, const PalettePoints& palette, int contrast, std::uint8_t* indices) {
    ThresholdMapper<D> mapper(palette, contrast);
    for (std::size_t y = 0; y < in.height; ++y) {
        const std::int16_t* offsets = in.offsets + y % in.mask_height * in.mask_width;
        for (std::size_t x = 0; x < in.width; ++x) {
            const std::size_t place = y * in.width + x;
            const Vec4 point = load<D>(in.points + place * D);
            indices[place] = static_cast<std::uint8_t>(mapper.entry_for(point, offsets[x % in.mask_width]));
        }
    }
}

}  // namespace

void map_threshold(const ThresholdedPixels& in, const PalettePoints& palette, int contrast, std::uint8_t* indices) {
    in.d == 3 ? map_pixels<3>(in, palette, contrast, indices) : map_pixels<4>(in, palette, contrast, indices);
}

}  // namespace kalette
