// The loop of the conversion to Oklab, in the widest vectors of the processor. oklab_rows.cpp is compiled once for each
// instruction set; kernel_choice.cpp picks at run time.
#pragma once

#include <cstdint>

#include "kernels.hpp"

namespace kalette {

// Points of colours, (n, 3).
using OklabRow = void (*)(const PixelsView& colors, const OklabTables& tables, std::int16_t* points);

namespace baseline { void oklab_row(const PixelsView&, const OklabTables&, std::int16_t*); }
namespace avx2 { void oklab_row(const PixelsView&, const OklabTables&, std::int16_t*); }
namespace avx512 { void oklab_row(const PixelsView&, const OklabTables&, std::int16_t*); }

// The kernel for this processor.
OklabRow chosen_oklab_row();

}  // namespace kalette
