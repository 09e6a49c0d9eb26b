"""
Export a palette
================

The colours of a picture, sorted, in the formats of drawing programs.
"""

import matplotlib.pyplot as plt

import kalette

swatches = kalette.compress(kalette.sample_pixels(384, 256), k=8).swatches.sorted_by("hue")
for code, share in zip(swatches, swatches.shares, strict=True):
    print(f"{code}  {share:6.1%}")

# %%
# A bar for each colour, as wide as its share of the pixels:

figure, axes = plt.subplots(figsize=(7, 0.8), layout="constrained")
left = 0.0
for code, share in zip(swatches, swatches.shares, strict=True):
    axes.barh(0, share, left=left, color=code)
    left += share
axes.set_axis_off()
plt.show()

# %%
# The same as a style sheet; ``swatches.save("colors.ase")`` writes a file for Illustrator.

print(swatches.to_bytes("css").decode())
