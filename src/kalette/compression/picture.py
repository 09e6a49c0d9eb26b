"""A picture: an image that is read and counted once, for any number of compressions."""

import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Unpack

import numpy as np

from kalette.clustering import Histogram, count
from kalette.color import with_alpha
from kalette.compression.constraints import Constraints
from kalette.reading import Density, Metadata, Source, read
from kalette.types import (
    DEFAULT_LIMITS,
    Limits,
    Memo,
    Pixels,
    Run,
    Settings,
    SettingsError,
    is_bytes,
    require_fields,
    require_flag,
    require_kind,
    require_run,
    tells_of_memory,
    wrong,
)

if TYPE_CHECKING:
    from kalette.clustering import CurvePoint
    from kalette.compression.options import CompressOptions
    from kalette.compression.result import Result

_CLEAR_BELOW = 128  # alpha threshold for formats and palettes without partial transparency


@dataclass(frozen=True, eq=False, repr=False)
class Picture:
    """A decoded image with its histogram; it depends on the file only, so it can be reused.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8 sRGB.
    name : str
        Name in messages.
    input_bytes : int or None
        Size of its file; None without a file.
    metadata : Metadata or None
        Metadata to keep; None unless asked for.
    notes : tuple of str
        Notes for the user.
    seconds : float
        Time to read the image.
    density : Density or None
        Pixels per metre, as the file gives them.
    source : Picture or None
        The original picture, if this one is adapted to a format or palette.

    Examples
    --------
    >>> import kalette
    >>> picture = kalette.open(kalette.sample_pixels(48, 32))
    >>> [picture.compress(k).colors_used for k in (2, 16)]
    [2, 16]
    """

    pixels: Pixels
    name: str
    input_bytes: int | None = None
    metadata: Metadata | None = None
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    density: Density | None = None
    source: "Picture | None" = None
    _histogram: Memo[None, Histogram] = field(default_factory=Memo, init=False)

    def __post_init__(self) -> None:
        """Check the types of what was read."""
        if not is_bytes(self.pixels, 3) or not self.pixels.size:
            raise wrong("pixels", self.pixels, "give an array (H, W, 3 or 4) of uint8, or use kalette.open")
        require_fields(self, {"name": str, "notes": tuple})
        require_kind("source", self.source, Picture | None, "give the picture as read, or None")

    def __repr__(self) -> str:
        """Return name and size."""
        return f"<Picture {self.name}: {self.width} x {self.height}>"

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])

    @property
    def original(self) -> "Picture":
        """The picture as read, against which quality is measured."""
        return self.source or self

    @property
    def histogram(self) -> Histogram:
        """Distinct colours with counts; counted once."""
        return self.count()

    def count(self, *, run: Run | None = None) -> Histogram:
        """Return the histogram; a run gives the threads for counting it the first time.

        Examples
        --------
        >>> picture = Picture(np.eye(3, dtype=np.uint8)[None], "the array")
        >>> picture.count(run=Run(threads=2)) is picture.histogram
        True
        """
        wanted = Run() if run is None else run
        require_run(wanted)
        return self._histogram.get(None, lambda: count(self.pixels, run=wanted))

    def curve(self, *, run: Run | None = None) -> "tuple[CurvePoint, ...]":
        """Return the estimated error for each k, from the histogram.

        Examples
        --------
        >>> picture = Picture(np.eye(3, dtype=np.uint8)[None], "the array")
        >>> [point.k for point in picture.curve()]
        [2, 3]
        """
        from kalette.clustering import quality_curve

        wanted = Run() if run is None else run
        require_run(wanted)
        return quality_curve(self.count(run=wanted), run=wanted)

    def compress(
        self,
        k: int | Literal["auto"] | None = None,
        settings: Settings | None = None,
        **options: "Unpack[CompressOptions]",
    ) -> "Result":
        """Compress the picture like `kalette.compress`, without reading and counting again."""
        from kalette.compression.pipeline import compress

        return compress(self, k, settings, **options)

    def shown(self, constraints: Constraints, settings: Settings) -> tuple["Picture", tuple[str, ...]]:
        """Adapt the picture to format and constraints, with notes on what changes.

        Without partial transparency, partly clear pixels become clear or opaque. Hidden colours become black
        unless they are kept.
        """
        require_kind("constraints", constraints, Constraints, "give Constraints.of(settings)")
        require_kind("settings", settings, Settings, "give kalette.Settings(...)")
        picture, notes = self, tuple[str, ...]()
        if constraints.has_alpha:
            picture = picture._with_alpha
        if picture.pixels.shape[2] == 3:
            return picture, notes
        if settings.format == "gif" or constraints.forbids_partial_alpha:
            notes = picture._notes_on_partial_alpha(constraints)
            picture = picture._with_binary_alpha
        return picture if settings.keep_hidden else picture._without_hidden, notes

    @cached_property
    def _with_alpha(self) -> "Picture":
        return self._adapted(with_alpha(self.pixels))

    @cached_property
    def _with_binary_alpha(self) -> "Picture":
        solid = self.pixels.copy()
        solid[..., 3] = np.where(self.pixels[..., 3] < _CLEAR_BELOW, np.uint8(0), np.uint8(255))
        return self._adapted(solid)

    @cached_property
    def _without_hidden(self) -> "Picture":
        return self._adapted(np.where(self.pixels[..., 3:] == 0, np.uint8(0), self.pixels))

    def _adapted(self, pixels: Pixels) -> "Picture":
        """Return the picture with other pixels; itself if they are equal."""
        if pixels.shape == self.pixels.shape and np.array_equal(pixels, self.pixels):
            return self
        return replace(self, pixels=pixels, source=self.original)

    def _notes_on_partial_alpha(self, constraints: Constraints) -> tuple[str, ...]:
        alpha = self.pixels[..., 3]
        if not bool(((alpha > 0) & (alpha < 255)).any()):
            return ()
        who = "the fixed palette" if constraints.forbids_partial_alpha else "GIF"
        return (
            f"{who} has no partial transparency: alpha below {_CLEAR_BELOW} became clear, the rest opaque",
        )


