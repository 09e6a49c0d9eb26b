"""Results and failures as JSON lines: one object a line, the fields of DESIGN's list."""

import json
from dataclasses import asdict
from typing import Any

from kalette import __version__
from kalette.errors import KaletteError
from kalette.result import Result


def record(result: Result, input_name: str, output_name: str, seconds: float) -> dict[str, Any]:
    """Return all that is reported of one result; quality is measured on the written file.

    Parameters
    ----------
    result : Result
        Of `kalette.compress`.
    input_name : str
        Path of the input.
    output_name : str
        Path of the written file.
    seconds : float
        From reading to the written file.

    Examples
    --------
    >>> import numpy as np
    >>> from kalette.pipeline import compress
    >>> record(compress(np.zeros((2, 2, 3), np.uint8)), "a.png", "a-k256.png", 0.1)["stopped_by"]
    'lossless'
    """
    return {
        "input": input_name,
        "output": output_name,
        "format": result.settings.format,
        "width": result.width,
        "height": result.height,
        "frames": 1,
        "k": result.k,
        "colors_used": result.colors_used,
        "bit_depth": result.bit_depth,
        "input_bytes": result.input_bytes,
        "output_bytes": result.output_bytes,
        "raw_bytes": result.raw_bytes,
        "estimated_bytes": result.estimated_bytes,
        "mse": result.mse,
        "psnr_db": result.psnr_db,
        "ssim": result.ssim,
        "iterations": result.iterations,
        "stopped_by": result.stopped_by,
        "losses": list(result.losses),
        "seconds": round(seconds, 6),
        "seed": result.settings.seed,
        "backend": result.backend,
        "version": __version__,
        "settings": asdict(result.settings),
        "notes": list(result.notes),
    }


def failure(input_name: str, error: KaletteError) -> dict[str, Any]:
    """Return what is reported of an input that failed.

    Examples
    --------
    >>> failure("a.png", KaletteError("a.png is empty"))
    {'input': 'a.png', 'error': 'a.png is empty', 'exit_code': 1}
    """
    return {"input": input_name, "error": str(error), "exit_code": error.exit_code}


def line(fields: dict[str, Any]) -> str:
    """Return an object as one line of JSON.

    Examples
    --------
    >>> line({"k": 16, "psnr_db": None})
    '{"k": 16, "psnr_db": null}'
    """
    return json.dumps(fields, allow_nan=False)
