"""Which part of each frame is stored, and what becomes of it after the frame."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.compression.solid import differing
from kalette.types import Format, Frame, Pixels
from kalette.writing import Disposal

Place = tuple[slice, slice]


class Storage(NamedTuple):
    """What a format can store of a frame.

    Parameters
    ----------
    crops_first : bool
        Whether the first frame may be less than the canvas, which is clear around it.
    step : int
        Pixels of which left and top of a part are multiples.
    restores : bool
        Whether what was shown before a frame can be shown again after it.
    """

    crops_first: bool = False
    step: int = 1
    restores: bool = True


STORAGES: dict[Format, Storage] = {
    "gif": Storage(crops_first=True),
    "png": Storage(),
    "webp": Storage(crops_first=True, step=2, restores=False),
}
_ANY = Storage()


class PlannedFrame(NamedTuple):
    """A frame and the part of it that is stored.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 4) uint8, as shown.
    before : ndarray
        The same for what is shown before it is drawn.
    delay_ms : int
        How long it is shown.
    place : tuple of two slices
        Rows and columns of the part.
    disposal : {"keep", "background", "previous"}
        What becomes of the part after the frame.
    """

    pixels: Pixels
    before: Pixels
    delay_ms: int
    place: Place
    disposal: Disposal


def planned(frames: Iterable[Frame], storage: Storage = _ANY) -> Iterator[PlannedFrame]:
    """Plan an animation, one frame ahead; frames equal to the one before are merged with it.

    A part holds every pixel that changes. A pixel becomes clear by disposal alone, so the part of the frame
    before holds it too.

    Parameters
    ----------
    frames : iterable of Frame
        Of (H, W, 4) uint8 pixels, all of one size.
    storage : Storage
        What the format can store.

    Examples
    --------
    >>> black, white = np.zeros((1, 4, 4), np.uint8), np.zeros((1, 4, 4), np.uint8)
    >>> black[..., 3] = white[..., 3] = 255
    >>> white[0, 2, :3] = 255
    >>> [each.place[1] for each in planned([Frame(black, 40), Frame(black, 40), Frame(white, 40)])]
    [slice(0, 4, None), slice(2, 3, None)]
    """
    ahead = _merged(frames)
    current = next(ahead)
    before, place = np.zeros_like(current.pixels), _whole(current.pixels)
    if storage.crops_first:
        place = _place_of(current.pixels[..., 3] > 0, storage)
    for following in _with_end(ahead):
        shown = current.pixels
        frame = PlannedFrame(shown, before, current.delay_ms, place, "keep")
        if following is None:
            yield frame
            return
        frame, before = _with_disposal(frame, following.pixels, storage)
        yield frame
        current = following
        place = _place_of(differing(following.pixels, before), storage)


def _with_end(frames: Iterator[Frame]) -> Iterator[Frame | None]:
    yield from frames
    yield None


def _merged(frames: Iterable[Frame]) -> Iterator[Frame]:
    waiting: Frame | None = None
    for frame in frames:
        if waiting is not None and np.array_equal(frame.pixels, waiting.pixels):
            waiting = waiting._replace(delay_ms=waiting.delay_ms + frame.delay_ms)
            continue
        if waiting is not None:
            yield waiting
        waiting = frame
    if waiting is not None:
        yield waiting


def _with_disposal(frame: PlannedFrame, following: Pixels, storage: Storage) -> tuple[PlannedFrame, Pixels]:
    """Return the frame with the disposal after which the fewest pixels change, and what is shown then."""
    erased = (frame.pixels[..., 3] > 0) & (following[..., 3] == 0)
    if not erased.any():
        return frame, frame.pixels
    place = _place_of(erased | _mask_of(frame.place, erased.shape), storage)
    cleared = frame.pixels.copy()
    cleared[place] = 0
    choices: list[tuple[PlannedFrame, Pixels]] = [
        (frame._replace(place=place, disposal="background"), cleared)
    ]
    if storage.restores and not (erased & (frame.before[..., 3] > 0)).any():
        choices.append((frame._replace(disposal="previous"), frame.before))
    return min(choices, key=lambda choice: np.count_nonzero(differing(choice[1], following)))


def _whole(pixels: Pixels) -> Place:
    return slice(0, pixels.shape[0]), slice(0, pixels.shape[1])


def _mask_of(place: Place, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    mask = np.zeros(shape, bool)
    mask[place] = True
    return mask


def _place_of(mask: NDArray[np.bool_], storage: Storage) -> Place:
    """Return the smallest rectangle around a mask that can be stored; one pixel if it is empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return slice(0, 1), slice(0, 1)
    top, left = (int(each[0]) // storage.step * storage.step for each in (rows, columns))
    return slice(top, int(rows[-1]) + 1), slice(left, int(columns[-1]) + 1)
