// Fuzzes the kernels with libFuzzer: no memory or arithmetic error, the same bytes for any number of threads.
// Needs Clang: .ci/fuzz-kernels SECONDS builds and runs it.

#include "kernel_cases.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kalette_tests::check_all({data, size}, 24);
    return 0;
}
