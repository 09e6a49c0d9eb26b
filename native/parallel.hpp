// Runs work over numbered chunks on several threads. A chunk's result must not depend on the thread that computes it,
// so that the result is the same for any thread count.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace kalette {

// Calls work(chunk) once for each chunk in [0, chunks), in no particular order, and rethrows the first
// exception that a call raised.
template <typename Work>
void for_each_chunk(std::size_t chunks, std::size_t threads, Work&& work) {
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex failure_mutex;
    auto run = [&] {
        try {
            for (std::size_t chunk = next++; chunk < chunks; chunk = next++) work(chunk);
        } catch (...) {
            const std::lock_guard<std::mutex> lock(failure_mutex);
            if (!failure) failure = std::current_exception();
            next = chunks;
        }
    };
    std::vector<std::thread> others;
    const std::size_t helpers = std::min(threads, chunks) > 1 ? std::min(threads, chunks) - 1 : 0;
    others.reserve(helpers);
    try {
        for (std::size_t i = 0; i < helpers; ++i) others.emplace_back(run);
    } catch (const std::system_error&) {
        // The system gives no more threads: those that run do all the work.
    }
    run();
    for (auto& thread : others) thread.join();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace kalette
