// The Python module: checks arguments, releases the interpreter lock, wraps results.

#include "bindings.hpp"

#include <nanobind/stl/pair.h>

#include <memory>
#include <string>
#include <utility>

#include "nearest.hpp"

namespace kalette::bindings {

Out<std::uint8_t> unfilter(const In<std::uint8_t, 2>& rows, int pixel_bytes, int threads) {
    const std::size_t workers = thread_count(threads);
    const std::size_t height = rows.shape(0), size = rows.shape(1);
    require_pixel_bytes(pixel_bytes);
    const auto bytes = static_cast<std::size_t>(pixel_bytes);
    require(size % bytes == 1,
            "rows have " + number(size) + " bytes; they must have 1 and " + number(bytes) + " for each pixel");
    for (std::size_t y = 0; y < height; ++y)
        require(rows(y, 0) <= kMostFilterType,
                "a row has filter type " + number(rows(y, 0)) + "; it must be 0 to " + number(kMostFilterType));
    const std::size_t row_bytes = size - 1;
    std::unique_ptr<std::uint8_t[]> pixels(new std::uint8_t[height * row_bytes]);
    {
        const Unlocked unlocked;
        kalette::unfilter({rows.data(), height, row_bytes, bytes}, pixels.get(), workers);
    }
    return owned(std::move(pixels), {height, row_bytes / bytes, bytes});
}

nb::tuple count_colors(const In<std::uint8_t, 2>& pixels, int threads) {
    const std::size_t channels = pixels.shape(1), workers = thread_count(threads);
    require_channels(channels);
    require_pixels(pixels.shape(0), kMostCountedPixels);
    ColorCounts counted;
    {
        const Unlocked unlocked;
        counted = kalette::count_colors(view(pixels), workers);
    }
    const std::size_t m = counted.m;
    return nb::make_tuple(owned(std::move(counted.colors), {m, channels}), owned(std::move(counted.counts), {m}));
}

Out<std::uint8_t> map_colors(const In<std::uint8_t, 2>& pixels, const In<std::uint8_t, 2>& colors,
                             const In<std::uint8_t, 1>& labels, int threads) {
    const std::size_t n = pixels.shape(0), channels = pixels.shape(1), m = colors.shape(0);
    const std::size_t workers = thread_count(threads);
    require_channels(channels);
    require(colors.shape(1) == channels, "colors have " + number(colors.shape(1)) + " channels and pixels " +
                                             number(channels) + "; they must agree");
    require(labels.shape(0) == m, "labels has " + number(labels.shape(0)) + " entries for " + number(m) +
                                      " colors; there must be one for each");
    require_ascending(colors);
    std::unique_ptr<std::uint8_t[]> indices(new std::uint8_t[n]);
    bool found = false;
    {
        const Unlocked unlocked;
        found = kalette::map_colors(view(pixels), view(colors), labels.data(), indices.get(), workers);
    }
    require(found, "a pixel has a color that is not among colors; they must hold every color of the pixels");
    return owned(std::move(indices), {n});
}

std::uint64_t squared_error(const In<std::uint8_t, 2>& pixels, const In<std::uint8_t, 2>& palette,
                            const In<std::uint8_t, 1>& indices, int threads) {
    const std::size_t n = pixels.shape(0), channels = pixels.shape(1), k = palette.shape(0);
    const std::size_t workers = thread_count(threads);
    require_channels(channels);
    require(palette.shape(1) == channels, "palette has " + number(palette.shape(1)) + " channels and pixels " +
                                              number(channels) + "; they must agree");
    require(indices.shape(0) == n, "indices has " + number(indices.shape(0)) + " entries for " + number(n) +
                                       " pixels; there must be one for each");
    if (n > 0) {
        const std::uint8_t index = highest(indices.data(), n);
        require(index < k, "an index is " + number(index) + "; palette has " + number(k) + " entries");
    }
    const Unlocked unlocked;
    return kalette::squared_error(view(pixels), {palette.data(), indices.data()}, workers);
}

double similarity(const In<std::uint8_t, 3>& original, const In<std::uint8_t, 3>& result, int background, int threads) {
    const std::size_t workers = thread_count(threads);
    const PicturePair pair = picture_pair(original, result, background);
    const Unlocked unlocked;
    return kalette::similarity(pair, workers);
}

double ssimulacra2(const In<std::uint8_t, 3>& original, const In<std::uint8_t, 3>& result, int background,
                   int threads) {
    const std::size_t workers = thread_count(threads);
    const PicturePair pair = picture_pair(original, result, background);
    const Unlocked unlocked;
    return kalette::ssimulacra2(pair, workers);
}

Out<std::uint8_t> map_rate_distortion(const In<std::int16_t, 3>& points, const In<std::uint16_t, 2>& weights,
                                      const In<std::uint8_t, 2>& strengths, const In<std::int16_t, 2>& palette,
                                      std::int64_t multiplier, int match_depth) {
    const std::size_t height = points.shape(0), width = points.shape(1), d = points.shape(2);
    require_palette(palette, d);
    require_pixels(height * width, kMostMappedPixels);
    require_map(weights, "weights", height, width);
    require_map(strengths, "strengths", height, width);
    require(multiplier >= 0 && multiplier <= kMostMultiplier,
            "multiplier is " + std::to_string(multiplier) + "; it must be 0 to " + std::to_string(kMostMultiplier));
    require(match_depth >= 0 && match_depth <= kMostMatchDepth,
            "match_depth is " + std::to_string(match_depth) + "; it must be 0 to " + std::to_string(kMostMatchDepth));
    const WeightedPixels in{points.data(), weights.data(), strengths.data(), height, width, d};
    const PalettePoints entries{palette.data(), palette.shape(0)};
    std::unique_ptr<std::uint8_t[]> indices(new std::uint8_t[height * width]);
    if (height * width > 0) {
        if (multiplier > 0) require_bounded_cost(in, entries, multiplier);
        const Unlocked unlocked;
        kalette::map_rate_distortion(in, entries, {multiplier, static_cast<std::size_t>(match_depth)}, indices.get());
    }
    return owned(std::move(indices), {height, width});
}

Out<std::uint8_t> code_lzw(const In<std::uint8_t, 2>& indices, const In<std::uint8_t, 2>& either, int k, int kept,
                           int lookahead, int worn_percent) {
    const std::size_t height = indices.shape(0), width = indices.shape(1), n = height * width;
    require_pixels(n, kMostMappedPixels);
    require_map(either, "either", height, width);
    require(k >= 1 && k <= static_cast<int>(kMostEntries),
            "k is " + std::to_string(k) + "; it must be 1 to " + std::to_string(kMostEntries));
    require(lookahead >= 0 && lookahead <= kMostLookahead,
            "lookahead is " + std::to_string(lookahead) + "; it must be 0 to " + std::to_string(kMostLookahead));
    require(worn_percent >= 0 && worn_percent <= kMostPercent,
            "worn_percent is " + std::to_string(worn_percent) + "; it must be 0 to " + std::to_string(kMostPercent));
    require_entries_or_kept(indices.data(), n, k, kept);
    std::vector<std::uint8_t> data;
    {
        const Unlocked unlocked;
        data = kalette::code_lzw(
            {indices.data(), either.data(), n, static_cast<std::size_t>(k), static_cast<std::size_t>(kept)},
            {static_cast<std::size_t>(lookahead), static_cast<std::uint64_t>(worn_percent)});
    }
    const std::size_t size = data.size();
    return owned(std::move(data), {size});
}

std::pair<std::size_t, std::size_t> last_block(const In<std::uint8_t, 1>& stream) {
    BlockBits found{};
    bool is_deflate = false;
    {
        const Unlocked unlocked;
        is_deflate = kalette::last_block({stream.data(), stream.shape(0)}, found);
    }
    require(is_deflate, "the stream is not one of DEFLATE, or ends early; pass what compression returns");
    return {found.begin, found.end};
}

nb::tuple steady(const In<std::int16_t, 3>& points, const In<std::uint16_t, 2>& weights,
                 const In<std::int16_t, 3>& before, const In<std::int16_t, 3>& shown, double steadiness,
                 int lightness) {
    const std::size_t height = points.shape(0), width = points.shape(1), n = height * width;
    require_four(points);
    require(steadiness >= 0 && steadiness <= kMostSteadiness,
            "steadiness is " + nb::cast<std::string>(nb::repr(nb::float_(steadiness))) + "; it must be 0 to 1000");
    require(lightness >= 0 && lightness < 3,
            "lightness is " + std::to_string(lightness) + "; colours have coordinates 0 to 2");
    require_map(weights, "weights", height, width);
    require_like(before, "before", points);
    require_like(shown, "shown", points);
    require_near(points.data(), n, 4, "points");
    require_near(before.data(), n, 4, "before");
    require_near(shown.data(), n, 4, "shown");
    std::unique_ptr<std::int16_t[]> steady_points(new std::int16_t[4 * n]);
    std::unique_ptr<std::uint16_t[]> steady_weights(new std::uint16_t[n]);
    {
        const Unlocked unlocked;
        kalette::steady({points.data(), weights.data(), shown.data(), height, width}, before.data(),
                        {steadiness, static_cast<std::size_t>(lightness)}, steady_points.get(), steady_weights.get());
    }
    return nb::make_tuple(owned(std::move(steady_points), {height, width, 4}),
                          owned(std::move(steady_weights), {height, width}));
}

LzwRate lzw_rate(const std::pair<std::int64_t, int>& rate) {
    const auto [multiplier, strength] = rate;
    require(multiplier >= 0 && multiplier <= kMostMultiplier,
            "multiplier is " + std::to_string(multiplier) + "; it must be 0 to " + std::to_string(kMostMultiplier));
    require(strength >= 0 && strength <= kMostStrength,
            "strength is " + std::to_string(strength) + "; it must be 0 to " + std::to_string(kMostStrength));
    return {multiplier, strength};
}

nb::tuple map_lzw(const In<std::int16_t, 3>& points, const In<std::uint16_t, 2>& weights,
                  const In<std::int16_t, 3>& shown, const In<std::int16_t, 2>& palette,
                  const std::pair<std::int64_t, int>& rate, int threads) {
    const std::size_t height = points.shape(0), width = points.shape(1), k = palette.shape(0);
    const std::size_t workers = thread_count(threads);
    require_palette(palette, 3);
    require_four(points);
    require_pixels(height * width, kMostMappedPixels);
    require_map(weights, "weights", height, width);
    require_like(shown, "shown", points);
    const LzwRate checked_rate = lzw_rate(rate);
    const FramePixels in{points.data(), weights.data(), shown.data(), height, width};
    require_near(in.points, height * width, 4, "points");
    require_near(in.shown, height * width, 4, "shown");
    require_near(palette.data(), k, 3, "palette");
    require_drawable(in, k);
    std::unique_ptr<std::uint8_t[]> indices(new std::uint8_t[height * width]);
    std::vector<std::uint8_t> data;
    {
        const Unlocked unlocked;
        data = kalette::map_lzw(in, {palette.data(), k}, checked_rate, indices.get(), workers);
    }
    const std::size_t size = data.size();
    return nb::make_tuple(owned(std::move(indices), {height, width}), owned(std::move(data), {size}));
}

Out<std::uint8_t> map_threshold(const In<std::int16_t, 3>& points, const In<std::int16_t, 2>& offsets,
                                const In<std::int16_t, 2>& palette, int contrast) {
    const std::size_t height = points.shape(0), width = points.shape(1), d = points.shape(2);
    require_palette(palette, d);
    require_mask(offsets);
    require(contrast >= 0 && contrast <= kMostContrast,
            "contrast is " + std::to_string(contrast) + "; it must be 0 to " + std::to_string(kMostContrast));
    std::unique_ptr<std::uint8_t[]> indices(new std::uint8_t[height * width]);
    if (height * width > 0) {
        const Unlocked unlocked;
        kalette::map_threshold({points.data(), offsets.data(), height, width, d, offsets.shape(0), offsets.shape(1)},
                               {palette.data(), palette.shape(0)}, contrast, indices.get());
    }
    return owned(std::move(indices), {height, width});
}

Out<std::uint16_t> activity(const In<std::int16_t, 3>& points, int channel) {
    const std::size_t height = points.shape(0), width = points.shape(1), d = points.shape(2);
    require_points(d);
    require(channel >= 0 && static_cast<std::size_t>(channel) < d,
            "channel is " + std::to_string(channel) + "; points have coordinates 0 to " + number(d - 1));
    std::unique_ptr<std::uint16_t[]> deviations(new std::uint16_t[height * width]);
    if (height * width > 0) {
        const Unlocked unlocked;
        kalette::activity({points.data(), height, width, d}, static_cast<std::size_t>(channel), deviations.get());
    }
    return owned(std::move(deviations), {height, width});
}

Out<std::int16_t> oklab(const In<std::uint8_t, 2>& colors, const In<double, 1>& linear, const In<double, 1>& scale,
                        int threads) {
    const std::size_t n = colors.shape(0), workers = thread_count(threads);
    require_channels(colors.shape(1));
    const std::size_t entries = colors.shape(1) == 4 ? 65536 : 256;
    require(linear.shape(0) == entries && scale.shape(0) == 3, "linear has " + number(linear.shape(0)) +
                                                                   " entries and scale " + number(scale.shape(0)) +
                                                                   "; they must have " + number(entries) + " and 3");
    require(all_within(linear.data(), entries, 0.0, 1.0),
            "linear holds a number outside 0 to 1; it must be linear light");
    require(all_within(scale.data(), 3, -kMostOklabScale, kMostOklabScale),
            "scale holds a number outside -13000 to 13000; points would pass 16 bits");
    std::unique_ptr<std::int16_t[]> points(new std::int16_t[3 * n]);
    {
        const Unlocked unlocked;
        kalette::oklab(view(colors), {linear.data(), scale.data()}, points.get(), workers);
    }
    return owned(std::move(points), {n, 3});
}

void define_kernels_of_frames(nb::module_& module) {
    module.def("code_lzw", &Checked<&code_lzw>::call, "indices"_array, "either"_array, "k"_a, "kept"_a,
               "lookahead"_a = 0, "worn_percent"_a = 100);
    module.def("map_lzw", &Checked<&map_lzw>::call, "points"_array, "weights"_array, "shown"_array, "palette"_array,
               "rate"_a = std::pair(0, 0), "threads"_a = 1);
    module.def("steady", &Checked<&steady>::call, "points"_array, "weights"_array, "before"_array, "shown"_array,
               "steadiness"_a = 2.0, "lightness"_a = 0);
}

}  // namespace kalette::bindings

