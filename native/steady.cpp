// What the pixels of a frame should show so that errors in space and in time together are least.

#include <algorithm>
#include <cmath>

#include "kernels.hpp"

namespace kalette {
namespace {

constexpr double kStill = 16;
constexpr double kMoving = 3 * kStill;
constexpr double kFast = 6 * kStill;
constexpr double kLightnessSteadiness = 1.2;
constexpr double kLightnessStill = 2 * kStill;
constexpr double kMostWeight = 65535;
constexpr double kRounder = 0x1.8p52;  // adding and subtracting it rounds to an integer

double rounded(double value) { return (value + kRounder) - kRounder; }

// The squared length of a change; differences fit in 16 bits, their squares as double.
double squared_length(const std::int32_t* change) {
    double total = 0;
    for (std::size_t c = 0; c < 3; ++c) total += static_cast<double>(change[c]) * static_cast<double>(change[c]);
    return total;
}

// The rounded mean of a coordinate and what it follows, which has a share.
std::int16_t mean(std::int16_t point, double follows, double share) {
    return static_cast<std::int16_t>(rounded((point + share * follows) / (1 + share)));
}

void steady_lightness(double change, std::int16_t shown, std::int16_t& point) {
    if (std::abs(change) > kFast) return;
    const double share = kLightnessSteadiness / (1 + change * change / (kLightnessStill * kLightnessStill));
    point = mean(point, shown + change, share);
}

void steady_pixel(const std::int16_t* before, const std::int16_t* shown, const Steadiness& steadiness,
                  std::int16_t* point, std::uint16_t& weight) {
    std::int32_t change[3];
    for (std::size_t c = 0; c < 3; ++c) change[c] = point[c] - before[c];
    const double moved = squared_length(change);
    const std::size_t lightness = steadiness.lightness;
    if (moved > kFast * kFast) return steady_lightness(change[lightness], shown[lightness], point[lightness]);
    if (moved > kMoving * kMoving) return;
    const double share = steadiness.share / (1 + moved / (kStill * kStill));
    for (std::size_t c = 0; c < 3; ++c) point[c] = moved == 0 ? shown[c] : mean(point[c], shown[c] + change[c], share);
    weight = static_cast<std::uint16_t>(std::min(rounded(weight * (1 + share)), kMostWeight));
}

}  // namespace

void steady(const FramePixels& in, const std::int16_t* before, const Steadiness& steadiness, std::int16_t* points,
            std::uint16_t* weights) {
    const std::size_t n = in.height * in.width;
    std::copy_n(in.points, 4 * n, points);
    std::copy_n(in.weights, n, weights);
    for (std::size_t i = 0; i < n; ++i) {
        const bool is_opaque = points[4 * i + 3] > 0 && before[4 * i + 3] > 0 && in.shown[4 * i + 3] > 0;
        if (is_opaque) steady_pixel(before + 4 * i, in.shown + 4 * i, steadiness, points + 4 * i, weights[i]);
    }
}

}  // namespace kalette
