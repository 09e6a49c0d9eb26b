// One row of the weighed mapping where time is short: runs of copies from near places, followed side by side.
// runs.cpp is compiled once for each instruction set; kernel_choice.cpp picks at run time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kalette {

// The first few runs copy from 1 to 4 pixels to the left; the others from the row above, from 5 pixels to the
// left to 6 to the right.
constexpr std::size_t kBeside = 4, kAbove = 12, kRuns = kBeside + kAbove;
constexpr std::int32_t kFurthestLeft = 5;
constexpr std::size_t kMargin = kRuns;  // of the row above, on both sides, so that whole vectors can be read
constexpr std::uint8_t kSingle = kRuns;  // in place of a run

// How a pixel is come to most cheaply: by an entry of its own, or by a run that began at a pixel before.
struct RunsStep {
    std::uint32_t from;
    std::uint8_t run, entry;
};

struct RunsRow {
    std::size_t width;
    const std::int16_t* points;  // (width, d)
    const std::uint16_t* weights;
    const std::uint8_t* strengths;
    const std::int32_t* bases;      // (width, 4): points with the errors that the row above left to them
    const std::int32_t* above[5];   // the row above by coordinate, and its entries; margins on both sides
    const std::int32_t* palette;    // (k, 4)
    std::int32_t lowest[4], highest[4];  // of all entries
    std::int32_t first[kRuns], last[kRuns];  // pixels between which each run has something to copy
    float start[kRuns], single, going_on;    // what it costs to begin a run; one entry; a pixel of a run
    void* search;
    std::size_t (*nearest)(void* search, const std::int32_t* target);
    RunsStep* steps;  // out: (width,)
};

struct RunsKernels {
    void (*of_three)(const RunsRow&);  // d = 3
    void (*of_four)(const RunsRow&);
};

namespace baseline { extern const RunsKernels runs_kernels; }
namespace avx2 { extern const RunsKernels runs_kernels; }
namespace avx512 { extern const RunsKernels runs_kernels; }

// The kernels for this processor.
const RunsKernels& chosen_runs_kernels();

}  // namespace kalette
