// Trellis search over literals and near matches: sets up the costs, searches each row, and writes its cheapest path.

#include <limits>

#include "bit_costs.hpp"
#include "diffusion.hpp"
#include "near_match_row.hpp"
#include "trellis.hpp"

namespace kalette {
namespace {

std::int32_t left_of(std::size_t match) {
    const auto number = static_cast<std::int32_t>(match);
    return match < kInRow ? number + 1 : kFurthestLeft + static_cast<std::int32_t>(kInRow) - number;
}
std::int32_t up_of(std::size_t match) { return match < kInRow ? 0 : 1; }

template <std::size_t D>
class NearMatchTrellis {
public:
    NearMatchTrellis(const WeightedPixels& in, const PalettePoints& palette, std::int64_t multiplier,
                     std::uint8_t* indices)
        : in_(in), diffusion_(in, palette, indices), entries_(4 * palette.k), steps_(in.width),
          search_row_(D == 3 ? chosen_near_match_kernels().of_three : chosen_near_match_kernels().of_four) {
        for (std::size_t j = 0; j < palette.k; ++j)
            for (std::size_t c = 0; c < D; ++c) entries_[4 * j + c] = diffusion_.search.entry(j)[c];
        for (auto& plane : above_) plane.resize(in.width + 2 * kMargin);
        set_costs(multiplier, palette.k);
        set_row();
    }

    void run() {
        for (std::size_t y = 0; y < in_.height; ++y) {
            diffusion_.begin_row(y);
            map_row();
            diffusion_.end_row([this](std::size_t x, const Vec4&) { return diffusion_.row()[x]; });
            keep_row();
        }
    }

private:
    void set_costs(std::int64_t multiplier, std::size_t k) {
        row_.literal = static_cast<float>(multiplier * literal_bits(k));
        row_.extension = static_cast<float>(multiplier * kEntryExtension);
        const auto stride = static_cast<std::int64_t>(in_.width + 1);  // each row begins with a byte for its filter
        for (std::size_t match = 0; match < kNearMatches; ++match) {
            const std::int64_t back = up_of(match) * stride + left_of(match);
            row_.start[match] = back >= 1 && back <= kWindow
                                    ? static_cast<float>(multiplier * (distance_bits(back) + length_bits(1)))
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
        row_.corrected = reinterpret_cast<const std::int32_t*>(diffusion_.corrected().data());
        row_.search = &diffusion_.search;
        row_.nearest = [](void* search, const std::int32_t* target) {
            return static_cast<PaletteSearch<D>*>(search)->nearest(Vec4{target[0], target[1], target[2], target[3]});
        };
        row_.steps = steps_.data();
    }

    void map_row() {
        const auto width = static_cast<std::int32_t>(in_.width);
        for (std::size_t match = 0; match < kNearMatches; ++match) {
            const bool has_source = diffusion_.y() > 0 || up_of(match) == 0;
            row_.first[match] = has_source ? std::max(left_of(match), 0) : width;
            row_.last[match] = width - 1 + std::min(left_of(match), 0);
        }
        row_.points = in_.points + diffusion_.place(0) * D;
        row_.weights = in_.weights + diffusion_.place(0);
        row_.strengths = in_.strengths + diffusion_.place(0);
        search_row_(row_);
        trace_back();
    }

    // Follows the cheapest path back from the end of the row, then writes its entries from left to right.
    void trace_back() {
        path_.clear();
        for (std::size_t end = in_.width; end > 0; end = steps_[end - 1].start) path_.push_back(end);
        std::uint8_t* row = diffusion_.row();
        std::size_t x = 0;
        for (auto end = path_.rbegin(); end != path_.rend(); ++end) {
            const Step& step = steps_[*end - 1];
            const auto width = static_cast<std::ptrdiff_t>(in_.width);
            const std::ptrdiff_t back = up_of(step.match) * width + left_of(step.match);
            const bool literal = step.match == kLiteral;
            for (; x < *end; ++x) row[x] = literal ? step.entry : row[static_cast<std::ptrdiff_t>(x) - back];
        }
    }

    // The source of the next row's matches.
    void keep_row() {
        for (std::size_t x = 0; x < in_.width; ++x) {
            const std::uint8_t entry = diffusion_.row()[x];
            for (std::size_t c = 0; c < D; ++c) above_[c][kMargin + x] = entries_[std::size_t{4} * entry + c];
            above_[D][kMargin + x] = entry;
        }
    }

    const WeightedPixels in_;
    Diffusion<D> diffusion_;
    std::vector<std::int32_t> entries_, above_[D + 1];
    std::vector<Step> steps_;
    std::vector<std::size_t> path_;  // nodes, the last first
    NearMatchRow row_{};
    void (*const search_row_)(const NearMatchRow&);
};

}  // namespace

template <std::size_t D>
void map_with_near_matches(const WeightedPixels& in, const PalettePoints& palette, std::int64_t multiplier,
                           std::uint8_t* indices) {
    NearMatchTrellis<D>(in, palette, multiplier, indices).run();
}
template void map_with_near_matches<3>(const WeightedPixels&, const PalettePoints&, std::int64_t, std::uint8_t*);
template void map_with_near_matches<4>(const WeightedPixels&, const PalettePoints&, std::int64_t, std::uint8_t*);

}  // namespace kalette
