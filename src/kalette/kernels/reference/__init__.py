"""The kernels in NumPy: the specification of the compiled ones, and their substitute where those are missing.

The same arguments give the same bits and the same error texts as in `native/`. `threads` has no effect here.
"""

from kalette.kernels.reference.activity import activity
from kalette.kernels.reference.centroids import (
    CHUNK,
    assign,
    move_costs,
    pairwise_squared_distances,
    removal_costs,
)
from kalette.kernels.reference.code_lzw import code_lzw
from kalette.kernels.reference.count_colors import count_colors
from kalette.kernels.reference.cube_means import cube_means
from kalette.kernels.reference.last_block import last_block
from kalette.kernels.reference.map_colors import map_colors
from kalette.kernels.reference.map_lzw import map_lzw
from kalette.kernels.reference.oklab import oklab
from kalette.kernels.reference.rate_distortion import map_rate_distortion
from kalette.kernels.reference.similarity import similarity
from kalette.kernels.reference.split_clusters import split_clusters
from kalette.kernels.reference.squared_error import squared_error
from kalette.kernels.reference.ssimulacra2 import ssimulacra2
from kalette.kernels.reference.steady import steady
from kalette.kernels.reference.threshold import map_threshold
from kalette.kernels.reference.unfilter import unfilter

INSTRUCTION_SET = "numpy"

__all__ = [
    "CHUNK",
    "INSTRUCTION_SET",
    "activity",
    "assign",
    "code_lzw",
    "count_colors",
    "cube_means",
    "last_block",
    "map_colors",
    "map_lzw",
    "map_rate_distortion",
    "map_threshold",
    "move_costs",
    "oklab",
    "pairwise_squared_distances",
    "removal_costs",
    "similarity",
    "split_clusters",
    "squared_error",
    "ssimulacra2",
    "steady",
    "unfilter",
]
