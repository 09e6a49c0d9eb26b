"""Pinned centroids: they come first in a start."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kalette.clustering.pinned import with_pinned_first
from kalette.color import alpha_kinds, alpha_kinds_of_points, points_from_srgb


@given(
    arrays(np.uint8, st.tuples(st.integers(1, 4), st.just(4)), elements=st.sampled_from([0, 1, 128, 255])),
    arrays(
        np.uint8, st.tuples(st.integers(4, 9), st.just(4)), elements=st.sampled_from([0, 9, 77, 254, 255])
    ),
)
def test_every_kind_of_alpha_keeps_a_centroid_when_pinned_ones_are_put_first(kept, start):
    kept = np.unique(kept, axis=0)
    missing = set(alpha_kinds(start)) - set(alpha_kinds(kept))
    if len(kept) + len(missing) > len(start):
        return
    found = with_pinned_first(points_from_srgb(kept), points_from_srgb(start).astype(float))
    assert len(found) == len(start)
    np.testing.assert_array_equal(found[: len(kept)], points_from_srgb(kept))
    kinds = set(alpha_kinds_of_points(found).tolist())
    assert set(alpha_kinds(start).tolist()) <= kinds
