// Results of the kernels as NumPy arrays.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace kalette {

namespace nb = nanobind;

template <typename T>
using Out = nb::ndarray<nb::numpy, T>;

// Hands over a buffer to NumPy.
template <typename T>
Out<T> owned(std::unique_ptr<T[]> data, std::initializer_list<std::size_t> shape) {
    T* raw = data.release();
    const nb::capsule owner(raw, [](void* pointer) noexcept { delete[] static_cast<T*>(pointer); });
    return Out<T>(raw, shape, owner);
}

template <typename T>
Out<T> owned(std::vector<T>&& values, std::initializer_list<std::size_t> shape) {
    auto* kept = new std::vector<T>(std::move(values));
    const nb::capsule owner(kept, [](void* pointer) noexcept { delete static_cast<std::vector<T>*>(pointer); });
    return Out<T>(kept->data(), shape, owner);
}

}  // namespace kalette
