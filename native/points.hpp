// What the coordinates of points mean that pixels are mapped by: sixteenths of a byte step.
#pragma once

#include <cstdint>

namespace kalette {

constexpr std::int32_t kKindBound = 512 * 16;  // an alpha coordinate beyond it marks clear (below) or opaque (above)
constexpr int kErrorShift = 12;  // errors are kept in 1/4096: sixteenths that go on, of 256ths of a strength

}  // namespace kalette
