"""The kernels in NumPy: the specification of the compiled ones, and what runs where those are missing.

The same arguments give the same bits and the same error texts as `native/`. `threads` changes nothing here.
"""

from kalette.kernels.reference.centroids import (
    CHUNK,
    assign,
    move_costs,
    pairwise_squared_distances,
    removal_costs,
)
from kalette.kernels.reference.masked import map_masked
from kalette.kernels.reference.perceptual import activity, oklab
from kalette.kernels.reference.pixels import count_colors, map_colors, squared_error
from kalette.kernels.reference.rows import unfilter
from kalette.kernels.reference.splitting import split_clusters
from kalette.kernels.reference.weighed import map_weighed
from kalette.kernels.reference.windows import similarity

INSTRUCTION_SET = "numpy"

__all__ = [
    "CHUNK",
    "INSTRUCTION_SET",
    "activity",
    "assign",
    "count_colors",
    "map_colors",
    "map_masked",
    "map_weighed",
    "move_costs",
    "oklab",
    "pairwise_squared_distances",
    "removal_costs",
    "similarity",
    "split_clusters",
    "squared_error",
    "unfilter",
]
