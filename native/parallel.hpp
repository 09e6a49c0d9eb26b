// Runs work over numbered chunks on several threads. A chunk's result must not depend on the thread that computes it,
// so that the result is the same for any thread count.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

namespace kalette {

// Work on a chunk without its type: the pool of threads is compiled once for all kernels.
struct ChunkWork {
    void (*run)(void* work, std::size_t chunk);
    void* work;
};

void run_chunks(std::size_t chunks, std::size_t threads, const ChunkWork& work);

// Calls work(chunk) once for each chunk in [0, chunks), in no particular order, and rethrows the first
// exception that a call raised.
template <typename Work>
void for_each_chunk(std::size_t chunks, std::size_t threads, Work&& work) {
    using Called = std::remove_reference_t<Work>;
    const auto run = [](void* called, std::size_t chunk) { (*static_cast<Called*>(called))(chunk); };
    run_chunks(chunks, threads, {run, std::addressof(work)});
}

// Chunks of size items of n.
constexpr std::size_t chunk_count(std::size_t n, std::size_t size) { return (n + size - 1) / size; }

struct Range {
    std::size_t begin, end;
};

constexpr Range chunk_range(std::size_t chunk, std::size_t n, std::size_t size) {
    return {chunk * size, n - chunk * size < size ? n : (chunk + 1) * size};
}

}  // namespace kalette
