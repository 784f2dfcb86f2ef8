"""Notifies the workers of new work, so that it starts at once; the clocks pick up what they miss."""

import logging

from celery import current_app

logger = logging.getLogger(__name__)

# Names of the tasks of clocks (`operations.clocks`), and the queue of what may take minutes.
SCAN_PROOFS = "associations.tasks.scan_proofs"
READ_PROOFS = "associations.tasks.read_proofs"
SEAL_ACKNOWLEDGEMENTS = "associations.tasks.seal_acknowledgements"
READINGS = "readings"
DEFAULT_QUEUE = "celery"
SECONDS_TO_CONNECT = 1
SECONDS_TO_START = 60


def wake(task: str, *, queue: str = DEFAULT_QUEUE) -> None:
    """Send one message for the clock's *task*; a broker that is away costs a second and is no error."""
    patience = {"socket_connect_timeout": SECONDS_TO_CONNECT, "socket_timeout": SECONDS_TO_CONNECT}
    options = patience if current_app.conf.broker_url.startswith("redis") else {}
    try:
        with current_app.connection_for_write(transport_options=options) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=SECONDS_TO_CONNECT)
            current_app.send_task(task, queue=queue, expires=SECONDS_TO_START, connection=broker, retry=False)
    # Every transport has exceptions of its own.
    except Exception as trouble:
        logger.warning("No worker was told of %s: %s.", task, type(trouble).__name__)
