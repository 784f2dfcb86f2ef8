"""A scanner that speaks clamd's protocol over real TCP: zPING, zINSTREAM with its chunks, its limit and its errors."""

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# The harmless file that every scanner reports; in two halves, so that none reports this one.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Conversation(socketserver.BaseRequestHandler):
    """One connection, which clamd closes after its answer to a `z` command."""

    server: "Clamd"

    def handle(self) -> None:
        stream = self.request.makefile("rb")
        command = b""
        while not command.endswith(b"\0"):
            byte = stream.read(1)
            if not byte:
                return
            command += byte
        self.server.commands.append(command)
        if self.server.hangs_up:
            return
        self.request.sendall(self.reply_to(command, stream) + b"\0")

    def reply_to(self, command, stream) -> bytes:
        if command == b"zPING\0":
            return b"PONG"
        if command != b"zINSTREAM\0":
            return b"UNKNOWN COMMAND"
        content = b""
        while length := struct.unpack("!L", stream.read(4))[0]:
            if len(content) + length > self.server.longest_stream:
                return b"INSTREAM size limit exceeded. ERROR"
            content += stream.read(length)
        self.server.scanned.append(content)
        if self.server.says:
            return self.server.says
        return b"stream: Local.Eicar-Test.UNOFFICIAL FOUND" if EICAR in content else b"stream: OK"


class Clamd(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, host: str) -> None:
        self.host = host
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, 0), Conversation)
        self.commands: list[bytes] = []
        self.scanned: list[bytes] = []
        self.longest_stream = 30 * 1024 * 1024
        self.says = b""
        self.hangs_up = False

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tcp://{host}:{self.server_address[1]}"


@contextmanager
def running(host: str = "127.0.0.1") -> Iterator[Clamd]:
    with Clamd(host) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
