// LZW as in GIF, without loss: pixels that show what they should already may be kept as well as drawn.

#include "lzw_dictionary.hpp"

namespace kalette {
namespace {

class LzwParser {
public:
    LzwParser(const IndexedFrame& in, const LzwParsing& parsing)
        : in_(in), parsing_(parsing), dictionary_(symbol_count(in.k, in.kept)),
          coder_(dictionary_, parsing.worn_percent) {}

    LzwCodes run() {
        for (std::size_t place = 0; place < in_.n;) {
            coder_.prepare();
            const String next = chosen(place);
            std::int32_t root = next.code;
            while (dictionary_[root].parent != kNoCode) root = dictionary_[root].parent;
            coder_.put(next.code, next.length, dictionary_[root].symbol);
            place += next.length;
        }
        return coder_.finish();
    }

private:
    struct String {
        std::int32_t code;
        std::size_t length;
    };

    bool shows(std::size_t place, std::size_t symbol) const {
        return in_.indices[place] == symbol || (symbol == in_.kept && in_.either[place] != 0);
    }

    // The string that reaches furthest together with the one after it: the longest, or one a little shorter.
    String chosen(std::size_t place) {
        const String greedy = longest(place);
        String best = greedy, tried = greedy;
        std::size_t furthest = 0;
        for (std::size_t back = 0; back <= parsing_.lookahead && tried.code != kNoCode; ++back) {
            const std::size_t end = place + tried.length;
            const std::size_t reached = end < in_.n ? end + longest(end).length : end;
            if (reached > furthest) {
                furthest = reached;
                best = tried;
            }
            if (parsing_.lookahead == 0 || end >= in_.n) break;
            tried = {dictionary_[tried.code].parent, tried.length - 1};
        }
        return best;
    }

    // The longest string of the dictionary that stands at a place; of several the first found, and keeping goes first.
    String longest(std::size_t place) {
        String best{kNoCode, 0};
        for (const std::size_t root : {in_.kept, std::size_t{in_.indices[place]}}) {
            if (root >= dictionary_.symbols() || !shows(place, root)) continue;
            extend(place, static_cast<std::int32_t>(root), best);
            if (root == in_.indices[place]) break;
        }
        return best;
    }

    void extend(std::size_t place, std::int32_t root, String& best) {
        std::size_t depth = 1;
        for (std::int32_t code = root;;) {
            if (depth > best.length) best = {code, depth};
            std::int32_t next = place + depth < in_.n ? match(place + depth, dictionary_[code].child) : kNoCode;
            while (next == kNoCode) {
                if (code == root) return;
                --depth;
                next = match(place + depth, dictionary_[code].sibling);
                code = dictionary_[code].parent;
            }
            code = next;
            ++depth;
        }
    }

    // The first of the siblings from a code on whose symbol a place may show.
    std::int32_t match(std::size_t place, std::int32_t code) const {
        while (code != kNoCode && !shows(place, dictionary_[code].symbol)) code = dictionary_[code].sibling;
        return code;
    }

    const IndexedFrame in_;
    const LzwParsing parsing_;
    LzwDictionary dictionary_;
    LzwCoder coder_;
};

}  // namespace

std::vector<std::uint8_t> code_lzw(const IndexedFrame& in, const LzwParsing& parsing) {
    return lzw_stream({LzwParser(in, parsing).run()}, symbol_count(in.k, in.kept));
}

}  // namespace kalette
