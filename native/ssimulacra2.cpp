// SSIMULACRA 2 (version 2.1), a perceptual score of compressed pictures (J. Sneyers, Cloudinary 2022; libjxl,
// tools/ssimulacra2.cc): in float, with + - x / and square roots alone.

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "gaussian_window.hpp"
#include "kernels.hpp"
#include "parallel.hpp"
#include "ssimulacra2_rows.hpp"
#include "ssimulacra2_score.hpp"

namespace kalette {
namespace {

constexpr std::size_t kScales = 6, kLeastSide = 8, kPictures = 2, kChannels = 3;
constexpr std::size_t kRows = 64;  // of a chunk; each is summed by itself, so their number changes no bit
constexpr std::size_t kSums = kChannels * kNorms * kMaps;

// The linear light of each byte (IEC 61966-2-1), the last one twice; its exponent is 2.4 = 2 + 2/5, and the fifth root
// by Newton's method.
using LightTable = std::array<float, 257>;

double linear_from_srgb(double value) {
    if (value <= 0.04045) return value / 12.92;
    const double base = (value + 0.055) / 1.055, square = base * base;
    double root = 1;
    for (int step = 0; step < 40; ++step) root = (4 * root + square / (root * root * root * root)) / 5;
    return square * root;
}

LightTable light_table() {
    LightTable table;
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = static_cast<float>(linear_from_srgb(static_cast<double>(std::min<std::size_t>(i, 255)) / 255));
    return table;
}

using LightRow = std::array<const float*, kChannels>;

// The linear light of both pictures at one scale. That of the first, the pixels themselves, is not stored.
struct Scale {
    std::size_t height, width, stride;
    std::vector<float> light;  // (pictures, channels, height, stride)

    Scale(std::size_t rows, std::size_t columns, bool stored)
        : height(rows), width(columns), stride((columns + kLanes - 1) / kLanes * kLanes),
          light(stored ? kPictures * kChannels * height * stride : 0) {}
    float* row(std::size_t picture, std::size_t channel, std::size_t y) {
        return light.data() + ((picture * kChannels + channel) * height + y) * stride;
    }
};

class Pyramid {
public:
    explicit Pyramid(const PicturePair& in, std::size_t threads) : in_(in), table_(light_table()) {
        scales_.emplace_back(in.height, in.width, false);
        while (scales_.size() < kScales && std::min(scales_.back().height, scales_.back().width) >= kLeastSide) {
            scales_.emplace_back((scales_.back().height + 1) / 2, (scales_.back().width + 1) / 2, true);
            halve(scales_.size() - 2, threads);
        }
    }
    std::vector<Scale>& scales() { return scales_; }

