"""What came of compressing an image: palette, indices, and all that is to be known of them."""

import io
import os
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from kalette import color, images, kernels, metrics, output
from kalette.arrays import Counts, Indices, Palette, Pixels
from kalette.encode import Keeps, encode, png_bit_depth
from kalette.errors import SettingsError
from kalette.kmeans import Pass, StoppedBy
from kalette.limits import UNLIMITED
from kalette.metadata import Metadata
from kalette.settings import Format, Settings

if TYPE_CHECKING:
    from kalette.palettes import Swatches

_STRIP_PIXELS = 1 << 20  # counted at a time: NumPy widens them to eight bytes each
SUFFIXES: dict[str, Format] = {".png": "png", ".webp": "webp", ".gif": "gif"}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Result:
    """A compressed image: palette, indices, and what is to be known of them.

    Parameters
    ----------
    source : SourceImage
        What was compressed.
    k : int
        Number of colours asked for, or chosen.
    rate : float
        How far pixels could take another entry than the nearest: as asked for, or chosen.
    palette : ndarray
        (up to k, 3 or 4) uint8: entries in use, and those that were given.
    indices : ndarray
        (H, W) uint8.
    settings : Settings
        As asked for.
    losses : tuple of float
        Loss in the working space, over all pixels with unrounded centroids, at the start and after each pass.
    history : tuple of Pass
        What each pass did.
    palettes : tuple of ndarray
        The palette at the start and after each pass, when history was to be kept.
    stopped_by : {"labels", "shift", "max_iter", "lossless", "fixed"}
        Why K-Means ended, or was not needed.
    notes : tuple of str
        What the user should know.
    seconds : float
        From reading to indices.
    threads : int
        That it was made with, and that measuring it takes.
    """

    source: images.SourceImage
    k: int
    rate: float
    palette: Palette
    indices: Indices
    settings: Settings
    losses: tuple[float, ...]
    history: tuple[Pass, ...]
    palettes: tuple[Palette, ...] = ()
    stopped_by: StoppedBy
    notes: tuple[str, ...]
    seconds: float
    threads: int = 1
    backend: str = kernels.BACKEND
    _files: dict[Format, bytes] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Say what it is, without its pixels."""
        return f"<Result {self.width} x {self.height} in {self.colors_used} colours, {self.stopped_by}>"

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.indices.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.indices.shape[0])

    @property
    def colors_used(self) -> int:
        """Palette entries that some pixel shows."""
        if self.settings.palette or self.settings.keep_colors:
            return int(np.count_nonzero(self.entry_counts))
        return len(self.palette)

    @cached_property
    def entry_counts(self) -> Counts:
        """Pixels of each palette entry."""
        counts = np.zeros(len(self.palette), np.int64)
        flat = self.indices.ravel()
        for first in range(0, len(flat), _STRIP_PIXELS):
            counts += np.bincount(flat[first : first + _STRIP_PIXELS], minlength=len(counts))
        return counts

    @property
    def swatches(self) -> "Swatches":
        """The palette with the share of each colour, to look at or to save in a palette format."""
        from kalette.palettes import Swatches

        shares = self.entry_counts / self.indices.size
        return Swatches(self.palette, tuple(shares.tolist()))

    @property
    def iterations(self) -> int:
        """Passes of K-Means."""
        return len(self.history)

    @property
    def input_bytes(self) -> int | None:
        """Size of the input file; None when the input was none."""
        return self.source.input_bytes

    @property
    def output_bytes(self) -> int:
        """Size of the file in the format of the settings."""
        return len(self.to_bytes())

    @property
    def raw_bytes(self) -> int:
        """Size of the pixels without compression."""
        return metrics.raw_bytes(self.source.pixels)

    @property
    def estimated_bytes(self) -> int:
        """Size by bits per pixel and palette alone."""
        return metrics.estimated_bytes(self.source.pixels, self.colors_used)

    @property
    def bit_depth(self) -> int:
        """Bits of an index in the file, of a sample where a PNG has no palette: 1, 2, 4 or 8; else 1 to 8."""
        if self.settings.format == "png":
            return png_bit_depth(self.to_bytes())
        return metrics.bit_depth(len(self.palette))

    @property
    def decoded(self) -> Pixels:
        """What the written file decodes to, anew each time: all reported quality is measured on it."""
        return images.read(self.to_bytes(), limits=UNLIMITED).pixels

    @cached_property
    def mse(self) -> float:
        """Mean squared error between the input and the written file, decoded again."""
        entries = images.read_entries(self.to_bytes())
        if entries is None:
            return metrics.mse(self.source.pixels, self.decoded)
        return metrics.mse_of_entries(self.source.pixels, *entries, threads=self.threads)

    @property
    def psnr_db(self) -> float | None:
        """Peak signal-to-noise ratio in decibels; None when the file is exact."""
        return metrics.psnr_db(self.mse)

    @cached_property
    def ssim(self) -> float:
        """Structural similarity between the input and the written file, decoded again."""
        return metrics.ssim(self.source.pixels, self.decoded, threads=self.threads)

    def to_image(self) -> Image.Image:
        """Return the result as a Pillow image."""
        return Image.fromarray(self.palette[self.indices])

    def to_bytes(self, file_format: Format | None = None) -> bytes:
        """Return the file's bytes.

        Parameters
        ----------
        file_format : {"png", "webp", "gif"} or None
            None takes that of the settings.

        Raises
        ------
        SettingsError
            When Kalette does not write it.
        WriteError
            When the format cannot hold the picture.

        Examples
        --------
        >>> import kalette
        >>> kalette.compress(kalette.sample_pixels(8, 8)).to_bytes("gif")[:3]
        b'GIF'
        """
        wanted = replace(self.settings, format=file_format or self.settings.format).format
        if wanted not in self._files:
            self._files[wanted] = encode(
                self.palette,
                self.indices,
                _encodable(wanted, self.palette),
                self.settings.effort,
                self.source.metadata or Metadata(),
                keeps=self._keeps,
            )
        return self._files[wanted]

    @property
    def _keeps(self) -> Keeps:
        """Colours that were given stay in the file; of a picture that had so few, only the look counts."""
        if self.settings.palette is not None or self.colors_used < len(self.palette):
            return "order"
        return "colors" if self.stopped_by == "lossless" else "palette"

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the file whole, in the format that its name says.

        Parameters
        ----------
        path : path
            Ending in .png, .webp or .gif.
        overwrite : bool
            Replace an existing file.

        Raises
        ------
        SettingsError
            For another ending.
        WriteError
            When the file exists or cannot be written.
        """
        output.write_whole(Path(path), self.to_bytes(format_of(Path(path))), overwrite=overwrite)

    def _repr_png_(self) -> bytes:
        """Show the picture in a notebook."""
        out = io.BytesIO()
        self.to_image().save(out, "PNG")
        return out.getvalue()


def format_of(path: Path) -> Format:
    """Return the format that a file's name asks for.

    Raises
    ------
    SettingsError
        When Kalette does not write it.

    Examples
    --------
    >>> format_of(Path("photo.webp"))
    'webp'
    """
    if path.suffix.lower() not in SUFFIXES:
        raise SettingsError(
            f"{path} asks for a format that Kalette does not write; end it in .png, .webp or .gif"
        )
    return SUFFIXES[path.suffix.lower()]


def _encodable(wanted: Format, palette: Palette) -> Format:
    """Refuse GIF for a palette with part-clear entries, made for another format."""
    if wanted == "gif" and (color.alpha_kinds(palette) == color.PARTIAL).any():
        raise SettingsError(
            "the palette has part-clear entries, which GIF cannot show; compress with format='gif'"
        )
    return wanted
