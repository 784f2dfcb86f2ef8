"""The child of the sandbox: limits itself, reads the file on its standard input, answers in lines of JSON, and ends.

`associations.files.sandbox` starts it as a script, with `python -I -S`, an empty environment and an empty folder:
    child.py MODULE OPTIONS FOLDER...
MODULE is the reader to import, OPTIONS a JSON object of its keyword arguments, and each FOLDER is imported from.
"""

import contextlib
import gc
import json
import os
import resource
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 20
STANDARD_STREAMS = 3
FAILED = 1


def main() -> None:
    name, options, *folders = sys.argv[1:]
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_CPU, CPU_SECONDS)
    limit(resource.RLIMIT_AS, MEMORY)
    sys.path += folders
    # All that is imported stays: a tenth of the start would go into looking for what does not.
    gc.disable()
    reader: Any = import_module(name)
    gc.freeze()
    gc.enable()
    die_first()
    close_the_door()
    try:
        answer(reader.read(open(0, "rb", closefd=False), **json.loads(options)))  # noqa: SIM115 - ends with the process
    except Exception as error:  # the parent is told of any
        answer([{"failed": type(error).__name__, "line": last_line(error)}])
        os._exit(FAILED)
    # No object is taken apart one by one: the process ends here.
    os._exit(0)


def limit(what: int, most: int) -> None:
    """Lower a limit for good; one that is lower already stays."""
    _soft, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def die_first() -> None:
    """Let the system that runs out of memory end this process before any other."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def close_the_door() -> None:
    """Allow no further file, socket, process or thread; what is open stays open."""
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_NPROC, 0)
    limit(resource.RLIMIT_NOFILE, STANDARD_STREAMS)


def answer(lines: Iterable[Any]) -> None:
    """Write each value as one line of JSON."""
    # The codec is loaded already, as no other could be now.
    with open(1, "w", encoding="utf-8", closefd=False) as out:
        for line in lines:
            out.write(json.dumps(line) + "\n")


def last_line(error: Exception) -> str:
    """Return where the error was raised, such as `pictures.py:42`, without anything of the file."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""


if __name__ == "__main__":
    main()
