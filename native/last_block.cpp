// Finds the last block of a DEFLATE stream (RFC 1951), so that another stream can follow it.

#include <array>
#include <vector>

#include "kernels.hpp"

namespace kalette {
namespace {

constexpr unsigned kMostCodeBits = 15;
constexpr std::size_t kEndOfBlock = 256, kFirstLength = 257;
constexpr std::size_t kLengths = 29, kDistances = 30;    // that have a meaning
constexpr std::size_t kMostLengths = 257 + 31 + 1 + 31;  // of words, in a block
enum BlockType : std::uint8_t { kStored, kFixed, kDynamic };

// Bits from the lowest of each byte; zeros follow the stream.
class BitReader {
public:
    explicit BitReader(const Stream& in) : in_(in) {}

    std::size_t place() const { return place_; }
    bool is_within() const { return place_ <= 8 * in_.size; }
    void skip(std::size_t count) { place_ += count; }
    void skip_to_byte() { place_ = (place_ + 7) / 8 * 8; }

    // The next 17 bits or more.
    std::uint32_t peek() const {
        std::uint32_t bits = 0;
        for (std::size_t i = 0, byte = place_ / 8; i < 3 && byte + i < in_.size; ++i)
            bits |= std::uint32_t{in_.bytes[byte + i]} << (8 * i);
        return bits >> place_ % 8;
    }

    // At most 17 bits.
    std::uint32_t take(unsigned count) {
        const std::uint32_t bits = peek() & ((1u << count) - 1);
        skip(count);
        return bits;
    }

private:
    const Stream& in_;
    std::size_t place_ = 0;
};

// A Huffman code by the bits that begin with each word. An unused word has a length of 0.
class HuffmanCode {
public:
    HuffmanCode(const std::uint8_t* lengths, std::size_t count) : words_(std::size_t{1} << kMostCodeBits) {
        std::uint32_t word = 0;
        for (unsigned length = 1; length <= kMostCodeBits; ++length, word <<= 1) {
            for (std::size_t symbol = 0; symbol < count; ++symbol)
                if (lengths[symbol] == length) place(word++, {static_cast<std::uint16_t>(symbol), lengths[symbol]});
            if (word <= 1u << length) continue;
            words_.assign(words_.size(), {});  // more words than there are
            break;
        }
    }

    // False for bits that begin with no word.
    bool take(BitReader& bits, std::size_t& symbol) const {
        const Word word = words_[bits.peek() & (words_.size() - 1)];
        symbol = word.symbol;
        bits.skip(word.length);
        return word.length > 0;
    }

private:
    struct Word {
        std::uint16_t symbol;
        std::uint8_t length;
    };

    // The bits of a word are stored from its highest one.
    void place(std::uint32_t word, const Word& meaning) {
        std::size_t reversed = 0;
        for (unsigned bit = 0; bit < meaning.length; ++bit)
            reversed |= std::size_t{word >> bit & 1} << (meaning.length - 1 - bit);
        for (; reversed < words_.size(); reversed += std::size_t{1} << meaning.length) words_[reversed] = meaning;
    }

    std::vector<Word> words_;
};

std::size_t extra_bits_of_length(std::size_t length) { return length < 8 || length == 28 ? 0 : length / 4 - 1; }

std::size_t extra_bits_of_distance(std::size_t distance) { return distance < 4 ? 0 : distance / 2 - 1; }

bool skip_symbols(BitReader& bits, const HuffmanCode& literals, const HuffmanCode& distances) {
    for (std::size_t symbol = 0; literals.take(bits, symbol) && bits.is_within();) {
        if (symbol < kEndOfBlock) continue;
        if (symbol == kEndOfBlock) return true;
        const std::size_t length = symbol - kFirstLength;
        std::size_t distance = 0;
        if (length >= kLengths) return false;
        bits.skip(extra_bits_of_length(length));
        if (!distances.take(bits, distance) || distance >= kDistances) return false;
        bits.skip(extra_bits_of_distance(distance));
    }
    return false;
}

bool skip_stored(BitReader& bits) {
    bits.skip_to_byte();
    const std::uint32_t size = bits.take(16), inverted = bits.take(16);
    bits.skip(std::size_t{8} * size);
    return (size ^ inverted) == 0xFFFF;
}

bool skip_fixed(BitReader& bits) {
    std::array<std::uint8_t, 288> lengths{};
    for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    std::array<std::uint8_t, 32> of_distances{};
    of_distances.fill(5);
    return skip_symbols(bits, {lengths.data(), lengths.size()}, {of_distances.data(), of_distances.size()});
}

// Lengths of words, themselves in a code: up to 15 a length, then repetitions of the last one or of 0.
bool take_lengths(BitReader& bits, const HuffmanCode& code, std::uint8_t* lengths, std::size_t count) {
    for (std::size_t filled = 0, symbol = 0; filled < count;) {
        if (!code.take(bits, symbol) || !bits.is_within()) return false;
        std::size_t repeated = 1;
        std::uint8_t length = static_cast<std::uint8_t>(symbol);
        if (symbol > kMostCodeBits) {
            if (symbol == 16 && filled == 0) return false;
            length = symbol == 16 ? lengths[filled - 1] : std::uint8_t{0};
            repeated = symbol == 16 ? 3 + bits.take(2) : symbol == 17 ? 3 + bits.take(3) : 11 + bits.take(7);
        }
        if (repeated > count - filled) return false;
        for (const std::size_t end = filled + repeated; filled < end; ++filled) lengths[filled] = length;
    }
    return true;
}

bool skip_dynamic(BitReader& bits) {
    constexpr std::uint8_t kOrder[] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    const std::size_t literals = 257 + bits.take(5), distances = 1 + bits.take(5), stored = 4 + bits.take(4);
    std::array<std::uint8_t, std::size(kOrder)> of_lengths{};
    for (std::size_t i = 0; i < stored; ++i) of_lengths[kOrder[i]] = static_cast<std::uint8_t>(bits.take(3));
    std::array<std::uint8_t, kMostLengths> lengths{};
    if (!take_lengths(bits, {of_lengths.data(), of_lengths.size()}, lengths.data(), literals + distances)) return false;
    return skip_symbols(bits, {lengths.data(), literals}, {lengths.data() + literals, distances});
}

bool skip_block(BitReader& bits, std::uint32_t type) {
    if (type == kStored) return skip_stored(bits);
    if (type == kFixed) return skip_fixed(bits);
    return type == kDynamic && skip_dynamic(bits);
}

}  // namespace

bool last_block(const Stream& in, BlockBits& found) {
    BitReader bits(in);
    for (bool is_last = false; !is_last;) {
        found.begin = bits.place();
        is_last = bits.take(1) == 1;
        if (!skip_block(bits, bits.take(2)) || !bits.is_within()) return false;
    }
    found.end = bits.place();
    return true;
}

}  // namespace kalette
