"""How much of the long tests is run: a sample, or with KALETTE_TESTS=full all of it."""

import os

FULL = os.environ.get("KALETTE_TESTS") == "full"
