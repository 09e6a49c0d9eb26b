"""
Against other quantizers
========================

The same number of colours from Pillow's median cut and octree, and from Kalette as plain K-Means.
"""

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

import kalette

pixels = kalette.sample_pixels(384, 256)
image = Image.fromarray(pixels)
versions = {
    "median cut": image.quantize(16),
    "octree": image.quantize(16, method=Image.Quantize.FASTOCTREE),
    "Kalette, plain K-Means": kalette.quantize(image, 16, dither="none", space="srgb", rate=0),
    "Kalette, default": kalette.quantize(image, 16),
}

figure, axes = plt.subplots(2, 2, figsize=(8, 5.8), layout="constrained")
for (name, version), place in zip(versions.items(), axes.flat, strict=True):
    shown = np.asarray(version.convert("RGB"))
    mse = ((shown.astype(float) - pixels) ** 2).mean()
    place.imshow(shown)
    place.set_title(f"{name}: MSE {mse:.0f}", fontsize=10)
    place.set_axis_off()
plt.show()
