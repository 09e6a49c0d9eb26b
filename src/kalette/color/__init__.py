"""Colours: kinds of alpha, points of the working space, Oklab, transforms from primaries and curves."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
