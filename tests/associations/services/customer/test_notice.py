"""The notice: one current link per claim, an earlier one revoked (ADR 10, domain.md 1.6)."""

from datetime import timedelta

import pytest

from associations import link_tokens
from associations.models import Product
from associations.rules.customer.notice_codes import read_code
from associations.services.customer import notice as noticing
from notifications.models import OutboxEmail
from tests import stories
from tests.factories import MONDAY, ClaimedProductFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

LATER = MONDAY + timedelta(hours=3)


def test_a_notice_keeps_the_digest_of_its_link_and_no_more():
    claim = stories.submitted_claim()

    notice = claim.notices.get()
    token = notice.email.secret.split("/")[-2]
    assert notice.token_digest == link_tokens.digest(token)
    assert len(token) == 43
    assert token not in str(notice.email.context)


def test_a_notice_names_the_contact_as_it_was():
    claim = stories.submitted_claim(language="it")

    notice = claim.notices.get()
    assert (notice.number, notice.contact_name, notice.contact_email, notice.language) == (
        1,
        "Carla Bianchi",
        f"customer@{claim.domain_name}",
        "it",
    )
    assert notice.covers == {
        "location": claim.location_id,
        "contact": f"customer@{claim.domain_name}",
        "items": sorted([item.product_id, 0] for item in claim.items.all()),
    }


def test_each_notice_has_a_code_of_its_own():
    claim = stories.submitted_claim()
    noticing.send_notice(claim, now=LATER)

    first, second = claim.notices.all()
    assert read_code(first.code) == first.code != ""
    assert first.code != second.code


def test_a_new_notice_revokes_the_link_and_stops_the_mail_of_the_earlier_one():
    claim = stories.submitted_claim()

    noticing.send_notice(claim, now=LATER)

    first, second = claim.notices.all()
    assert (first.revoked_at, first.email.status, first.email.secret) == (LATER, "cancelled", "")
    assert (second.number, second.revoked_at, second.email.status) == (2, None, "queued")
    assert first.token_digest != second.token_digest


def test_a_new_notice_starts_the_window_afresh():
    claim = stories.noticed_claim()

    noticing.send_notice(claim, now=LATER)

    stored = stories.fresh(claim)
    assert (stored.consent_status, stored.opt_out_opens_at, stored.opt_out_closes_at) == ("queued", None, None)
    assert list(claim.events.values_list("kind", flat=True))[-2:] == ["notice_revoked", "notice_queued"]


def test_revoke_unsent_leaves_a_notice_that_has_left():
    claim = stories.noticed_claim()
    notice = claim.notices.get()

    assert noticing.revoke_unsent(claim, notice, now=LATER) is False

    notice.refresh_from_db()
    assert notice.revoked_at is None


def test_a_stopped_notice_leaves_nothing_in_the_outbox_for_the_customer():
    claim = stories.submitted_claim(claim=stories.complete_dynamics_claim())

    assert noticing.revoke_unsent(claim, claim.notices.get(), now=LATER) is True

    waiting = OutboxEmail.objects.filter(status="queued")
    assert list(waiting.values_list("template", flat=True)) == ["claim_received"]


def test_needs_new_notice_is_about_more_than_the_customer_was_asked():
    claim = stories.noticed_claim()
    assert noticing.needs_new_notice(claim) is False

    claim.items.get(product__code="TEAMS").delete()
    assert noticing.needs_new_notice(stories.fresh(claim)) is False

    ClaimedProductFactory(claim=claim, product=Product.objects.get(code="SPO"))
    assert noticing.needs_new_notice(stories.fresh(claim)) is True


def test_needs_new_notice_when_the_only_one_was_revoked():
    claim = stories.noticed_claim()
    noticing.revoke_notices(claim, now=LATER)

    assert noticing.needs_new_notice(claim) is True
