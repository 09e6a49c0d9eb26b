// The weighed mapping where time is short: each row by runs of copies from near places.

#include <limits>

#include "bit_prices.hpp"
#include "diffusion.hpp"
#include "map_runs.hpp"
#include "runs.hpp"

namespace kalette {
namespace {

constexpr std::int64_t kGoingOn = 1;  // sixteenths of a bit, for each pixel

// How far to the left a run copies from; negative: to the right.
std::int32_t left_of(std::size_t run) {
    const auto number = static_cast<std::int32_t>(run);
    return run < kBeside ? number + 1 : kFurthestLeft + static_cast<std::int32_t>(kBeside) - number;
}
std::int32_t up_of(std::size_t run) { return run < kBeside ? 0 : 1; }

template <std::size_t D>
class RunMapper {
public:
    RunMapper(const WeighedPixels& in, const std::int16_t* palette, std::size_t k, std::int64_t price,
              std::uint8_t* indices)
        : in_(in), diffusion_(in, palette, k, indices), entries_(4 * k), steps_(in.width),
          follow_(D == 3 ? chosen_runs_kernels().of_three : chosen_runs_kernels().of_four) {
        for (std::size_t j = 0; j < k; ++j)
            for (std::size_t c = 0; c < D; ++c) entries_[4 * j + c] = diffusion_.search.entry(j)[c];
        for (auto& plane : above_) plane.resize(in.width + 2 * kMargin);
        set_prices(price, k);
        set_row();
    }

    void run() {
        for (std::size_t y = 0; y < in_.height; ++y) {
            diffusion_.begin_row(y);
            map_row();
            diffusion_.end_row([this](std::size_t x, const Four&) { return diffusion_.row()[x]; });
            keep_row();
        }
    }

private:
    void set_prices(std::int64_t price, std::size_t k) {
        row_.single = static_cast<float>(price * literal_bits(k));
        row_.going_on = static_cast<float>(price * kGoingOn);
        const auto stride = static_cast<std::int64_t>(in_.width + 1);  // each row begins with a byte for its filter
        for (std::size_t run = 0; run < kRuns; ++run) {
            const std::int64_t back = up_of(run) * stride + left_of(run);
            const std::int64_t bits = back >= 1 ? distance_bits(back) + length_bits(1) : 0;
            row_.start[run] = bits && back <= kWindow ? static_cast<float>(price * bits)
                                                      : std::numeric_limits<float>::infinity();
        }
    }

    void set_row() {
        row_.width = in_.width;
        row_.palette = entries_.data();
        for (std::size_t c = 0; c < 4; ++c) {
            row_.lowest[c] = diffusion_.lowest()[c];
            row_.highest[c] = diffusion_.highest()[c];
        }
        for (std::size_t c = 0; c <= D; ++c) row_.above[c] = above_[c].data();
        row_.bases = reinterpret_cast<const std::int32_t*>(diffusion_.bases().data());
        row_.search = &diffusion_.search;
        row_.nearest = [](void* search, const std::int32_t* at) {
            return static_cast<PaletteSearch<D>*>(search)->nearest(Four{at[0], at[1], at[2], at[3]});
        };
        row_.steps = steps_.data();
    }

    void map_row() {
        const auto width = static_cast<std::int32_t>(in_.width);
        for (std::size_t run = 0; run < kRuns; ++run) {
            const bool there = diffusion_.y() > 0 || up_of(run) == 0;
            row_.first[run] = there ? std::max(left_of(run), 0) : width;
            row_.last[run] = width - 1 + std::min(left_of(run), 0);
        }
        row_.points = in_.points + diffusion_.place(0) * D;
        row_.weights = in_.weights + diffusion_.place(0);
        row_.strengths = in_.strengths + diffusion_.place(0);
        follow_(row_);
        take_steps();
    }

    // Writes the row: back from its end along the cheapest steps, and then the copies from their sources.
    void take_steps() {
        taken_.clear();
        for (std::size_t end = in_.width; end > 0; end = steps_[end - 1].from) taken_.push_back(end);
        std::uint8_t* row = diffusion_.row();
        std::size_t x = 0;
        for (auto end = taken_.rbegin(); end != taken_.rend(); ++end) {
            const RunsStep& step = steps_[*end - 1];
            const std::ptrdiff_t back = up_of(step.run) * static_cast<std::ptrdiff_t>(in_.width) + left_of(step.run);
            const bool single = step.run == kSingle;
            for (; x < *end; ++x) row[x] = single ? step.entry : row[static_cast<std::ptrdiff_t>(x) - back];
        }
    }

    // For the runs of the next row to copy from.
    void keep_row() {
        for (std::size_t x = 0; x < in_.width; ++x) {
            const std::uint8_t entry = diffusion_.row()[x];
            for (std::size_t c = 0; c < D; ++c) above_[c][kMargin + x] = entries_[std::size_t{4} * entry + c];
            above_[D][kMargin + x] = entry;
        }
    }

    const WeighedPixels in_;
    Diffusion<D> diffusion_;
    std::vector<std::int32_t> entries_, above_[D + 1];
    std::vector<RunsStep> steps_;
    std::vector<std::size_t> taken_;  // where the steps taken end
    RunsRow row_{};
    void (*const follow_)(const RunsRow&);
};

}  // namespace

template <std::size_t D>
void map_runs(const WeighedPixels& in, const std::int16_t* palette, std::size_t k, std::int64_t price,
              std::uint8_t* indices) {
    RunMapper<D>(in, palette, k, price, indices).run();
}
template void map_runs<3>(const WeighedPixels&, const std::int16_t*, std::size_t, std::int64_t, std::uint8_t*);
template void map_runs<4>(const WeighedPixels&, const std::int16_t*, std::size_t, std::int64_t, std::uint8_t*);

}  // namespace kalette
