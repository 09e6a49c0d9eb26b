// Points in sixteenths of a byte step, and error diffusion on them.
#pragma once

#include <cstdint>

namespace kalette {

constexpr std::int32_t kAlphaBound = 512 * 16;  // alpha above it is opaque, below its negative clear

// The Floyd-Steinberg filter, in sixteenths of an error.
constexpr std::int32_t kToRight = 7, kToBelowLeft = 3, kToBelow = 5, kToBelowRight = 1;
constexpr int kErrorShift = 12;  // carried errors are in 4096ths: 16ths of the filter, 256ths of a strength

}  // namespace kalette