    // A row of a picture; scratch (channels, stride) for that of the first scale.
    LightRow light(std::size_t scale, std::size_t picture, std::size_t y, float* scratch) {
        Scale& at = scales_[scale];
        if (scale > 0) return {at.row(picture, 0, y), at.row(picture, 1, y), at.row(picture, 2, y)};
        const std::uint8_t* pixels = (picture == 0 ? in_.original : in_.result) + y * at.width * in_.channels;
        if (in_.channels == 3)
            opaque_light(pixels, scratch);
        else
            blended_light(pixels, scratch);
        return {scratch, scratch + at.stride, scratch + 2 * at.stride};
    }

private:
    void opaque_light(const std::uint8_t* pixels, float* out) const {
        const std::size_t width = in_.width, stride = scales_[0].stride;
        for (std::size_t x = 0; x < width; ++x)
            for (std::size_t c = 0; c < kChannels; ++c) out[c * stride + x] = table_[pixels[3 * x + c]];
    }
    // On the background, blended in sRGB as libjxl does; light between two bytes is interpolated.
    void blended_light(const std::uint8_t* pixels, float* out) const {
        const unsigned background = static_cast<unsigned>(in_.background);
        for (std::size_t x = 0; x < in_.width; ++x)
            for (std::size_t c = 0; c < kChannels; ++c) {
                const unsigned alpha = pixels[4 * x + 3];
                const unsigned level = alpha * pixels[4 * x + c] + (255 - alpha) * background;
                const float low = table_[level / 255], part = static_cast<float>(level % 255);
                out[c * scales_[0].stride + x] =
                    low + (table_[level / 255 + 1] - low) * (part * static_cast<float>(1.0 / 255));
            }
    }
    // Fills the next scale with the means of 2 x 2, the last row and column repeated where their number is odd.
    void halve(std::size_t scale, std::size_t threads) {
        const Scale& from = scales_[scale];
        Scale& to = scales_[scale + 1];
        for_each_chunk(chunk_count(to.height, kRows), threads, [&](std::size_t chunk) {
            std::vector<float> scratch(2 * kChannels * from.stride);
            const Range range = chunk_range(chunk, to.height, kRows);
            for (std::size_t y = range.begin; y < range.end; ++y)
                for (std::size_t picture = 0; picture < kPictures; ++picture) {
                    const LightRow top = light(scale, picture, 2 * y, scratch.data());
                    const LightRow bottom = light(scale, picture, std::min(2 * y + 1, from.height - 1),
                                                  scratch.data() + kChannels * from.stride);
                    for (std::size_t c = 0; c < kChannels; ++c)
                        halve_row(top[c], bottom[c], from.width, to.row(picture, c, y));
                }
        });
    }
    static void halve_row(const float* top, const float* bottom, std::size_t width, float* out) {
        for (std::size_t x = 0; x < width / 2; ++x)
            out[x] = (top[2 * x] + top[2 * x + 1] + bottom[2 * x] + bottom[2 * x + 1]) * 0.25f;
        const std::size_t last = width - 1;
        if (width % 2 == 1) out[width / 2] = (top[last] + top[last] + bottom[last] + bottom[last]) * 0.25f;
    }

    const PicturePair& in_;
    LightTable table_;
    std::vector<Scale> scales_;
};

// The rows around one row, in a ring: the moments of each channel.
class Window {
public:
    Window(Pyramid& pyramid, std::size_t scale)
        : pyramid_(pyramid), scale_(scale), height_(pyramid.scales()[scale].height),
          width_(pyramid.scales()[scale].width), stride_(pyramid.scales()[scale].stride),
          ring_(kSpan * kPlanes * stride_), down_(kMoments * (stride_ + 2 * kLanes)), scratch_(kChannels * stride_) {}

    // Loads one row only where it is called for the next row.
    void load_around(std::size_t row) {
        const auto last = static_cast<std::ptrdiff_t>(row + kRadius);
        for (std::ptrdiff_t place = loaded_ ? last : last - static_cast<std::ptrdiff_t>(kSpan) + 1; place <= last;
             ++place)
            load(place);
        loaded_ = true;
        newest_ = last;
    }
    // Out: sums (channels, norms, maps).
    void sum(double* sums) {
        for (std::size_t channel = 0; channel < kChannels; ++channel) {
            for (std::size_t moment = 0; moment < kMoments; ++moment) blur_down(channel, moment);
            const auto center = newest_ - static_cast<std::ptrdiff_t>(kRadius);
            const ErrorRow row{
                line(channel, kA, center), line(channel, kB, center), {down(0), down(1), down(2), down(3)}, width_};
            float lanes[kNorms * kMaps][kLanes];
            kernels_.sum_errors(row, lanes[0]);
            for (const auto& each : lanes) {
                double total = 0;
                for (const float lane : each) total += static_cast<double>(lane);
                *sums++ = total;
            }
        }
    }

private:
    static constexpr std::size_t kPlanes = kChannels * kMoments;

    float* line(std::size_t channel, std::size_t moment, std::ptrdiff_t place) {
        const std::size_t slot = static_cast<std::size_t>(place + static_cast<std::ptrdiff_t>(kSpan)) % kSpan;
        return ring_.data() + (slot * kPlanes + channel * kMoments + moment) * stride_;
    }
    // Between zeros, which are what lies beside the picture.
    float* down(std::size_t moment) { return down_.data() + moment * (stride_ + 2 * kLanes) + kLanes; }

