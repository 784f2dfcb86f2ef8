"""From the start of a web process to its first answer."""

from collections.abc import Iterator
from functools import partial

from bench.measuring import Figure, in_turns
from bench.ports import free_port
from bench.serving import FLOOR, PORTAL, server
from bench.sizes import Size


def start_serving(size: Size) -> Iterator[Figure]:
    """Start gunicorn with one worker, and wait for the first answer of the health page.

    Floor: the same for a bare Django project with the same apps installed and one view. In turns.
    """
    ours, bare = in_turns(partial(_start, PORTAL), partial(_start, FLOOR), times=size.rounds)
    yield Figure(
        work="start of a web process to its first answer",
        floor="bare Django project with the same apps installed and one view",
        ratio=ours / bare,
        budget=2,
    )


def _start(settings_module: str) -> None:
    with server(settings_module, port=free_port(), workers=1):
        pass
