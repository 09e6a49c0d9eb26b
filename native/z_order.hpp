// Z-order keys of colours (G. M. Morton, 1966), which interleave the bits of the channels: colours close on the curve
// are close in space.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace kalette {

// Bit b of channel c is at b * channels + (channels - 1 - c).
class ZOrder {
public:
    explicit ZOrder(std::size_t channels) : channels_(channels) {
        for (std::uint32_t value = 0; value < 256; ++value) {
            spread_[value] = 0;
            for (std::size_t b = 0; b < 8; ++b) spread_[value] |= ((value >> b) & 1u) << (b * channels);
        }
    }
    std::uint32_t key(const std::uint8_t* color) const {
        std::uint32_t key = spread_[color[0]] << 2 | spread_[color[1]] << 1 | spread_[color[2]];
        return channels_ == 3 ? key : key << 1 | spread_[color[3]];
    }
    std::uint8_t channel(std::uint32_t key, std::size_t c) const {
        std::uint32_t value = 0;
        for (std::size_t b = 0; b < 8; ++b) value |= ((key >> (b * channels_ + channels_ - 1 - c)) & 1u) << b;
        return static_cast<std::uint8_t>(value);
    }
    // The first eight bits.
    std::size_t bucket(std::uint32_t key) const { return key >> (8 * (channels_ - 1)); }

private:
    std::size_t channels_;
    std::array<std::uint32_t, 256> spread_;
};

}  // namespace kalette
