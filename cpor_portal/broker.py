"""The embedded mode's broker: a folder of messages, in which a message appears whole or not at all.

kombu makes a message's file first and fills it afterwards. A worker that looks in between takes an empty message and
dies of it, and the portal with it.
"""

import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
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
