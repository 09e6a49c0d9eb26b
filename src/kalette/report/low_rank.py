"""The other classic of linear algebra beside K-Means: the picture of low rank at equal size."""

from dataclasses import dataclass

from kalette.compression import measure
from kalette.learn import LowRank, decompose
from kalette.report.comparison import Comparison, ComparisonRow
from kalette.writing import encode


@dataclass(frozen=True, slots=True)
class LowRankRow:
    """A picture of low rank that takes no more bytes on paper than one in k colours.

    Parameters
    ----------
    k : int
        Number of colours of the row that it stands beside.
    found : LowRank
        Pixels, rank and bytes on paper.
    mse, psnr_db, ssim, ssimulacra2 : float
        Quality, as in `ComparisonRow`; psnr_db is None if lossless.
    """

    k: int
    found: LowRank
    mse: float
    psnr_db: float | None
    ssim: float
    ssimulacra2: float


def low_rank_rows(comparison: Comparison) -> tuple[LowRankRow, ...]:
    """Return the singular value decomposition of the picture beside each row, at equal bytes on paper.

    Alpha is a channel like the others. A row is left out where not even rank 1 takes as few bytes. Time
    grows with the third power of the sides.

    Parameters
    ----------
    comparison : Comparison
        Of `kalette.compare`; the bytes are its `estimated_bytes`.

    Examples
    --------
    >>> import kalette
    >>> rows = low_rank_rows(kalette.compare(kalette.sample_pixels(48, 32), [2, 16]))
    >>> [(row.k, row.found.rank) for row in rows]
    [(16, 3)]
    """
    decomposition = decompose(comparison.rows[0].result.picture.original.pixels)
    return tuple(
        _measured(row, decomposition.low_rank(row.estimated_bytes))
        for row in comparison.rows
        if row.estimated_bytes >= decomposition.bytes_a_rank
    )


def _measured(row: ComparisonRow, found: LowRank) -> LowRankRow:
    metrics = measure(row.result.picture, encode(found.pixels, "png", "fast"), run=row.result.run)
    return LowRankRow(row.k, found, metrics.mse, metrics.psnr_db, metrics.ssim, metrics.ssimulacra2)
