"""
Compare numbers of colours
==========================

The same picture with several k, side by side, and the k that Kalette recommends.
"""

import matplotlib.pyplot as plt

import kalette
from kalette import figures

pixels = kalette.sample_pixels(384, 256)
comparison = kalette.compare(pixels, ks=[2, 4, 8, 16, 32])
figures.comparison_grid([row.result for row in comparison.rows])

# %%
# The error over every k is estimated from the histogram alone. The recommended k is the knee of the curve.

print(comparison.recommended_k, comparison.reason)

figure, axes = plt.subplots(figsize=(7, 3), layout="constrained")
axes.plot([point.k for point in comparison.curve], [point.mse**0.5 for point in comparison.curve])
axes.axvline(comparison.recommended_k, color="gray", linestyle=":")
axes.set(xlabel="number of colours", ylabel="RMS error (0 to 255)")
plt.show()
