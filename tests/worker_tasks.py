"""Tasks for worker processes, which import this module by its name: some fail, hang, die, or take memory."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from kalette.types import ReadError


def add(first: int, second: int) -> int:
    return first + second


def item(sequence: Any, index: int) -> Any:
    return sequence[index]


def process_id() -> int:
    return os.getpid()


def fail(sentence: str) -> None:
    raise ReadError(sentence)


def divide(number: int) -> float:
    return 1 / number


class PeculiarError(Exception):
    """An exception that pickle cannot make again."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__("peculiar")


def fail_peculiarly() -> None:
    raise PeculiarError(1, 2)


def return_function():
    return lambda: None


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave() -> None:
    os._exit(7)


def exit_politely() -> None:
    sys.exit(7)


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def take(size_bytes: int) -> int:
    return len(bytearray(size_bytes))


def mark(path: str) -> None:
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f"{os.getpid()}\n")


def mark_and_unwind(begun: str, ended: str) -> None:
    try:
        mark(begun)
        time.sleep(60)
    finally:
        mark(ended)


def ignore_terminations(path: str) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    mark(path)
    time.sleep(60)


def write_to_descriptor_2(size_bytes: int) -> int:
    return os.write(2, bytes(size_bytes))


def start_marked() -> None:
    mark(os.environ["KALETTE_TEST_MARK"])


def refuse_to_start(*_: object) -> None:
    os._exit(3)


def fail_to_start() -> None:
    raise FileNotFoundError("the palette is not there")


def die_at_five(number: int) -> int:
    if number == 5:
        die()
    return number
