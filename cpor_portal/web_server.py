"""Settings of gunicorn; its command line wins.

Its processes share one folder of counters, so that each can answer Prometheus for all.
"""

import os
import shutil
import tempfile
from typing import Any

bind = "0.0.0.0:8000"
worker_class = "gthread"
workers = 2
threads = 8
# Longer than the proxy keeps an idle connection (Caddy: two minutes): no form must meet a server that hangs up.
keepalive = 130
worker_tmp_dir = "/dev/shm"  # noqa: S108 - in memory, as gunicorn advises: a slow disk must not look like a dead worker
control_socket_disable = True

# prometheus-client reads the name when it is first imported, in the processes that are forked later.
COUNTERS = tempfile.mkdtemp(prefix="cpor-counters-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = COUNTERS


def on_exit(server: Any) -> None:
    shutil.rmtree(COUNTERS, ignore_errors=True)
