// What the files of the Python module share.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>

#include "checks.hpp"
#include "kernels.hpp"
#include "results.hpp"
#include "unlocked.hpp"

namespace kalette::bindings {

using namespace nb::literals;
using kalette::Checked;

// An argument that takes arrays of its own type only.
inline auto operator""_array(const char* name, std::size_t) { return nb::arg(name).noconvert(); }

void define_kernels_of_points(nb::module_& module);

}  // namespace kalette::bindings
