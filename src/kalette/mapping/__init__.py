"""Mapping pixels to palette entries: nearest, error diffusion with rate-distortion optimisation, threshold masks."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
