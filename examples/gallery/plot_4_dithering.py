"""
Dithering
=========

Eight colours, mixed in five ways. A mixture looks closer from a distance, and takes more bytes.
"""

import matplotlib.pyplot as plt

import kalette

picture = kalette.open(kalette.sample_pixels(384, 256))
methods = ("none", "auto", "diffusion", "blue-noise", "ordered")
results = [picture.compress(8, dither=method) for method in methods]

figure, axes = plt.subplots(1, 5, figsize=(11, 2.9), layout="constrained")
for method, result, place in zip(methods, results, axes, strict=True):
    place.imshow(result.to_array()[60:180, 60:180], interpolation="nearest")
    place.set_title(f"{method}\n{result.output_bytes / 1000:.1f} KB", fontsize=10)
    place.set_axis_off()
plt.show()

# %%
# SSIMULACRA 2 follows the eye better than the squared error, which no dithering lowers.

for method, result in zip(methods, results, strict=True):
    print(f"{method:10}  {result.ssimulacra2:6.1f}  {result.psnr_db:.1f} dB")
