// SSIMULACRA 2 (version 2.1), a perceptual score of compressed pictures (J. Sneyers, Cloudinary 2022; libjxl,
// tools/ssimulacra2.cc): in float, with + - x / and roots alone.

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "gaussian_window.hpp"
#include "kernels.hpp"
#include "light_pyramid.hpp"
#include "parallel.hpp"
#include "ssimulacra2_rows.hpp"
#include "ssimulacra2_score.hpp"

namespace kalette {
namespace {

// Rows of a chunk. Half take 4 % longer; twice as many save as much, and are chunks for four threads only in a picture
// of 512 rows.
constexpr std::size_t kRows = 64;
// Columns that pass through a window together, a multiple of kLanes, so that it stays in the cache. Half take 5 %
// longer, and rows of 6000 pixels as a whole 30 to 40 %. Sums are of whole rows, so the number changes no bit.
constexpr std::size_t kColumns = 1024;
static_assert(kColumns % kLanes == 0);

constexpr std::size_t kNormsOfChannel = kNorms * kMaps, kNormsOfScale = kChannels * kNormsOfChannel;

// The rows around one row, in a ring: the moments of each channel in some columns.
class Window {
public:
    Window(const LightPyramid& pyramid, std::size_t scale, Range columns)
        : pyramid_(pyramid), scale_(scale), columns_(columns),
          around_{columns.begin < kLanes ? 0 : columns.begin - kLanes,
                  std::min(columns.end + kLanes, pyramid[scale].width)},
          stride_(stride_of(around_.end - around_.begin)), ring_(kSpan * kPlanes * stride_),
          down_(kMoments * (stride_ + 2 * kLanes)), scratch_(kChannels * stride_) {}

    // Loads one row only where it is called for the next row.
    void load_around(std::size_t row) {
        rows_.move_to(row, [this](std::ptrdiff_t place) { load(place); });
    }
    // Adds to partial sums (channels, norms, maps, kLanes).
    void add_errors(float* sums) {
        const auto center = rows_.newest() - static_cast<std::ptrdiff_t>(kRadius);
        const std::size_t inner = columns_.begin - around_.begin;
        for (std::size_t channel = 0; channel < kChannels; ++channel) {
            for (std::size_t moment = 0; moment < kMoments; ++moment) blur_down(channel, moment);
            const ErrorRow row{line(channel, kA, center) + inner,
                               line(channel, kB, center) + inner,
                               {down(kA) + inner, down(kB) + inner, down(kSquares) + inner, down(kError) + inner},
                               columns_.end - columns_.begin};
            kernels_.add_errors(row, sums + channel * kNormsOfChannel * kLanes);
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
        const std::size_t y = mirrored(place, pyramid_[scale_].height), width = around_.end - around_.begin;
        for (std::size_t picture = 0; picture < kPictures; ++picture) {
            float* const planes[] = {line(0, picture, place), line(1, picture, place), line(2, picture, place)};
            kernels_.xyb(pyramid_.row(scale_, picture, y, around_, scratch_.data()).data(), planes, stride_);
            for (float* plane : planes) std::fill(plane + width, plane + stride_, 0.0f);
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
            rows[i] = line(channel, moment, rows_.newest() - static_cast<std::ptrdiff_t>(kSpan - 1 - i));
        kernels_.blur_down(rows.data(), down(moment), stride_);
    }

    const ErrorKernels& kernels_ = chosen_error_kernels();
    const LightPyramid& pyramid_;
    std::size_t scale_;
    Range columns_, around_;
    std::size_t stride_;
    std::vector<float> ring_, down_, scratch_;
    WindowRows rows_;
};

// The sums of each row's maps and of their fourth powers, for each scale: (height, channels, norms, maps).
class RowSums {
public:
    // The chunks of all scales together, as the small ones have too few for several threads.
    RowSums(const LightPyramid& pyramid, std::size_t threads) : pyramid_(pyramid) {
        std::vector<Chunk> chunks;
        for (std::size_t scale = 0; scale < pyramid.size(); ++scale) {
            const std::size_t height = pyramid[scale].height;
            sums_.emplace_back(height * kNormsOfScale);
            for (std::size_t chunk = 0; chunk < chunk_count(height, kRows); ++chunk)
                chunks.push_back({scale, chunk_range(chunk, height, kRows)});
        }
        for_each_chunk(chunks.size(), threads, [&](std::size_t i) { add(chunks[i]); });
    }
    double total(std::size_t scale, std::size_t number) const {
        double total = 0;
        for (std::size_t i = number; i < sums_[scale].size(); i += kNormsOfScale) total += sums_[scale][i];
        return total;
    }

private:
    struct Chunk {
        std::size_t scale;
        Range rows;
    };
    void add(const Chunk& chunk) {
        const std::size_t width = pyramid_[chunk.scale].width, size = kNormsOfScale * kLanes;
        std::vector<float> lanes((chunk.rows.end - chunk.rows.begin) * size);
        for (std::size_t tile = 0; tile < chunk_count(width, kColumns); ++tile) {
            Window window(pyramid_, chunk.scale, chunk_range(tile, width, kColumns));
            for (std::size_t row = chunk.rows.begin; row < chunk.rows.end; ++row) {
                window.load_around(row);
                window.add_errors(&lanes[(row - chunk.rows.begin) * size]);
            }
        }
        double* out = &sums_[chunk.scale][chunk.rows.begin * kNormsOfScale];
        for (std::size_t i = 0; i < lanes.size(); ++i) out[i / kLanes] += static_cast<double>(lanes[i]);
    }

    const LightPyramid& pyramid_;
    std::vector<std::vector<double>> sums_;
};

// The 1-norm and the 4-norm of the maps: (channels, scales, norms, maps).
std::vector<double> norms_of(const LightPyramid& pyramid, std::size_t threads) {
    const RowSums sums(pyramid, threads);
    std::vector<double> norms(pyramid.size() * kNormsOfScale);
    for (std::size_t scale = 0; scale < pyramid.size(); ++scale)
        for (std::size_t i = 0; i < kNormsOfScale; ++i) {
            const std::size_t channel = i / kNormsOfChannel, number = i % kNormsOfChannel;
            const double pixels = static_cast<double>(pyramid[scale].height * pyramid[scale].width);
            const double mean = sums.total(scale, i) / pixels;
            norms[(channel * pyramid.size() + scale) * kNormsOfChannel + number] =
                number < kMaps ? mean : std::sqrt(std::sqrt(mean));
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
    return score(norms_of(LightPyramid(in, threads), threads));
}

}  // namespace kalette
