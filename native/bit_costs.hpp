// Estimated cost of literals and matches in a deflate stream (RFC 1951), in sixteenths of a bit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kalette {

constexpr std::int64_t kBit = 16;

constexpr std::int64_t kWindow = 32768;    // the longest distance of a match
constexpr std::size_t kShortestMatch = 3;  // entries

constexpr std::int64_t kDistanceCode = 3 * kBit;  // without its extra bits
constexpr std::int64_t kPlainDistances = 4;       // largest distance without extra bits
constexpr std::int64_t kShortLengthCode = 7 * kBit / 2, kLongLengthCode = 9 * kBit / 2;
constexpr std::size_t kShortLengths = 10;            // longest match length without extra bits
constexpr std::int64_t kHuffmanGain = 3 * kBit / 2;  // what Huffman coding takes off a literal of log2 k bits
constexpr std::size_t kMostEntries = 256;            // of a palette

constexpr std::int64_t kEntryExtension = 1;  // of a match by one more entry

constexpr std::int64_t distance_bits(std::int64_t distance) {
    std::int64_t extra = 0;
    for (std::int64_t reach = kPlainDistances; reach < distance; reach *= 2) ++extra;
    return kDistanceCode + kBit * extra;
}

constexpr std::int64_t length_bits(std::size_t length) {
    return length <= kShortLengths ? kShortLengthCode : kLongLengthCode;
}

// Of a match's start.
constexpr std::int64_t start_bits(std::int64_t distance) { return distance_bits(distance) + length_bits(1); }

// Of a palette of k entries.
constexpr std::int64_t literal_bits(std::size_t k) {
    std::int64_t bits = 0;
    while ((std::size_t{1} << bits) < k) ++bits;
    const std::int64_t cost = kBit * bits - kHuffmanGain;
    return cost > kBit ? cost : kBit;
}

constexpr std::int64_t kMostLiteralBits = literal_bits(kMostEntries);

}  // namespace kalette
