"""The result of compressing a picture: palette, indices, files and their metrics."""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from kalette import kernels
from kalette.clustering import StoppedBy
from kalette.color import PARTIAL, alpha_kinds, continued_under_clear
from kalette.compression.metrics import Foreseen, Metrics, estimated_bytes, measure, raw_bytes
from kalette.compression.operating_points import OperatingPoint
from kalette.compression.palette import FoundPalette
from kalette.compression.picture import Picture
from kalette.reading import Metadata, frame_count
from kalette.types import (
    ONE_THREAD,
    Counts,
    Format,
    Indexed,
    Indices,
    Memo,
    Palette,
    Pass,
    Pixels,
    Run,
    Settings,
    SettingsError,
    __version__,
    colors_text,
    require_fields,
    require_flag,
    require_format,
    require_run,
)
from kalette.writing import (
    Keeps,
    PillowImage,
    bit_depth,
    encode,
    format_of,
    image_from_indexed,
    least_depth,
    output_path,
    png_bit_depth,
    raw_file,
    write_whole,
)

if TYPE_CHECKING:
    from kalette.palettes import Swatches

_VALUES_AT_A_TIME = 1 << 20  # per strip, since NumPy widens them to eight bytes


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Result:
    """A compressed picture.

    Parameters
    ----------
    picture : Picture
        The compressed picture, adapted to the format; `picture.original` is the picture as read.
    settings : Settings
        Requested settings.
    point : OperatingPoint
        Number of colours and rate, requested or chosen.
    found : FoundPalette
        The palette with the history of K-Means.
    indexed : Indexed
        Palette and indices.
    is_true_color : bool
        Whether the file holds the exact pixels in true colour, since that takes fewer bytes; then palette and
        indices are those that K-Means found, and are not in the file.
    notes : tuple of str
        Notes for the user.
    seconds : float
        Time from reading to indices.
    run : Run
        Threads for measuring.
    foreseen : Foreseen or None
        What was measured while the file was encoded.
    """

    picture: Picture
    settings: Settings
    point: OperatingPoint
    found: FoundPalette
    indexed: Indexed
    is_true_color: bool = False
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    run: Run = ONE_THREAD
    backend: str = kernels.BACKEND
    foreseen: Foreseen | None = None
    _files: Memo[Format, bytes] = field(default_factory=Memo)

    def __post_init__(self) -> None:
        """Check the types of what compressing gave."""
        require_flag("is_true_color", self.is_true_color)
        kinds = {"picture": Picture, "settings": Settings, "point": OperatingPoint, "found": FoundPalette}
        require_fields(self, kinds | {"indexed": Indexed, "notes": tuple, "run": Run})

    def __repr__(self) -> str:
        """Return size, colours and stopping reason."""
        return f"<Result {self.width} x {self.height} in {colors_text(self.colors_used)}, {self.stopped_by}>"

    @property
    def palette(self) -> Palette:
        """(up to k, 3 or 4) uint8: used and reserved entries."""
        return self.indexed.palette

    @property
    def indices(self) -> Indices:
        """(H, W) uint8: palette index of each pixel."""
        return self.indexed.indices

    @property
    def k(self) -> int:
        """Number of colours, requested or chosen."""
        return self.point.k

    @property
    def rate(self) -> float:
        """Quality/size trade-off, requested or chosen."""
        return self.point.rate

    @property
    def losses(self) -> tuple[float, ...]:
        """Loss over all pixels, with unrounded centroids, at the start and after each pass."""
        return self.found.losses

    @property
    def history(self) -> tuple[Pass, ...]:
        """One record per pass."""
        return self.found.history

    @property
    def palettes(self) -> tuple[Palette, ...]:
        """The palette at the start and after each pass, with ``keep_history=True``."""
        return self.found.path

    @property
    def stopped_by(self) -> StoppedBy:
        """Stopping reason of K-Means: labels, shift, max_iter, lossless or fixed."""
        return self.found.stopped_by

    @property
    def iterations(self) -> int:
        """Number of passes of K-Means."""
        return len(self.history)

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.indices.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.indices.shape[0])

    @property
    def colors_used(self) -> int:
        """Number of palette entries in use; in true colour, of colours."""
        if self.is_true_color:
            return len(self.picture.histogram)
        if self.found.reserved or self.settings.orders_palette:
            return int(np.count_nonzero(self.entry_counts))
        return len(self.palette)

    @cached_property
    def entry_counts(self) -> Counts:
        """Pixel count of each palette entry."""
        counts = np.zeros(len(self.palette), np.int64)
        flat = self.indices.ravel()
        for first in range(0, len(flat), _VALUES_AT_A_TIME):
            counts += np.bincount(flat[first : first + _VALUES_AT_A_TIME], minlength=len(counts))
        return counts

    @property
    def swatches(self) -> "Swatches":
        """The palette with the share of each colour, for display or export."""
        from kalette.palettes import Swatches

        shares = self.entry_counts / self.indices.size
        return Swatches(self.palette, tuple(shares.tolist()))

    @property
    def input_bytes(self) -> int | None:
        """Size of the input file; None without a file."""
        return self.picture.input_bytes

    @property
    def output_bytes(self) -> int:
        """Size of the file in the format of the settings."""
        return len(self.to_bytes())

    @property
    def raw_bytes(self) -> int:
        """Uncompressed size: 3 bytes per pixel, or 4 with alpha."""
        return raw_bytes(self.picture.original.pixels)

    @property
    def estimated_bytes(self) -> int:
        """Size from bits per pixel and palette."""
        return estimated_bytes(self.picture.original.pixels, self.colors_used)

    @property
    def bit_depth(self) -> int:
        """Bits per index in the file, or per sample of a PNG without palette."""
        if self.settings.format == "png":
            return png_bit_depth(self.to_bytes())
        if self.settings.format == "raw":
            return least_depth(len(self.palette))
        return bit_depth(len(self.palette))

    @cached_property
    def metrics(self) -> Metrics:
        """The metrics of the output file."""
        return measure(self.picture, self.to_bytes(), run=self.run, foreseen=self.foreseen)

    @property
    def decoded(self) -> Pixels:
        """Decoded pixels of the output file, not cached; all metrics refer to them."""
        return self.metrics.decoded

    @property
    def mse(self) -> float:
        """Mean squared error between the input and the output file."""
        return self.metrics.mse

    @property
    def psnr_db(self) -> float | None:
        """Peak signal-to-noise ratio in decibels; None if lossless."""
        return self.metrics.psnr_db

    @property
    def ssim(self) -> float:
        """Structural similarity between the input and the output file."""
        return self.metrics.ssim

    @property
    def ssimulacra2(self) -> float:
        """SSIMULACRA 2 of the output file: 90 not to be told apart, 70 good, 50 fair."""
        return self.metrics.ssimulacra2

    def to_array(self) -> Pixels:
        """Return the pixels of the file, (H, W, 3 or 4) uint8: RGB, or RGBA if some are not opaque."""
        return self.picture.pixels if self.is_true_color else self.indexed.pixels

    def to_image(self) -> PillowImage:
        """Return a Pillow image of mode "P" with palette and transparency."""
        return image_from_indexed(self.indexed)

    def to_bytes(self, file_format: Format | None = None, *, run: Run | None = None) -> bytes:
        """Return the file's bytes.

        Parameters
        ----------
        file_format : {"png", "webp", "gif", "raw"} or None
            None: the format of the settings.
        run : Run or None
            Callbacks for encoding it the first time.

        Raises
        ------
        SettingsError
            When Kalette does not write such files.
        WriteError
            When the format cannot hold the picture.

        Examples
        --------
        >>> import kalette
        >>> kalette.compress(kalette.sample_pixels(8, 8)).to_bytes("gif")[:3]
        b'GIF'
        """
        wanted = self.settings.format if file_format is None else file_format
        require_format(wanted)
        carried = self.run if run is None else run
        require_run(carried)
        return self._files.get(wanted, lambda: self._encoded(wanted, carried))

    def in_true_color(self) -> "Result":
        """Return the result whose file holds the exact pixels in true colour."""
        return replace(self, is_true_color=True, _files=Memo())

    def _encoded(self, file_format: Format, run: Run) -> bytes:
        self._require_encodable(file_format)
        if file_format == "raw":
            return raw_file(self.indexed, self.settings.grid)
        write = partial(encode, file_format=file_format, effort=self.settings.effort, run=run)
        write = partial(write, metadata=self._metadata(), keeps=self._keeps)
        if self.is_true_color and file_format != "gif":
            return min((write(pixels) for pixels in self._exact_pixels()), key=len)
        return write(self.indexed)

    def _metadata(self) -> Metadata:
        """Return all metadata if they are kept, else a density without which the print size would change."""
        picture = self.picture
        if self.settings.keep_metadata:
            return picture.metadata or Metadata()
        return Metadata(density=picture.density if picture.density and picture.density.is_for_print else None)

    def _exact_pixels(self) -> Iterator[Pixels]:
        """Yield the pixels, with black clear ones and with such that continue the colours beside them."""
        pixels = self.picture.pixels
        yield pixels
        continued = pixels if self.settings.keep_hidden else continued_under_clear(pixels)
        if continued is not pixels:
            yield continued

    @property
    def _keeps(self) -> Keeps:
        """Return what a PNG preserves: reserved colours, or only the pixels if lossless."""
        if self.found.is_fixed or self.settings.orders_palette or self.colors_used < len(self.palette):
            return "order"
        return "colors" if self.found.is_lossless else "palette"

    def _require_encodable(self, file_format: Format) -> None:
        """Raise for GIF if the palette, made for another format, has partly clear entries."""
        self.settings.require_hidden_fit(file_format)
        self.settings.require_palette_order(file_format)
        if file_format == "gif" and (alpha_kinds(self.palette) == PARTIAL).any():
            raise SettingsError(
                "the palette has partly clear entries, which GIF cannot show; compress with format='gif'"
            )

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the file atomically, in the format of its extension.

        Parameters
        ----------
        path : path
            Ending in .png, .webp, .gif or .raw.
        overwrite : bool
            Replace an existing file.

        Raises
        ------
        SettingsError
            For any other extension.
        WriteError
            When the file exists or cannot be written.
        """
        place = output_path(path, overwrite)
        write_whole(place, self.to_bytes(format_of(place)), overwrite=overwrite)

    def record(self) -> dict[str, Any]:
        """Return all figures of the result without pixels, for ledgers, logs and HTTP.

        Examples
        --------
        >>> import kalette
        >>> kalette.compress(kalette.sample_pixels(8, 8), 4).record()["colors_used"]
        4
        """
        return {
            "format": self.settings.format,
            "width": self.width,
            "height": self.height,
            "frames": frame_count(self.to_bytes()),
            "k": self.k,
            "rate": self.rate,
            "colors_used": self.colors_used,
            "bit_depth": self.bit_depth,
            "input_bytes": self.input_bytes,
            "output_bytes": self.output_bytes,
            "raw_bytes": self.raw_bytes,
            "estimated_bytes": self.estimated_bytes,
            "mse": self.mse,
            "psnr_db": self.psnr_db,
            "ssim": self.ssim,
            "ssimulacra2": self.ssimulacra2,
            "iterations": self.iterations,
            "stopped_by": self.stopped_by,
            "losses": list(self.losses),
            "seconds": round(self.seconds, 6),
            "seed": self.settings.seed,
            "backend": self.backend,
            "version": __version__,
            "settings": asdict(self.settings),
            "notes": list(self.notes),
        }

    def _repr_png_(self) -> bytes:
        """Show the picture in a notebook."""
        return encode(self.to_array(), "png", "fast")