NB_MODULE(_native, module) {
    using namespace kalette::bindings;
    const auto threads = "threads"_a = 1;
    module.attr("INSTRUCTION_SET") = kalette::chosen_nearest_kernels().instruction_set;
    define_kernels_of_points(module);
    define_kernels_of_frames(module);
    module.def("activity", &Checked<&activity>::call, "points"_array, "channel"_a = 0);
    module.def("count_colors", &Checked<&count_colors>::call, "pixels"_array, threads);
    module.def("last_block", &Checked<&last_block>::call, "stream"_array);
    module.def("map_colors", &Checked<&map_colors>::call, "pixels"_array, "colors"_array, "labels"_array, threads);
    module.def("map_rate_distortion", &Checked<&map_rate_distortion>::call, "points"_array, "weights"_array,
               "strengths"_array, "palette"_array, "multiplier"_a = 0, "match_depth"_a = 0);
    module.def("map_threshold", &Checked<&map_threshold>::call, "points"_array, "offsets"_array, "palette"_array,
               "contrast"_a);
    module.def("oklab", &Checked<&oklab>::call, "colors"_array, "linear"_array, "scale"_array, threads);
    module.def("similarity", &Checked<&similarity>::call, "original"_array, "result"_array, "background"_a = 0,
               threads);
    module.def("squared_error", &Checked<&squared_error>::call, "pixels"_array, "palette"_array, "indices"_array,
               threads);
    module.def("ssimulacra2", &Checked<&ssimulacra2>::call, "original"_array, "result"_array, "background"_a = 0,
               threads);
    module.def("unfilter", &Checked<&unfilter>::call, "rows"_array, "pixel_bytes"_a, threads);
}
