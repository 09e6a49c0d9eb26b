"""
Compress a picture
==================

From pixels to an indexed PNG, with figures that are measured on the written file.
"""

import kalette

pixels = kalette.sample_pixels(384, 256)
result = kalette.compress(pixels, k=16)
result

# %%
# A result knows its palette, the entry of each pixel, and what the file is like.

print(result.palette[:4])
print(f"{result.output_bytes:,} bytes of {result.raw_bytes:,}, {result.psnr_db:.1f} dB")
print(f"SSIMULACRA 2: {result.ssimulacra2:.1f}")

# %%
# With 256 colours and the smallest file of a given quality:

good = kalette.compress(pixels, quality=70)
print(f"{good.output_bytes:,} bytes, score {good.ssimulacra2:.1f}, {good.colors_used} colours")
good
