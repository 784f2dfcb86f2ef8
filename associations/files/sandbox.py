"""Reads untrusted files in a separate process without access to anything else (docs/files.md, "The sandbox").

To add a reader, write a module in `associations/files/readers/` with

    def read(file: BinaryIO, **options) -> Iterable[Any]:

It gets the file, open at its start, and the options as keyword arguments. It returns or yields values that JSON
knows: each is one line of the answer. A refusal is an answer as well, such as `{"refused": "SHEET_DAMAGED"}`; an
exception that leaves `read` is `Unreadable` to the caller. Everything it needs must be imported when the module is:
afterwards the child can open nothing, so a module or a codec that is loaded late is not found. It imports no Django.

The caller says `ask("associations.files.readers.NAME", file, options={...})` and gets the lines, parsed. Another may
have written them: the caller checks the shape, type and range of each. `most_bytes` bounds all lines together.
"""

import io
import json
import logging
import os
import select
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

logger = logging.getLogger(__name__)

CHILD = Path(__file__).with_name("child.py")
PROJECT = Path(__file__).parents[2]
LONGEST_ANSWER = 64 * 1024
LONGEST_WAIT = 30.0
LONGEST_QUEUE = 10.0
MOST_CHILDREN = 2
LONGEST_REASON = 200
FAILED = b'{"failed"'
PIECE = 64 * 1024

_places = threading.BoundedSemaphore(MOST_CHILDREN)


class SandboxBusy(Exception):
    """All children of this process are at work, and were for as long as a person waits."""


class Unreadable(Exception):
    """The child gave no answer: it was killed, failed, said too much, or what it said is no JSON."""


def ask(
    reader: str,
    file: IO[bytes],
    *,
    options: Mapping[str, Any] | None = None,
    most_bytes: int = LONGEST_ANSWER,
    seconds: float = LONGEST_WAIT,
    niceness: int = 0,
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[Any]:
    """Let a child read *file* with the module *reader*, and return the lines of its answer.

    *meanwhile* is called in this thread while the child reads; it may read the same file. *niceness* lowers the
    priority of the child.
    The position of *file* stays where it has a descriptor, and is anywhere where it has none. Raise SandboxBusy, or
    Unreadable, also while the lines are taken.
    """
    with a_place(), tempfile.TemporaryDirectory(prefix="cpor-child-") as folder, opened_again(file) as own:
        until = time.monotonic() + seconds
        child = start(reader, own, options=options or {}, folder=folder)
        try:
            make_nice(child, niceness)
            meanwhile()
            said = heard(child, most_bytes=most_bytes, until=until)
        except Unreadable as trouble:
            logger.warning("The reader %s gave no answer: %s.", reader, trouble)
            raise
        finally:
            end(child)
    return parsed(said)


@contextmanager
def a_place() -> Iterator[None]:
    """Wait for one of the few places for children, or raise SandboxBusy."""
    if not _places.acquire(timeout=LONGEST_QUEUE):
        raise SandboxBusy
    try:
        yield
    finally:
        _places.release()


def opened_again(file: IO[bytes]) -> IO[bytes]:
    """Return *file* opened for reading at its start, with its own position; a file in memory is copied."""
    try:
        descriptor = file.fileno()
    except (AttributeError, OSError):
        copy = cast(IO[bytes], tempfile.TemporaryFile(prefix="cpor-read-"))  # noqa: SIM115 - the caller closes it
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        return copy
    file.flush()
    return open(f"/proc/self/fd/{descriptor}", "rb")


def start(reader: str, file: IO[bytes], *, options: Mapping[str, Any], folder: str) -> "subprocess.Popen[bytes]":
    """Start the child in its own session; it inherits nothing but the file."""
    packages = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    return subprocess.Popen(  # noqa: S603 - our own script, and no part of the file is among its arguments
        [sys.executable, "-I", "-S", str(CHILD), reader, json.dumps(options), str(PROJECT), *sorted(packages)],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={},
        start_new_session=True,
    )


def make_nice(child: "subprocess.Popen[bytes]", niceness: int) -> None:
    """Lower the priority of the child to *niceness*; it is never higher than that of this process."""
    if niceness:
        os.setpriority(os.PRIO_PROCESS, child.pid, max(niceness, os.getpriority(os.PRIO_PROCESS, 0)))


def heard(child: "subprocess.Popen[bytes]", *, most_bytes: int, until: float) -> bytes:
    """Return all that the child says, or raise Unreadable."""
    pipe = cast(IO[bytes], child.stdout).fileno()
    ready = select.poll()
    ready.register(pipe, select.POLLIN)
    said = bytearray()
    while ready.poll(1000 * max(0.0, until - time.monotonic())):
        piece = os.read(pipe, PIECE)
        if not piece:
            return whole(bytes(said), code=code_of(child, until=until))
        said += piece
        if len(said) > most_bytes:
            raise Unreadable("it said too much")
    raise Unreadable("its time was over")


def code_of(child: "subprocess.Popen[bytes]", *, until: float) -> int:
    """Return the exit code of a child that has said all, or raise Unreadable."""
    try:
        return child.wait(timeout=max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise Unreadable("it did not end") from error


def whole(said: bytes, *, code: int) -> bytes:
    """Return what a child said that ended well, or raise Unreadable with what is known of the cause."""
    if code < 0:
        raise Unreadable(f"signal {-code}")
    if code > 0:
        reason = said[said.rindex(FAILED) :][:LONGEST_REASON] if FAILED in said else b""
        raise Unreadable(f"exit code {code}, {reason!r}")
    return said


def end(child: "subprocess.Popen[bytes]") -> None:
    """Kill the child with all that it started, unless it has ended."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if child.stdout:
        child.stdout.close()


def parsed(said: bytes) -> Iterator[Any]:
    """Yield each line of an answer, or raise Unreadable."""
    for line in io.BytesIO(said):
        try:
            yield json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Unreadable("no JSON") from error
