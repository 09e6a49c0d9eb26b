"""Pictures that the tests make by formula."""

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from kalette.arrays import Pixels

# The same examples in every run, however slow the machine.
settings.register_profile(
    "kalette", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("kalette")


@pytest.fixture
def gradient() -> Pixels:
    """64 x 48 pixels, all of different colours."""
    across, down = np.meshgrid(np.arange(64), np.arange(48))
    return np.stack([4 * across, 5 * down, 2 * across + 2 * down], axis=2).astype(np.uint8)


@pytest.fixture
def icon() -> Pixels:
    """A disc of 40 x 40 with a soft edge: clear, part-clear and opaque pixels."""
    across, down = np.meshgrid(np.arange(40) - 19.5, np.arange(40) - 19.5)
    alpha = np.clip((18 - np.sqrt(across**2 + down**2)) * 60, 0, 255)
    color = np.stack([6 * (across + 20), 6 * (down + 20), 200 - 2 * across - 2 * down], axis=2)
    return np.dstack([color, alpha]).astype(np.uint8)
