// Trellis search over literals and matches: sets up the costs, searches each row, and writes its cheapest path.

#include "match_trellis.hpp"

#include "bit_costs.hpp"
#include "diffusion.hpp"
#include "match_row.hpp"

namespace kalette {
namespace {

constexpr std::int64_t kDistanceSizes = 16;  // bits of a distance in the window, less one, are 0 to 15
constexpr std::int32_t kNoPlace = -1;

// Hash chains of digrams, as in zlib: the places in the rows above of each pair of adjacent entries, latest first.
// Chains go back as far as deflate's window: they lie in a ring of that size.
class DigramIndex {
public:
    DigramIndex() : latest_(kMostEntries * kMostEntries, kNoPlace), previous_(kWindow, kNoPlace) {}
    std::int32_t latest(std::size_t first, std::size_t second) const { return latest_[first << 8 | second]; }
    std::int32_t previous(std::int32_t place) const { return previous_[ring(place)]; }
    void add_row(const std::uint8_t* row, std::size_t place, std::size_t width) {
        for (std::size_t x = 0; x + 1 < width; ++x) {
            std::int32_t& latest = latest_[static_cast<std::size_t>(row[x]) << 8 | row[x + 1]];
            const auto here = static_cast<std::int32_t>(place + x);
            previous_[ring(here)] = latest;
            latest = here;
        }
    }

private:
    static std::size_t ring(std::int32_t place) { return static_cast<std::size_t>(place) % kWindow; }
    std::vector<std::int32_t> latest_, previous_;
};

template <std::size_t D>
auto chosen_search(std::size_t match_depth) {
    const MatchKernels& kernels = chosen_match_kernels();
    const SearchRow& search_row = match_depth == 0             ? kernels.near
                                  : match_depth <= kDepthOfFew ? kernels.few
                                                               : kernels.many;
    return D == 3 ? search_row.of_three : search_row.of_four;
}

template <std::size_t D>
class MatchTrellis {
public:
    MatchTrellis(const WeightedPixels& in, const PalettePoints& palette, const Rate& rate, std::uint8_t* indices)
        : in_(in), diffusion_(in, palette, indices),
          entries_(4 * kMostEntries),  // room for entries of pixels that are not mapped yet
          shown_(kMostShownWords * kMostEntries),
          reach_(static_cast<std::int32_t>(kWindow - kWindow / static_cast<std::int64_t>(in.width)) - 1),
          candidates_(rate.match_depth * in.width), steps_(in.width), search_row_(chosen_search<D>(rate.match_depth)) {
        row_.match_depth = rate.match_depth;
        for (std::size_t j = 0; j < palette.k; ++j) {
            for (std::size_t c = 0; c < D; ++c) entries_[4 * j + c] = diffusion_.search.entry(j)[c];
            pack(j);
        }
        for (auto& plane : above_) plane.resize(in.width + 2 * kMargin);
        set_costs(rate.multiplier, palette.k);
        set_row();
    }

    void run() {
        for (std::size_t y = 0; y < in_.height; ++y) {
            diffusion_.begin_row(y);
            map_row();
            diffusion_.end_row([this](std::size_t x, const Vec4&) { return diffusion_.row()[x]; });
            keep_row();
            if (row_.match_depth > 0) digrams_.add_row(diffusion_.row(), diffusion_.place(0), in_.width);
        }
    }

private:
    void set_costs(std::int64_t multiplier, std::size_t k) {
        row_.costs.literal = static_cast<float>(multiplier * literal_bits(k));
        row_.costs.extension = static_cast<float>(multiplier * kEntryExtension);
        set_far_costs(multiplier);
        row_.costs.far_start = far_start_;
        const auto stride = static_cast<std::int64_t>(in_.width + 1);  // each row begins with a byte for its filter
        for (std::size_t match = 0; match < kNearMatches; ++match) {
            const std::int64_t distance = kUp[match] * stride + kLeft[match];
            row_.costs.start[match] =
                distance >= 1 && distance <= kWindow ? static_cast<float>(multiplier * start_bits(distance)) : kNoPath;
        }
    }

    // Packs an entry for far matches.
    void pack(std::size_t j) {
        for (std::size_t c = 0; c <= D; ++c) {
            const std::int32_t value = c < D ? entries_[4 * j + c] : static_cast<std::int32_t>(j);
            shown_[kMostShownWords * j + c / 2] |= (static_cast<std::uint32_t>(value) & 0xFFFF) << (16 * (c % 2));
        }
    }

