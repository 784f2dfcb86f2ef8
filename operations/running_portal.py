"""Finds the portal that runs in a folder of the embedded mode: at most one, and its address.

The file `running` holds the address, and is locked as long as the process lives, however it ends.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

NAME = "running"
# A reader of the address holds the lock for a moment.
TRIES = 10
SECONDS_BETWEEN_TRIES = 0.1


class AlreadyRunning(Exception):
    """A portal already runs in this folder; the text is its address."""


@contextmanager
def running_at(address: str, *, folder: Path) -> Iterator[None]:
    """Hold *folder* for the portal at *address*; raise AlreadyRunning if another one does."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / NAME).open("a+") as file:
        for _try in range(TRIES):
            if is_free(file, fcntl.LOCK_EX):
                break
            time.sleep(SECONDS_BETWEEN_TRIES)
        else:
            file.seek(0)
            raise AlreadyRunning(file.read())
        file.truncate(0)
        file.write(address)
        file.flush()
        yield


def running_address(folder: Path) -> str:
    """Return the address of the portal that runs in *folder*; empty if none does."""
    try:
        with (folder / NAME).open() as file:
            return "" if is_free(file, fcntl.LOCK_SH) else file.read()
    except OSError:
        return ""


def is_free(file: IO[str], kind: int) -> bool:
    """Lock *file* until it is closed, and return whether that worked."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
