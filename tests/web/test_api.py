"""The routes that take an image give what the commands write."""

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

import kalette
from shell import run as run_command
from web_server import jpeg, png

PHOTO = jpeg()


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(PHOTO)
    return path


def run(*arguments, cwd=None):
    done = run_command(*arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done


def sent(server, data=PHOTO):
    """The ID of a picture that the server keeps."""
    return server.post("/v1/pictures", data).json()["picture"]


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", ""),
        ("k=16", "-k 16"),
        ("k=auto&format=webp", "-k auto --format webp"),
        ("k=8&format=gif&effort=fast", "-k 8 --format gif --effort fast"),
        ("k=4&init=k-means%2B%2B&seed=7&max_iter=3", "-k 4 --init k-means++ --seed 7 --max-iter 3"),
        ("k=6&dither=ordered&space=srgb&tol=0.5", "-k 6 --dither ordered --space srgb --tol 0.5"),
        ("max_bytes=6KB&effort=fast", "--max-bytes 6KB --effort fast"),
        ("quality=40-60&effort=fast", "--quality 40-60 --effort fast"),
        ("k=5&keep_colors=ff8000,336699", "-k 5 --keep-color ff8000 --keep-color 336699"),
    ],
)
def test_the_file_of_the_server_is_that_of_the_command(server, photo, query, options):
    answer = server.post(f"/v1/compress?{query}", PHOTO)
    assert answer.status_code == 200, answer.text
    file_format = answer.headers["content-type"].removeprefix("image/")
    output = photo.with_name(f"out.{file_format}")
    run("compress", "-q", str(photo), "-o", str(output), *options.split())
    assert answer.content == output.read_bytes()


def test_a_palette_of_the_query_is_one_of_a_file(server, photo):
    answer = server.post("/v1/compress?palette=ff8000,336699,ffffff", PHOTO)
    expected = kalette.compress(PHOTO, palette=["#ff8000", "#336699", "#ffffff"])
    assert answer.content == expected.to_bytes()


def test_the_figures_in_the_headers_are_measured_on_the_file(server):
    answer = server.post("/v1/compress?k=4&name=photo.jpg", PHOTO)
    record = kalette.compress(PHOTO, 4).record()
    assert int(answer.headers["kalette-output-bytes"]) == len(answer.content) == record["output_bytes"]
    assert int(answer.headers["kalette-input-bytes"]) == len(PHOTO)
    assert float(answer.headers["kalette-psnr-db"]) == record["psnr_db"]
    assert float(answer.headers["kalette-ssimulacra2"]) == record["ssimulacra2"]
    assert answer.headers["kalette-stopped-by"] == record["stopped_by"]
    assert json.loads(answer.headers["kalette-notes"]) == []
    assert answer.headers["content-disposition"] == 'attachment; filename="photo-k4.png"'


def test_an_exact_file_has_no_psnr(server):
    answer = server.post("/v1/compress", png(np.eye(3, dtype=np.uint8)))
    assert answer.headers["kalette-psnr-db"] == "null"
    assert answer.headers["kalette-stopped-by"] == "lossless"


def test_a_picture_is_sent_once_and_used_again(server):
    kept = server.post("/v1/pictures", PHOTO)
    assert kept.status_code == 201
    fields = kept.json()
    picture = kalette.open(PHOTO)
    assert (fields["width"], fields["height"]) == (picture.width, picture.height)
    assert fields["colors"] == len(picture.histogram)
    assert (fields["has_alpha"], fields["input_bytes"]) == (False, len(PHOTO))
    answer = server.post(f"/v1/compress?k=8&picture={fields['picture']}")
    assert answer.content == server.post("/v1/compress?k=8", PHOTO).content
    assert answer.headers["kalette-picture"] == fields["picture"]


def test_a_picture_that_is_not_kept_is_a_problem(server):
    answer = server.post(f"/v1/compress?k=8&picture={'0' * 64}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:kalette:problem:picture-expired",
        "title": "Not Found",
        "status": 404,
        "detail": "the picture 00000000… is not kept; send it again",
    }


def test_the_comparison_is_that_of_the_command(server, photo):
    answer = server.post("/v1/compare?ks=2,8&dither=diffusion&name=photo.jpg", PHOTO).json()
    command = ["compare", "photo.jpg", "-k", "2,8", "--dither", "diffusion", "--json"]
    expected = json.loads(run(*command, cwd=photo.parent).stdout)
    for row in (*answer["rows"], *expected["rows"]):
        del row["seconds"]
    assert answer == expected
    assert answer["recommended_k"] in {point["k"] for point in answer["curve"]}


