"""The vocabulary: arrays, errors, settings, limits, what a run carries along, and words for people."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
