"""A line between browser and portal on which a page arrives piece by piece, as it does from far away."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

PIECES = 12
SECONDS_BETWEEN = 0.04
# What belongs to one stretch of the line, and what a page in pieces can't keep.
OF_ONE_STRETCH = {"connection", "transfer-encoding", "content-length", "keep-alive"}


class Line(BaseHTTPRequestHandler):
    """Passes on whatever is asked and answered; a page is handed over in pieces."""

    protocol_version = "HTTP/1.1"
    portal = ""

    def pass_on(self) -> None:
        said = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = dict(self.headers) | {"Accept-Encoding": "identity"}
        line = HTTPConnection(self.portal)
        line.request(self.command, self.path, body=said, headers=asked)
        answer = line.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in OF_ONE_STRETCH:
                self.send_header(name, value)
        is_page = (answer.getheader("Content-Type") or "").startswith("text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for piece in pieces_of(body) if is_page else [body]:
            self.wfile.write(piece)
            self.wfile.flush()
            time.sleep(SECONDS_BETWEEN if is_page else 0)
        line.close()

    do_GET = do_POST = do_HEAD = pass_on

    def log_message(self, *args: object) -> None:
        """Say nothing of each request."""


def pieces_of(body: bytes) -> Iterator[bytes]:
    """Yield *body* in pieces that end inside what is drawn: behind a picture, before the words beside it."""
    size = len(body) // PIECES + 1
    start = 0
    while start < len(body):
        behind_picture = body.find(b"</svg>", start + size)
        end = len(body) if behind_picture < 0 else behind_picture + len(b"</svg>")
        yield body[start:end]
        start = end


@contextmanager
def slow_line(address: str) -> Iterator[str]:
    """Lay such a line to the portal at *address*, and give the address of its near end."""
    handler = type("ThisLine", (Line,), {"portal": urlsplit(address).netloc})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
