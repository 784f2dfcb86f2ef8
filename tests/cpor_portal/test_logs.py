"""Nobody answers for a customer with what stands in the logs."""

import logging
from io import StringIO

import pytest

from associations import links
from cpor_portal.logs import WithoutTokens


@pytest.fixture
def lines():
    """What a handler with the portal's filter writes."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(WithoutTokens())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


def test_a_refused_request_is_logged_without_the_token(client, lines):
    token = links.make_token()

    client.post(f"/c/{token}/")

    assert lines.getvalue() == "Method Not Allowed (POST): /c/[token]/\n"


@pytest.mark.django_db
def test_a_dead_link_is_logged_without_the_token(client, lines):
    client.get(f"/c/{links.make_token()}/")

    assert lines.getvalue() == "Not Found: /c/[token]/\n"


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
