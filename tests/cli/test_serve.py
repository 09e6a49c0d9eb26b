"""`kalette serve`: address, options, errors."""

import importlib
import socket
import subprocess
import sys

import pytest
from click.testing import CliRunner

from kalette.cli import group
from kalette.web import ServerConfig
from shell import run, the_sentence
from web_server import running

serve_module = importlib.import_module("kalette.cli.serve")


@pytest.fixture
def served(monkeypatch):
    """What the command asks of the server, which is not started."""
    asked = []

    def serve(config, on_ready):
        asked.append(config)
        on_ready("http://127.0.0.1:1/")

    monkeypatch.setattr("kalette.web.serve", serve)
    return asked


def invoked(*arguments):
    return CliRunner().invoke(group, ["serve", *arguments], catch_exceptions=False)


def test_without_options_the_server_is_on_a_free_port_of_the_loopback_interface():
    with running() as first, running() as second:
        assert first.address.startswith("http://127.0.0.1:")
        assert first.address != second.address


def test_the_options_reach_the_configuration(served):
    options = "--host :: --port 80 --workers 3 --queue 5 --queue-per-client 4 --timeout 7 --upload-timeout 8"
    more = "--memory 1GB --cache 2MiB --cache-time 9 --allow-host a.example --allow-host b.example"
    limits = "--behind-proxy ::1 --max-pixels 10 --max-side 11 --max-input-bytes 12KB --max-frames 13"
    done = invoked(*f"{options} {more} {limits}".split())
    (config,) = served
    assert done.output == "Kalette serves http://127.0.0.1:1/ (Ctrl-C ends it)\n"
    assert (config.host, config.port, config.workers) == ("::", 80, 3)
    assert (config.queue, config.queue_per_client, config.timeout_s, config.upload_timeout_s) == (5, 4, 7, 8)
    assert (config.memory_bytes, config.cache_bytes, config.cache_seconds) == (10**9, 2 << 20, 9)
    assert (config.allowed_hosts, config.trusted_proxies) == (("a.example", "b.example"), ("::1",))
    read = config.limits
    assert (read.max_pixels, read.max_side, read.max_input_bytes, read.max_frames) == (10, 11, 12_000, 13)


def test_the_defaults_are_those_of_the_configuration(served):
    invoked()
    assert served == [ServerConfig()]


def test_quiet_prints_nothing_and_open_opens_the_page(served, monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr(serve_module.webbrowser, "open", opened.append)
    assert invoked("-q", "--open").output == ""
    assert opened == ["http://127.0.0.1:1/"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--port", "70000"], "port is 70000; give a whole number, at least 0 and at most 65535"),
        (["--workers", "0"], "workers is 0; give a whole number, at least 1 and at most 256"),
        (["--queue", "0"], "queue is 0; give a whole number, at least 1"),
        (["--timeout", "0"], "timeout_s is 0.0; give seconds above 0"),
        (["--max-side", "0"], "max_side is 0; give a whole number, at least 1"),
        (["--host", "no.such.host.invalid"], "the address no.such.host.invalid, port 0 cannot be used"),
        (["--host", "x" * 300], "cannot be used (not a valid name)"),
    ],
)
def test_a_wrong_option_is_one_sentence(options, said):
    done = run("serve", *options)
    assert said in the_sentence(done)
    assert done.returncode == 2


def test_a_port_that_is_taken_is_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--port", port)
    assert f"the address 127.0.0.1, port {port} cannot be used" in the_sentence(done)
    assert "choose another with --host and --port" in done.stderr


def run_without_uvicorn(*arguments):
    code = "import sys; sys.modules['uvicorn'] = None\nfrom kalette.__main__ import main; main()"
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_help_needs_no_further_library():
    assert "serve" in run_without_uvicorn("--help").stdout
    assert "--port" in run_without_uvicorn("serve", "--help").stdout


def test_a_missing_library_is_one_sentence():
    done = run_without_uvicorn("serve")
    assert "the server needs uvicorn, which is not installed; pip install 'kalette[web]'" in the_sentence(
        done
    )
