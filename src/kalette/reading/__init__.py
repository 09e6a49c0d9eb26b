"""Reading images: files within limits, their structure, decoding, orientation, profiles, depths, metadata."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
