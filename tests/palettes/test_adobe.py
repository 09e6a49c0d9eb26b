"""Swatches of Adobe's programs: Swatch Exchange (.ase) and Photoshop (.aco)."""

import struct

import numpy as np

import kalette
from kalette.palettes import Swatches
from palette_cases import GREY, NO_NAME, RED, ase, ase_block, read


def test_swatch_exchange_follows_the_published_format():
    """Signature, version 1.0, then blocks of type 1, length, UTF-16 name, RGB floats, kind normal."""
    name = "#0000ff 100.0 %"
    block = struct.pack(">H", len(name) + 1) + name.encode("utf-16-be") + b"\0\0RGB "
    block += struct.pack(">fff", 0, 0, 1) + b"\0\2"
    expected = b"ASEF\0\1\0\0\0\0\0\1\0\1" + struct.pack(">I", len(block)) + block
    assert Swatches(np.array([[0, 0, 255]], np.uint8), (1.0,)).to_bytes("ase") == expected


def test_photoshop_swatches_follow_the_published_format():
    """Version 1 without names, then version 2 with them; channels of 16 bits."""
    color = bytes.fromhex("0000 ffff 8080 0000 0000")
    name = bytes.fromhex("00000008") + "#ff8000\0".encode("utf-16-be")
    expected = bytes.fromhex("0001 0001") + color + bytes.fromhex("0002 0001") + color + name
    assert Swatches(np.array([[255, 128, 0]], np.uint8)).to_bytes("aco") == expected


def test_swatch_exchange_of_other_programs_is_read():
    """Groups and blocks of unknown kinds are skipped."""
    group = ase_block(0xC001, NO_NAME), ase_block(0xC002, b"")
    data = ase(group[0], RED, GREY, group[1], ase_block(7, b"???"))
    assert kalette.palettes.adobe.codes_of_ase(data) == ["#ff0000", "#999999"]


def test_photoshop_swatches_of_version_2_alone_are_read(written):
    """The bytes that Photoshop writes for red and green swatches named A and B."""
    red = "0000 ffff 0000 0000 0000 00000002 0041 0000"
    green = "0000 0000 ffff 0000 0000 00000002 0042 0000"
    assert read(written(bytes.fromhex(f"0002 0002 {red} {green}"))) == ["#ff0000", "#00ff00"]
