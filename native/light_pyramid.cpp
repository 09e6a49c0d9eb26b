#include "light_pyramid.hpp"

#include <algorithm>

namespace kalette {
namespace {

constexpr std::size_t kRows = 128;  // of a chunk
constexpr int kNewtonSteps = 40;

// IEC 61966-2-1; its exponent is 2.4 = 2 + 2/5, with the fifth root by Newton's method.
double linear_from_srgb(double value) {
    if (value <= 0.04045) return value / 12.92;
    const double base = (value + 0.055) / 1.055, square = base * base;
    double root = 1;
    for (int step = 0; step < kNewtonSteps; ++step) root = (4 * root + square / (root * root * root * root)) / 5;
    return square * root;
}

void halve_row(const float* top, const float* bottom, std::size_t width, float* out) {
    for (std::size_t x = 0; x < width / 2; ++x)
        out[x] = (top[2 * x] + top[2 * x + 1] + bottom[2 * x] + bottom[2 * x + 1]) * 0.25f;
    const std::size_t last = width - 1;
    if (width % 2 == 1) out[width / 2] = (top[last] + top[last] + bottom[last] + bottom[last]) * 0.25f;
}

}  // namespace

LightPyramid::LightPyramid(const PicturePair& in, std::size_t threads) : in_(in), table_() {
    for (std::size_t i = 0; i < table_.size(); ++i)  // the last byte twice, for a step to the next
        table_[i] = static_cast<float>(linear_from_srgb(static_cast<double>(std::min<std::size_t>(i, 255)) / 255));
    scales_.reserve(kScales);
    scales_.push_back({in.height, in.width, {}});
    while (scales_.size() < kScales && std::min(scales_.back().height, scales_.back().width) >= kLeastSide) {
        const LightScale& from = scales_.back();
        LightScale to{(from.height + 1) / 2, (from.width + 1) / 2, {}};
        to.light.resize(to.at(kPictures, 0, 0));
        for_each_chunk(chunk_count(to.height, kRows), threads,
                       [&](std::size_t chunk) { halve(to, chunk_range(chunk, to.height, kRows)); });
        scales_.push_back(std::move(to));
    }
}

LightRow LightPyramid::row(std::size_t scale, std::size_t picture, std::size_t y, Range columns, float* scratch) const {
    const LightScale& from = scales_[scale];
    LightRow light;
    for (std::size_t c = 0; c < kChannels; ++c)
        light[c] = scale == 0 ? scratch + c * stride_of(columns.end - columns.begin)
                              : from.light.data() + from.at(picture, c, y) + columns.begin;
    const std::uint8_t* pixels = picture == 0 ? in_.original : in_.result;
    if (scale == 0)
        convert(pixels + (y * in_.width + columns.begin) * in_.channels, columns.end - columns.begin, scratch);
    return light;
}

void LightPyramid::convert(const std::uint8_t* pixels, std::size_t n, float* light) const {
    const std::size_t stride = stride_of(n);
    if (in_.channels == 3) {
        for (std::size_t x = 0; x < n; ++x)
            for (std::size_t c = 0; c < kChannels; ++c) light[c * stride + x] = table_[pixels[3 * x + c]];
    } else {
        for (std::size_t x = 0; x < n; ++x)
            for (std::size_t c = 0; c < kChannels; ++c)
                light[c * stride + x] = blended(pixels[4 * x + c], pixels[4 * x + 3]);
    }
}

// On the background, blended in sRGB as libjxl does; light between two bytes is interpolated.
float LightPyramid::blended(unsigned value, unsigned alpha) const {
    const unsigned level = alpha * value + (255 - alpha) * static_cast<unsigned>(in_.background);
    const float low = table_[level / 255], part = static_cast<float>(level % 255);
    return low + (table_[level / 255 + 1] - low) * (part * static_cast<float>(1.0 / 255));
}

// The means of 2 x 2 of the last scale, whose last row and column are repeated where their number is odd.
void LightPyramid::halve(LightScale& to, Range rows) const {
    const std::size_t scale = scales_.size() - 1, last = scales_[scale].height - 1, width = scales_[scale].width;
    const std::size_t size = kChannels * stride_of(width);
    std::vector<float> scratch(2 * size);
    for (std::size_t y = rows.begin; y < rows.end; ++y)
        for (std::size_t picture = 0; picture < kPictures; ++picture) {
            const LightRow top = row(scale, picture, 2 * y, {0, width}, scratch.data());
            const LightRow bottom = row(scale, picture, std::min(2 * y + 1, last), {0, width}, scratch.data() + size);
            for (std::size_t c = 0; c < kChannels; ++c)
                halve_row(top[c], bottom[c], width, to.light.data() + to.at(picture, c, y));
        }
}

}  // namespace kalette
