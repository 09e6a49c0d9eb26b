"""Squared error of palettes that were searched on a grid of colours, beside those that were rounded to it.

Run:  python benchmarks/grids.py
"""

import argparse

import numpy as np

import kalette
from kalette.types import LEVELS, nearest_on_grid

SIZE = (320, 240)
KS = (16, 64, 256)


def main() -> None:
    """Print one line for each grid and number of colours."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--smoke", action="store_true", help="a small picture")
    width, height = (32, 24) if parser.parse_args().smoke else SIZE
    picture = kalette.open(kalette.sample_pixels(width, height))
    plain = kalette.Settings(dither="none", rate=0, space="srgb")
    print("| grid | k | MSE without a grid | rounded to it | searched on it |\n|---|---|---|---|---|")
    for grid in LEVELS:
        for k in KS:
            free = picture.compress(k, plain)
            rounded = np.unique(nearest_on_grid(free.palette, grid), axis=0)
            after = picture.compress(settings=plain, palette=rounded)
            on_grid = picture.compress(k, plain, grid=grid)
            print(f"| {grid} | {k} | {free.mse:.1f} | {after.mse:.1f} | {on_grid.mse:.1f} |")


if __name__ == "__main__":
    main()
