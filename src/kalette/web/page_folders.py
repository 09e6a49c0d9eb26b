"""The folders that the page consists of, and what it may load."""

from pathlib import Path

from kalette.mapping import MASKS_FOLDER
from kalette.report import SHARED_FOLDER

PAGE_FOLDERS = {"shared": SHARED_FOLDER, "masks": MASKS_FOLDER, "": Path(__file__).parent / "page"}
"""The folders, by the path under which the page knows them."""

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self' blob: data:",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
"""Content-Security-Policy of the page, as far as a page may set it itself."""
