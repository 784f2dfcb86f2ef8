"""The notice to the customer as a row."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.apps import apps

from associations.models import CustomerNotice
from associations.views.customer.content import closes_at
from tests import stories
from tests.factories import MONDAY, CustomerNoticeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

migration = import_module("associations.migrations.0038_keep_the_promises_of_old_notices")
CLOSES = datetime(2020, 10, 26, 23, tzinfo=UTC)


def test_old_notices_get_the_promise_of_their_email(monkeypatch):
    monkeypatch.setattr(migration, "BATCH", 2)
    forgotten = CustomerNoticeFactory(revoked_at=MONDAY)
    claims = [stories.submitted_claim() for _n in range(3)]
    CustomerNotice.objects.update(promised_closes_at=None)

    migration.keep_promises(apps, None)

    assert [claim.notices.get().promised_closes_at for claim in claims] == [CLOSES] * 3
    assert CustomerNotice.objects.get(pk=forgotten.pk).promised_closes_at is None


def test_a_notice_promises_the_end_that_its_email_names():
    notice = stories.submitted_claim().notices.get()

    assert notice.promised_closes_at == datetime.fromisoformat(notice.email.context["closes_at"]) == CLOSES


@pytest.mark.parametrize("promised", [CLOSES, None])
def test_the_customer_reads_the_promise_until_the_period_opens(promised):
    claim = stories.submitted_claim()
    claim.notices.update(promised_closes_at=promised)

    assert closes_at(claim.notices.get()) == CLOSES


def test_no_code_is_nobodys_code():
    claim = stories.submitted_claim()
    CustomerNotice.objects.update(code="")

    assert CustomerNotice.objects.with_code(claim_id=claim.pk, code="") is None
