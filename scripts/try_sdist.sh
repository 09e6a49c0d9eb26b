#!/usr/bin/env bash
# Build the source archive into a folder; build a wheel from it where no compiler is on PATH, with Zig; try that.
set -euo pipefail
output=$(mkdir -p "${1:?give a folder for the archive}" && cd "$1" && pwd)
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=$(python3 -c 'import sys; print(sys.executable)')
"$python" -m build --sdist --outdir "$output" .
archive=$(ls -t "$output"/kalette-*.tar.gz | head -n 1)
"$python" -m venv "$work/venv"
# A PATH without c++, g++, clang++, but with what pip, CMake and Zig call.
mkdir "$work/bin"
for tool in sh env uname cat git; do
    ln -s "$(command -v $tool)" "$work/bin/$tool"
done
env -u CXX PATH="$work/bin" "$work/venv/bin/python" -m pip install --quiet "$archive"
"$work/venv/bin/kalette" demo -o "$work/demo"
