"""`kalette demo`: the sample image and the sample data set."""

from PIL import Image

from shell import run


def test_demo_leaves_existing_files_alone(tmp_path):
    (tmp_path / "sample-k4.png").write_bytes(b"mine")
    refused = run("demo", "-o", tmp_path)
    assert refused.returncode == 1
    assert "exists" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["sample-k4.png"]
    no_folder = run("demo", "-o", tmp_path / "sample-k4.png")
    assert (no_folder.returncode, "cannot be a folder" in no_folder.stderr) == (1, True)


def test_demo_writes_the_sample_and_prints_the_folder(tmp_path):
    done = run("demo", "-o", tmp_path / "demo")
    assert done.returncode == 0
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == [
        "sample-k16.png",
        "sample-k256.png",
        "sample-k4.png",
        "sample.png",
    ]
    assert str(tmp_path / "demo") in done.stdout


def test_demo_draws_random_starts_of_k_means_on_points_in_the_plane(tmp_path):
    done = run("demo", "--blobs", "-o", tmp_path)
    assert done.returncode == 0
    with Image.open(tmp_path / "blobs.png") as image:
        assert image.width == 2000
    assert "300 points, k = 5, 20 random starts: " in done.stdout
    assert "end in the lowest loss of" in done.stdout
    assert "How to choose k: " in done.stdout
    refused = run("demo", "--blobs", "-o", tmp_path)
    assert refused.returncode == 1
    assert "exists" in refused.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blobs-elbow.png", "blobs.png"]
