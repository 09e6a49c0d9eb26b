"""Extent of the long tests: a sample, or everything with KALETTE_TESTS=full."""

import os

FULL = os.environ.get("KALETTE_TESTS") == "full"
