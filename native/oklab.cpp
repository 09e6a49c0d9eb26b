// sRGB bytes to Oklab (Ottosson 2020), with additions, subtractions and multiplications alone.

#include "kernels.hpp"
#include "oklab_rows.hpp"
#include "parallel.hpp"

namespace kalette {

void oklab(const PixelsView& colors, const OklabTables& tables, std::int16_t* points, std::size_t threads) {
    const OklabRow convert = chosen_oklab_row();
    for_each_chunk(chunk_count(colors.n, kChunk), threads, [&](std::size_t chunk) {
        const Range range = chunk_range(chunk, colors.n, kChunk);
        const PixelsView part{colors[range.begin], range.end - range.begin, colors.channels};
        convert(part, tables, points + 3 * range.begin);
    });
}

}  // namespace kalette