@pytest.mark.parametrize("file_format", ["json", "tokens", "hex", "css", "gpl", "ase", "aco", "svg", "png"])
def test_the_palette_is_that_of_the_command(server, photo, file_format):
    answer = server.post(f"/v1/palette?k=5&sort=hue&format={file_format}&name=photo.jpg", PHOTO)
    output = photo.with_name(f"photo.{file_format}")
    run("palette", str(photo), "-q", "-k", "5", "--sort", "hue", "-o", str(output))
    assert answer.content == output.read_bytes()
    assert answer.headers["content-disposition"] == f'attachment; filename="photo.{file_format}"'


def test_given_colours_become_a_palette_file_in_their_order(server):
    answer = server.post("/v1/palette?palette=ffffff,336699,ff8000&format=hex", PHOTO)
    assert answer.text == "#ffffff\n#336699\n#ff8000\n"
    answer = server.post("/v1/palette?palette=ffffff,336699,ff8000&format=hex&sort=lightness", PHOTO)
    assert answer.text == "#336699\n#ff8000\n#ffffff\n"


def test_headers_name_the_colours_of_the_palette_and_their_shares(server):
    headers = server.post("/v1/compress?k=5", PHOTO).headers
    swatches = kalette.compress(PHOTO, k=5).swatches
    assert headers["kalette-palette"].split(",") == list(swatches)
    shares = [float(share) for share in headers["kalette-shares"].split(",")]
    assert shares == pytest.approx(swatches.shares, abs=1e-6)


def test_a_zip_holds_the_files_of_the_command(server):
    icon = png(np.eye(8, dtype=np.uint8) * 200)
    files = [
        {"picture": sent(server), "name": "photo.jpg", "options": "k=4"},
        {"picture": sent(server), "name": "photo.jpg", "options": "k=4&effort=fast"},
        {"picture": sent(server, icon), "name": "icons/icon.png", "options": "k=auto&format=webp"},
        {"picture": "0" * 64, "name": "gone.png"},
    ]
    answer = server.client.post("/v1/archive", json={"files": files})
    assert answer.status_code == 200, answer.text
    assert answer.headers["kalette-errors"] == "1"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert archive.namelist() == ["photo-k4.png", "photo-k4-2.png", "icon-kalette.webp", "errors.txt"]
    assert archive.read("photo-k4.png") == kalette.compress(PHOTO, 4).to_bytes()
    assert archive.read("icon-kalette.webp") == kalette.compress(icon, "auto", format="webp").to_bytes()
    assert (
        archive.read("errors.txt")
        == b"gone.png: the picture 00000000\xe2\x80\xa6 is not kept; send it again\n"
    )
    assert server.client.post("/v1/archive", json={"files": files}).content == answer.content


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"{", 400, "the body is not JSON"),
        (b"[" * 100_000, 400, "the body is not JSON"),
        (b"[]", 400, 'no list of 1 to 200 "files"'),
        (b'{"files": []}', 400, 'no list of 1 to 200 "files"'),
        (b'{"files": [{"picture": 5}]}', 400, "file 1 is not an object of texts"),
        (b'{"files": [{"picture": "x", "path": "/"}]}', 400, "file 1 is not an object of texts"),
        (b'{"files": [{"picture": "x"}]}', 422, "picture is 'x'; give an ID"),
        (b" " * 2_000_000, 413, "at most 1.05 MB are read"),
    ],
)
def test_a_bad_list_of_files_is_a_problem(server, body, status, said):
    answer = server.post("/v1/archive", body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("k=300", "k is 300; a palette holds 1 to 256 colours, so give a whole number of them"),
        ("k=few", "k is 'few'; give a whole number of colours from 1 to 256"),
        ("k=4&k=5", "k is given twice; give it once"),
        ("k=", "k is empty; give a value, or leave it out"),
        ("colour=4", "there is no option 'colour'; did you mean"),
        ("rate=2", "rate is 2.0; give a number from 0 to 1"),
        ("rate=nan", "rate is nan; give a number from 0 to 1"),
        ("seed=x", "seed is 'x'; give a whole number"),
        ("keep_hidden=yes", "keep_hidden is 'yes'; choose one of true, false"),
        ("palette=zebra", "zebra"),
        ("max_bytes=many", "'many' is not a size"),
        ("quality=70&min_psnr=30", "quality is given beside min_psnr or min_ssim; give one of them"),
        ("picture=7", "picture is '7'; give an ID from POST /v1/pictures"),
    ],
)
def test_a_wrong_option_is_told_in_the_words_of_the_command(server, query, said):
    answer = server.post(f"/v1/compress?{query}", PHOTO)
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:kalette:problem:invalid-option"
    assert said in answer.json()["detail"]


