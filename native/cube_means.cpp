// Weighted means of cubes of colours.

#include "kernels.hpp"
#include "parallel.hpp"

namespace kalette {
namespace {

template <std::size_t D>
void mean_of_cube(const Weighted<float>& in, const Range& cube, float* mean, double& mass) {
    double sums[D] = {}, weight = 0;
    for (std::size_t i = cube.begin; i < cube.end; ++i) {
        weight += in.weights[i];
        for (std::size_t c = 0; c < D; ++c) sums[c] += in.weights[i] * static_cast<double>(in.points[D * i + c]);
    }
    for (std::size_t c = 0; c < D; ++c) mean[c] = static_cast<float>(sums[c] / weight);
    mass = weight;
}

}  // namespace

void cube_means(const Weighted<float>& in, const Cubes& cubes, const CubeMeans& out, std::size_t threads) {
    const auto mean = in.d == 3 ? mean_of_cube<3> : mean_of_cube<4>;
    for_each_chunk(chunk_count(cubes.n, kChunk), threads, [&](std::size_t chunk) {
        const Range range = chunk_range(chunk, cubes.n, kChunk);
        for (std::size_t i = range.begin; i < range.end; ++i) {
            const auto begin = static_cast<std::size_t>(cubes.begins[i]);
            const std::size_t end = i + 1 < cubes.n ? static_cast<std::size_t>(cubes.begins[i + 1]) : in.n;
            mean(in, {begin, end}, out.means + in.d * i, out.mass[i]);
        }
    });
}

}  // namespace kalette
