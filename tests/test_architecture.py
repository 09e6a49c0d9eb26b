"""The shape of the house: rooms, their doors, and what the package shows to the world."""

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

import kalette

SOURCE = Path(kalette.__file__).parent
ROWS = """
signals types
kernels learn
color
reading clustering
mapping writing
palettes
compression
report batch
web
cli
__main__
"""
ROW_OF = {name: number for number, row in enumerate(ROWS.split("\n")) for name in row.split()}
HOMES = {
    "PIL": {"reading", "writing"},
    "sklearn": {"clustering/estimator.py"},
    "matplotlib": {"report/figures"},
    "mpl_toolkits": {"report/figures"},
    "pillow_heif": {"reading/heif.py"},
    "av": {"reading/video.py"},
    "deflate": {"reading", "writing"},
    "coloraide": {"palettes"},
    "oxipng": {"writing"},
    "filelock": {"batch/journal.py"},
    "sqlite3": {"batch/database.py"},
    "anyio": {"batch/pool.py"},
    "distributed": {"batch/cluster.py"},
    "obstore": {"batch/buckets.py"},
    "watchfiles": {"batch/watching.py"},
    "dask": {"batch/cluster.py"},
    "starlette": {"web"},
    "uvicorn": {"web"},
    "prometheus_client": {"web"},
    "rich": {"report", "cli"},
    "click": {"cli"},
}
WITHOUT_DOOR = {"kalette.signals"}  # a module, not a room
INNER_ROOMS = ["kalette.report.figures"]
FILES = sorted(SOURCE.rglob("*.py"))
ROOMS = sorted(path.parent.name for path in SOURCE.glob("*/__init__.py"))


def place_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).with_suffix("").parts[0]


