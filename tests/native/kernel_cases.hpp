// Every kernel on data made from a source of bytes, for the driver and the fuzzer.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "kernels.hpp"

namespace kalette_tests {

using Bytes = std::vector<unsigned char>;

// Numbers from bytes, then from a generator that those bytes seed.
class Source {
public:
    Source(const std::uint8_t* data, std::size_t size) : at_(data), end_(data + size) {}
    template <typename T>
    T any() {
        unsigned char bytes[8] = {};  // of any type here: GCC 12 warns of a shorter array
        for (std::size_t i = 0; i < sizeof(T); ++i) bytes[i] = next();
        T value;
        std::memcpy(&value, bytes, sizeof value);
        return value;
    }
    std::size_t below(std::size_t limit) { return any<std::uint32_t>() % limit; }
    template <typename T>
    std::vector<T> many(std::size_t n) {
        std::vector<T> values(n);
        for (T& value : values) value = any<T>();
        return values;
    }
    // Finite numbers, few of them large.
    template <typename Real>
    std::vector<Real> finite(std::size_t n) {
        std::vector<Real> values(n);
        for (Real& value : values) {
            value = any<Real>();
            if (!std::isfinite(value) || any<std::uint8_t>() % 16 != 0)
                value = static_cast<Real>(any<std::int16_t>()) / 16;
        }
        return values;
    }

private:
    // Knuth's linear congruential generator for MMIX.
    unsigned char next() {
        const std::uint64_t byte = at_ < end_ ? *at_ : 0;
        state_ = (state_ + byte) * 6364136223846793005u + 1442695040888963407u;
        return at_ < end_ ? *at_++ : static_cast<unsigned char>(state_ >> 56);
    }
    const std::uint8_t* at_;
    const std::uint8_t* end_;
    std::uint64_t state_ = 0;
};

// The results of kernels as bytes, for comparison.
class Output {
public:
    template <typename T>
    void add(const T* values, std::size_t n) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(values);
        bytes_.insert(bytes_.end(), bytes, bytes + n * sizeof(T));
    }
    template <typename T>
    void add(const std::vector<T>& values) {
        add(values.data(), values.size());
    }
    template <typename T>
    void add(T value) {
        add(&value, 1);
    }
    const Bytes& bytes() const { return bytes_; }

private:
    Bytes bytes_;
};

struct PixelCase {
    std::size_t channels, n, k;
    std::vector<std::uint8_t> pixels, palette, indices;
    PixelCase(Source& source, std::size_t most)
        : channels(3 + source.below(2)), n(1 + source.below(most)), k(1 + source.below(256)),
          pixels(source.many<std::uint8_t>(n * channels)), palette(source.many<std::uint8_t>(k * channels)),
          indices(source.many<std::uint8_t>(n)) {
        for (auto& index : indices) index = static_cast<std::uint8_t>(index % k);
    }
    Bytes run(std::size_t threads) const {
        Output out;
        const kalette::PixelsView view{pixels.data(), n, channels};
        const auto counted = kalette::count_colors(view, threads);
        const std::size_t m = counted.m;
        out.add(counted.colors.get(), m * channels);
        out.add(counted.counts.get(), m);
        std::vector<std::uint8_t> labels(m), mapped(n);
        for (std::size_t i = 0; i < m; ++i) labels[i] = static_cast<std::uint8_t>(i);
        const kalette::PixelsView colors{counted.colors.get(), m, channels};
        out.add(kalette::map_colors(view, colors, labels.data(), mapped.data(), threads));
        out.add(mapped);
        const std::size_t row_bytes = (n - 1) / channels * channels;
        std::vector<std::uint8_t> row(pixels.begin(), pixels.begin() + static_cast<std::ptrdiff_t>(row_bytes + 1));
        row[0] %= 5;
        std::vector<std::uint8_t> unfiltered(row_bytes);
        kalette::unfilter({row.data(), 1, row_bytes, channels}, unfiltered.data(), threads);
        out.add(unfiltered);
        out.add(kalette::squared_error(view, {palette.data(), indices.data()}, threads));
        std::vector<std::uint8_t> shown(n * channels);
        for (std::size_t i = 0; i < n; ++i)
            std::copy_n(&palette[indices[i] * channels], channels, &shown[i * channels]);
        for (std::size_t height = 1; height <= n; height = 3 * height + 1) {
            const kalette::PicturePair pair{pixels.data(), shown.data(), height, n / height, channels, 255};
            out.add(kalette::similarity(pair, threads));
            out.add(kalette::ssimulacra2(pair, threads));
        }
        return out.bytes();
    }
};

