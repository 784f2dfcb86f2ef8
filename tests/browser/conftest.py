"""The real portal in processes of its own, and pages of Chromium that report whatever goes wrong on them.

A browser test knows of the portal what a person sees: its data is another process's, so no test here opens a database.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg2
import pytest
import redis
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from bench.ports import free_port
from tests.browser.watching import Watch

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS_TO_START = 90
SECONDS_TO_STOP = 15
MILLISECONDS_TO_APPEAR = 20_000
# Playwright waits 5 seconds by itself, which is short on a busy machine.
expect.set_options(timeout=MILLISECONDS_TO_APPEAR)

Visit = Callable[..., Page]


@dataclass(frozen=True)
class Portal:
    """The address of a running portal, and the log that it writes."""

    address: str
    log: Path


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the Chromium of the system, with nothing in it that calls home."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        pytest.fail("Chromium is missing (as root: apt-get install chromium)")
    return browser_type_launch_args | {"executable_path": found, "args": QUIET}


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Run the portal with the demo world and data of its own."""
    folder = tmp_path_factory.mktemp("portal")
    port = free_port()
    with own_database() as database, own_redis() as cache, (folder / "log.txt").open("w+") as log:
        elsewhere = {"CPOR_VAR": str(folder / "var"), "PORT": str(port)} | database | cache
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run_portal"],
            cwd=settings.BASE_DIR,
            env=os.environ | elsewhere,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_until_ready(process, port=port, log=Path(log.name))
            yield Portal(address=f"http://127.0.0.1:{port}", log=Path(log.name))
        finally:
            stop(process)


@pytest.fixture
def visit(new_context: Callable[..., BrowserContext], portal: Portal) -> Iterator[Visit]:
    """Open a page as somebody new to the portal: no cookies, English, watched until the test ends."""
    watches, said_before = [], portal.log.stat().st_size

    def open_page(**options: Any) -> Page:
        options = {"base_url": portal.address, "locale": "en-GB", "reduced_motion": "reduce"} | options
        context = new_context(**options)
        context.set_default_timeout(MILLISECONDS_TO_APPEAR)
        watches.append(Watch(context, origin=options["base_url"]))
        return context.new_page()

    yield open_page
    complaints = [complaint for watch in watches for complaint in watch.complaints]
    assert complaints == [], portal.log.read_text()[said_before:]


@pytest.fixture
def watched(visit: Visit) -> Page:
    """The page of the one person whom the test follows."""
    return visit()


@contextlib.contextmanager
def own_database() -> Iterator[dict[str, str]]:
    """Make a PostgreSQL database for as long as the portal runs, if the suite runs on PostgreSQL."""
    url = os.environ.get("DATABASE_URL")
    if url is None:
        yield {}
        return
    name = f"cpor_browser_{os.getpid()}"
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            yield {"DATABASE_URL": urlsplit(url)._replace(path=f"/{name}").geturl()}
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def own_redis() -> Iterator[dict[str, str]]:
    """Find an empty Redis database that no other worker takes, and leave it empty, if the suite runs on Redis."""
    url = os.environ.get("REDIS_URL")
    if url is None:
        yield {}
        return
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for number in range(15 - worker % 2, 0, -2):
        address = urlsplit(url)._replace(path=f"/{number}").geturl()
        with redis.Redis.from_url(address) as server:
            if server.dbsize() > 0:
                continue
            try:
                yield {"REDIS_URL": address}
            finally:
                server.flushdb()
            return
    pytest.fail(f"No database of Redis at {url} is empty.")


def wait_until_ready(process: subprocess.Popen[bytes], *, port: int, log: Path) -> None:
    patience_ends = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < patience_ends:
        with contextlib.suppress(URLError, ConnectionError), urlopen(f"http://127.0.0.1:{port}/healthz"):
            return
        time.sleep(0.2)
    pytest.fail(f"the portal did not answer, but said: {log.read_text()}")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
