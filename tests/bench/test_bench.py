"""The benchmarks still run: on very little data, for the work they do and not for the figures."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg2
import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from associations.models import Claim, Product
from bench import data, delivering, exporting, metering, report, sweeping
from bench.__main__ import own_database
from bench.measuring import Figure
from bench.ports import free_port
from bench.sizes import SIZES
from guides.models import ProgramGuide
from insights.models import MonthlyUsage

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="The benchmarks copy their data into PostgreSQL"),
]
TINY = SIZES["tiny"]


@pytest.fixture(scope="module", autouse=True)
def reference_data_outlives_the_module(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Load again, for the tests that follow, what the migrations loaded and the last flush took away."""
    yield
    with django_db_blocker.unblock():
        connection.creation.deserialize_db_from_string(connection._test_serialized_contents)  # type: ignore[attr-defined]


def test_the_sweep_and_its_floor_write_the_same_rows_and_the_report_says_so(tmp_path):
    data.build(TINY)

    figures = list(sweeping.sweep_due_claims(TINY))

    due = Claim.objects.filter(pk__in=data.due_numbers(TINY))
    assert set(due.values_list("status", "consent_status")) == {("approved", "no_objection")}
    for claim in due.order_by("pk")[:: TINY.due_claims]:
        lines = list(claim.events.order_by("pk"))
        assert all(line.holds() for line in lines)
        assert claim.history_head == lines[-1].hash
    path = tmp_path / "benchmarks.md"
    report.write_report(path, figures, size=TINY)
    assert "| sweep of 20 due claims | set-based SQL in batches of 1,000" in path.read_text()


def test_the_server_of_the_floor_starts():
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "bench.floor.settings"}

    subprocess.run([sys.executable, "-c", "import bench.floor.wsgi"], check=True, env=environment)


def test_a_worker_and_its_floor_send_the_same_mails(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()

    benchmark = delivering.deliver_mails(TINY)
    figure = next(benchmark)
    benchmark.close()

    assert figure.work == "delivery of 6 mails by one worker"
    assert figure.ratio > 0


def test_a_run_leaves_no_database_behind():
    server = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/postgres".format(**connection.settings_dict)

    with own_database(server) as url:
        psycopg2.connect(url).close()

    with pytest.raises(psycopg2.OperationalError, match="does not exist"):
        psycopg2.connect(url)


def test_the_report_says_why_what_is_missed_is_missed(tmp_path):
    path = tmp_path / "benchmarks.md"
    late, quick = (
        Figure(work=work, floor="bare", ratio=ratio, budget=4)
        for work, ratio in (("claim page", 5), ("overview of the big partner", 1))
    )

    report.write_report(path, [quick], size=TINY)
    assert "Why" not in path.read_text()
    report.write_report(path, [late, quick], size=TINY)
    assert "- claim page: It asks a dozen queries" in path.read_text()
    assert "- overview" not in path.read_text()


@pytest.mark.parametrize(
    ("ratio", "wants_more", "holds"), [(2.9, False, True), (3.1, False, False), (3.1, True, True)]
)
def test_a_figure_knows_its_budget(ratio, wants_more, holds):
    figure = Figure(work="list", floor="bare", ratio=ratio, budget=3, wants_more=wants_more)

    assert figure.holds is holds


def test_a_report_and_its_floor_write_the_same_months():
    data.build(TINY)

    figure = next(metering.import_usage_report(TINY))

    assert figure.ratio > 0
    assert MonthlyUsage.objects.count() == 300


def test_an_export_and_its_floor_are_written():
    data.build(TINY)

    figure = next(exporting.export_claims(TINY))

    assert figure.work == "export of 50 claims as CSV"
    assert figure.ratio > 0


def test_the_world_can_be_built_again_after_it_was_cleared():
    data.build(TINY)
    data.clear()

    assert not Claim.objects.exists()
    assert Product.objects.exists()
    assert ProgramGuide.objects.published().exists()
    data.build(TINY)
    assert Claim.objects.count() == TINY.claims + 2 * TINY.due_claims
