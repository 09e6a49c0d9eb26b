// Inverse cube roots of vectors of floats, for the cones of Oklab and of SSIMULACRA 2.
#pragma once

#include <cstdint>

#include "simd.hpp"

namespace kalette::KALETTE_ISA {

constexpr std::int32_t kInverseCubeRootBits = 0x54A2FA8C;
constexpr int kNewtonSteps = 2;

// Guesses 1 / cube root from the bits of the numbers, 3 % off, and takes steps of Newton's method: 1e-5 off.
template <typename Ints, typename Floats>
inline Floats inverse_cube_root_guesses(Floats values) {
    constexpr float kThird = static_cast<float>(1.0 / 3), kFourThirds = static_cast<float>(4.0 / 3);
    const Floats bits = __builtin_convertvector(same_bits<Ints>(values), Floats) * kThird, third = values * kThird;
    Floats inverse = same_bits<Floats>(kInverseCubeRootBits - __builtin_convertvector(bits, Ints));
    for (int step = 0; step < kNewtonSteps; ++step)
        inverse = inverse * (kFourThirds - third * (inverse * inverse * inverse));
    return inverse;
}

}  // namespace kalette::KALETTE_ISA
