"""Processes, servers and a mail server for tests in which something dies; none outlives its test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.mail_sink import MailSink
from tests.faults.processes import Portal, RedisServer, database_url


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    sink.open()
    yield sink
    sink.close()


@pytest.fixture
def portal(transactional_db: None, tmp_path: Path, redis_server: RedisServer, sink: MailSink) -> Iterator[Portal]:
    """A portal none of whose processes runs yet, on the test's database."""
    portal = Portal(tmp_path, DATABASE_URL=database_url(), REDIS_URL=redis_server.url, EMAIL_URL=sink.url)
    yield portal
    portal.kill()
