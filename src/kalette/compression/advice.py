"""Advice for a result that is larger than its input: what gives a smaller file, tried."""

from collections.abc import Iterator
from dataclasses import replace

from kalette.compression.pipeline import Compression
from kalette.compression.result import Result
from kalette.types import ONE_THREAD, Run, Settings


def way_to_smaller(result: Result, *, run: Run = ONE_THREAD) -> str | None:
    """Return the option of the command that gives a file smaller than the input, found by trying.

    None if none does, if the result is exact or has a target, or if there is no input file.

    Parameters
    ----------
    result : Result
        A result larger than its input file.
    run : Run
        Threads and callbacks for the trials.

    Examples
    --------
    >>> import kalette
    >>> way_to_smaller(kalette.compress(kalette.sample_pixels(48, 32), 8)) is None
    True
    """
    most_bytes = result.input_bytes
    if most_bytes is None or result.psnr_db is None or result.settings.has_target:
        return None
    for advice, settings in _alternatives(result.settings):
        if Compression(result.picture.original, settings, run).result().output_bytes < most_bytes:
            return advice
    smallest = Compression(result.picture.original, result.settings, run).smallest()
    if smallest is None or smallest.output_bytes >= most_bytes:
        return None
    return f"--max-bytes {most_bytes - 1} makes it smaller"


def _alternatives(settings: Settings) -> Iterator[tuple[str, Settings]]:
    """Yield settings that may give a smaller file at the same or a better look, and the words for them."""
    plain = replace(settings, dither="none", dither_strength=None)
    if settings.palette is None and settings.k is not None:
        yield "it is smaller without -k", replace(settings, k=None)
    if plain != settings:
        yield "--dither none makes it smaller", plain
    if settings.palette is None and settings.k is not None and settings.dither not in ("auto", "none"):
        yield "it is smaller without -k and --dither", replace(plain, k=None, dither="auto")
