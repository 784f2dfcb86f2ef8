"""Limits itself and becomes Tesseract, with the picture on its standard input.

    recognition_child.py PROGRAM LANGUAGES MODE

`associations.files.recognition` starts it as a script, with `python -I -S`, in an empty folder of its own.
"""

import contextlib
import os
import resource
import sys
from pathlib import Path

# As in `proof_texts`: emails and pages come first.
NICENESS = 5
MEMORY = 400 * 1024 * 1024
CPU_SECONDS = 3
LARGEST_FILE = 32 * 1024 * 1024


def limit(what: int, most: int) -> None:
    """Lower a limit for good; one that is lower already stays."""
    _soft, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    program, languages, mode = sys.argv[1:]
    os.nice(NICENESS)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_CPU, CPU_SECONDS)
    limit(resource.RLIMIT_AS, MEMORY)
    limit(resource.RLIMIT_FSIZE, LARGEST_FILE)
    # The one child that it may be is itself: it can start no other.
    limit(resource.RLIMIT_NPROC, 0)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    os.execv(program, [program, "stdin", "stdout", "-l", languages, "--psm", mode, "tsv"])  # noqa: S606 - found by its name
