"""A frame of an animation."""

from typing import NamedTuple

from kalette.types.arrays import Pixels
from kalette.types.indexed import Indexed


class Frame(NamedTuple):
    """A frame of an animation, as it is shown.

    Parameters
    ----------
    picture : Indexed or ndarray
        Indexed, or (H, W, 3 or 4) uint8 pixels.
    delay_ms : int
        How long it is shown.
    """

    picture: Indexed | Pixels
    delay_ms: int

    @property
    def pixels(self) -> Pixels:
        """The colours of the pixels, (H, W, 3 or 4) uint8."""
        return self.picture.pixels if isinstance(self.picture, Indexed) else self.picture
