"""A comparison as CSV: a row for each k, for a spreadsheet or a plot of one's own."""

import csv
import io
from collections.abc import Sequence

from kalette.report.comparison import Comparison
from kalette.report.low_rank import LowRankRow

_LOW_RANK = ("", "_bytes", "_mse", "_psnr_db", "_ssim", "_ssimulacra2")


def comparison_csv(comparison: Comparison, low_rank: Sequence[LowRankRow] = ()) -> str:
    """Return the sizes and the quality of each row, with a line of names above; an empty cell has no value.

    Times are left out, so that the same comparison gives the same text.

    Parameters
    ----------
    comparison : Comparison
        Of `kalette.compare`.
    low_rank : sequence of LowRankRow
        Of `low_rank_rows`; adds columns.

    Examples
    --------
    >>> import numpy as np
    >>> from kalette.report.comparison import compare
    >>> print(comparison_csv(compare(np.zeros((2, 2, 3), np.uint8), [2])))
    k,colors_used,bit_depth,raw_bytes,estimated_bytes,output_bytes,mse,psnr_db,ssim,ssimulacra2
    2,1,1,12,4,87,0.0,,1.0,100.0
    <BLANKLINE>
    """
    beside = {row.k: row for row in low_rank}
    rows = [
        {
            "k": row.k,
            "colors_used": row.result.colors_used,
            "bit_depth": row.result.bit_depth,
            "raw_bytes": row.result.raw_bytes,
            "estimated_bytes": row.estimated_bytes,
            "output_bytes": row.output_bytes,
            "mse": row.mse,
            "psnr_db": row.psnr_db,
            "ssim": row.ssim,
            "ssimulacra2": row.ssimulacra2,
            **(low_rank_record(beside[row.k]) if row.k in beside else {}),
        }
        for row in comparison.rows
    ]
    text = io.StringIO()
    names = [name for name in rows[0] if not name.startswith("low_rank")]
    names += [f"low_rank{name}" for name in _LOW_RANK] if low_rank else []
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def low_rank_record(row: LowRankRow) -> dict[str, int | float | None]:
    """Return rank, bytes on paper and quality of a picture of low rank, by name."""
    values = (row.found.rank, row.found.size_bytes, row.mse, row.psnr_db, row.ssim, row.ssimulacra2)
    return {f"low_rank{name}": value for name, value in zip(_LOW_RANK, values, strict=True)}
