"""Pixels to palette entries: the nearest one, with the error spread over the neighbours, or by a mask."""
