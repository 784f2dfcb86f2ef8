"""A store that answers like S3 and fails as stores do: with 500, slowly, in mid upload, or because it is full."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FULL = b"<Error><Code>XMinioStorageFull</Code><Message>Storage backend has reached its threshold.</Message></Error>"
BROKEN = b"<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>"


class Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "FaultyStore"

    def do_HEAD(self) -> None:
        self.answer(404)

    def do_GET(self) -> None:
        self.answer(500, BROKEN)

    def do_DELETE(self) -> None:
        self.server.deleted.append(self.path)
        self.answer(500 if self.server.fault == "500" else 204, BROKEN if self.server.fault == "500" else b"")

    def do_PUT(self) -> None:
        self.server.uploads += 1
        if self.headers.get("Expect") == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        left = int(self.headers["Content-Length"])
        while left and (piece := self.rfile.read(min(left, 64 * 1024))):
            left -= len(piece)
            self.server.received += len(piece)
            if self.server.fault == "reset":
                self.reset()
                return
        if self.server.fault == "slow":
            time.sleep(self.server.seconds)
        status, body = {"500": (500, BROKEN), "full": (507, FULL)}.get(self.server.fault, (200, b""))
        self.answer(status, body)

    def reset(self) -> None:
        """Drop the connection as a dying server does: with a reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"0"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class FaultyStore(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.fault = ""
        self.seconds = 2.0
        self.uploads = self.received = 0
        self.deleted: list[str] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that gave up is no news."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def running() -> Iterator[FaultyStore]:
    with FaultyStore() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
