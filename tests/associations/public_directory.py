"""A stand-in for Microsoft's public directory: a real HTTP server that answers well, badly, slowly or not at all."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

TENANT = UUID("11111111-2222-4333-8444-555555555555")


def document(issuer: str) -> bytes:
    return json.dumps({"issuer": issuer}).encode()


ANSWERS = {
    "good.example": (200, document(f"https://sts.windows.net/{TENANT}/")),
    "newer.example": (200, document(f"https://login.microsoftonline.com/{TENANT}/v2.0")),
    "unknown.example": (400, b'{"error":"invalid_tenant"}'),
    "garbage.example": (200, b"<html>"),
    "list.example": (200, b"[1]"),
    "other.example": (200, document("https://sts.windows.net/common/")),
    "huge.example": (200, b" " * 70_000),
    "broken.example": (500, b""),
    "redirect.example": (302, b""),
}


class Microsoft(BaseHTTPRequestHandler):
    """Answers as the name in the path says."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        name = self.path.split("/")[1]
        if name == "slow.example":
            time.sleep(0.6)
        status, body = ANSWERS.get(name, (404, b""))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/good.example/.well-known/openid-configuration")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


@contextmanager
def running() -> Iterator[tuple[str, list[str]]]:
    """Yield the address of the server and the list of the paths that it is asked for."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Microsoft) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        Microsoft.asked = []
        yield f"http://127.0.0.1:{server.server_port}", Microsoft.asked
        server.shutdown()
        thread.join()
