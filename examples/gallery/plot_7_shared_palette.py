"""
One palette for several pictures
================================

Histograms merge, so a palette can serve many pictures: the sprites of a game, the frames of an animation.
"""

import matplotlib.pyplot as plt
import numpy as np

import kalette

day = kalette.sample_pixels(288, 192)
night = (day * np.array([0.35, 0.4, 0.7])).astype(np.uint8)
shared = kalette.shared_palette([day, night], 24)
results = [kalette.compress(each, palette=shared) for each in (day, night)]

figure, axes = plt.subplots(1, 2, figsize=(8, 2.9), layout="constrained")
for result, place in zip(results, axes, strict=True):
    place.imshow(result.to_array())
    place.set_title(f"{result.colors_used} of the 24 colours", fontsize=10)
    place.set_axis_off()
plt.show()

# %%
# Both files have the same palette in the same order, so an index means the same colour in both.

assert (results[0].palette == results[1].palette).all()
