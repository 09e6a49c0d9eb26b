// Runs every kernel on generated data with 1, 2, 3 and 7 threads, and stops if the results differ. Built with
// -DKALETTE_NATIVE_TESTS=ON, usually under a sanitizer: .ci/sanitize thread.

#include <thread>

#include "kernel_cases.hpp"

namespace {

constexpr std::uint32_t kCases = 40;
constexpr std::size_t kMost = 900;  // 90,000 pixels and 9,000 points: several strips and chunks of the kernels

void check_case(std::uint32_t number) {
    const std::uint32_t kind = number % 4, made_of[] = {kind, number};
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(made_of);
    // The first four bytes choose the kind of case, the others seed its data.
    kalette_tests::check_all({bytes, sizeof made_of}, kind == 3 ? kMost / 12 : kMost);
}

}  // namespace

int main() {
    // Two concurrent callers, like two Python threads.
    auto run = [](std::uint32_t first) {
        for (std::uint32_t number = first; number < kCases; number += 2) check_case(number);
    };
    std::thread other(run, 1);
    run(0);
    other.join();
    std::printf("%u cases, the same bytes for 1, 2, 3 and 7 threads\n", kCases);
}
