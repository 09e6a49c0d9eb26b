// Error diffusion after Floyd and Steinberg, row by row: what each pixel should show, and what it hands on.
#pragma once

#include <cstdlib>
#include <vector>

#include "kernels.hpp"
#include "palette_search.hpp"

namespace kalette {

template <std::size_t D>
class Diffusion {
public:
    Diffusion(const WeighedPixels& in, const std::int16_t* palette, std::size_t k, std::uint8_t* indices)
        : search(palette, k), width(in.width), in_(in), indices_(indices), bases_(in.width), below_(in.width + 2),
          lowest_(search.entry(0)), highest_(lowest_) {
        for (std::size_t j = 1; j < k; ++j)
            for (std::size_t c = 0; c < D; ++c) {
                lowest_[c] = std::min(lowest_[c], search.entry(j)[c]);
                highest_[c] = std::max(highest_[c], search.entry(j)[c]);
            }
    }

    // Goes to a row: its points get the errors that the row above left to them.
    void begin_row(std::size_t y) {
        y_ = y;
        for (std::size_t x = 0; x < width; ++x)
            bases_[x] = load<D>(in_.points + place(x) * D) * (1 << kErrorShift) + below_[x + 1] + kHalf;
    }

    // What pixel x should show, with the error that the one before hands on.
    Four target(std::size_t x, const Four& ahead) const {
        Four target = (bases_[x] + ahead) >> kErrorShift;
        // What no entry can come near to is no error that the pixels around could make good: it would run away.
        target = target < lowest_ ? lowest_ : target > highest_ ? highest_ : target;
        if (D == 4 && std::abs(in_.points[place(x) * D + 3]) > kKindBound)
            target[3] = in_.points[place(x) * D + 3];  // clear and opaque stay what they are
        return target;
    }

    // What is missing at a pixel that shows an entry, in sixteenths times the strength.
    Four left_over(std::size_t x, const Four& target, const Four& entry) const {
        if (D == 4 && target[3] < -kKindBound) return Four{};  // a clear pixel shows no colour
        Four left = static_cast<std::int32_t>(in_.strengths[place(x)]) * (target - entry);
        if (D == 4 && target[3] > kKindBound) left[3] = 0;
        return left;
    }

    // Leaves to the row below what the entries of this one miss; entry_at(x, target) tells them.
    template <typename EntryAt>
    void end_row(EntryAt&& entry_at) {
        Four ahead{}, below_here{}, below_next{};
        for (std::size_t x = 0; x < width; ++x) {
            const Four target = this->target(x, ahead);
            const Four left = left_over(x, target, search.entry(entry_at(x, target)));
            ahead = 7 * left;
            below_[x] = below_here + 3 * left;
            below_here = below_next + 5 * left;
            below_next = left;
        }
        below_[width] = below_here;
    }

    std::size_t y() const { return y_; }
    std::size_t place(std::size_t x) const { return y_ * width + x; }
    std::uint8_t* row() const { return indices_ + y_ * width; }
    const std::vector<Four>& bases() const { return bases_; }
    const Four& lowest() const { return lowest_; }
    const Four& highest() const { return highest_; }

    PaletteSearch<D> search;
    const std::size_t width;

private:
    static constexpr std::int32_t kHalf = 1 << (kErrorShift - 1);  // so that errors are rounded
    const WeighedPixels in_;
    std::uint8_t* const indices_;
    std::vector<Four> bases_, below_;
    Four lowest_, highest_;  // of all entries
    std::size_t y_ = 0;
};

}  // namespace kalette
