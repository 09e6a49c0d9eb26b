"""The built-in sample image, drawn by the project's own code."""

from kalette.sample.scene import sample_pixels

__all__ = ["sample_pixels"]