template <typename Real>
struct PointCase {
    std::size_t d, n, k, moves;
    std::vector<Real> points, centroids, alternatives;
    std::vector<double> weights;
    PointCase(Source& source, std::size_t most)
        : d(1 + source.below(20)), n(1 + source.below(most)), k(2 + source.below(70)), moves(source.below(6)),
          points(source.finite<Real>(n * d)), centroids(source.finite<Real>(k * d)),
          alternatives(source.finite<Real>(k * moves * d)), weights(source.finite<double>(n)) {}
    Bytes run(std::size_t threads) const {
        Output out;
        const kalette::Weighted<Real> in{points.data(), weights.data(), n, d};
        const kalette::Centroids<Real> centers{centroids.data(), k};
        std::vector<std::int32_t> labels(n);
        std::vector<double> sums(k * d), mass(k), costs(k), left(k * d), right(k * d);
        std::vector<Real> distances(n * k);
        out.add(kalette::assign(in, centers, {labels.data(), sums.data(), mass.data()}, threads));
        out.add(labels);
        out.add(sums);
        out.add(mass);
        kalette::pairwise_squared_distances({points.data(), n, d}, centers, distances.data(), threads);
        out.add(distances);
        kalette::removal_costs(in, centers, costs.data(), threads);
        out.add(costs);
        kalette::split_clusters(in, {labels.data(), k}, {costs.data(), left.data(), right.data()}, threads);
        out.add(costs);
        out.add(left);
        out.add(right);
        add_moves(in, out, threads);
        add_cube_means(out, threads);
        return out.bytes();
    }

private:
    void add_moves(const kalette::Weighted<Real>& in, Output& out, std::size_t threads) const {
        if constexpr (sizeof(Real) == sizeof(float)) {
            std::vector<double> costs(k * moves);
            kalette::move_costs(in, {centroids.data(), k}, {alternatives.data(), moves}, costs.data(), threads);
            out.add(costs);
        }
    }

    // The same numbers as points of three coordinates, k to a cube.
    void add_cube_means(Output& out, std::size_t threads) const {
        const std::size_t m = n * d / 3, cubes = (m + k - 1) / k;
        if (sizeof(Real) != sizeof(float) || m == 0) return;
        std::vector<float> values(points.begin(), points.end()), means(3 * cubes);
        std::vector<std::int64_t> begins(cubes);
        for (std::size_t i = 0; i < cubes; ++i) begins[i] = static_cast<std::int64_t>(k * i);
        std::vector<double> counts(m, 3), mass(cubes);
        kalette::cube_means({values.data(), counts.data(), m, 3}, {begins.data(), cubes}, {means.data(), mass.data()},
                            threads);
        out.add(means);
        out.add(mass);
    }
};

