"""Numbers and names as people read them, the same in tables, figures and reports."""

_SPACES = "\u00a0\u202f\u3000"


def size_text(size_bytes: int) -> str:
    """Return a size for people, KB being 1000 bytes.

    Examples
    --------
    >>> [size_text(n) for n in (999, 12_345, 3_456_789)]
    ['999 B', '12.3 KB', '3.46 MB']
    """
    if size_bytes < 1000:
        return f"{size_bytes} B"
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.1f} KB"
    return f"{size_bytes / 1_000_000:.2f} MB"


def ratio_text(size_bytes: int, of_bytes: int) -> str:
    """Return how many bytes of another file or picture come to one byte of this.

    Examples
    --------
    >>> ratio_text(500, 12_345)
    '24.7 : 1'
    """
    return f"{of_bytes / size_bytes:.1f} : 1"


def psnr_text(psnr_db: float | None) -> str:
    """Return a peak signal-to-noise ratio for people; None stands for no error at all.

    Examples
    --------
    >>> psnr_text(34.567), psnr_text(None)
    ('34.57 dB', 'exact')
    """
    return "exact" if psnr_db is None else f"{psnr_db:.2f} dB"


def share_text(share: float) -> str:
    """Return a share of all pixels for people.

    Examples
    --------
    >>> [share_text(share) for share in (1.0, 0.1234, 0.0004, 0.0)]
    ['100.0 %', '12.3 %', '<0.1 %', '0.0 %']
    """
    return "<0.1 %" if 0 < share < 0.0005 else f"{100 * share:.1f} %"


def printable(text: str) -> str:
    r"""Return the text with whatever would break a line or steer a terminal written out.

    Examples
    --------
    >>> printable("a\nb\x1b[31m é")
    'a\\nb\\x1b[31m é'
    """
    return "".join(
        letter if letter.isprintable() or letter in _SPACES else letter.encode("unicode_escape").decode()
        for letter in text
    )
