// Floyd-Steinberg error diffusion, row by row.
#pragma once

#include <cstdlib>
#include <vector>

#include "kernels.hpp"
#include "palette_search.hpp"

namespace kalette {

template <std::size_t D>
class Diffusion {
public:
    Diffusion(const WeightedPixels& in, const PalettePoints& palette, std::uint8_t* indices)
        : search(palette), width(in.width), in_(in), indices_(indices), corrected_(in.width), below_(in.width + 2),
          lowest_(search.entry(0)), highest_(lowest_) {
        for (std::size_t j = 1; j < palette.k; ++j)
            for (std::size_t c = 0; c < D; ++c) {
                lowest_[c] = std::min(lowest_[c], search.entry(j)[c]);
                highest_[c] = std::max(highest_[c], search.entry(j)[c]);
            }
    }

    // Corrects the points of row y by the errors from the row above.
    void begin_row(std::size_t y) {
        y_ = y;
        for (std::size_t x = 0; x < width; ++x)
            corrected_[x] = (1 << kErrorShift) * load<D>(in_.points + place(x) * D) + below_[x + 1] + kHalf;
    }

    // What pixel x should show, given the error carried from its left neighbour.
    Vec4 target(std::size_t x, const Vec4& carried) const {
        Vec4 target = shifted(corrected_[x] + carried, kErrorShift);
        // Clamped to the palette's range: an error that no entry can make up for would grow without bound.
        target = clamped(target, lowest_, highest_);
        if (D == 4 && std::abs(in_.points[place(x) * D + 3]) > kAlphaBound)
            target[3] = in_.points[place(x) * D + 3];  // clear stays clear, opaque stays opaque
        return target;
    }

    // The error of a pixel that shows an entry, times its diffusion strength.
    Vec4 scaled_error(std::size_t x, const Vec4& target, const Vec4& entry) const {
        if (D == 4 && target[3] < -kAlphaBound) return Vec4{};  // a clear pixel shows no colour
        Vec4 error = static_cast<std::int32_t>(in_.strengths[place(x)]) * (target - entry);
        if (D == 4 && target[3] > kAlphaBound) error[3] = 0;
        return error;
    }

    // Diffuses the errors of the row into the row below; entry_at(x, target) is the entry of pixel x.
    template <typename EntryAt>
    void end_row(EntryAt&& entry_at) {
        Vec4 carried{}, below{}, below_right{};
        for (std::size_t x = 0; x < width; ++x) {
            const Vec4 target = this->target(x, carried);
            const Vec4 error = scaled_error(x, target, search.entry(entry_at(x, target)));
            carried = kToRight * error;
            below_[x] = below + kToBelowLeft * error;
            below = below_right + kToBelow * error;
            below_right = kToBelowRight * error;
        }
        below_[width] = below;
    }

    std::size_t y() const { return y_; }
    std::size_t place(std::size_t x) const { return y_ * width + x; }
    std::uint8_t* row() const { return indices_ + y_ * width; }
    const std::vector<Vec4>& corrected() const { return corrected_; }
    const Vec4& lowest() const { return lowest_; }
    const Vec4& highest() const { return highest_; }

    PaletteSearch<D> search;
    const std::size_t width;

private:
    static constexpr std::int32_t kOneHalf = 1 << (kErrorShift - 1);
    static constexpr Vec4 kHalf = {{kOneHalf, kOneHalf, kOneHalf, kOneHalf}};  // to round, not to floor
    const WeightedPixels in_;
    std::uint8_t* const indices_;
    std::vector<Vec4> corrected_;  // points of the row in 4096ths, with the errors from the row above
    std::vector<Vec4> below_;      // errors for the next row; pixel x is at x + 1
    Vec4 lowest_, highest_;        // of all entries
    std::size_t y_ = 0;
};

// Error diffusion alone: each pixel gets the entry nearest to its target.
template <std::size_t D>
void diffuse(const WeightedPixels& in, const PalettePoints& palette, std::uint8_t* indices) {
    Diffusion<D> diffusion(in, palette, indices);
    for (std::size_t y = 0; y < in.height; ++y) {
        diffusion.begin_row(y);
        diffusion.end_row([&](std::size_t x, const Vec4& target) {
            return diffusion.row()[x] = static_cast<std::uint8_t>(diffusion.search.nearest(target));
        });
    }
}

}  // namespace kalette
