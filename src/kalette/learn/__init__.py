"""K-Means to read, in plain NumPy, and the built-in sample image.

`X` has one point per row; for an image, `X = pixels.reshape(-1, 3) / 255`. `kalette.compress` runs the same
algorithm on distinct colours with counts, in compiled code; from the same start, it finds the same centroids.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
