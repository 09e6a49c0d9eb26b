"""`kalette --version`."""

from shell import run


def test_version_names_all_that_decides_the_bytes():
    done = run("--version")
    for name in ("kalette 0.", "kernels native", "deflate", "numpy", "pillow", "webp", "jpeg"):
        assert name in done.stdout