def dotted(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def source_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def nodes_of(source: str) -> list[ast.AST]:
    return list(ast.walk(ast.parse(source)))


def imported_modules(source: str) -> list[str]:
    """Every module that a source imports or takes names from."""
    found = []
    for node in nodes_of(source):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "an import relative to the file itself"
            found.append(node.module or "")
    return found


def is_module(name: str) -> bool:
    path = SOURCE.parent.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").exists()


def taken_names(source: str) -> list[tuple[str, str]]:
    """Every module of the package with a name taken from it: by import, or as in `kernels.assign`."""
    taken: list[tuple[str, str]] = []
    bound: dict[str, str] = {}
    for node in nodes_of(source):
        if isinstance(node, ast.ImportFrom) and (module := node.module or "").split(".")[0] == "kalette":
            taken += [(module, alias.name) for alias in node.names]
            bound |= {alias.asname or alias.name: f"{module}.{alias.name}" for alias in node.names}
    modules = {name: module for name, module in bound.items() if is_module(module)}
    for node in nodes_of(source):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            taken.append((modules[node.value.id], node.attr))
    return taken


def home_of(module: str) -> str:
    """The room of a module, or the room within a room."""
    inner = [room for room in INNER_ROOMS if f"{module}.".startswith(f"{room}.")]
    return inner[0] if inner else ".".join(module.split(".")[:2])


def names_at_the_door(room: str) -> set[str]:
    """The names that the stub of a room lists; without a stub, `__all__`."""
    stub = SOURCE.parent.joinpath(*room.split("."), "__init__.pyi")
    if not stub.exists():
        return set(importlib.import_module(room).__all__)
    return {alias.name for node in nodes_of(source_of(stub)) for alias in getattr(node, "names", ())}


def is_open(module: str, name: str) -> bool:
    """Whether other rooms may take a name from a module."""
    home = home_of(module)
    if module == "kalette":
        return name in ROW_OF
    if module == home:
        return home in WITHOUT_DOOR or name in names_at_the_door(home)
    shown = module.removeprefix(f"{home}.") in names_at_the_door(home)  # a module named at the door
    return shown and not name.startswith("_")


def closed_doors(own: str, source: str) -> list[str]:
    """What the source of a module takes from other rooms without being allowed to."""
    whole = [
        alias.name
        for node in nodes_of(source)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.split(".")[0] == "kalette"
    ]
    return whole + [
        f"{module}.{name}" for module, name in taken_from_others(own, source) if not is_open(module, name)
    ]


def taken_from_others(own: str, source: str) -> list[tuple[str, str]]:
    return [
        (module, name)
        for module, name in taken_names(source)
        if module == "kalette" or not f"{own}.".startswith(f"{home_of(module)}.")
    ]


ALL_FILES = pytest.mark.parametrize("path", FILES, ids=place_of)


@ALL_FILES
def test_a_room_imports_only_from_the_rows_above_its_own(path):
    own = room_of(path)
    if own == "__init__":
        return
    for module, name in taken_names(source_of(path)):
        other = name if module == "kalette" else module.split(".")[1]
        assert other == own or ROW_OF[other] < ROW_OF[own], f"{own} imports {module}, which is not above it"


@ALL_FILES
def test_a_room_is_entered_by_its_door_alone(path):
    assert closed_doors(dotted(path), source_of(path)) == []


@pytest.mark.parametrize(
    "source",
    [
        "import kalette",
        "import kalette.reading.png",
        "import kalette.reading as reading",
        "from kalette import compress",
        "from kalette import kernels; kernels.reference",
        "from kalette.kernels import reference",
        "from kalette.reading.png import decode",
        "from kalette.clustering import seeding as starts; starts._distances",
        "from kalette.report.figures import look",
        "from kalette.report.figures.look import sheet",
        "from kalette.report import figures\ndef draw(): figures.look.sheet()",
    ],
)
def test_every_other_way_into_a_room_is_noticed(source):
    assert closed_doors("kalette.cli.plot", source)


def test_names_at_a_door_may_be_taken():
    source = "from kalette import kernels; kernels.assign; from kalette.report.figures import save"
    assert closed_doors("kalette.cli.plot", source) == []
    assert closed_doors("kalette.report.figures.grid", "from kalette.report.figures.look import sheet") == []
    assert closed_doors("kalette.report.page", "from kalette.report.figures.look import sheet")


@pytest.mark.parametrize("room", ROOMS)
def test_every_name_at_a_door_is_there_and_none_hides_a_module(room):
    if room == "clustering" and importlib.util.find_spec("sklearn") is None:
        pytest.skip("KMeans needs scikit-learn")
    if room == "report" and importlib.util.find_spec("matplotlib") is None:
        pytest.skip("figures need Matplotlib")
    if room == "web" and importlib.util.find_spec("uvicorn") is None:
        pytest.skip("the server needs uvicorn")
    door = importlib.import_module(f"kalette.{room}")
    modules = {path.stem for path in (SOURCE / room).glob("*.py")} | {"figures"}
    for name in names_at_the_door(f"kalette.{room}"):
        value = getattr(door, name)
        assert type(value).__name__ == "module" or name not in modules, f"{room} has a module of that name"


@ALL_FILES
def test_each_library_has_one_home(path):
    for module in imported_modules(source_of(path)):
        homes = HOMES.get(module.split(".")[0])
        assert homes is None or any(place_of(path).startswith(home) for home in homes), (
            f"{place_of(path)} imports {module}"
        )


def test_every_room_stands_in_a_row():
    assert {room_of(path) for path in FILES} - {"__init__"} <= set(ROW_OF)
    assert len(ROOMS) <= 14


@ALL_FILES
def test_no_function_takes_more_than_six_parameters(path):
    for node in nodes_of(source_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            own = [name for name in names if name not in ("self", "cls")]
            is_estimator = (place_of(path), node.name) == ("clustering/estimator.py", "__init__")
            assert len(own) <= 6 or is_estimator, f"{node.name} of {place_of(path)} takes {len(own)}"


@ALL_FILES
def test_files_are_short(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 400, f"{place_of(path)} has {lines} lines"


@pytest.mark.parametrize("folder", ROOMS)
def test_tests_stand_in_the_same_folders(folder):
    assert list((Path(__file__).parent / folder).glob("test_*.py")), f"tests/{folder} has no test"


def test_public_names_are_listed_and_can_be_had():
    with_sklearn = importlib.util.find_spec("sklearn") is not None
    names = dir(kalette)
    assert {"compress", "compare", "open", "quantize", "figures", "learn", "__version__"} <= set(names)
    for name in names:
        if name != "KMeans" or with_sklearn:
            assert getattr(kalette, name).__doc__, name
    with pytest.raises(AttributeError, match="nothing"):
        kalette.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_a_star_import_leaves_the_built_in_open_in_place():
    starred = kalette.__all__  # type: ignore[attr-defined]
    assert set(dir(kalette)) - set(starred) == {"open"}


def test_the_version_is_that_of_the_distribution():
    from importlib.metadata import version

    assert kalette.__version__ == version("kalette")


def test_compressing_loads_neither_rich_nor_matplotlib_nor_processes():
    code = (
        "import sys, numpy, kalette; kalette.compress(numpy.zeros((2, 2, 3), 'uint8')).to_bytes();"
        "slow = {'rich', 'matplotlib', 'click', 'anyio'};"
        "print(sorted({name.split('.')[0] for name in sys.modules} & slow))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "[]"


def test_a_photograph_is_compressed_without_what_other_pictures_and_targets_need():
    code = (
        "import io, sys, kalette\n"
        "from PIL import Image\n"
        "Image.fromarray(kalette.sample_pixels(48, 32)).save(file := io.BytesIO(), 'png')\n"
        "kalette.compress(file.getvalue()).to_bytes()\n"
        "print(*sorted(name for name in sys.modules if name.startswith('kalette.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    loaded = set(done.stdout.split())
    assert "kalette.compression.pipeline" in loaded
    reading = {f"kalette.reading.{name}" for name in ("beyond_pillow", "bmp", "tiff", "tiff_samples")}
    trials = {f"kalette.compression.{name}" for name in ("weight_trials", "look", "quality", "targets")}
    assert not loaded & (reading | trials)


def test_the_version_is_printed_without_numpy():
    code = (
        "import sys; sys.argv[1:] = ['--version']\n"
        "from kalette.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: print(sorted({'numpy', 'rich', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
