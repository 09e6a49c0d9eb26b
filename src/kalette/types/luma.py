"""Luma: the brightness of a picture's bytes (Rec. ITU-R BT.601)."""

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue."""
