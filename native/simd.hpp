// Vectors as wide as the registers of the instruction set that a file is compiled for, in the vector extension of GCC
// and Clang: one source for SSE2, AVX2, AVX-512 and NEON.
//
// A file that includes this is compiled once for each instruction set, with KALETTE_ISA its name and
// KALETTE_VECTOR_BYTES its vector width; kernel_choice.cpp picks one at run time. The arithmetic of each lane is the
// same in any width, so the bits are the same. Nothing from the standard library may be used in such a file: its inline
// functions would carry these instructions into the rest of the program. What stands here is in the namespace of the
// instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kalette::KALETTE_ISA {

template <typename T, std::size_t Bytes>
struct VectorOf {
    typedef T Type __attribute__((vector_size(Bytes)));  // NOLINT(modernize-use-using): GCC would drop the attribute
};

// Lanes of T that fill a register.
template <typename T>
using Vector = typename VectorOf<T, KALETTE_VECTOR_BYTES>::Type;

using Ints = Vector<std::int32_t>;
using Words = Vector<std::uint32_t>;
using Floats = Vector<float>;

// All lanes the same. (Subtracting from a zero vector keeps the value's bits, adding would lose -0.)
template <typename T>
inline Vector<T> spread(T value) {
    return value - Vector<T>{};
}

template <typename V, typename T>
inline V load(const T* from) {
    V vector;
    __builtin_memcpy(&vector, from, sizeof vector);
    return vector;
}

template <typename V, typename T>
inline void store(T* to, const V& vector) {
    __builtin_memcpy(to, &vector, sizeof vector);
}

// The same bits as another type.
template <typename To, typename From>
inline To same_bits(const From& from) {
    static_assert(sizeof(To) == sizeof(From), "bits are neither added nor dropped");
    return load<To>(&from);
}

// Of numbers, or lane by lane.
template <typename V>
inline V smaller(V a, V b) {
    return a < b ? a : b;
}
template <typename V>
inline V larger(V a, V b) {
    return a > b ? a : b;
}

// The least of all lanes of T, of four or a multiple of four: quarters first, as most registers can be split.
template <typename T, typename V>
inline T least_lane(const V& lanes) {
    using Quarter = typename VectorOf<T, 4 * sizeof(T)>::Type;
    constexpr std::size_t kQuarters = sizeof lanes / (4 * sizeof(T));
    Quarter quarters[kQuarters];
    __builtin_memcpy(quarters, &lanes, sizeof lanes);
    Quarter four = quarters[0];
    for (std::size_t q = 1; q < kQuarters; ++q) four = smaller(four, quarters[q]);
    return smaller(smaller(four[0], four[1]), smaller(four[2], four[3]));
}

// Whether any bit is set.
template <typename V>
inline bool any_lane(const V& lanes) {
    using Quarter = VectorOf<std::uint64_t, 16>::Type;
    constexpr std::size_t kQuarters = sizeof lanes / 16;
    Quarter quarters[kQuarters];
    __builtin_memcpy(quarters, &lanes, sizeof lanes);
    Quarter all = quarters[0];
    for (std::size_t q = 1; q < kQuarters; ++q) all |= quarters[q];
    return (all[0] | all[1]) != 0;
}

// The least of all lanes of kParts vectors.
template <typename T, std::size_t kParts>
inline T least(const Vector<T>* parts) {
    Vector<T> all = parts[0];
    for (std::size_t p = 1; p < kParts; ++p) all = smaller(all, parts[p]);
    return least_lane<T>(all);
}

}  // namespace kalette::KALETTE_ISA
