"""
Watch the centroids
===================

The colours of a picture as points in space, the centroids among them, and what each pass did.
"""

import kalette
from kalette import figures

pixels = kalette.sample_pixels(192, 128)
result = kalette.compress(pixels, k=4, init="random", seed=3, keep_history=True)
figures.color_plot([result])

# %%
# The loss never rises:

for number, done in enumerate(result.history[:5], start=1):
    print(f"pass {number}: loss {done.loss:,.0f}, {done.changed:,} labels changed")
