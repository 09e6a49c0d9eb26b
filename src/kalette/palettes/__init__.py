"""Reading and writing palette files: hex lists, CSS, JSON, GIMP, Adobe, SVG, PNG."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
