// Linear light of two pictures at several scales, each half as wide and high as the one before.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "parallel.hpp"
#include "ssimulacra2_rows.hpp"
#include "views.hpp"

namespace kalette {

constexpr std::size_t kPictures = 2, kChannels = 3;
constexpr std::size_t kScales = 6, kLeastSide = 8;  // a scale follows as long as no side of the last is below it

constexpr std::size_t stride_of(std::size_t width) { return (width + kLanes - 1) / kLanes * kLanes; }

struct LightScale {
    std::size_t height, width;
    std::vector<float> light;  // (pictures, channels, height, stride); empty at the first, which is the pixels

    std::size_t at(std::size_t picture, std::size_t channel, std::size_t y) const {
        return ((picture * kChannels + channel) * height + y) * stride_of(width);
    }
};

using LightRow = std::array<const float*, kChannels>;

class LightPyramid {
public:
    LightPyramid(const PicturePair& in, std::size_t threads);
    std::size_t size() const { return scales_.size(); }
    const LightScale& operator[](std::size_t scale) const { return scales_[scale]; }

    // Columns of a row; scratch (channels, stride of their number) is for those of the first scale.
    LightRow row(std::size_t scale, std::size_t picture, std::size_t y, Range columns, float* scratch) const;

private:
    void convert(const std::uint8_t* pixels, std::size_t n, float* light) const;
    float blended(unsigned value, unsigned alpha) const;
    void halve(LightScale& to, Range rows) const;

    PicturePair in_;
    std::array<float, 257> table_;
    std::vector<LightScale> scales_;
};

}  // namespace kalette
