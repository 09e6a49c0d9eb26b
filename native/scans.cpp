// Without branches, so that compilers vectorise them.

#include "scans.hpp"

#include <cstdint>

namespace kalette {

template <typename T>
bool all_within(const T* values, std::size_t n, T low, T high) {
    unsigned outside = 0;
    for (std::size_t i = 0; i < n; ++i) outside |= !(values[i] >= low) | !(values[i] <= high);
    return outside == 0;
}

template <typename T>
T highest(const T* values, std::size_t n) {
    T found = values[0];
    for (std::size_t i = 1; i < n; ++i) found = values[i] > found ? values[i] : found;
    return found;
}

template bool all_within(const float*, std::size_t, float, float);
template bool all_within(const double*, std::size_t, double, double);
template bool all_within(const std::int32_t*, std::size_t, std::int32_t, std::int32_t);
template std::uint8_t highest(const std::uint8_t*, std::size_t);
template std::uint16_t highest(const std::uint16_t*, std::size_t);

}  // namespace kalette
