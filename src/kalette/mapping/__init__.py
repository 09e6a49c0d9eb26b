"""Pixels to palette entries: the nearest one, or with the error spread over the neighbours."""
