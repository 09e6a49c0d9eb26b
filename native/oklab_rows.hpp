// The loop of the conversion to Oklab, in the widest vectors of the processor. oklab_rows.cpp is compiled once for each
// instruction set; kernel_choice.cpp picks at run time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kalette {

// Points of n colours, (n, 3): from the linear light of each byte (256,), times the scale of each coordinate (3,).
using OklabRow = void (*)(const std::uint8_t* colors, std::size_t n, const double* linear, const double* scale,
                          std::int16_t* points);

namespace baseline { void oklab_row(const std::uint8_t*, std::size_t, const double*, const double*, std::int16_t*); }
namespace avx2 { void oklab_row(const std::uint8_t*, std::size_t, const double*, const double*, std::int16_t*); }
namespace avx512 { void oklab_row(const std::uint8_t*, std::size_t, const double*, const double*, std::int16_t*); }

// The kernel for this processor.
OklabRow chosen_oklab_row();

}  // namespace kalette
