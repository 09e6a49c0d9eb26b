// The part of map_weighed that goes without a search for places far off.
#pragma once

#include "kernels.hpp"

namespace kalette {

template <std::size_t D>
void map_runs(const WeighedPixels& in, const std::int16_t* palette, std::size_t k, std::int64_t price,
              std::uint8_t* indices);

}  // namespace kalette
