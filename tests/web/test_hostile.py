"""Hostile requests get the right status, and the server stays up."""

import os
import socket
import time
from pathlib import Path

import pytest

from extent import FULL
from hostile import bombs, liars, parts
from web_server import Server, jpeg, running

PHOTO = jpeg(24, 16)
TEN_GB = 10_000_000_000


@pytest.fixture(scope="module")
def strict():
    """A server with low limits."""
    with running("--max-input-bytes", "1MB", "--upload-timeout", "1") as started:
        yield started


def raw(server: Server, *parts_sent: bytes) -> bytes:
    """Send bytes as they are, and return the answer up to the end of the connection."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        for part in parts_sent:
            connection.sendall(part)
        answer = b""
        while part := received(connection):
            answer += part
            if b"}" in answer:  # the end of a problem
                break
        return answer


def received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except ConnectionResetError:  # the server has closed it before it has read everything
        return b""


def head(*lines: str, path: str = "/v1/compress?k=4") -> bytes:
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]).encode()


def status_of(answer: bytes) -> int:
    return int(answer.split()[1])


def assert_up(server: Server) -> None:
    """It answers, at once or when it has noticed that earlier connections are gone."""
    answer = server.post("/v1/compress?k=4", PHOTO)
    for _ in range(10):
        if answer.status_code != 429:
            break
        time.sleep(float(answer.headers["Retry-After"]))
        answer = server.post("/v1/compress?k=4", PHOTO)
    assert answer.status_code == 200


def test_an_announced_body_of_10_gb_is_refused_before_it_comes(strict):
    answer = raw(strict, head(f"Content-Length: {TEN_GB}"))
    assert status_of(answer) == 413
    assert b"the body has 10000.00 MB and at most 1.00 MB are read" in answer
    assert b"connection: close" in answer.lower()
    assert_up(strict)


def test_a_body_without_length_is_refused_while_it_comes(strict):
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    answer = raw(strict, head("Transfer-Encoding: chunked"), *[chunk] * 20)
    assert status_of(answer) == 413
    assert b"the body has more than 1.00 MB" in answer
    assert_up(strict)


def test_a_body_without_length_within_the_limit_is_taken(strict):
    chunks = (PHOTO[first : first + 100] for first in range(0, len(PHOTO), 100))
    answer = strict.client.post("/v1/compress?k=4", content=chunks)
    assert answer.content == strict.post("/v1/compress?k=4", PHOTO).content


def test_a_request_without_a_body_has_no_image(strict):
    assert status_of(raw(strict, head())) == 400


def test_a_slow_upload_is_ended(strict):
    answer = raw(strict, head("Content-Length: 1000"), PHOTO[:10])
    assert status_of(answer) == 408
    assert b"urn:kalette:problem:slow-upload" in answer


def test_slow_headers_are_ended(strict):
    assert raw(strict, b"POST /v1/compress HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ") == b""


def test_half_an_upload_leaves_nothing(strict):
    for _ in range(40):  # more than one client may have at a time
        with socket.create_connection(("127.0.0.1", strict.port)) as connection:
            connection.sendall(head("Content-Length: 1000") + PHOTO[:500])
    assert_up(strict)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\n\r\n",
        b"POST /v1/compress HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        head("Content-Length: -5"),
        head("Content-Length: " + "9" * 5000),
        head("Content-Length: 5", "Content-Length: 6"),
        head("X-Long: " + "x" * 200_000),
        head(path="/v1/compress?" + "k=4&" * 50_000),
    ],
    ids=["tls", "no-host", "two-hosts", "negative", "digits", "two-lengths", "long-header", "long-query"],
)
def test_what_is_no_http_is_refused(strict, request_bytes):
    answer = raw(strict, request_bytes)
    assert answer == b"" or status_of(answer) == 400
    assert_up(strict)


def test_ten_thousand_options_are_refused(strict):
    query = "&".join(f"o{number}" for number in range(9_999))
    answer = strict.post(f"/v1/compress?{query}&k=4", PHOTO)
    assert (answer.status_code, answer.json()["detail"]) == (
        400,
        "the query has 10000 options; give at most 64",
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", 415),
        (b"<!DOCTYPE html><img src=x onerror=alert(1)>", 415),
        (b"%PDF-1.7", 415),
        (b"PK\x03\x04", 415),
        (b"\x89PNG\r\n\x1a\n", 422),
        (PHOTO[:100], 422),
        (b"BM" + bytes(100), 422),
        (bytes(1_100_000), 413),
    ],
    ids=["nothing", "svg", "html", "pdf", "zip", "png", "jpeg", "bmp", "large"],
)
def test_what_is_no_image_is_refused(strict, body, status):
    for path in ("/v1/compress", "/v1/pictures", "/v1/palette", "/v1/compare"):
        answer = strict.post(path, body, headers={"Content-Type": "image/png"})
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_form_is_refused(strict):
    assert strict.client.post("/v1/compress", files={"image": PHOTO}).status_code == 415


def test_bombs_are_refused_or_compressed(server):
    cases = [*bombs.cases(full=FULL), *(liars.cases(full=True) if FULL else ())]
    if not FULL:  # large files take seconds each
        cases = [(name, data) for name, data in cases if len(data) < 700_000]
    statuses = {name: server.post("/v1/pictures", data).status_code for name, data in cases}
    assert set(statuses.values()) <= {201, 400, 413, 415, 422}, statuses
    assert {413, 422} <= set(statuses.values())
    assert_up(server)


def test_a_picture_of_more_pixels_than_allowed_is_refused(server):
    huge = parts.png(parts.header(60_000, 60_000), parts.chunk(b"IDAT"), parts.chunk(b"IEND"))
    answer = server.post("/v1/compress", huge)
    assert answer.status_code == 413
    assert "3,600,000,000 pixels and at most 64,000,000 are read" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<img src=x onerror=alert(1)>.png", "_img src=x onerror=alert(1)_-k4.png"),
        ("a\r\nSet-Cookie: x=1.png", "aSet-Cookie_ x=1-k4.png"),
        ("evil\u202egpj.exe", "evilgpj-k4.png"),
        ("../../etc/passwd", "passwd-k4.png"),
        ("C:\\windows\\system.ini", "system-k4.png"),
        ("\0\x1b[31m.png", "[31m-k4.png"),
        ('"; filename="other.exe', "_; filename=_other-k4.png"),
        ("x" * 1000 + ".png", "x" * 96 + "-k4.png"),
    ],
)
def test_a_name_is_only_text(server, name, shown):
    answer = server.client.post("/v1/compress", params={"k": 4, "name": name}, content=PHOTO)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="{shown}"'
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "[", "a b"]
)
def test_a_foreign_host_is_refused(server, host):
    answer = server.client.get("/v1/health", headers={"Host": host})
    assert answer.status_code == 400


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8000", "192.168.0.7:80"])
def test_localhost_and_addresses_are_known(server, host):
    assert server.client.get("/v1/health", headers={"Host": host}).status_code == 200


def test_a_name_of_the_server_can_be_allowed():
    with running("--allow-host", "images.example", "--workers", "1") as named:
        for host, status in (("images.example", 200), ("Images.Example:443", 200), ("other.example", 400)):
            assert named.client.get("/v1/health", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_post_of_a_foreign_page_is_refused(server, headers):
    answer = server.post("/v1/compress?k=4", PHOTO, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:kalette:problem:foreign-origin")


def test_a_post_of_the_own_page_is_taken(server):
    headers = {"Origin": server.address.rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert server.post("/v1/compress?k=4", PHOTO, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "path", ["/../cli/serve.py", "/%2e%2e/app.py", "/..%2fapp.py", "//etc/passwd", "/%00", "/a" * 3000]
)
def test_no_path_leads_out_of_the_page(server, path):
    answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert status_of(answer) == 404


def test_every_answer_has_a_strict_policy(server):
    for answer in (server.client.get("/"), server.client.get("/v1/health"), server.post("/v1/compress")):
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe-inline" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.skipif(os.name == "nt", reason="a terminated process prints nothing there")
def test_nothing_of_an_upload_is_written_or_logged(tmp_path, monkeypatch):
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path))
    with running("--workers", "1") as server:
        for name in ("top-secret.jpg", "top-secret\r\n.png"):
            server.client.post("/v1/compress", params={"k": 4, "name": name}, content=PHOTO)
            server.client.post("/v1/compress", params={"k": "top-secret", "name": name}, content=PHOTO[:90])
        server.client.get("/top-secret")
        raw(server, b"top-secret\r\n\r\n")
        files = [path for path in Path(tmp_path).rglob("*") if path.is_file()]
        assert [path for path in files if path.stat().st_size] == []
    assert "top-secret" not in server.output


def test_the_server_is_still_up(server, strict):
    assert_up(server)
    assert_up(strict)
