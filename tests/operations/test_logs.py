"""Nobody answers for a customer with what stands in the logs."""

import json
import logging
import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from celery.signals import task_postrun, task_prerun
from django.conf import settings

from associations import link_tokens
from cpor_portal.celery import app
from cpor_portal.tasks import SCHEDULE
from operations.logs import JsonFormatter, LineFormatter, WithoutTokens

pytestmark = pytest.mark.processes


@pytest.fixture
def lines():
    """The lines that a handler with the portal's filter writes."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(WithoutTokens())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


def test_a_refused_request_is_logged_without_the_token(client, lines):
    token = link_tokens.make_token()

    client.post(f"/c/{token}/")

    assert lines.getvalue() == "Method Not Allowed (POST): /c/[token]/\n"


@pytest.mark.django_db
def test_a_dead_link_is_logged_without_the_token(client, lines):
    client.get(f"/c/{link_tokens.make_token()}/")

    assert lines.getvalue() == "Not Found: /c/[token]/\n"


@pytest.mark.parametrize("formatter", [LineFormatter, JsonFormatter])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:99999", "a_b", "m\u00fcnchen.example", "x y"])
def test_a_wrong_host_is_one_line(client, formatter, host):
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(WithoutTokens())
    handler.setFormatter(formatter())
    logging.getLogger().addHandler(handler)
    try:
        response = client.get("/accounts/login/", headers={"Host": host})
    finally:
        logging.getLogger().removeHandler(handler)

    assert response.status_code == 400
    (line,) = written.getvalue().splitlines()
    assert "Invalid HTTP_HOST header" in line


def test_other_lines_stay_as_they_are():
    record = logging.LogRecord("portal", logging.INFO, "", 0, "%s of %d, /c/decision/", ("three", 7), None)

    WithoutTokens().filter(record)

    assert record.getMessage() == "three of 7, /c/decision/"


def test_every_line_of_the_portal_goes_through_the_filter():
    console = next(handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler)

    assert [type(entry) for entry in console.filters] == [WithoutTokens]
    assert [type(entry) for entry in logging.getLogger("django.server").filters] == [WithoutTokens]


def test_a_link_to_choose_a_password_is_logged_without_its_key(lines):
    path = "/accounts/password/reset/key/2a-d9k1xq-0123456789abcdef0123456789abcdef/"

    logging.getLogger("django.request").warning("Not Found: %s", path)

    assert lines.getvalue() == "Not Found: /accounts/password/reset/key/2a-[token]/\n"


@pytest.fixture
def objects():
    """Write to a handler as production has it, and read the objects it wrote."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


def test_a_line_is_an_object_with_its_time_level_and_name(objects):
    logging.getLogger("portal").warning("%s of %d", "three", 7)

    (line,) = objects()
    assert (line["event"], line["level"], line["logger"]) == ("three of 7", "warning", "portal")
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("formatter", [LineFormatter, JsonFormatter])
def test_neither_token_nor_address_is_written_even_in_a_traceback(formatter):
    token = link_tokens.make_token()
    try:
        raise ValueError(f"550 no such person\nanna.o'neil+x@kunde.example at /c/{token}/")
    except ValueError:
        record = logging.LogRecord("portal", logging.ERROR, "", 0, "to %s", ("bea@kunde.example",), sys.exc_info())

    text = formatter().format(record)

    assert "Traceback" in text
    assert "ValueError: 550 no such person" in text
    assert "@" not in text
    assert token not in text


def test_a_request_and_its_lines_carry_the_same_id(client, objects):
    response = client.get(f"/no-such-page/{link_tokens.make_token()}")

    (line,) = (line for line in objects() if line["logger"] == "django.request")
    assert line["request_id"] == response.headers["X-Request-ID"]


def test_the_id_of_a_proxy_is_kept_only_when_the_proxy_is_trusted_and_the_id_is_plain(client, settings):
    assert id_answered(client, "0123456789") != "0123456789"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert id_answered(client, "0123456789") == "0123456789"
    assert id_answered(client, '0123456789", "level": "') != '0123456789", "level": "'


def id_answered(client, given):
    return client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]


@pytest.mark.django_db
def test_the_lines_of_a_task_carry_its_id(objects):
    app.tasks[SCHEDULE["deliver_due_emails"]["task"]].apply(task_id="run-17")
    task_prerun.send(sender=None, task_id="run-18")
    logging.getLogger("portal").warning("inside")
    task_postrun.send(sender=None)
    logging.getLogger("portal").warning("outside")

    inside, outside = (line for line in objects() if line["logger"] == "portal")
    assert inside["task_id"] == "run-18"
    assert "task_id" not in outside


ASKED = """
import logging
import django
django.setup()
from django.test import Client
Client().get("/healthz")
logging.getLogger("django.request").warning("a page")
logging.getLogger("celery.worker").warning("a task")
"""


def logged(level: str, folder: Path) -> list[str]:
    """Return what a production process logs, without times: it answers a page, and warns twice."""
    variables = {"CPOR_EMBEDDED": "0", "SECRET_KEY": "a key of this test", "CPOR_SECURE_TRANSPORT": "0"}
    logs = {"LOG_LEVEL": level, "LOG_FORMAT": "line", "ALLOWED_HOSTS": "testserver", "STATIC_ROOT": str(folder)}
    ran = subprocess.run(
        [sys.executable, "-c", ASKED], cwd=settings.BASE_DIR, env=os.environ | variables | logs, capture_output=True
    )
    return [re.sub(r"^[\d-]+ [\d:,]+ ", "", line) for line in ran.stderr.decode().splitlines()]


def test_the_level_of_the_settings_counts_for_every_line(tmp_path):
    warnings = ["WARNING django.request: a page", "WARNING celery.worker: a task"]

    first, *others = logged("info", tmp_path)
    assert first.startswith("INFO operations.request_log: GET /healthz 200 in ")
    assert others == warnings
    assert logged("WARNING", tmp_path) == warnings
    assert logged("ERROR", tmp_path) == []
    assert "LOG_LEVEL is LOUD. Set it to" in logged("loud", tmp_path)[-1]


def test_the_image_writes_no_access_log_of_its_own():
    assert "access-logfile" not in (settings.BASE_DIR / "Dockerfile").read_text()
