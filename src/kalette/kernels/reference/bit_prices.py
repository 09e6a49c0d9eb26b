"""What a deflate stream is thought to take for entries and copies, in sixteenths of a bit."""

WINDOW = 32768  # how far back deflate reaches


def distance_bits(distance: int) -> int:
    """Return what it takes to say how far back a copy reaches."""
    return 48 + 16 * max((distance - 1).bit_length() - 2, 0)


def length_bits(length: int) -> int:
    """Return what it takes to say how long a copy is."""
    return 56 if length <= 10 else 72


def literal_bits(k: int) -> int:
    """Return what an entry by itself takes, of k."""
    return max(16 * (k - 1).bit_length() - 24, 16)
