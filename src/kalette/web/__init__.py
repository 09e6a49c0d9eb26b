"""The web server: the page, and the HTTP API under /v1/."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
