// Runs every kernel on generated data with 1, 2, 3 and 7 threads, and stops if the results differ; then calls of the
// pool within calls. Built with -DKALETTE_NATIVE_TESTS=ON, usually under a sanitizer: .ci/sanitize thread.

#include <atomic>
#include <stdexcept>
#include <thread>

#include "kernel_cases.hpp"
#include "parallel.hpp"

namespace {

constexpr std::uint32_t kCases = 40;
constexpr std::size_t kNested = 500;
constexpr std::size_t kMost = 900;  // 90,000 pixels and 9,000 points: several strips and chunks of the kernels

void check_case(std::uint32_t number) {
    // The first four bytes choose the kind of case, the others seed its data.
    const auto kind = static_cast<std::uint8_t>(number % 4), seed = static_cast<std::uint8_t>(number);
    const std::uint8_t bytes[] = {kind, 0, 0, 0, seed, 0, 0, 0};
    kalette_tests::check_all({bytes, sizeof bytes}, kind == 3 ? kMost / 12 : kMost);
}

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

// Calls within calls run all chunks, and an exception comes through both.
void check_nested(std::size_t threads) {
    std::atomic<std::size_t> runs{0};
    kalette::for_each_chunk(5, threads,
                            [&](std::size_t) { kalette::for_each_chunk(7, threads, [&](std::size_t) { ++runs; }); });
    require(runs == 35, "a call within a call left out chunks");
    bool caught = false;
    try {
        kalette::for_each_chunk(5, threads, [&](std::size_t outer) {
            kalette::for_each_chunk(7, threads, [&](std::size_t inner) {
                if (outer == 3 && inner == 4) throw std::runtime_error("thrown");
            });
        });
    } catch (const std::runtime_error&) {
        caught = true;
    }
    require(caught, "an exception was lost");
}

}  // namespace

int main() {
    // Two concurrent callers, like two Python threads.
    auto run = [](std::uint32_t first) {
        for (std::uint32_t number = first; number < kCases; number += 2) check_case(number);
        for (std::size_t i = 0; i < kNested; ++i) check_nested(1 + i % 5);
    };
    std::thread other(run, 1);
    run(0);
    other.join();
    std::printf("%u cases, the same bytes for 1, 2, 3 and 7 threads\n", kCases);
}
