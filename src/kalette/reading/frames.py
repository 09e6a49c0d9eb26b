"""The frames of an animation, each as it is shown."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from kalette.color import without_alpha
from kalette.reading.avif_timing import avif_timing
from kalette.reading.decoding import box_colors
from kalette.reading.decoding_errors import decoding_errors
from kalette.reading.images import Source, file_of, pixels_of_frame, read
from kalette.reading.opening import known_format, open_header
from kalette.reading.stills import Still, Stills, stills_of
from kalette.reading.structure import Structure, examine
from kalette.types import DEFAULT_LIMITS, Frame, Limits, Pixels, ReadError

_SHORT_MS, _BROWSER_MS = 10, 100  # browsers show frames of up to 10 ms for 100
_SHORT_NOTE = "delays of 0 and 10 ms became 100 ms, as browsers show them"


@dataclass(frozen=True)
class FrameSequence:
    """An animation that is decoded anew each time it is iterated over; one frame is held at a time.

    Parameters
    ----------
    name : str
        Name in messages.
    size : tuple of int
        Width and height.
    frame_count : int
        Number of frames, at least 1.
    loops : int
        How often it is shown; 0 is for ever.
    input_bytes : int or None
        Size of its file; None without a file.
    notes : tuple of str
        Notes for the user.
    decode : callable
        Returns an iterator over the frames: (H, W, 3 or 4) uint8 sRGB.
    """

    name: str
    size: tuple[int, int]
    frame_count: int
    loops: int
    input_bytes: int | None
    notes: tuple[str, ...]
    decode: Callable[[], Iterator[Frame]] = field(repr=False)

    def __iter__(self) -> Iterator[Frame]:
        """Decode the frames in order."""
        return self.decode()


def open_frames(
    source: Source, *, limits: Limits = DEFAULT_LIMITS, name: str = "the input"
) -> FrameSequence | None:
    """Open an animated GIF, PNG, WebP or AVIF; None for a file with a single image.

    Each frame is the canvas as it is shown, after blending and the disposal of the frame before; the place of
    a frame disposed of is clear. Parts of a frame beyond the canvas are cut off. An image before the first
    frame of a PNG is no frame.

    Parameters
    ----------
    source : path, bytes or binary file
        The animation.
    limits : Limits
        Limits on the file, on frames, and on pixels summed over the frames.
    name : str
        Name in messages, for bytes and unnamed streams.

    Raises
    ------
    KaletteError
        When Kalette cannot read the file.

    Examples
    --------
    >>> import kalette
    >>> open_frames(kalette.compress(kalette.sample_pixels(8, 8), 4, format="gif").to_bytes()) is None
    True
    """
    label, data = file_of(source, name, limits)
    file_format = known_format(data, label)
    structure = examine(data, file_format, limits.max_frames)
    limits.require_frames(label, structure.frames)
    with decoding_errors(label):
        if structure.fault:
            raise ReadError(f"{label} cannot be read ({structure.fault}); get it again")
    if file_format == "AVIF":
        return _of_avif(data, label, limits, structure) if structure.frames > 1 else None
    with decoding_errors(label):
        stills = stills_of(data, file_format)
    if stills is None or len(stills.frames) < 2:
        return None
    width, height = structure.size or (stills.width, stills.height)
    stills = stills._replace(width=width, height=height)
    _require_within(stills, label, limits)
    return FrameSequence(
        name=label,
        size=(width, height),
        frame_count=len(stills.frames),
        loops=stills.loops,
        input_bytes=len(data),
        notes=(_SHORT_NOTE,) if any(still.delay_ms <= _SHORT_MS for still in stills.frames) else (),
        decode=lambda: _shown_frames(stills, label, limits),
    )


def _of_avif(data: bytes, name: str, limits: Limits, structure: Structure) -> FrameSequence:
    """Open an AVIF, whose frames Pillow decodes as they are shown."""
    limits.require_size(name, *(structure.size or (0, 0)), frames=structure.frames)
    with open_header(data, "AVIF", name) as image:
        frame_count: int = getattr(image, "n_frames", 1)
        limits.require_frames(name, frame_count)
        limits.require_size(name, *image.size, frames=frame_count)
    height, width = next(_avif_frames(data, name, 1)).pixels.shape[:2]
    timing = avif_timing(data)
    return FrameSequence(
        name=name,
        size=(width, height),
        frame_count=frame_count,
        loops=timing.loops,
        input_bytes=len(data),
        notes=(_SHORT_NOTE,) if timing.shortest_ms <= _SHORT_MS else (),
        decode=lambda: _avif_frames(data, name, frame_count),
    )


def _avif_frames(data: bytes, name: str, count: int) -> Iterator[Frame]:
    with open_header(data, "AVIF", name) as image:
        for number in range(count):
            label = f"frame {number + 1} of {name}"
            with decoding_errors(label):
                image.seek(number)
                image.load()
            delay_ms = image.info["duration"]
            pixels = pixels_of_frame(image, box_colors(image, data), label)
            yield Frame(pixels, _BROWSER_MS if delay_ms <= _SHORT_MS else delay_ms)


def _require_within(stills: Stills, name: str, limits: Limits) -> None:
    limits.require_frames(name, len(stills.frames))
    limits.require_size(name, stills.width, stills.height, frames=len(stills.frames))
    if stills.width == 0 or stills.height == 0:
        raise ReadError(f"{name} is {stills.width} x {stills.height}; it has no pixels, so get it again")
    for still in stills.frames:
        limits.require_size(f"a frame of {name}", still.width, still.height)
    stored = sum(still.width * still.height for still in stills.frames)
    limits.require_stored(name, len(stills.frames), stored)


def _shown_frames(stills: Stills, name: str, limits: Limits) -> Iterator[Frame]:
    canvas = np.zeros((stills.height, stills.width, 4), np.uint8)
    before, carried_ms = canvas, 0.0
    for number, still in enumerate(stills.frames, 1):
        if still.disposal == "previous":
            before = canvas.copy()
        _draw(canvas, still, f"frame {number} of {name}", limits)
        delay_ms = _BROWSER_MS if still.delay_ms <= _SHORT_MS else still.delay_ms
        carried_ms += delay_ms
        whole_ms = round(carried_ms)
        carried_ms -= whole_ms
        yield Frame(_without_opaque_alpha(canvas), whole_ms)
        if still.disposal == "background":
            canvas[_place_of(still)] = 0
        elif still.disposal == "previous":
            canvas[_place_of(still)] = before[_place_of(still)]


def _place_of(still: Still) -> tuple[slice, slice]:
    return slice(still.top, still.top + still.height), slice(still.left, still.left + still.width)


def _draw(canvas: Pixels, still: Still, name: str, limits: Limits) -> None:
    if not still.data:
        return
    pixels = read(still.data, name=name, limits=limits).pixels
    place = canvas[_place_of(still)]
    pixels = pixels[: place.shape[0], : place.shape[1]]
    if pixels.shape[2] == 3:
        place[..., :3], place[..., 3] = pixels, 255
    elif not still.blends:
        place[...] = np.where(pixels[..., 3:] == 0, np.uint8(0), pixels)
    else:
        over = pixels[..., 3] == 255
        if ((pixels[..., 3] > 0) & ~over).any():
            blended = Image.alpha_composite(Image.fromarray(place), Image.fromarray(pixels))
            place[...] = np.asarray(blended)
        else:
            place[over] = pixels[over]


def _without_opaque_alpha(canvas: Pixels) -> Pixels:
    """Return a copy of the canvas, without alpha if all of it is opaque."""
    if (canvas[..., 3] == 255).all():
        return without_alpha(canvas)
    return np.where(canvas[..., 3:] == 0, np.uint8(0), canvas)
