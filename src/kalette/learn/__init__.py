"""K-Means for readers, in NumPy and nothing else, and the built-in sample image.

`X` holds one point a row: an image becomes one by `pixels.reshape(-1, 3) / 255`. `kalette.compress` does the
same on distinct colours with counts, in compiled code, and comes to the same numbers from the same start.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
