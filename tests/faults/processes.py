"""The portal's processes as its operators start them, and servers of a test's own beside them: all of them may die."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import redis
from celery import Celery
from django.conf import settings
from django.db import connection

from bench.ports import free_port

WEB = ["-m", "gunicorn", "--config=python:cpor_portal.web_server", "--log-level=error"]
CELERY = ["-m", "celery", "--quiet", "--app=cpor_portal"]
WORKER = [*CELERY, "worker", "--queues=celery,readings", "--without-mingle", "--without-gossip", "--loglevel=WARNING"]
BEAT = [*CELERY, "beat", "--loglevel=WARNING"]

# The same program, by a clock that is off.
BY_ANOTHER_CLOCK = """
import sys, time_machine
from datetime import UTC, datetime, timedelta
time_machine.travel(datetime.now(UTC) + timedelta(seconds={seconds}), tick=True).start()
import runpy
sys.argv = {arguments}
runpy.run_module({module!r}, run_name="__main__", alter_sys=True)
"""


def wait_until(condition: Callable[[], Any], *, what: str, seconds: float = 90) -> None:
    """Return once *condition* holds; fail, naming *what*, when it does not in time."""
    patience_ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > patience_ends:
            raise AssertionError(f"Not in {seconds:.0f} seconds: {what}.")
        time.sleep(0.02)


def now() -> datetime:
    return datetime.now(UTC)


class Process:
    """One process and its children, in a group of their own."""

    def __init__(self, arguments: list[str], *, environment: Mapping[str, str], log: TextIO, name: str) -> None:
        self.name, self.log = name, Path(log.name)
        self.running = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self.running.pid

    @property
    def children(self) -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    @property
    def busy_children(self) -> list[int]:
        """The children that have begun to work: they hold connections that their parent does not."""
        parents = sockets_of(self.pid)
        return [pid for pid in self.children if sockets_of(pid) - parents]

    def kill(self) -> datetime:
        """Let the whole group die at once, without a word, and return when it did."""
        if self.running.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
        killed_at = now()
        self.running.wait()
        return killed_at

    def kill_children(self) -> datetime:
        """Let all children die, as when memory runs out, and return when they did; their parent starts others."""
        victims = self.children
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        killed_at = now()
        wait_until(lambda: all(map(is_dead, victims)), what=f"the death of {self.name}'s children")
        return killed_at


def sockets_of(pid: int) -> set[str]:
    try:
        return {link for fd in Path(f"/proc/{pid}/fd").iterdir() if (link := os.readlink(fd)).startswith("socket:")}
    except OSError:
        return set()


def is_dead(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in "ZX"


class Portal:
    """Web servers, workers and beats on one database, one broker and one mail server; `environment` says which."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        inherited = {name: value for name, value in os.environ.items() if name not in ("S3_BUCKET", "CLAMD_URL")}
        # The folder is that of the tests, whose secret key the sessions of their people are signed with.
        self.environment = (
            inherited | {"PORTAL_URL": "http://127.0.0.1", "LOG_LEVEL": "WARNING", "TMPDIR": str(folder)} | environment
        )
        self.processes: list[Process] = []
        self.port = free_port()

    def web(self, *, workers: int = 1, seconds_off: int = 0, **environment: str) -> Process:
        """Return a web server that answers at `port`."""
        command = [*WEB, f"--workers={workers}", f"--bind=127.0.0.1:{self.port}", "cpor_portal.wsgi"]
        return self.start("web", command, seconds_off=seconds_off, **environment)

    def worker(self, *, children: int = 2, messages_each: int = 1, seconds_off: int = 0) -> Process:
        """Return a worker that holds so many messages for each of its children."""
        name = f"worker{len(self.processes)}"
        command = [*WORKER, f"--concurrency={children}", f"--prefetch-multiplier={messages_each}"]
        command.append(f"--hostname={name}@%h")
        return self.start(name, command, seconds_off=seconds_off)

    def beat(self, *, seconds_off: int = 0) -> Process:
        name = f"beat{len(self.processes)}"
        return self.start(name, [*BEAT, f"--schedule={self.folder / name}"], seconds_off=seconds_off)

    def start(self, name: str, arguments: list[str], *, seconds_off: int = 0, **environment: str) -> Process:
        if seconds_off:
            argv = [arguments[1], *arguments[2:]]
            arguments = ["-c", BY_ANOTHER_CLOCK.format(seconds=seconds_off, arguments=argv, module=arguments[1])]
        with (self.folder / f"{name}.log").open("a") as log:
            process = Process(arguments, environment=self.environment | environment, log=log, name=name)
        self.processes.append(process)
        return process

    def tell(self, task: str, *, times: int = 1) -> None:
        """Put a clock's message on the broker, as a beat does when its time has come."""
        with Celery(broker=self.environment["REDIS_URL"]) as sender:
            for _ in range(times):
                sender.send_task(task, ignore_result=True)

    @contextmanager
    def beating(self, task: str, *, every: float = 0.5) -> Iterator[None]:
        """Tell a task in the background again and again, for a beat whose minutes nobody wants to wait for."""
        is_over = threading.Event()

        def beat() -> None:
            while not is_over.wait(every):
                self.tell(task)

        self.tell(task)
        thread = threading.Thread(target=beat)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()

    def said(self) -> str:
        """Return what all processes have written."""
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def kill(self) -> None:
        for process in self.processes:
            process.kill()


class RedisServer:
    """A Redis of the test's own, which keeps nothing over a restart."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.running = subprocess.Popen(
            ["redis-server", *options, "--dir", str(self.folder)], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
        )
        wait_until(self.answers, what="an answer of Redis")

    def answers(self) -> bool:
        with redis.Redis.from_url(self.url) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False

    def kill(self) -> None:
        self.running.kill()
        self.running.wait()


class PostgresServer:
    """A cluster of the test's own, which may be restarted while it is used."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cpor-postgres-"))
        self.port = free_port()
        self.programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        data = ["-D", str(self.folder / "data")]
        self.run("initdb", *data, "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync")
        self.options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self.control("start")

    def run(self, program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL, which refuses to be root."""
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        subprocess.run(
            [*as_postgres, str(self.programs / program), *arguments],
            cwd=self.folder,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def control(self, action: str, *, mode: str = "immediate") -> None:
        """Start, stop or restart the cluster; *immediate* is as abrupt as a crash."""
        how = ["-m", mode] if action != "start" else []
        options = ["-o", self.options] if action != "stop" else []
        log = ["-l", str(self.folder / "log")]
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", *how, *log, *options, action)

    def remove(self) -> None:
        self.control("stop")
        shutil.rmtree(self.folder)


@contextmanager
def moved_to(server: PostgresServer) -> Iterator[None]:
    """Let the test's own queries go to a database of the same name on *server* in the meantime."""
    here = {name: connection.settings_dict[name] for name in ("HOST", "PORT")}
    connection.close()
    connection.settings_dict.update(HOST="127.0.0.1", PORT=server.port)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(here)


def database_url() -> str:
    """Return the address of the database that the test's own queries go to."""
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**connection.settings_dict)
