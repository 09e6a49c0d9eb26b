"""Records: what became of one image, without its pixels."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from kalette.batch.items import Item
from kalette.types import KaletteError

Status = Literal["done", "copied", "skipped", "failed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What became of one image.

    Parameters
    ----------
    input : str
        Path or URL of the input.
    planned : str
        The planned output, below the target.
    identity : str
        Size and version of the input.
    status : {"done", "copied", "skipped", "failed"}
        Whether the result was written, or the input copied or skipped because the result is not smaller, or
        neither because of an error.
    output : str or None
        The written file, below the target.
    input_bytes : int
        Size of the input.
    output_bytes : int or None
        Size of the written file.
    k, colors_used : int or None
        Number of colours, asked for and used.
    psnr_db, ssim, ssimulacra2 : float or None
        Quality of the result, as far as it was measured; `psnr_db` is also None if the result is exact.
    seconds : float
        Time for this image.
    error : str or None
        The sentence of a failure.
    exit_code : int
        Exit code of the failure, 0 without one.
    notes : tuple of str
        Notes for the user.
    """

    input: str
    planned: str
    identity: str
    status: Status
    output: str | None = None
    input_bytes: int = 0
    output_bytes: int | None = None
    k: int | None = None
    colors_used: int | None = None
    psnr_db: float | None = None
    ssim: float | None = None
    ssimulacra2: float | None = None
    seconds: float = 0.0
    error: str | None = None
    exit_code: int = 0
    notes: tuple[str, ...] = ()

    @property
    def saved_bytes(self) -> int:
        """How many bytes the output is smaller than the input; 0 without an output."""
        return 0 if self.output_bytes is None else self.input_bytes - self.output_bytes

    def to_dict(self) -> dict[str, Any]:
        """Return the fields that have a value.

        Examples
        --------
        >>> Record(input="a.jpg", planned="a.png", identity="3:1", status="skipped").to_dict()["status"]
        'skipped'
        """
        empty: tuple[object, ...] = (None, ())
        return {name: value for name, value in asdict(self).items() if value not in empty}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Record":
        """Return the record of `to_dict`; further entries are left out."""
        names = {field.name for field in fields(cls)}
        known = {name: value for name, value in values.items() if name in names}
        return cls(**{**known, "notes": tuple(known.get("notes", ()))})


def failed(item: Item, error: BaseException, seconds: float = 0.0) -> Record:
    """Return the record of an image that failed.

    Parameters
    ----------
    item : Item
        The image.
    error : BaseException
        The reason; anything but a `KaletteError` is a fault of the program, and is named as such.
    seconds : float
        Time spent on it.
    """
    sentence = str(error)
    if not isinstance(error, KaletteError):
        sentence = f"an unexpected {type(error).__name__} ({error}); please report it with the image"
    if item.input not in sentence:
        sentence = f"{item.input}: {sentence}"
    return Record(
        input=item.input,
        planned=item.output,
        identity=item.identity,
        status="failed",
        input_bytes=item.size_bytes,
        seconds=round(seconds, 4),
        error=sentence,
        exit_code=getattr(error, "exit_code", 1),
    )