// Kernels on pictures; most run on one thread and are called from several by Python.
struct PictureCase {
    std::size_t d, height, width, k, match_depth;
    std::int64_t multiplier;
    std::vector<std::int16_t> points, palette, offsets;
    std::vector<std::uint16_t> weights;
    std::vector<std::uint8_t> strengths, colors;
    std::vector<double> linear, scale;
    PictureCase(Source& source, std::size_t most)
        : d(3 + source.below(2)), height(1 + source.below(most)), width(1 + source.below(most)),
          k(1 + source.below(256)), match_depth(source.below(40)), multiplier(kMultipliers[source.below(5)]),
          points(source.many<std::int16_t>(height * width * d)), palette(source.many<std::int16_t>(k * d)),
          offsets(source.many<std::int16_t>(kMaskHeight * kMaskWidth)),
          weights(source.many<std::uint16_t>(height * width)), strengths(source.many<std::uint8_t>(height * width)),
          colors(source.many<std::uint8_t>(3 * width)), linear(256), scale(3, kalette::kMostOklabScale) {
        // 0: up to the bounds; otherwise in the range of pictures.
        const int narrower = static_cast<int>(source.below(8));
        for (auto* values : {&points, &palette})
            for (auto& value : *values) value = static_cast<std::int16_t>(value / (1 << narrower));
        for (double& value : linear) value = source.any<std::uint8_t>() / 255.0;
    }
    Bytes run(std::size_t threads) const {
        Output out;
        std::vector<std::uint8_t> indices(height * width);
        std::vector<std::uint16_t> deviations(height * width);
        std::vector<std::int16_t> lab(colors.size());
        kalette::map_rate_distortion({points.data(), weights.data(), strengths.data(), height, width, d},
                                     {palette.data(), k}, {multiplier, match_depth}, indices.data());
        out.add(indices);
        kalette::map_threshold({points.data(), offsets.data(), height, width, d, kMaskHeight, kMaskWidth},
                               {palette.data(), k}, static_cast<int>(64 * match_depth), indices.data());
        out.add(indices);
        out.add(map_lzw(threads));
        kalette::activity({points.data(), height, width, d}, d - 1, deviations.data());
        out.add(deviations);
        kalette::oklab({colors.data(), width, 3}, {linear.data(), scale.data()}, lab.data(), threads);
        out.add(lab);
        return out.bytes();
    }

private:
    // The points as a frame on clear ground: every second pixel is opaque.
    std::vector<std::uint8_t> map_lzw(std::size_t threads) const {
        std::vector<std::int16_t> frame(4 * height * width), shown(frame.size()), entries(3 * k);
        for (std::size_t i = 0; i < height * width; ++i) {
            for (std::size_t c = 0; c < 3; ++c) frame[4 * i + c] = static_cast<std::int16_t>(points[d * i + c] / 4);
            frame[4 * i + 3] = static_cast<std::int16_t>(i % 2 == 1 || k == 256 ? 1 : -1);
            shown[4 * i + 3] = -1;
        }
        for (std::size_t j = 0; j < entries.size(); ++j)
            entries[j] = static_cast<std::int16_t>(palette[j % palette.size()] / 4);
        std::vector<std::uint8_t> indices(height * width);
        std::vector<std::int16_t> steady_points(frame.size());
        std::vector<std::uint16_t> steady_weights(weights.size());
        kalette::steady({frame.data(), weights.data(), frame.data(), height, width}, frame.data(), {2, 1},
                        steady_points.data(), steady_weights.data());
        const kalette::FramePixels in{steady_points.data(), steady_weights.data(), shown.data(), height, width};
        std::vector<std::uint8_t> data =
            kalette::map_lzw(in, {entries.data(), k}, {multiplier, 99}, indices.data(), threads);
        data.insert(data.end(), indices.begin(), indices.end());
        const std::vector<std::uint8_t> either(indices.size(), 1);
        const std::vector<std::uint8_t> coded =
            kalette::code_lzw({indices.data(), either.data(), indices.size(), k, k}, {match_depth % 65, 95});
        data.insert(data.end(), coded.begin(), coded.end());
        kalette::BlockBits block{};
        if (kalette::last_block({data.data(), data.size()}, block))
            data.push_back(static_cast<std::uint8_t>(block.end));
        return data;
    }

    static constexpr std::size_t kMaskHeight = 5, kMaskWidth = 7;
    static constexpr std::int64_t kMultipliers[] = {0, 1, 50'000, 3'000'000, std::int64_t{1} << 40};
};

// Aborts unless every number of threads gives the same bytes.
template <typename Case>
void check(const char* name, const Case& made) {
    const Bytes alone = made.run(1);
    for (const std::size_t threads : {2, 3, 7}) {
        if (made.run(threads) == alone) continue;
        std::fprintf(stderr, "%s: %zu threads give other bytes than one\n", name, threads);
        std::abort();
    }
}

inline void check_all(Source source, std::size_t most) {
    switch (source.below(4)) {
        case 0:
            return check("pixels", PixelCase(source, 100 * most));
        case 1:
            return check("points of floats", PointCase<float>(source, 10 * most));
        case 2:
            return check("points of doubles", PointCase<double>(source, 10 * most));
        default:
            return check("pictures", PictureCase(source, most));
    }
}

}  // namespace kalette_tests