def test_a_target_that_cannot_be_met_is_told(server):
    answer = server.post("/v1/compress?max_bytes=20&effort=fast&k=4", PHOTO)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:kalette:problem:unmet-target")


def blinking() -> bytes:
    """A GIF of two frames."""
    file = io.BytesIO()
    frames = [Image.fromarray(np.full((4, 4), value, np.uint8)) for value in (0, 255)]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=70)
    return file.getvalue()


@pytest.mark.parametrize("file_format", ["gif", "png", "webp"])
def test_an_animation_stays_one_as_by_the_command(server, tmp_path, file_format):
    (tmp_path / "a.gif").write_bytes(blinking())
    run("compress", "-q", "a.gif", "-o", f"out.{file_format}", cwd=tmp_path)
    answer = server.post(f"/v1/compress?format={file_format}", blinking())
    assert answer.content == (tmp_path / f"out.{file_format}").read_bytes()
    result = kalette.animate(blinking(), format=file_format)
    assert json.loads(answer.headers["kalette-frame-bytes"]) == [each.size_bytes for each in result.records]
    assert answer.headers["kalette-frames"] == "2"
    assert answer.headers["kalette-duration-ms"] == "140"
    assert answer.headers["kalette-flicker"] == "0.0"
    assert answer.headers["kalette-palette"] == ",".join(kalette.Swatches(result.palette))


def test_the_bytes_of_many_frames_are_told_as_means_of_stretches(server):
    frames = [np.full((2, 2, 3), n % 256, np.uint8) for n in range(401)]
    answer = server.post("/v1/compress?format=gif", kalette.animate(frames, format="gif").to_bytes())
    sizes = [each.size_bytes for each in kalette.animate(frames, format="gif").records]
    means = [round(float(np.mean(sizes[begin : begin + 3]))) for begin in range(0, 401, 3)]
    assert json.loads(answer.headers["kalette-frame-bytes"]) == means


def test_the_first_frame_of_an_animation_is_a_still(server):
    answer = server.post("/v1/compress?first_frame=true", blinking())
    assert answer.headers["kalette-frames"] == "1"
    assert "kalette-flicker" not in answer.headers


def test_an_animation_is_kept_with_its_number_of_frames(server):
    kept = server.post("/v1/pictures", blinking()).json()
    assert (kept["width"], kept["height"], kept["frames"], kept["colors"]) == (4, 4, 2, None)
    again = server.post(f"/v1/compress?format=gif&picture={kept['picture']}")
    assert again.content == kalette.animate(blinking(), format="gif").to_bytes()


@pytest.mark.parametrize("route", ["palette", "compare"])
def test_palette_and_comparison_take_the_first_frame_of_an_animation_when_asked_to(server, route):
    assert server.post(f"/v1/{route}", blinking()).status_code == 422
    assert server.post(f"/v1/{route}?first_frame=true", blinking()).status_code == 200


def test_a_truncated_file_is_refused_unless_allowed(server):
    cut = PHOTO[: len(PHOTO) * 2 // 3]
    refused = server.post("/v1/compress?k=4", cut)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:kalette:problem:unreadable-image")
    allowed = server.post("/v1/compress?k=4&allow_truncated=true", cut)
    assert allowed.status_code == 200
    assert json.loads(allowed.headers["kalette-notes"])


def test_health_readiness_and_figures_can_be_read(server):
    health = server.client.get("/v1/health").json()
    assert (health["status"], health["version"]) == ("ok", kalette.__version__)
    assert server.client.get("/v1/ready").json() == {"status": "ready"}
    figures = server.client.get("/v1/metrics").text
    assert 'kalette_requests_total{route="/v1/health",status="200"}' in figures
    assert "kalette_requests_running 0.0" in figures
