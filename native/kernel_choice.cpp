// Chooses the instruction set: the best of the processor, or lower where KALETTE_ISA says so.

#include <algorithm>
#include <cstdlib>
#include <cstring>

#if defined(KALETTE_X86)
#include <cpuid.h>
#endif

#include "match_row.hpp"
#include "nearest.hpp"
#include "nearest_entry.hpp"
#include "oklab_rows.hpp"
#include "ssimulacra2_rows.hpp"

namespace kalette {
namespace {

#if defined(KALETTE_X86)
// The highest level that KALETTE_ISA allows: 0 baseline, 1 avx2, 2 avx512 (also when it is not set).
int allowed_level() {
    const char* asked = std::getenv("KALETTE_ISA");
    if (asked != nullptr && std::strcmp(asked, "baseline") == 0) return 0;
    if (asked != nullptr && std::strcmp(asked, "avx2") == 0) return 1;
    return 2;
}

// The registers that the system saves for each thread (XCR0); only those can be used.
unsigned saved_registers() {
    unsigned low = 0, high = 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

// From CPUID itself: __builtin_cpu_supports needs a runtime library that Zig and clang-cl leave out.
int supported_level() {
    constexpr unsigned kAvxSaved = 0x06, kAvx512Saved = 0xe6;
    constexpr unsigned kAvx512 = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL;
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) return 0;
    const unsigned saved = saved_registers();
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b & bit_AVX2) || (saved & kAvxSaved) != kAvxSaved) return 0;
    return (b & kAvx512) == kAvx512 && (saved & kAvx512Saved) == kAvx512Saved ? 2 : 1;
}

int level() {
    static const int chosen = std::min(allowed_level(), supported_level());
    return chosen;
}

template <typename Kernels>
const Kernels& choose(const Kernels& lowest, const Kernels& middle, const Kernels& highest) {
    return level() == 2 ? highest : level() == 1 ? middle : lowest;
}
#endif

}  // namespace

#if defined(KALETTE_X86)
const NearestKernels& chosen_nearest_kernels() {
    return choose(baseline::nearest_kernels, avx2::nearest_kernels, avx512::nearest_kernels);
}
const MatchKernels& chosen_match_kernels() {
    return choose(baseline::match_kernels, avx2::match_kernels, avx512::match_kernels);
}
const ErrorKernels& chosen_error_kernels() {
    return choose(baseline::error_kernels, avx2::error_kernels, avx512::error_kernels);
}
NearestEntry chosen_nearest_entry() {
    return choose(baseline::nearest_entry, avx2::nearest_entry, avx512::nearest_entry);
}
OklabRow chosen_oklab_row() { return choose(baseline::oklab_row, avx2::oklab_row, avx512::oklab_row); }
#else
const NearestKernels& chosen_nearest_kernels() { return baseline::nearest_kernels; }
const MatchKernels& chosen_match_kernels() { return baseline::match_kernels; }
const ErrorKernels& chosen_error_kernels() { return baseline::error_kernels; }
NearestEntry chosen_nearest_entry() { return baseline::nearest_entry; }
OklabRow chosen_oklab_row() { return baseline::oklab_row; }
#endif

}  // namespace kalette