    void load(std::ptrdiff_t place) {
        for (std::size_t picture = 0; picture < kPictures; ++picture) {
            const LightRow light = pyramid_.light(scale_, picture, mirrored(place, height_), scratch_.data());
            float* const planes[] = {line(0, picture, place), line(1, picture, place), line(2, picture, place)};
            kernels_.xyb(light.data(), planes, stride_);
            for (float* plane : planes) std::fill(plane + width_, plane + stride_, 0.0f);
        }
        for (std::size_t channel = 0; channel < kChannels; ++channel) {
            float* const moments[] = {line(channel, kA, place), line(channel, kB, place),
                                      line(channel, kSquares, place), line(channel, kError, place)};
            kernels_.multiply(moments, stride_);
        }
    }
    void blur_down(std::size_t channel, std::size_t moment) {
        std::array<const float*, kSpan> rows;
        for (std::size_t i = 0; i < kSpan; ++i)
            rows[i] = line(channel, moment, newest_ - static_cast<std::ptrdiff_t>(kSpan - 1 - i));
        kernels_.blur_down(rows.data(), down(moment), stride_);
    }

    const ErrorKernels& kernels_ = chosen_error_kernels();
    Pyramid& pyramid_;
    std::size_t scale_, height_, width_, stride_;
    std::vector<float> ring_, down_, scratch_;
    std::ptrdiff_t newest_ = 0;
    bool loaded_ = false;
};

// The sums of the maps of one scale: (height, channels, norms, maps).
std::vector<double> row_sums(Pyramid& pyramid, std::size_t scale, std::size_t threads) {
    const std::size_t height = pyramid.scales()[scale].height;
    std::vector<double> sums(height * kSums);
    for_each_chunk(chunk_count(height, kRows), threads, [&](std::size_t chunk) {
        Window window(pyramid, scale);
        const Range range = chunk_range(chunk, height, kRows);
        for (std::size_t row = range.begin; row < range.end; ++row) {
            window.load_around(row);
            window.sum(&sums[row * kSums]);
        }
    });
    return sums;
}

// The 1-norm and the 4-norm of the maps: (channels, scales, norms, maps).
std::vector<double> norms_of(Pyramid& pyramid, std::size_t threads) {
    const std::size_t scales = pyramid.scales().size(), block = kNorms * kMaps;
    std::vector<double> norms(kChannels * scales * block);
    for (std::size_t scale = 0; scale < scales; ++scale) {
        const std::vector<double> sums = row_sums(pyramid, scale, threads);
        const Scale& at = pyramid.scales()[scale];
        for (std::size_t i = 0; i < kSums; ++i) {
            double total = 0;
            for (std::size_t row = 0; row < at.height; ++row) total += sums[row * kSums + i];
            const double mean = total / static_cast<double>(at.height * at.width);
            const bool fourth = i % block >= kMaps;
            norms[(i / block * scales + scale) * block + i % block] = fourth ? std::sqrt(std::sqrt(mean)) : mean;
        }
    }
    return norms;
}

// The pixels, mirrored until no side is below 8.
std::vector<std::uint8_t> enlarged(const std::uint8_t* pixels, const PicturePair& in) {
    const std::size_t height = std::max(in.height, kLeastSide), width = std::max(in.width, kLeastSide);
    std::vector<std::uint8_t> out(height * width * in.channels);
    for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x) {
            const std::size_t from = mirrored(static_cast<std::ptrdiff_t>(y), in.height) * in.width +
                                     mirrored(static_cast<std::ptrdiff_t>(x), in.width);
            std::copy_n(pixels + from * in.channels, in.channels, &out[(y * width + x) * in.channels]);
        }
    return out;
}

}  // namespace

double ssimulacra2(const PicturePair& in, std::size_t threads) {
    if (std::min(in.height, in.width) < kLeastSide) {
        const auto original = enlarged(in.original, in), result = enlarged(in.result, in);
        const std::size_t height = std::max(in.height, kLeastSide), width = std::max(in.width, kLeastSide);
        return ssimulacra2({original.data(), result.data(), height, width, in.channels, in.background}, threads);
    }
    Pyramid pyramid(in, threads);
    return score(norms_of(pyramid, threads));
}

}  // namespace kalette
