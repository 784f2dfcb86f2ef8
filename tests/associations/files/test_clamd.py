"""Answers of clamd and their meaning: only a clear answer counts."""

import io
import socket

import pytest

from associations.files import clamd
from associations.files.clamd import ScanVerdict
from tests.associations.clamd import EICAR, running


def test_a_file_without_a_signature_is_clean(scanner):
    content = b"x" * (3 * clamd.CHUNK + 1)

    assert clamd.scan(io.BytesIO(content)) is ScanVerdict.CLEAN
    assert scanner.commands == [b"zINSTREAM\0"]
    assert scanner.scanned == [content]


def test_a_file_with_a_signature_is_infected(scanner):
    assert clamd.scan(io.BytesIO(b"before" + EICAR + b"after")) is ScanVerdict.INFECTED


def test_a_file_over_the_scanners_limit_is_unknown(scanner):
    scanner.longest_stream = clamd.CHUNK

    assert clamd.scan(io.BytesIO(bytes(40 * clamd.CHUNK))) is ScanVerdict.UNKNOWN


@pytest.mark.parametrize(
    "reply",
    [
        b"INSTREAM size limit exceeded. ERROR",
        b"stream: Can't allocate memory ERROR",
        b"stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND",
        b"COMMAND READ TIMED OUT",
        b"OK",
        b"stream: OK, or nearly",
        b"\xff\xfe",
    ],
)
def test_whatever_is_not_a_clear_answer_is_unknown(scanner, reply):
    scanner.says = reply

    assert clamd.scan(io.BytesIO(b"x")) is ScanVerdict.UNKNOWN


def test_a_scanner_that_hangs_up_makes_nothing_clean(scanner):
    scanner.hangs_up = True

    assert clamd.scan(io.BytesIO(b"x")) is ScanVerdict.UNKNOWN
    assert not clamd.scanner_answers()


def test_a_scanner_that_talks_without_end_makes_nothing_clean(scanner):
    scanner.says = b"stream: " + b"x" * 3 * clamd.LONGEST_REPLY

    assert clamd.scan(io.BytesIO(b"x")) is ScanVerdict.UNKNOWN


def test_a_scanner_that_never_answers_is_given_up(settings, monkeypatch):
    monkeypatch.setattr(clamd, "ANSWER_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CLAMD_URL = f"tcp://127.0.0.1:{silent.getsockname()[1]}"

        assert clamd.scan(io.BytesIO(b"x")) is ScanVerdict.UNKNOWN


@pytest.mark.parametrize(("host", "name"), [("::1", "[::1]"), ("127.0.0.1", "localhost")])
def test_a_scanner_is_found_over_ipv6_and_by_its_name(settings, host, name):
    with running(host) as scanner:
        settings.CLAMD_URL = f"tcp://{name}:{scanner.server_address[1]}"

        assert clamd.scanner_answers()
        assert clamd.scan(io.BytesIO(EICAR)) is ScanVerdict.INFECTED


def test_a_scanner_answers_when_it_is_there(scanner):
    assert clamd.scanner_answers()


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.ctl"])
def test_a_scanner_that_is_not_there_makes_nothing_clean(settings, url):
    settings.CLAMD_URL = url

    assert clamd.scan(io.BytesIO(b"x")) is ScanVerdict.UNKNOWN
    assert not clamd.scanner_answers()
