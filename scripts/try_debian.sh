#!/usr/bin/env bash
# Try the wheel of the stable ABI with a Python that this machine lacks: that of a suite of Debian, in a folder of its
# own. Prints the times of installation and demo, and runs tests of kernels, as try_wheels.py does.
#
#     apt-get install debootstrap && scripts/try_debian.sh dist [SUITE [PYTHON]]
#
# Without the other arguments, Python 3.14 of unstable. As root.
set -euo pipefail
dist=$(cd "${1:?give the folder with the wheels}" && pwd)
cd "$(dirname "$0")/.."
suite=${2:-sid}
python=${3:-python3.14}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root" # tests of permissions run as nobody

debootstrap --variant=minbase --include="$python-venv,ca-certificates" "$suite" "$root" > "$root.log" ||
    { cat "$root.log"; exit 1; }
rm "$root.log"
# What pip needs to reach the same places as here.
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
if [ -e /etc/pip.conf ]; then cp /etc/pip.conf "$root/etc/"; fi
mkdir "$root/dist" "$root/kalette"
cp "$dist"/kalette-*.whl "$root/dist/"
cp -r pyproject.toml scripts src tests "$root/kalette/"
find "$root/kalette" -name '*.so' -delete # the wheel's kernels are tried, not those of a build here
chroot "$root" env -u PIP_FIND_LINKS HOME=/root LC_ALL=C.UTF-8 "$python" /kalette/scripts/try_wheels.py /dist
