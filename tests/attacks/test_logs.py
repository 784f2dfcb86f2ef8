"""Logs contain no token and no address while people sign in, file, answer and fail."""

import logging
import re
from collections.abc import Iterator
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from associations.models import CustomerNotice
from associations.services.company.calendar_feeds import renew_feed
from associations.services.customer.requests_link import send_requests_links
from notifications.models import OutboxEmail
from notifications.sending.delivery import deliver_due_emails
from operations.logs import JsonFormatter, LineFormatter, WithoutTokens
from tests.faults.mail_sink import MailSink
from tests.journeys.people import APPROVE, CARLA, Customer, anna

pytestmark = [pytest.mark.django_db, pytest.mark.sitewide]

OURS = ("accounts", "associations", "cpor_portal", "guides", "insights", "notifications", "operations")


class Raw(logging.Handler):
    """Keeps what our own code says before any filter had a look at it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(OURS):
            self.lines.append(record.getMessage())


@pytest.fixture
def written() -> Iterator[StringIO]:
    """The lines of the portal's handlers in both formats, at a level lower than in production."""
    root, requests = logging.getLogger(), logging.getLogger("operations.request_log")
    text, levels, handlers = StringIO(), (root.level, requests.level), []
    for formatter in (LineFormatter(), JsonFormatter()):
        handler = logging.StreamHandler(text)
        handler.setFormatter(formatter)
        handler.addFilter(WithoutTokens())
        handlers.append(handler)
        root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    requests.setLevel(logging.DEBUG)
    yield text
    for handler in handlers:
        root.removeHandler(handler)
    root.setLevel(levels[0])
    requests.setLevel(levels[1])


@pytest.fixture
def raw() -> Iterator[list[str]]:
    handler = Raw()
    # The portal's filter corrects the record itself, so whoever wants to see it as it was comes first.
    logging.getLogger().handlers.insert(0, handler)
    yield handler.lines
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def sink(settings: Settings) -> Iterator[MailSink]:
    """A mail server that does not know the customer's contact, and has no time for the partner's."""
    sink = MailSink()
    sink.refusals = {"carla@contoso.example": "550 5.1.1 <carla@contoso.example>: no such user"}
    sink.refusals |= {
        "paolo@partner.example": "450 4.2.0 <paolo@partner.example>: later",
        "anna@litware.example": "450",
    }
    sink.open()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.MAILBOX_DIR = None
    yield sink
    sink.close()


def test_a_journey_leaves_no_token_and_no_address_in_the_logs(written: StringIO, raw: list[str], sink: MailSink):
    stranger, partner, customer = Client(), anna(), Customer()
    stranger.post(reverse("account_login"), {"login": partner.email, "password": "wrong"})
    stranger.post(reverse("account_reset_password"), {"email": partner.email})
    stranger.get(reverse("account_login"), {"next": f"/{partner.email}"})
    partner.sign_in()
    partner.file_microsoft_365("EXO", "TEAMS")
    notice = CustomerNotice.objects.select_related("email").get(claim=partner.claim)
    link = notice.email.secret
    token = link.strip("/").rpartition("/")[2]
    assert customer.open(link).status_code == 200
    assert customer.browser.post(link).status_code == 405
    assert customer.browser.get(link[:-2] + "x/").status_code == 404
    assert customer.browser.get(f"/nowhere{link}?from={CARLA['customer_email']}").status_code == 404
    customer.browser.post(reverse("requests_ask"), {"address": CARLA["customer_email"]})
    send_requests_links(now=timezone.now())
    to_all = OutboxEmail.objects.get(template="requests_link").secret
    assert customer.browser.get(to_all).status_code == 302
    assert customer.browser.get(to_all[:-2] + "x/").status_code == 404
    feed = renew_feed(User.objects.get(email=partner.email), now=timezone.now())
    assert stranger.get(reverse("calendar_feed", args=[feed])).status_code == 200
    reset = "/accounts/password/reset/key/1-dim6gp-e3ab1fece2173f9bc7264994cb4e9185/"
    stranger.get(reset)

    counts = deliver_due_emails(now=timezone.now())

    customer.fill_in(reverse("customer_decision"), APPROVE)
    customer.fill_in(reverse("customer_confirm"), APPROVE)
    assert (counts.failed, counts.retried) >= (1, 1)
    text = written.getvalue()
    assert len(raw) > 30
    assert len(text.splitlines()) > 2 * len(raw)
    secrets = (token, to_all.strip("/").rpartition("/")[2][:-1], feed, "e3ab1fece2173f9bc7264994cb4e9185")
    assert [line for line in text.splitlines() if "@" in line or any(secret in line for secret in secrets)] == []
    assert [line for line in raw if "@" in line or any(secret in line for secret in secrets)] == []
    assert re.search(r"The email claim:\d+:notice:1 failed", "\n".join(raw))
