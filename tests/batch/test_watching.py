"""Watching a folder: images are done as they arrive, until Ctrl-C."""

import importlib.util
import os
import signal
import subprocess
import time

import pytest

from batch_pictures import outputs, write_pictures
from kalette.batch import arrivals
from kalette.types import SettingsError
from shell import COMMAND

needs_watchfiles = pytest.mark.skipif(
    importlib.util.find_spec("watchfiles") is None, reason="--watch needs watchfiles"
)


def wait_for_outputs(target, count):
    for _ in range(600):
        if len(outputs(target)) == count:
            return
        time.sleep(0.1)
    raise AssertionError(f"{len(outputs(target))} outputs within a minute, not {count}")


@needs_watchfiles
@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_images_are_done_as_they_arrive_until_ctrl_c(tmp_path):
    photos, small = tmp_path / "photos", tmp_path / "photos" / "small"
    write_pictures(photos, 2)
    arguments = ["batch", photos, small, "--watch", "-k", "8", "--effort", "fast", "--workers", "1"]
    command = [*COMMAND, *map(str, arguments)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        wait_for_outputs(small, 2)
        time.sleep(2)  # until it watches
        write_pictures(photos / "more", 3)
        wait_for_outputs(small, 5)
        time.sleep(2)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    finally:
        running.kill()
        running.wait()
    assert (running.returncode, said.strip()) == (130, "kalette: interrupted")
    ledger = (small / ".kalette" / "ledger.jsonl").read_text(encoding="utf-8")
    assert ledger.count('"event": "image"') == 5


@needs_watchfiles
def test_only_folders_are_watched(tmp_path):
    with pytest.raises(SettingsError, match=r"s3://photos is not a folder, and only folders can be watched"):
        arrivals(["s3://photos"], str(tmp_path))
