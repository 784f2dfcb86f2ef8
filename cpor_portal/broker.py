"""The brokers: kombu's, with what each lacks.

In the folder of the embedded mode a message appears whole or not at all: kombu makes its file first and fills it
afterwards, and a worker that looks in between takes an empty message and dies of it, and the portal with it. And a
worker outlives a Redis that goes away.
"""

import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem, redis
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """kombu's channel, whose messages are renamed into place when they are complete."""

    # The classes above disagree on the second parameter's name.
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        content = dumps(payload)
        # Names sort by time, and a name that ends otherwise is no message to kombu.
        complete = Path(self.data_folder_out) / f"{time.monotonic_ns() // 1_000_000}_{uuid.uuid4()}.{queue}.msg"
        unfinished = complete.with_name(f"{complete.name}.part")
        unfinished.write_text(content)
        os.replace(unfinished, complete)


class Transport(filesystem.Transport):
    """What `filesystem://` means here."""

    Channel = Channel


class RedisChannel(redis.Channel):
    """kombu's channel, which lets go of a lost connection without a word to it.

    kombu would put back what the worker holds, into a Redis that is away, and the worker dies of that. What it held is
    handed out again after an hour, and long before that the next beat has asked for the same.
    """

    do_restore = False

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        """Acknowledge a message, unless the connection is gone, which would be the end of the worker, too."""
        if self.connection is not None:
            super().basic_ack(delivery_tag, multiple=multiple)

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Refuse a message, unless the connection is gone."""
        if self.connection is not None:
            super().basic_reject(delivery_tag, requeue=requeue)


class RedisTransport(redis.Transport):
    """What `redis://` means here."""

    Channel = RedisChannel
