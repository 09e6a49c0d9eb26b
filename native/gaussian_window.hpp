// The Gaussian window of SSIM: sigma 1.5, 11 wide (Z. Wang et al. 2004).
#pragma once

#include <cstddef>

namespace kalette {

// exp(-i^2 / 4.5) for i = 0..5, divided by their sum over -5..5. Literal: exp differs between machines.
constexpr std::size_t kRadius = 5;
constexpr double kGaussian[kRadius + 1] = {0.26601172486179436, 0.2130055377112537,   0.10936068950970002,
                                           0.03600077212843083, 0.007598758135239185, 0.00102838008447911};
constexpr std::size_t kSpan = 2 * kRadius + 1;

// Places outside are mirrored at the edges: -1 is 0.
constexpr std::size_t mirrored(std::ptrdiff_t place, std::size_t size) {
    const auto period = static_cast<std::ptrdiff_t>(2 * size);
    const auto around = static_cast<std::size_t>(((place % period) + period) % period);
    return around < size ? around : 2 * size - 1 - around;
}

// The rows under a window that moves down row by row: each is loaded once.
class WindowRows {
public:
    template <typename Load>
    void move_to(std::size_t row, Load load) {
        const auto last = static_cast<std::ptrdiff_t>(row + kRadius);
        for (std::ptrdiff_t place = loaded_ ? last : last - static_cast<std::ptrdiff_t>(kSpan) + 1; place <= last;
             ++place)
            load(place);
        loaded_ = true;
        newest_ = last;
    }
    std::ptrdiff_t newest() const { return newest_; }

private:
    std::ptrdiff_t newest_ = 0;
    bool loaded_ = false;
};

}  // namespace kalette
