// The part of the Python module that K-Means needs: kernels of points, weights and centroids.

#include <memory>
#include <utility>

#include "bindings.hpp"

namespace kalette::bindings {

template <typename Real>
nb::tuple assign(const In<Real, 2>& points, const In<double, 1>& weights, const In<Real, 2>& centroids, int threads) {
    const std::size_t workers = thread_count(threads);
    const auto in = weighted(points, weights);
    require_centroids(centroids, in.d);
    const std::size_t n = in.n, d = in.d, k = centroids.shape(0);
    std::unique_ptr<std::int32_t[]> labels(new std::int32_t[n]);
    std::unique_ptr<double[]> sums(new double[product(k, d)]), mass(new double[k]);
    double loss = 0;
    {
        const Unlocked unlocked;
        loss = kalette::assign(in, view(centroids), {labels.get(), sums.get(), mass.get()}, workers);
    }
    // NaN or infinity anywhere shows in the loss; looking for it first would cost time in every pass.
    if (!std::isfinite(loss)) require_finite_points(in);
    return nb::make_tuple(owned(std::move(labels), {n}), owned(std::move(sums), {k, d}), owned(std::move(mass), {k}),
                          loss);
}

template <typename Real>
Out<Real> pairwise_squared_distances(const In<Real, 2>& points, const In<Real, 2>& centers, int threads) {
    const std::size_t workers = thread_count(threads);
    const std::size_t n = points.shape(0), d = points.shape(1), m = centers.shape(0);
    require_coordinates(d);
    require_centroids(centers, d);
    std::unique_ptr<Real[]> distances(new Real[product(n, m)]);
    {
        const Unlocked unlocked;
        const PointsView<Real> from{points.data(), n, d};
        kalette::pairwise_squared_distances(from, view(centers), distances.get(), workers);
    }
    return owned(std::move(distances), {m, n});
}

template <typename Real>
Out<double> removal_costs(const In<Real, 2>& points, const In<double, 1>& weights, const In<Real, 2>& centroids,
                          int threads) {
    const std::size_t workers = thread_count(threads);
    const auto in = weighted(points, weights);
    require_centroids(centroids, in.d);
    const std::size_t k = centroids.shape(0);
    require(k >= 2, "there is 1 centroid; at least one other must be left");
    std::unique_ptr<double[]> costs(new double[k]);
    {
        const Unlocked unlocked;
        kalette::removal_costs(in, view(centroids), costs.get(), workers);
    }
    if (!all_finite(costs.get(), k)) require_finite_points(in);
    return owned(std::move(costs), {k});
}

Out<double> move_costs(const In<float, 2>& points, const In<double, 1>& weights, const In<float, 2>& centroids,
                       const In<float, 3>& alternatives, int threads) {
    const std::size_t workers = thread_count(threads);
    const auto in = weighted(points, weights);
    require_centroids(centroids, in.d);
    const std::size_t k = centroids.shape(0), moves = alternatives.shape(1);
    require(k >= 2, "there is 1 centroid; at least one other must be there");
    require(alternatives.shape(0) == k && alternatives.shape(2) == in.d,
            "alternatives have shape (" + number(alternatives.shape(0)) + ", " + number(moves) + ", " +
                number(alternatives.shape(2)) + "); it must be (" + number(k) + ", moves, " + number(in.d) + ")");
    require_finite(alternatives.data(), k * moves * in.d, "alternatives");
    std::unique_ptr<double[]> costs(new double[k * moves]);
    {
        const Unlocked unlocked;
        kalette::move_costs(in, view(centroids), {alternatives.data(), moves}, costs.get(), workers);
    }
    if (moves == 0 || !all_finite(costs.get(), k * moves)) require_finite_points(in);
    return owned(std::move(costs), {k, moves});
}

template <typename Real>
nb::tuple split_clusters(const In<Real, 2>& points, const In<double, 1>& weights, const In<std::int32_t, 1>& labels,
                         int k, int threads) {
    const std::size_t workers = thread_count(threads);
    const auto in = weighted(points, weights);
    require(k >= 1, "k is " + std::to_string(k) + "; it must be at least 1");
    require_labels(labels, in.n, k);
    const auto clusters = static_cast<std::size_t>(k);
    std::unique_ptr<double[]> gains(new double[clusters]);
    const std::size_t size = product(clusters, in.d);
    std::unique_ptr<double[]> left(new double[size]), right(new double[size]);
    {
        const Unlocked unlocked;
        kalette::split_clusters(in, {labels.data(), clusters}, {gains.get(), left.get(), right.get()}, workers);
    }
    const bool finite =
        all_finite(gains.get(), clusters) && all_finite(left.get(), size) && all_finite(right.get(), size);
    if (!finite) require_finite_points(in);
    return nb::make_tuple(owned(std::move(gains), {clusters}), owned(std::move(left), {clusters, in.d}),
                          owned(std::move(right), {clusters, in.d}));
}

nb::tuple cube_means(const In<float, 2>& points, const In<double, 1>& weights, const In<std::int64_t, 1>& begins,
                     int threads) {
    const std::size_t workers = thread_count(threads), m = begins.shape(0), d = points.shape(1);
    require_points(d);
    const auto in = weighted(points, weights);
    require_begins(begins, in.n);
    require_positive(in.weights, in.n);
    std::unique_ptr<float[]> means(new float[product(m, d)]);
    std::unique_ptr<double[]> mass(new double[m]);
    {
        const Unlocked unlocked;
        kalette::cube_means(in, {begins.data(), m}, {means.get(), mass.get()}, workers);
    }
    if (!all_finite(means.get(), m * d)) require_finite_points(in);
    return nb::make_tuple(owned(std::move(means), {m, d}), owned(std::move(mass), {m}));
}

void define_kernels_of_points(nb::module_& module) {
    const auto threads = "threads"_a = 1;
    module.def("assign", &Checked<&assign<float>>::call, "points"_array, "weights"_array, "centroids"_array, threads);
    module.def("assign", &Checked<&assign<double>>::call, "points"_array, "weights"_array, "centroids"_array, threads);
    module.def("cube_means", &Checked<&cube_means>::call, "points"_array, "weights"_array, "begins"_array, threads);
    module.def("move_costs", &Checked<&move_costs>::call, "points"_array, "weights"_array, "centroids"_array,
               "alternatives"_array, threads);
    module.def("pairwise_squared_distances", &Checked<&pairwise_squared_distances<float>>::call, "points"_array,
               "centers"_array, threads);
    module.def("pairwise_squared_distances", &Checked<&pairwise_squared_distances<double>>::call, "points"_array,
               "centers"_array, threads);
    module.def("removal_costs", &Checked<&removal_costs<float>>::call, "points"_array, "weights"_array,
               "centroids"_array, threads);
    module.def("removal_costs", &Checked<&removal_costs<double>>::call, "points"_array, "weights"_array,
               "centroids"_array, threads);
    module.def("split_clusters", &Checked<&split_clusters<float>>::call, "points"_array, "weights"_array,
               "labels"_array, "k"_a, threads);
    module.def("split_clusters", &Checked<&split_clusters<double>>::call, "points"_array, "weights"_array,
               "labels"_array, "k"_a, threads);
}

}  // namespace kalette::bindings
