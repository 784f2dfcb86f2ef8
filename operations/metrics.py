"""Figures for Prometheus, counted in the database at each scrape, so that all web processes answer the same.

Each query reads an index or a fixed number of rows. The web processes count how long requests took in a folder that
they share (`cpor_portal.web_server`); without one, a process answers only its own.
"""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from associations.choices import ClaimStatus
from associations.models import Claim
from associations.services.files.proof_reading import count_unread, oldest_unread
from notifications.incoming.processing import Fate
from notifications.models import ClockRun, EmailStatus, IncomingCount, OutboxEmail
from operations.readiness import oldest_due_mail, oldest_overdue_window
from operations.request_log import REQUEST_SECONDS

# Those the outbox has an index for; the mails that went out well are too many to count.
COUNTED = (EmailStatus.QUEUED, EmailStatus.SENDING)
LATEST_MAILS = 1000


class PortalCollector(Collector):
    """The portal's figures at the moment of each scrape."""

    def describe(self) -> list[Metric]:
        """Return nothing: prometheus-client would otherwise collect once just to learn the names."""
        return []

    def collect(self) -> Iterator[Metric]:
        now = timezone.now()
        yield by_status("cpor_claims", "Claims by status.", claims())
        yield by_status("cpor_outbox_mails", "Mails that may still go out, by status.", outbox())
        yield by_status("cpor_latest_mails", f"What became of the latest {LATEST_MAILS} mails.", latest_mails())
        yield age("cpor_oldest_due_mail_seconds", "How long the oldest due mail waits.", oldest_due_mail(now=now), now)
        yield age(
            "cpor_oldest_overdue_window_seconds",
            "How long ago the window ended that should have been closed first.",
            oldest_overdue_window(now=now),
            now,
        )
        yield GaugeMetricFamily("cpor_unread_proofs", "Proofs whose text is still to be read.", value=count_unread())
        yield age(
            "cpor_oldest_unread_proof_seconds",
            "How long the oldest proof waits to be read.",
            oldest_unread(now=now),
            now,
        )
        yield incoming()
        yield from clocks()


def claims() -> dict[str, int]:
    counts = dict(Claim.objects.order_by().values_list("status").annotate(Count("pk")))
    return {status: counts.get(status, 0) for status in ClaimStatus.values}


def outbox() -> dict[str, int]:
    return {status.value: OutboxEmail.objects.filter(status=status).count() for status in COUNTED}


def latest_mails() -> dict[str, int]:
    counts = Counter(OutboxEmail.objects.order_by("-pk").values_list("status", flat=True)[:LATEST_MAILS])
    return {status: counts[status] for status in EmailStatus.values}


def incoming() -> Metric:
    metric = CounterMetricFamily("cpor_incoming_mails", "What became of the mails in the mailbox.", labels=["fate"])
    counts = dict(IncomingCount.objects.values_list("fate", "total"))
    for fate in Fate:
        metric.add_metric([fate], counts.get(fate, 0))
    return metric


def by_status(name: str, words: str, counts: dict[str, int]) -> Metric:
    metric = GaugeMetricFamily(name, words, labels=["status"])
    for status, count in counts.items():
        metric.add_metric([status], count)
    return metric


def age(name: str, words: str, since: datetime | None, now: datetime) -> Metric:
    return GaugeMetricFamily(name, words, value=(now - since).total_seconds() if since else 0)


def clocks() -> tuple[Metric, Metric]:
    last = GaugeMetricFamily("cpor_clock_last_run_timestamp_seconds", "When each clock last ran.", labels=["clock"])
    took = GaugeMetricFamily("cpor_clock_run_seconds", "How long the last run of each clock took.", labels=["clock"])
    for run in ClockRun.objects.all():
        last.add_metric([run.clock], run.ended_at.timestamp())
        took.add_metric([run.clock], run.seconds)
    return last, took


REGISTRY = CollectorRegistry()
REGISTRY.register(PortalCollector())
if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
    MultiProcessCollector(REGISTRY)  # type: ignore[no-untyped-call]
else:
    REGISTRY.register(REQUEST_SECONDS)


def exposition() -> bytes:
    """Return every figure in Prometheus' text format."""
    return generate_latest(REGISTRY)
