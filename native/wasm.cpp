// The kernels that the page runs, for WebAssembly: one thread, vectors of 16 bytes, C names. scripts/build_wasm.py
// builds src/kalette/web/page/kernels.wasm from it. Arrays lie in the memory of the module; their shapes are those of
// kernels.hpp, colours and pixels with three channels.

#include <cstdint>
#include <cstdlib>

#include "diffusion.hpp"
#include "kernels.hpp"
#include "nearest.hpp"
#include "nearest_entry.hpp"
#include "oklab_rows.hpp"
#include "parallel.hpp"

#define KALETTE_EXPORT(name) extern "C" __attribute__((export_name(#name)))

namespace {

constexpr std::size_t kChannels = 3, kOneThread = 1;

kalette::ColorCounts counted;  // by the last call of count_colors

}  // namespace

namespace kalette {

void run_chunks(std::size_t chunks, std::size_t, const ChunkWork& work) {
    for (std::size_t chunk = 0; chunk < chunks; ++chunk) work.run(work.work, chunk);
}

const NearestKernels& chosen_nearest_kernels() { return baseline::nearest_kernels; }
NearestEntry chosen_nearest_entry() { return baseline::nearest_entry; }
OklabRow chosen_oklab_row() { return baseline::oklab_row; }

}  // namespace kalette

// Nothing catches an exception here: it ends in a trap, which JavaScript sees as an error.
extern "C" void* __cxa_allocate_exception(std::size_t) noexcept { __builtin_trap(); }
extern "C" void __cxa_throw(void*, void*, void (*)(void*)) { __builtin_trap(); }

KALETTE_EXPORT(allocate) void* allocate(std::size_t size_bytes) { return std::malloc(size_bytes); }

KALETTE_EXPORT(release) void release(void* memory) { std::free(memory); }

// Returns the number of distinct colours.
KALETTE_EXPORT(count_colors) std::size_t count_colors(const std::uint8_t* pixels, std::size_t n) {
    counted = kalette::count_colors({pixels, n, kChannels}, kOneThread);
    return counted.m;
}

KALETTE_EXPORT(counted_colors) const std::uint8_t* counted_colors() { return counted.colors.get(); }

KALETTE_EXPORT(counted_counts) const std::int64_t* counted_counts() { return counted.counts.get(); }

KALETTE_EXPORT(map_colors)
bool map_colors(const std::uint8_t* pixels, std::size_t n, const std::uint8_t* colors, std::size_t color_count,
                const std::uint8_t* labels, std::uint8_t* indices) {
    return kalette::map_colors({pixels, n, kChannels}, {colors, color_count, kChannels}, labels, indices, kOneThread);
}

KALETTE_EXPORT(oklab)
void oklab(const std::uint8_t* colors, std::size_t n, const double* linear, const double* scale, std::int16_t* points) {
    kalette::oklab({colors, n, kChannels}, {linear, scale}, points, kOneThread);
}

KALETTE_EXPORT(assign)
double assign(const float* points, const double* weights, std::size_t n, const float* centroids, std::size_t k,
              std::int32_t* labels, double* sums, double* mass) {
    return kalette::assign<float>({points, weights, n, kChannels}, {centroids, k}, {labels, sums, mass}, kOneThread);
}

KALETTE_EXPORT(removal_costs)
void removal_costs(const float* points, const double* weights, std::size_t n, const float* centroids, std::size_t k,
                   double* costs) {
    kalette::removal_costs<float>({points, weights, n, kChannels}, {centroids, k}, costs, kOneThread);
}

KALETTE_EXPORT(split_clusters)
void split_clusters(const float* points, const double* weights, std::size_t n, const std::int32_t* labels,
                    std::size_t k, double* gains, double* left, double* right) {
    kalette::split_clusters<float>({points, weights, n, kChannels}, {labels, k}, {gains, left, right}, kOneThread);
}

KALETTE_EXPORT(activity)
void activity(const std::int16_t* points, std::size_t height, std::size_t width, std::size_t channel,
              std::uint16_t* deviations) {
    kalette::activity({points, height, width, kChannels}, channel, deviations);
}

// Error diffusion without rate-distortion optimisation: map_rate_distortion with a multiplier of 0.
KALETTE_EXPORT(diffuse)
void diffuse(const std::int16_t* points, const std::uint8_t* strengths, std::size_t height, std::size_t width,
             const std::int16_t* palette, std::size_t k, std::uint8_t* indices) {
    kalette::diffuse<kChannels>({points, nullptr, strengths, height, width, kChannels}, {palette, k}, indices);
}

KALETTE_EXPORT(map_threshold)
void map_threshold(const std::int16_t* points, std::size_t height, std::size_t width, const std::int16_t* offsets,
                   std::size_t mask_side, const std::int16_t* palette, std::size_t k, int contrast,
                   std::uint8_t* indices) {
    kalette::map_threshold({points, offsets, height, width, kChannels, mask_side, mask_side}, {palette, k}, contrast,
                           indices);
}
