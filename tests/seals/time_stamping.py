"""A time stamping authority (RFC 3161) of the tests: a small HTTP server around `openssl ts`."""

import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

CONFIGURATION = """
[req]
distinguished_name = name
x509_extensions = authority
prompt = no
[name]
CN = Authority of the tests
[authority]
basicConstraints = critical, CA:true
[stamper]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class Authority:
    """The address of the authority, and the file by which what it stamps is verified."""

    url: str
    trusted: Path


def openssl(*arguments: str, folder: Path) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_keys(folder: Path) -> None:
    """Make a root, and a certificate for time stamps below it."""
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder))
    (folder / "serial").write_text("01")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *key, "-config", "tsa.cnf", "-keyout", "root.key", "-out", "root.pem", folder=folder)
    openssl("req", *key, "-subj", "/CN=Stamper", "-keyout", "tsa.key", "-out", "tsa.csr", folder=folder)
    root = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial")
    extensions = ("-extfile", "tsa.cnf", "-extensions", "stamper")
    openssl("x509", "-req", "-in", "tsa.csr", *root, *extensions, "-out", "tsa.pem", folder=folder)


@contextmanager
def an_authority() -> Iterator[Authority]:
    """Run the authority for the time of the block."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_keys(folder)

        class Stamper(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
                keys = ("-inkey", "tsa.key", "-signer", "tsa.pem", "-chain", "root.pem")
                made = ("-config", "tsa.cnf", "-queryfile", "query", "-out", "reply")
                openssl("ts", "-reply", *made, *keys, folder=folder)
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.end_headers()
                self.wfile.write((folder / "reply").read_bytes())

            def log_message(self, *_arguments: object) -> None:
                """Say nothing in the middle of the tests' progress."""

        server = HTTPServer(("127.0.0.1", 0), Stamper)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Authority(f"http://127.0.0.1:{server.server_port}/", folder / "root.pem")
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
