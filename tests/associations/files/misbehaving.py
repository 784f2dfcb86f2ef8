"""A reader that does what a hostile file could make one do; the sandbox is tested with it."""

import ctypes
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

# Read while the child may still open something.
FOLDER = os.listdir(".")


def read(file: BinaryIO, *, deed: str) -> Iterable[Any]:
    return DEEDS[deed](file)


def surroundings(file: BinaryIO) -> list[Any]:
    django = [name for name in sys.modules if name.partition(".")[0] in ("django", "site")]
    return [dict(os.environ), FOLDER, django, file.read().decode()]


def opens_a_file(_file: BinaryIO) -> list[Any]:
    return [Path("/etc/hostname").read_text()]


def writes_to_its_file(file: BinaryIO) -> list[Any]:
    return [os.write(file.fileno(), b"overwritten")]


def opens_a_socket(_file: BinaryIO) -> list[Any]:
    return [str(socket.socket())]


def starts_a_process(_file: BinaryIO) -> list[Any]:
    return [subprocess.run(["/bin/true"], check=True).returncode]


def loads_a_module(_file: BinaryIO) -> list[Any]:
    return [str(__import__("sqlite3"))]


def takes_memory(_file: BinaryIO) -> list[Any]:
    return [len(bytearray(1024**3))]


def aborts(_file: BinaryIO) -> list[Any]:
    os.abort()


def reads_nowhere(_file: BinaryIO) -> list[Any]:
    return [ctypes.string_at(0)]


def sleeps(_file: BinaryIO) -> list[Any]:
    time.sleep(600)
    return []


def says_without_end(_file: BinaryIO) -> Iterable[Any]:
    while True:
        yield "x" * 1000


def says_many_rows(_file: BinaryIO) -> Iterable[Any]:
    return ([number, "\u00e8" * 20] for number in range(5_000))


def says_no_json(_file: BinaryIO) -> list[Any]:
    os.write(1, b"\xff\xfe no JSON\n")
    return []


def says_nested_json(_file: BinaryIO) -> list[Any]:
    os.write(1, b"[" * 50_000 + b"\n")
    return []


def closes_its_mouth(_file: BinaryIO) -> list[Any]:
    os.close(1)
    return sleeps(_file)


def fails(_file: BinaryIO) -> list[Any]:
    raise ValueError("what stands in the file")


def priority(_file: BinaryIO) -> list[Any]:
    return [os.getpriority(os.PRIO_PROCESS, 0)]


DEEDS: dict[str, Callable[[BinaryIO], Iterable[Any]]] = {
    deed.__name__: deed
    for deed in (
        surroundings,
        priority,
        opens_a_file,
        writes_to_its_file,
        opens_a_socket,
        starts_a_process,
        loads_a_module,
        takes_memory,
        aborts,
        reads_nowhere,
        sleeps,
        says_without_end,
        says_many_rows,
        says_no_json,
        says_nested_json,
        closes_its_mouth,
        fails,
    )
}