@tells_of_memory
def open_picture(
    source: Source | Picture,
    *,
    limits: Limits = DEFAULT_LIMITS,
    first_frame: bool = False,
    keep_metadata: bool = False,
    run: Run | None = None,
) -> Picture:
    """Read an image once, to compress it any number of times.

    Parameters
    ----------
    source : path, bytes, binary file, PIL.Image.Image, array or Picture
        The image; see `kalette.compress`. A picture is returned as it is.
    limits : Limits
        Limits on a file, and whether truncated files are allowed.
    first_frame : bool
        Take the first frame of an animation, which is an error otherwise.
    keep_metadata : bool
        Keep the metadata that remain valid.
    run : Run or None
        Threads.

    Raises
    ------
    KaletteError
        With a sentence on the value, the rule and the way out.

    Examples
    --------
    >>> open_picture(np.zeros((2, 3), np.uint8))
    <Picture the array: 3 x 2>
    """
    run = Run() if run is None else run
    require_run(run)
    require_flag("first_frame", first_frame)
    require_flag("keep_metadata", keep_metadata)
    if isinstance(source, Picture):
        if keep_metadata and source.metadata is None:
            raise SettingsError(
                "keep_metadata is set, but the picture was opened without it; open it with it"
            )
        return source
    started = time.perf_counter()
    image = read(
        source, first_frame=first_frame, limits=limits, keep_metadata=keep_metadata, threads=run.threads
    )
    return Picture(
        image.pixels,
        image.name,
        image.input_bytes,
        image.metadata,
        image.notes,
        time.perf_counter() - started,
        image.density,
    )


open = open_picture  # noqa: A001 - the public name, as in Pillow
