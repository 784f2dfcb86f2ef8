"""kombu's brokers, each with one fault removed: a folder shows no half-written message, and workers outlive Redis.

ADR 26 tells the faults.
"""

import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem, redis
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """kombu's channel, which renames a message into place when it is complete."""

    # The classes above disagree on the second parameter's name.
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        content = dumps(payload)
        # Names sort by time. kombu reads only names that end in .msg.
        complete = Path(self.data_folder_out) / f"{time.monotonic_ns() // 1_000_000}_{uuid.uuid4()}.{queue}.msg"
        unfinished = complete.with_name(f"{complete.name}.part")
        unfinished.write_text(content)
        os.replace(unfinished, complete)


class Transport(filesystem.Transport):
    """The transport of `filesystem://` addresses.

    A worker whose threads are all busy checks for messages again after `polling_interval` seconds. With one second,
    kombu's default, three messages passed per second, and emails waited behind the messages about uploads.
    """

    Channel = Channel
    polling_interval = 0.1


class RedisChannel(redis.Channel):
    """kombu's channel, which sends nothing over a lost connection.

    kombu would put the worker's messages back into a Redis that is away, and the worker would die. They are handed out
    again after an hour; long before that, the next beat has asked for the same work.
    """

    do_restore = False

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        """Acknowledge a message, unless the connection is gone."""
        if self.connection is not None:
            super().basic_ack(delivery_tag, multiple=multiple)

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Refuse a message, unless the connection is gone."""
        if self.connection is not None:
            super().basic_reject(delivery_tag, requeue=requeue)


class RedisTransport(redis.Transport):
    """The transport of `redis://` addresses."""

    Channel = RedisChannel