    void set_far_costs(std::int64_t multiplier) {
        for (std::int64_t bits = 0; bits < kDistanceSizes; ++bits) {
            const std::int64_t longest = std::int64_t{1} << bits;
            far_start_[bits] = static_cast<float>(multiplier * start_bits(longest));
        }
    }

    void set_row() {
        row_.candidates = candidates_.data();
        row_.width = in_.width;
        row_.entries = entries_.data();
        row_.shown = shown_.data();
        for (std::size_t c = 0; c < 4; ++c) {
            row_.lowest[c] = diffusion_.lowest()[c];
            row_.highest[c] = diffusion_.highest()[c];
        }
        for (std::size_t c = 0; c <= D; ++c) row_.above[c] = above_[c].data();
        row_.corrected = reinterpret_cast<const std::int32_t*>(diffusion_.corrected().data());
        row_.search = &diffusion_.search;
        row_.nearest = [](void* search, const std::int32_t* target) {
            return static_cast<PaletteSearch<D>*>(search)->nearest(*reinterpret_cast<const Vec4*>(target));
        };
        row_.steps = steps_.data();
    }

    void map_row() {
        const auto width = static_cast<std::int32_t>(in_.width);
        for (std::size_t match = 0; match < kNearMatches; ++match) {
            const bool has_source = diffusion_.y() > 0 || kUp[match] == 0;
            row_.first[match] = has_source ? std::max(kLeft[match], 0) : width;
            row_.last[match] = width - 1 + std::min(kLeft[match], 0);
        }
        row_.points = in_.points + diffusion_.place(0) * D;
        row_.weights = in_.weights + diffusion_.place(0);
        row_.strengths = in_.strengths + diffusion_.place(0);
        row_.indices = diffusion_.row();
        if (row_.match_depth > 0) find_candidates();
        search_row_(row_);
        trace_back();
    }

    // Finds earlier places of the digrams nearest to the row, before errors are carried along it.
    void find_candidates() {
        std::fill(candidates_.begin(), candidates_.end(), kNoSource);
        std::size_t first = diffusion_.search.nearest(diffusion_.target(0, Vec4{}));
        for (std::size_t x = 0; x + 1 < in_.width; ++x) {
            const std::size_t second = diffusion_.search.nearest(diffusion_.target(x + 1, Vec4{}));
            add_candidates(static_cast<std::int32_t>(diffusion_.place(x)), digrams_.latest(first, second),
                           candidates_.data() + row_.match_depth * x);
            first = second;
        }
    }

    // Follows a hash chain to the end of the window; skips positions that near matches cover.
    void add_candidates(std::int32_t here, std::int32_t place, std::int32_t* candidates) const {
        const auto width = static_cast<std::int32_t>(in_.width);
        for (std::size_t n = 0; n < row_.match_depth && place != kNoPlace; place = digrams_.previous(place)) {
            const std::int32_t back = here - place;
            if (back > reach_) break;
            if (back < width - kFurthestRight || back > width + kFurthestLeft) candidates[n++] = back;
        }
    }

    // Follows the cheapest path back from the end of the row, then writes its entries from left to right.
    void trace_back() {
        path_.clear();
        for (std::size_t end = in_.width; end > 0; end = steps_[end - 1].start) path_.push_back(end);
        std::uint8_t* row = diffusion_.row();
        std::size_t x = 0;
        for (auto end = path_.rbegin(); end != path_.rend(); ++end) {
            const Step& step = steps_[*end - 1];
            const bool literal = step.back == kNoSource;
            for (; x < *end; ++x) row[x] = literal ? step.entry : row[static_cast<std::ptrdiff_t>(x) - step.back];
        }
    }

    // Keeps the row by coordinate, for the next row's matches.
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
    std::vector<std::uint32_t> shown_;
    const std::int32_t reach_;  // pixels back that lie in the window, with the filter bytes of the rows between
    std::vector<std::int32_t> candidates_;
    float far_start_[kDistanceSizes];
    DigramIndex digrams_;
    std::vector<Step> steps_;
    std::vector<std::size_t> path_;  // nodes, the last first
    MatchRow row_{};
    void (*const search_row_)(const MatchRow&);
};

}  // namespace

template <std::size_t D>
void map_with_matches(const WeightedPixels& in, const PalettePoints& palette, const Rate& rate, std::uint8_t* indices) {
    MatchTrellis<D>(in, palette, rate, indices).run();
}
template void map_with_matches<3>(const WeightedPixels&, const PalettePoints&, const Rate&, std::uint8_t*);
template void map_with_matches<4>(const WeightedPixels&, const PalettePoints&, const Rate&, std::uint8_t*);

}  // namespace kalette
