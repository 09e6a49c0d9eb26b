// The dictionary of an LZW coder as in GIF: strings as a trie, and the codes as bits.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "kernels.hpp"

namespace kalette {

constexpr std::int16_t kNoCode = -1;
constexpr std::int32_t kMostCodes = 4096;
constexpr int kMostWidth = 12;  // bits

// The symbols: k entries, and one that keeps a pixel, if none of them does and 256 suffice.
constexpr std::size_t symbol_count(std::size_t k, std::size_t kept) { return kept < k || k == 256 ? k : k + 1; }

// Bits of a symbol, as GIF has them: 2 to 8.
constexpr int code_size(std::size_t symbols) {
    int size = 2;
    while ((std::size_t{1} << size) < symbols) ++size;
    return size;
}

class LzwDictionary {
public:
    struct Node {  // eight bytes: all codes stay in the cache
        std::int16_t parent, child, sibling;
        std::uint8_t symbol, first;  // the last and the first symbol of its string
    };

    explicit LzwDictionary(std::size_t symbols) : symbols_(symbols), nodes_(kMostCodes) { clear(); }

    const Node& operator[](std::int32_t code) const { return nodes_[static_cast<std::size_t>(code)]; }
    std::size_t symbols() const { return symbols_; }
    std::int32_t clear_code() const { return 1 << code_size(symbols_); }
    std::int32_t end_code() const { return clear_code() + 1; }
    int width() const { return width_; }
    bool is_full() const { return next_ == kMostCodes; }

    void clear() {
        for (std::size_t symbol = 0; symbol < symbols_; ++symbol) {
            const auto last = static_cast<std::uint8_t>(symbol);
            nodes_[symbol] = {kNoCode, kNoCode, kNoCode, last, last};
        }
        next_ = end_code() + 1;
        width_ = code_size(symbols_) + 1;
    }

    // Adds what the decoder will define by a code that uses it: the string before, and its own first symbol again.
    void anticipate(std::int32_t previous) { add(previous, (*this)[previous].first); }

    // Defines the next code: the string before, and the first symbol of the one after it.
    void define(std::int32_t previous, std::uint8_t symbol) {
        Node& parent = nodes_[static_cast<std::size_t>(previous)];
        if (parent.child == next_) parent.child = (*this)[next_].sibling;  // what was anticipated
        add(previous, symbol);
        ++next_;
        if (next_ == 1 << width_ && width_ < kMostWidth) ++width_;
    }

private:
    void add(std::int32_t parent, std::uint8_t symbol) {
        for (std::int32_t code = (*this)[parent].child; code != kNoCode; code = (*this)[code].sibling)
            if ((*this)[code].symbol == symbol) return;
        Node& above = nodes_[static_cast<std::size_t>(parent)];
        nodes_[static_cast<std::size_t>(next_)] = {static_cast<std::int16_t>(parent), kNoCode, above.child, symbol,
                                                   above.first};
        above.child = static_cast<std::int16_t>(next_);
    }

    const std::size_t symbols_;
    std::vector<Node> nodes_;
    std::int32_t next_ = 0;
    int width_ = 0;
};

// Codes as bits, the lowest first.
class CodeWriter {
public:
    explicit CodeWriter(std::vector<std::uint8_t>& data) : data_(data) {}

    void put(std::int32_t code, int width) {
        total_ += static_cast<std::size_t>(width);
        waiting_ |= static_cast<std::uint32_t>(code) << count_;
        count_ += width;
        for (; count_ >= 8; count_ -= 8, waiting_ >>= 8) data_.push_back(static_cast<std::uint8_t>(waiting_ & 255));
    }

    void finish() {
        if (count_ > 0) data_.push_back(static_cast<std::uint8_t>(waiting_));
    }

    std::size_t total() const { return total_; }

private:
    std::vector<std::uint8_t>& data_;
    std::size_t total_ = 0;  // bits
    std::uint32_t waiting_ = 0;
    int count_ = 0;
};

// Codes between the clear code and the end, and the width of a code after them.
struct LzwCodes {
    std::vector<std::uint8_t> data;
    std::size_t bits;
    int width;
};

// Codes that follow each other, each with a dictionary of its own.
inline std::vector<std::uint8_t> lzw_stream(const std::vector<LzwCodes>& parts, std::size_t symbols) {
    std::vector<std::uint8_t> data;
    CodeWriter writer(data);
    const int size = code_size(symbols);
    int width = size + 1;
    for (const LzwCodes& part : parts) {
        writer.put(1 << size, width);
        for (std::size_t begin = 0; begin < part.bits; begin += 8)
            writer.put(part.data[begin / 8], static_cast<int>(std::min<std::size_t>(part.bits - begin, 8)));
        width = part.width;
    }
    writer.put((1 << size) + 1, width);
    writer.finish();
    return data;
}

// Codes of strings, with the dictionary that they define.
class LzwCoder {
public:
    // A full dictionary is cleared once the mean length of strings is at most worn_percent of its best since then: with
    // 100 at once.
    LzwCoder(LzwDictionary& dictionary, std::uint64_t worn_percent)
        : dictionary_(dictionary), writer_(data_), worn_percent_(worn_percent) {}

    // Before the next string is searched: clears a dictionary of no more use, or adds what the decoder will know.
    void prepare() {
        if (is_worn()) {
            writer_.put(dictionary_.clear_code(), dictionary_.width());
            dictionary_.clear();
            previous_ = kNoCode;
            best_length_ = 0;
        }
        if (previous_ != kNoCode && !dictionary_.is_full()) dictionary_.anticipate(previous_);
    }

    void put(std::int32_t code, std::size_t length, std::uint8_t first) {
        writer_.put(code, dictionary_.width());
        if (previous_ != kNoCode && !dictionary_.is_full()) dictionary_.define(previous_, first);
        previous_ = code;
        mean_length_ += kLengthScale / kMeanOfCodes * length - mean_length_ / kMeanOfCodes;
    }

    LzwCodes finish() {
        writer_.finish();
        return {std::move(data_), writer_.total(), dictionary_.width()};
    }

private:
    static constexpr std::uint64_t kLengthScale = 65536, kMeanOfCodes = 256;

    bool is_worn() {
        if (!dictionary_.is_full()) return false;
        best_length_ = std::max(best_length_, mean_length_);
        return 100 * mean_length_ <= worn_percent_ * best_length_;
    }

    LzwDictionary& dictionary_;
    std::vector<std::uint8_t> data_;
    CodeWriter writer_;
    const std::uint64_t worn_percent_;
    std::int32_t previous_ = kNoCode;
    std::uint64_t mean_length_ = 0, best_length_ = 0;
};

}  // namespace kalette
