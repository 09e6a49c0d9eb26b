#!/usr/bin/env bash
# Try the aarch64 wheel of Python 3.11 on Debian without such a machine: under qemu-user, with Debian's own Python for
# arm64. Prints the hashes of files that Kalette makes there and here, which must be equal, and runs tests of kernels.
#
#     apt-get install qemu-user-static && scripts/try_aarch64.sh dist [TEST...]
#
# "Here" is the `python3` on PATH, with the same version of Kalette. As root: apt learns of arm64 for the downloads.
set -euo pipefail
dist=$(cd "${1:?give the folder with the wheels}" && pwd)
cd "$(dirname "$0")/.."
shift
tests=("${@:-tests/color}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python=(qemu-aarch64-static -L "$work/root" -E "PYTHONPATH=$work/site" -E "PYTHONHOME=$work/root/usr"
    "$work/root/usr/bin/python3.11" -B)
hashes='
import hashlib, kalette
for options in ({}, {"effort": "best"}, {"init": "wu"}, {"grid": "rgb565", "format": "raw"}, {"dither": "blue-noise"}):
    result = kalette.compress(kalette.sample_pixels(96, 64), 16, **options)
    assert result.backend == "native"
    print(options, hashlib.sha256(result.to_bytes()).hexdigest()[:32], result.ssimulacra2)
'

dpkg --add-architecture arm64
trap 'dpkg --remove-architecture arm64; rm -rf "$work"' EXIT
apt-get update -qq
chmod 755 "$work"
mkdir "$work/debs" "$work/site"
names=(python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libc6 libexpat1 zlib1g libssl3 libffi8 libstdc++6
    libgcc-s1 libbz2-1.0 liblzma5 libsqlite3-0 libuuid1 libncursesw6 libtinfo6 libreadline8 libcrypt1)
(cd "$work/debs" && apt-get download -qq "${names[@]/%/:arm64}" 2>/dev/null)
for package in "$work"/debs/*.deb; do dpkg -x "$package" "$work/root"; done

platforms=()
for version in 2_17 2_24 2_26 2_27 2_28; do platforms+=(--platform "manylinux_${version}_aarch64"); done
python3 -m pip install --quiet --target "$work/site" --only-binary :all: --python-version 3.11 \
    --implementation cp --abi cp311 --abi abi3 --abi none "${platforms[@]}" --platform manylinux2014_aarch64 \
    numpy pillow click rich deflate lazy_loader pyoxipng pytest hypothesis scikit-learn
python3 -m pip install --quiet --target "$work/site" --no-deps --only-binary :all: --python-version 3.11 \
    "${platforms[@]}" "$dist"/kalette-*-cp311-cp311-*aarch64.whl

diff <(python3 -c "$hashes") <("${python[@]}" -c "$hashes")
echo "aarch64 gives the same files as this machine"
"${python[@]}" -m pytest -q -p no:cacheprovider "${tests[@]}"
