"""An error reaches the service that collects them, and takes nobody's data along."""

import gzip
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import settings

pytestmark = pytest.mark.processes

FAIL = """
import logging, sentry_sdk
secret = "0123456789-a-secret-token-in-a-variable"
try:
    raise RuntimeError("no mail to eve@customer.example with /c/0123456789abcdefghijklmnop/")
except RuntimeError:
    logging.getLogger("notifications").exception("Failed for %s", "eve@customer.example")
from django.test import Client
Client().get("/accounts/login/", headers={"Host": "evil.example"})
sentry_sdk.flush()
"""


class Collector(BaseHTTPRequestHandler):
    """Takes what Sentry's own library sends."""

    received: list[str]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append((gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body).decode())
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each report."""


@pytest.fixture
def collector() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        Collector.received = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_an_error_is_reported_without_the_people_it_concerns(collector: HTTPServer, tmp_path):
    environment = {"CPOR_VAR": str(tmp_path), "SENTRY_DSN": f"http://key@127.0.0.1:{collector.server_port}/1"}
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", FAIL]

    subprocess.run(command, cwd=settings.BASE_DIR, env=os.environ | environment, check=True, capture_output=True)

    report = "".join(Collector.received)
    assert "no mail to [address] with /c/[token]/" in report
    assert "RuntimeError" in report
    assert "evil.example" not in report

    assert [word for word in ("eve@customer.example", "0123456789") if word in report] == []
