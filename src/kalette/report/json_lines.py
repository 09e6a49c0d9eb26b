"""Results and failures as JSON lines: one object per line."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kalette.compression import Result, psnr_db
from kalette.types import KaletteError

if TYPE_CHECKING:
    from kalette.compression import AnimationResult
    from kalette.report.comparison import Comparison
    from kalette.report.low_rank import LowRankRow


def record(
    result: "Result | AnimationResult", input_name: str, output_name: str | None, seconds: float
) -> dict[str, Any]:
    """Return the JSON object of a result; quality is measured on the decoded output file.

    Parameters
    ----------
    result : Result or AnimationResult
        Result of `kalette.compress` or `kalette.animate`.
    input_name : str
        Path of the input.
    output_name : str or None
        Path of the output file; None if not written.
    seconds : float
        Time from reading to the output file.

    Examples
    --------
    >>> import numpy as np
    >>> from kalette.compression import compress
    >>> record(compress(np.zeros((2, 2, 3), np.uint8)), "a.png", "a-k256.png", 0.1)["stopped_by"]
    'lossless'
    """
    names = {"input": input_name, "output": output_name}
    return {**names, **result.record(), "seconds": round(seconds, 6)}


def comparison_record(
    comparison: "Comparison",
    image: str,
    outputs: Sequence[str | None],
    low_rank: Sequence["LowRankRow"] = (),
) -> dict[str, Any]:
    """Return the JSON object of a comparison: a record for each row, and the curve.

    Parameters
    ----------
    comparison : Comparison
        Of `kalette.compare`.
    image : str
        Path of the input.
    outputs : sequence of str or None
        Path of each row's output file; None if not written.
    low_rank : sequence of LowRankRow
        Of `low_rank_rows`; fields of the row with that k.

    Examples
    --------
    >>> import numpy as np
    >>> from kalette.report.comparison import compare
    >>> made = comparison_record(compare(np.zeros((2, 2, 3), np.uint8), [2]), "a.png", [None])
    >>> made["recommended_k"], made["curve"]
    (1, [{'k': 1, 'mse': 0.0, 'psnr_db': None, 'bits_per_pixel': 0.0}])
    """
    from kalette.report.csv_rows import low_rank_record

    beside = {row.k: low_rank_record(row) for row in low_rank}
    return {
        "image": image,
        "rows": [
            record(row.result, image, output, row.seconds) | beside.get(row.k, {})
            for row, output in zip(comparison.rows, outputs, strict=True)
        ],
        "recommended_k": comparison.recommended_k,
        "reason": comparison.reason,
        "curve": [
            {
                "k": point.k,
                "mse": point.mse,
                "psnr_db": psnr_db(point.mse),
                "bits_per_pixel": round(point.bits_per_pixel, 6),
            }
            for point in comparison.curve
        ],
        "notes": list(comparison.notes),
    }


def failure(input_name: str, error: KaletteError) -> dict[str, Any]:
    """Return the JSON object of a failed input.

    Examples
    --------
    >>> failure("a.png", KaletteError("a.png is empty"))
    {'input': 'a.png', 'error': 'a.png is empty', 'exit_code': 1}
    """
    return {"input": input_name, "error": str(error), "exit_code": error.exit_code}


def line(fields: dict[str, Any]) -> str:
    """Serialize an object as one line of JSON.

    Examples
    --------
    >>> line({"k": 16, "psnr_db": None})
    '{"k": 16, "psnr_db": null}'
    """
    import json

    return json.dumps(fields, allow_nan=False)
