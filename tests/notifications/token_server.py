"""An identity provider that gives tokens to one app registration, over real HTTP."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl


class TokenServer(ThreadingHTTPServer):
    """Remembers what it was sent; gives `token` for the right secret, or `answer` instead when there is one."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[dict[str, str]] = []
        self.token, self.secret, self.seconds = "token-1", "s3cret", 3600
        self.answer: bytes | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/tenant/oauth2/v2.0/token"


class Answer(BaseHTTPRequestHandler):
    server: TokenServer

    def do_POST(self) -> None:
        asked = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.server.asked.append(asked)
        is_right = asked["client_secret"] == self.server.secret
        facts = {"token_type": "Bearer", "access_token": self.server.token, "expires_in": self.server.seconds}
        refusal = {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret."}
        body = self.server.answer or json.dumps(facts if is_right else refusal).encode()
        self.send_response(200 if is_right else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing in the test's output."""


@contextmanager
def token_server() -> Iterator[TokenServer]:
    """Run the provider on a free port."""
    with TokenServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
