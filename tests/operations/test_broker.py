"""A worker and a producer share a folder; neither ever sees half a message."""

import logging
import os
import threading
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection, Producer, Queue

from cpor_portal.celery import app
from operations import broker

pytestmark = pytest.mark.both

MESSAGES = 500


class Peeking:
    """A payload that looks into the folder while it is being written out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __json__(self) -> list[str]:
        return [path.name for path in self.folder.iterdir()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "messages"
    folder.mkdir()
    return folder


def open_channel(folder: Path) -> Any:
    """Return a channel of the transport that Celery uses for `filesystem://`."""
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder.parent / "control"),
    }
    return Connection("filesystem://", transport_options=options).channel()


def test_celery_uses_this_broker_in_the_embedded_mode():
    with app.connection_for_write(url="filesystem://localhost") as connection:
        assert connection.transport_cls == "filesystem"
        assert isinstance(connection.transport, broker.Transport)


def test_no_message_lies_in_the_folder_before_it_is_complete(folder: Path):
    channel = open_channel(folder)

    channel._put("celery", {"seen": Peeking(folder)})

    assert channel._get("celery") == {"seen": []}
    assert list(folder.iterdir()) == []


def test_messages_come_out_whole_while_others_are_put_in(folder: Path):
    sender, receiver = open_channel(folder), open_channel(folder)
    sending = threading.Thread(target=lambda: [sender._put("celery", {"number": n}) for n in range(MESSAGES)])

    received = []
    sending.start()
    while sending.is_alive() or any(folder.glob("*.msg")):
        try:
            received.append(receiver._get("celery")["number"])
        except Empty:
            continue
    sending.join()

    assert sorted(received) == list(range(MESSAGES))


def test_a_worker_whose_hands_are_full_looks_again_in_a_moment(folder: Path, monkeypatch):
    channel = open_channel(folder)
    received: list[Any] = []
    Queue("celery", channel=channel).declare()
    channel.basic_qos(0, 1, False)
    channel.basic_consume("celery", False, received.append, "worker")
    for number in range(2):
        about = {"delivery_info": {"exchange": "celery", "routing_key": "celery"}, "delivery_tag": str(number)}
        channel._put("celery", channel.prepare_message("work", properties=about))
    naps: list[float] = []

    def end_the_task(seconds: float) -> None:
        naps.append(seconds)
        received[0].ack()

    monkeypatch.setattr("kombu.transport.virtual.base.sleep", end_the_task)

    for _message in range(2):
        channel.connection.drain_events(channel.connection.client)

    received[1].ack()
    assert len(received) == 2
    assert sum(naps) <= 0.2


@pytest.mark.skipif("REDIS_URL" not in os.environ, reason="Redis is not among the engines of this run")
@pytest.mark.parametrize("answer", ["ack_log_error", "reject_log_error"])
def test_a_task_may_end_after_its_connection_to_redis_is_lost(answer):
    queue = Queue(f"test-{uuid.uuid4()}", auto_delete=True)
    connection = app.connection_for_write(url=os.environ["REDIS_URL"])
    assert isinstance(connection.transport, broker.RedisTransport)
    Producer(connection).publish("work", routing_key=queue.name, declare=[queue])
    message = queue(connection.channel()).get(no_ack=False)

    connection.release()

    getattr(message, answer)(logging.getLogger(__name__), ())
