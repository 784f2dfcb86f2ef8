"""Asks clamd about a file: clean, infected, or unknown. Whatever is not a clear answer is unknown."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import IO
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

CHUNK = 64 * 1024
LONGEST_REPLY = 4096
CONNECT_SECONDS = 3
# clamd answers when it has scanned all of it, which takes seconds for a large archive.
ANSWER_SECONDS = 60
PORT = 3310
# clamd gave up on a file that is too deep or too large for it, which says nothing of what is inside.
GAVE_UP = "Heuristics.Limits.Exceeded"


class ScanVerdict(StrEnum):
    """The scanner's verdict on a file."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNKNOWN = "unknown"


def is_configured() -> bool:
    """Return whether files are scanned at all."""
    return bool(settings.CLAMD_URL)


def scanner_answers() -> bool:
    """Return whether the scanner is there: it answers PING with PONG within seconds."""
    try:
        with connection(seconds=CONNECT_SECONDS) as clamd:
            clamd.sendall(b"zPING\0")
            return reply_of(clamd) == "PONG"
    except OSError:
        return False


def scan(file: IO[bytes]) -> ScanVerdict:
    """Return what the scanner says of the rest of *file*; UNKNOWN when it can't be asked or does not say."""
    try:
        with connection(seconds=ANSWER_SECONDS) as clamd:
            clamd.sendall(b"zINSTREAM\0")
            while chunk := file.read(CHUNK):
                clamd.sendall(struct.pack("!L", len(chunk)) + chunk)
            clamd.sendall(struct.pack("!L", 0))
            return verdict_in(reply_of(clamd))
    except OSError:
        return ScanVerdict.UNKNOWN


def verdict_in(reply: str) -> ScanVerdict:
    """Return what a reply to INSTREAM means: `stream: OK`, `stream: <name> FOUND`, or an error."""
    if reply == "stream: OK":
        return ScanVerdict.CLEAN
    if reply.startswith("stream: ") and reply.endswith(" FOUND") and GAVE_UP not in reply:
        return ScanVerdict.INFECTED
    return ScanVerdict.UNKNOWN


@contextmanager
def connection(*, seconds: float) -> Iterator[socket.socket]:
    """Connect to the scanner at `CLAMD_URL`; raise OSError when it is not there."""
    where = urlsplit(settings.CLAMD_URL)
    with connected_to_file(where.path) if where.scheme == "unix" else connected_to_host(where) as clamd:
        clamd.settimeout(seconds)
        yield clamd


def connected_to_host(where: SplitResult) -> socket.socket:
    """Try every address of the host, IPv6 and IPv4, one after another."""
    return socket.create_connection((where.hostname, where.port or PORT), timeout=CONNECT_SECONDS)


def connected_to_file(path: str) -> socket.socket:
    clamd = socket.socket(socket.AF_UNIX)
    clamd.settimeout(CONNECT_SECONDS)
    try:
        clamd.connect(path)
    except OSError:
        clamd.close()
        raise
    return clamd


def reply_of(clamd: socket.socket) -> str:
    """Return the reply up to its closing zero byte; what ends without one is no reply."""
    reply = b""
    while not reply.endswith(b"\0"):
        piece = clamd.recv(LONGEST_REPLY)
        if not piece or len(reply) > LONGEST_REPLY:
            return ""
        reply += piece
    return reply[:-1].decode("utf-8", errors="replace")
