"""Points in sixteenths of a byte step, and error diffusion on them."""

ALPHA_BOUND = 512 * 16  # alpha above it is opaque, below its negative clear

# The Floyd-Steinberg filter, in sixteenths of an error.
TO_RIGHT, TO_BELOW_LEFT, TO_BELOW, TO_BELOW_RIGHT = 7, 3, 5, 1
ERROR_SHIFT = 12  # carried errors are in 4096ths: 16ths of the filter, 256ths of a strength
