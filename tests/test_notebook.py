"""The notebook runs from top to bottom, shows its figures, and is stored without outputs."""

import json
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "kmeans_image_compression.ipynb"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Run the notebook in a folder of its own; return the outputs of each code cell."""
    nbclient = pytest.importorskip("nbclient", reason="needs the extra notebook")
    pytest.importorskip("ipykernel", reason="needs the extra notebook")
    import nbformat

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    folder = tmp_path_factory.mktemp("notebook")
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    client.execute()
    return {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}


def shown(outputs, kind):
    return [out["data"][kind] for found in outputs.values() for out in found if kind in out.get("data", {})]


def printed(outputs):
    return "".join(out["text"] for found in outputs.values() for out in found if out.output_type == "stream")


# Sockets of the Jupyter client may be closed late, with a warning.
@pytest.mark.filterwarnings("default")
def test_the_notebook_runs_from_top_to_bottom_and_shows_its_figures(outputs):
    assert len(shown(outputs, "image/png")) == 12
    assert "| 32 | 8 |" in shown(outputs, "text/markdown")[0]
    assert "Recommended: **k = " in shown(outputs, "text/markdown")[1]


@pytest.mark.filterwarnings("default")
def test_the_equalities_that_the_notebook_prints_hold(outputs):
    said = [line for line in printed(outputs).splitlines() if line.startswith(("same", "decodes"))]
    assert len(said) == 3
    assert all(line.endswith("True") for line in said)


def test_the_notebook_is_stored_without_outputs():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
    assert NOTEBOOK.stat().st_size < 40_000
