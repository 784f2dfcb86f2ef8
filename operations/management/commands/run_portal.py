"""Runs the whole portal on this computer: web server, worker and beat as one command."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType
from typing import Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connections, transaction

from operations.environment import EVERY_INTERFACE, local_url
from operations.running_portal import AlreadyRunning, running_at

DEMO_PASSWORD = "cpor-demo"  # noqa: S105 - the demo accounts exist in the embedded mode only
DEMO_ACCOUNTS = {
    "admin@contoso.example": "incentives admin, Contoso Consulting",
    "user@contoso.example": "incentives user, Contoso Consulting",
    "global@contoso.example": "global admin, Contoso Consulting: invites colleagues",
    "admin@fabrikam.example": "incentives admin, Fabrikam Services",
    "reviewer@microsoft.example": "reviewer, works at /admin/",
    "root@microsoft.example": "platform admin, works at /admin/",
}

WEB_SERVER = ["gunicorn", "--worker-class=gthread", "--workers=1", "--threads=8", "--log-level=warning"]
WEB_SERVER += ["--no-control-socket", "--graceful-timeout=2"]
WORKER = ["celery", "--quiet", "--app=cpor_portal", "worker", "--pool=threads", "--concurrency=3"]
WORKER += ["--queues=celery,readings", "--beat", "--without-mingle", "--without-gossip", "--loglevel=WARNING"]

SECONDS_TO_START = 60
SECONDS_TO_STOP = 4
SECONDS_BETWEEN_LOOKS = 0.2


class Command(BaseCommand):
    help = "Run web server, worker and beat in the embedded mode, at CPOR_BIND and PORT. Ctrl-C stops all of them."

    def handle(self, **options: object) -> None:
        bind, port = os.environ.get("CPOR_BIND", "127.0.0.1"), os.environ.get("PORT", "8000")
        if not settings.EMBEDDED:
            raise CommandError("run_portal is for the embedded mode. Use `make run`, which sets CPOR_EMBEDDED=1.")
        check_address(bind, port=port)
        url = os.environ.get("PORTAL_URL", "").rstrip("/") or local_url(bind, port)
        try:
            with running_at(url, folder=settings.VAR_DIR):
                self.run(Portal(bind=bind, port=int(port)))
        except AlreadyRunning as other:
            raise CommandError(
                f"The portal at {other} runs with the folder {settings.VAR_DIR}."
                " Stop it, or choose another folder: CPOR_VAR=elsewhere make run"
            ) from None
        self.stdout.write("The portal has stopped.")

    def run(self, portal: "Portal") -> None:
        """Prepare the data, run the portal until it is to stop, and raise CommandError if it failed."""
        try:
            prepare_data()
        except KeyboardInterrupt:
            raise CommandError("Stopped before the portal was up.", returncode=130) from None
        with portal:
            if portal.answers():
                self.stdout.write(welcome(portal.address))
                self.stdout.flush()
            portal.wait()
        if portal.failure:
            raise CommandError(portal.failure)


def check_address(bind: str, *, port: str) -> None:
    """Raise CommandError, in words that say what to do, unless the portal can listen at *bind* and *port*."""
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise CommandError(f"PORT is {port!r}. Give it a number from 1 to 65535: make run PORT=8001")
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, int(port)))
        except OSError as error:
            raise CommandError(
                f"The portal cannot listen at {bind} port {port}: {error.strerror}."
                " Stop what uses the port, or choose another one: make run PORT=8001"
            ) from error


def prepare_data() -> None:
    """Bring the database up to date; while nobody can sign in yet, add the demo world, all of it or nothing.

    What pages are dressed in is compressed anew, for this may be another version than the last that ran here.
    """
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    if not get_user_model().objects.exists():
        with transaction.atomic():
            call_command("seed_demo", verbosity=0)
            call_command("seed_usage", verbosity=0)
    connections.close_all()


def welcome(address: str) -> str:
    """Return what a person needs to begin: where the portal is, who can sign in, where mail goes."""
    lines = ["", f"CPOR portal   {address}/"]
    if settings.MAILBOX_DIR:
        lines.append(f"Mailbox       {address}/mailbox/")
    present = set(get_user_model().objects.filter(email__in=DEMO_ACCOUNTS).values_list("email", flat=True))
    connections.close_all()
    if present:
        lines += ["", f"Sign in with the password {DEMO_PASSWORD} as"]
        lines += [f"  {email:28}{person}" for email, person in DEMO_ACCOUNTS.items() if email in present]
    return "\n".join([*lines, "", "Ctrl-C stops it.", ""])


class Portal:
    """The portal's processes: all of them run, or none. Leaving the `with` block stops them within 5 seconds.

    Each child leads a process group of its own, so that Ctrl-C reaches this process alone.
    """

    def __init__(self, *, bind: str, port: int) -> None:
        self.host = "127.0.0.1" if bind in EVERY_INTERFACE else bind
        self.port = port
        self.address = local_url(bind, str(port))
        listen = f"[{bind}]:{port}" if ":" in bind else f"{bind}:{port}"
        self.commands = {
            "web server": [*WEB_SERVER, f"--bind={listen}", "cpor_portal.wsgi"],
            "worker": WORKER,
        }
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.stop_asked = False
        self.failure = ""

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.ask_to_stop)
        for name, command in self.commands.items():
            self.children[name] = subprocess.Popen(  # noqa: S603 - both commands are written above
                [sys.executable, "-m", *command],
                cwd=settings.BASE_DIR,
                stdin=subprocess.DEVNULL,
                process_group=0,
            )
        return self

    def __exit__(self, *exception: object) -> None:
        for child in self.children.values():
            child.terminate()
        patience_ends = time.monotonic() + SECONDS_TO_STOP
        for child in self.children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=max(0, patience_ends - time.monotonic()))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stop_asked = True

    def answers(self) -> bool:
        """Wait until the web server answers; return False when it was stopped, died or took too long."""
        patience_ends = time.monotonic() + SECONDS_TO_START
        while self.runs():
            if self.is_healthy():
                return True
            if time.monotonic() > patience_ends:
                self.failure = f"The web server did not answer at {self.address} within {SECONDS_TO_START} seconds."
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return False

    def wait(self) -> None:
        """Return when a stop was asked for or a child has ended."""
        while self.runs():
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def runs(self) -> bool:
        for name, child in self.children.items():
            if child.poll() is not None and not self.stop_asked:
                self.failure = f"The {name} ended with code {child.returncode}, so the portal was stopped."
        return not (self.stop_asked or self.failure)

    def is_healthy(self) -> bool:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()
