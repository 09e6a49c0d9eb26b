"""A kernel and its twin in NumPy are written alike: the same files, and in them the same names."""

import ast
import re
from pathlib import Path

import pytest

from kalette.kernels import reference

NATIVE = Path(__file__).parents[2] / "native"
TWINS = {path.stem: path for path in Path(reference.__file__).parent.glob("*.py") if path.stem != "__init__"}
# Files of native/ without a twin: the module that Python sees, then what NumPy has of its own.
WITHOUT_TWIN = {
    *("bindings", "bindings_of_points", "kernels", "results", "unlocked"),
    *("blocks", "kernel_choice", "parallel", "simd", "vec4"),
    "z_order",  # its twin serves both sides, in kernels/
    "wasm",  # what the page calls; tests/web/test_wasm.py compares it with the library
}
PARTS = {  # of a kernel whose twin is one file
    "checks": ["scans"],
    "oklab": ["oklab_rows"],
    "palette_search": ["nearest_entry"],
    "ssimulacra2": ["ssimulacra2_rows", "light_pyramid"],
}
# Names without a twin: NumPy takes whole arrays, in parts that fit in memory.
ONLY_IN_NUMPY = {
    "activity": {"_box_sums"},
    "centroids": {"_own_distances"},
    # thread_count, weighted and picture_pair, which also return them
    "checks": {"require_pictures", "require_threads", "require_weights"},
    "lzw_dictionary": {"__getitem__"},  # operator[]
    "last_block": {"_FIXED_LENGTHS", "_broken"},
    "map_lzw": {"_quotient"},  # division of integers in C++
    "match_row": {"_far_matches", "has_source"},
    "nearest": {"_least"},
    "similarity": {"_STRIP", "_blurred"},
    "ssimulacra2": {"Floats", "_STRIP", "_WINDOW", "_blurred", "_halved", "_linear_light", "_row_sums"},
    "threshold": {"_STRIP"},
    "unfilter": {"_diagonals", "_predictions"},
}


def names_of(path: Path) -> set[str]:
    """The classes, functions, methods and constants that a twin defines."""
    names, body = set(), ast.parse(path.read_text(encoding="utf-8")).body
    for node in body + [inner for each in body if isinstance(each, ast.ClassDef) for inner in each.body]:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            targets = [each for target in node.targets for each in ast.walk(target)]
            names |= {each.id for each in targets if isinstance(each, ast.Name)}
    return names - {"__init__"}


def native_names(stem: str) -> set[str]:
    """The structs, functions and constants in the files of a kernel, and in the headers of all."""
    stems = [stem, *PARTS.get(stem, [])]
    files = [file for each in stems for file in NATIVE.glob(f"{each}.[ch]pp")]
    files += [NATIVE / "kernels.hpp", NATIVE / "views.hpp"]
    source = re.sub(r"//.*", "", "".join(path.read_text(encoding="utf-8") for path in files))
    found = re.findall(r"\b(?:struct|class) (\w+)|\b([a-z]\w*)\(|\b(k[A-Z]\w*)", source)
    return {name for each in found for name in each if name}


def as_native(name: str) -> set[str]:
    """How a name of a twin may stand in C++; what takes many at once in NumPy has the singular there."""
    plain = name.lstrip("_")
    if plain.isupper():
        return {"k" + "".join(word.capitalize() for word in plain.split("_"))}
    return {plain, re.sub(r"s(?=_|$)", "", plain), re.sub(r"ies(?=_|$)", "y", plain)}


@pytest.mark.parametrize("stem", sorted(TWINS))
def test_each_name_of_a_twin_stands_in_the_kernel(stem):
    assert list(NATIVE.glob(f"{stem}.[ch]pp")), f"native/ has no {stem}"
    known = native_names(stem)
    alone = {name for name in names_of(TWINS[stem]) if not as_native(name) & known}
    of_one = {name for name in alone if name.startswith("_require")}  # in bindings.cpp
    assert alone - of_one == ONLY_IN_NUMPY.get(stem, set())


def test_each_file_of_native_has_a_twin():
    parts = {part for parts in PARTS.values() for part in parts}
    assert {path.stem for path in NATIVE.glob("*.[ch]pp")} == {*TWINS, *WITHOUT_TWIN, *parts}
