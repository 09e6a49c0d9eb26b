"""GIF encoding of an indexed picture, with Pillow."""

import io

from kalette.reading import Metadata
from kalette.types import Indexed
from kalette.writing.pillow import clear_entries, opaque_image, require_sides

_MAX_SIDE = 65535


def gif_bytes(indexed: Indexed, metadata: Metadata) -> bytes:
    """Encode a GIF; the bytes do not depend on the order of the entries.

    Raises
    ------
    WriteError
        When a side is longer than the format allows.
    """
    palette, indices = indexed
    require_sides(indices.shape, _MAX_SIDE, "GIF")
    image = opaque_image(palette, indices)
    clear = clear_entries(palette)
    transparency = {"transparency": clear[0]} if clear else {}
    out = io.BytesIO()
    comment = "\n".join(text for _, text in metadata.texts).encode("utf-8", "replace")
    image.save(out, "GIF", optimize=False, comment=comment, **transparency)
    return out.getvalue()
