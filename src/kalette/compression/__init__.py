"""Compression: open a picture, find its palette, render and encode it, measure the file."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
