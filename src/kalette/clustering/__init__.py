"""K-Means on histograms: counting, seeding, search, Lloyd's loop, rounding, the error for every k."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
