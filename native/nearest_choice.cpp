// Which instruction set the kernels use: the best that the processor has, or less when asked.

#include <cstdlib>
#include <cstring>

#include "nearest.hpp"

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

bool has_avx512() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
}

const NearestKernels& choose() {
    __builtin_cpu_init();
    if (allowed_level() >= 2 && has_avx512()) return avx512::nearest_kernels;
    if (allowed_level() >= 1 && __builtin_cpu_supports("avx2")) return avx2::nearest_kernels;
    return baseline::nearest_kernels;
}
#else
const NearestKernels& choose() { return baseline::nearest_kernels; }
#endif

}  // namespace

const NearestKernels& chosen_nearest_kernels() {
    static const NearestKernels& chosen = choose();
    return chosen;
}

}  // namespace kalette
