"""Two servers of two gunicorn workers each, the portal and the bare floor, and a browser that asks both."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.models import User
from bench.measuring import seconds

PORTAL, FLOOR = "cpor_portal.settings", "bench.floor.settings"
PATIENCE_SECONDS = 60
BOUNDARY = "between-the-parts-of-a-form"


class NotAnswered(RuntimeError):
    """A server did not start, or answered with something else than the page."""


@contextmanager
def server(
    settings_module: str, *, port: int, workers: int = 2, more: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Serve a project on loopback, return its port once it answers, and stop it afterwards.

    *more* is environment beside that of this process.
    """
    application = "cpor_portal.wsgi" if settings_module == PORTAL else "bench.floor.wsgi"
    options = ["--workers", str(workers), "--bind", f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "error"]
    running = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *options, application],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": settings_module} | dict(more or {}),
    )
    try:
        wait_for(port)
        yield port
    finally:
        running.terminate()
        running.wait(timeout=PATIENCE_SECONDS)


def wait_for(port: int) -> None:
    """Return as soon as the server answers; raise NotAnswered when it takes too long."""
    given_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < given_up_at:
        try:
            Browser(port).get("/healthz")
        except OSError:
            time.sleep(0.005)
        else:
            return
    raise NotAnswered(f"Nothing answers at port {port}.")


@dataclass
class Browser:
    """Asks one server, with cookies, and follows no redirect."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, *, status: int = 200) -> str:
        return self._ask("GET", path, body=b"", status=status)[1]

    def post(self, path: str, facts: dict[str, str], *, files: Mapping[str, bytes] | None = None) -> str:
        """Post a form and return where it leads; raise NotAnswered for a form that comes back."""
        parts = [(f'name="{name}"', value.encode()) for name, value in facts.items()]
        parts += [(f'name="{name}"; filename="{name}.pdf"', content) for name, content in (files or {}).items()]
        lines = [
            line
            for about, content in parts
            for line in (f"--{BOUNDARY}".encode(), f"Content-Disposition: form-data; {about}".encode(), b"", content)
        ]
        return self._ask("POST", path, body=b"\r\n".join([*lines, f"--{BOUNDARY}--".encode(), b""]), status=302)[0]

    def _ask(self, method: str, path: str, *, body: bytes, status: int) -> tuple[str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        connection.request(method, path, body=body or None, headers=headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        if answer.status != status:
            raise NotAnswered(f"{method} {path}: {answer.status} {page[:2000]}")
        for header in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return answer.headers.get("Location", ""), page


def signed_in(user: User, *, port: int) -> Browser:
    """Return the browser of a person who has signed in, with the second factor of whoever has one."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return Browser(port, {settings.SESSION_COOKIE_NAME: session.session_key})


def page_times(*pages: tuple[Browser, str], times: int) -> list[float]:
    """Return the median seconds of each page, asked for in turns after each worker has answered once."""
    for browser, path in pages:
        for _ in range(3):
            browser.get(path)
    rounds = [[seconds(partial(browser.get, path)) for browser, path in pages] for _ in range(times)]
    return [sorted(column)[len(column) // 2] for column in zip(*rounds, strict=True)]
