"""Reviewers are told once a day what is due (E13)."""

from datetime import UTC, datetime, timedelta

import pytest

from associations.models import Claim
from associations.services.association import approval
from associations.services.review import digest
from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.factories import MONDAY, PartnerLocationFactory, PartnerMemberFactory, ReviewerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

# A claim filed on Monday 19 October is due until the end of Monday 26 October; eight in Rome is seven in UTC then.
EIGHT_ON_THE_DAY = datetime(2020, 10, 26, 7, tzinfo=UTC)


def digests():
    return OutboxEmail.objects.filter(template="review_digest").order_by("pk")


def counts(email):
    return email.context["overdue"], email.context["due_today"], email.context["waiting"]


def test_every_reviewer_is_told_once_a_day_from_eight():
    stories.submitted_claim()
    reviewers = [ReviewerFactory(), ReviewerFactory()]
    ReviewerFactory(is_active=False)

    assert digest.send_review_digests(now=EIGHT_ON_THE_DAY - timedelta(seconds=1)) == 0
    assert digest.send_review_digests(now=EIGHT_ON_THE_DAY) == 2
    assert digest.send_review_digests(now=EIGHT_ON_THE_DAY + timedelta(hours=5)) == 0

    assert [email.to for email in digests()] == [[reviewer.email] for reviewer in reviewers]
    assert [counts(email) for email in digests()] == [(0, 1, 1)] * 2


def test_the_next_day_is_told_anew_and_counts_what_is_overdue_apart():
    stories.submitted_claim()
    stories.submitted_claim(at=MONDAY + timedelta(days=1))
    stories.submitted_claim(at=MONDAY + timedelta(days=7))
    ReviewerFactory()
    digest.send_review_digests(now=EIGHT_ON_THE_DAY)

    assert digest.send_review_digests(now=EIGHT_ON_THE_DAY + timedelta(days=1)) == 1

    assert [counts(email) for email in digests()] == [(0, 1, 3), (1, 1, 3)]


def test_a_queue_with_time_left_is_no_news():
    stories.submitted_claim()
    ReviewerFactory()

    assert digest.send_review_digests(now=EIGHT_ON_THE_DAY - timedelta(days=1)) == 0


def test_a_claim_that_became_official_by_silence_waits_for_no_reviewer():
    stories.noticed_claim()
    ReviewerFactory()
    approval.approve_unopposed_claims(now=datetime(2020, 10, 26, 23, tzinfo=UTC))

    assert digest.send_review_digests(now=EIGHT_ON_THE_DAY + timedelta(days=1)) == 0


def test_reviewers_do_not_hear_of_their_own_company():
    claim, reviewer = stories.submitted_claim(), ReviewerFactory()
    PartnerMemberFactory(user=reviewer, partner=claim.partner, role="global_admin")

    assert digest.send_review_digests(now=EIGHT_ON_THE_DAY) == 0


def lines(email, kind):
    return [(line["number"], line["partner_name"], line["due_on"]) for line in email.context[f"{kind}_claims"]]


def test_the_digest_names_the_claims_that_are_due_with_the_longest_due_first():
    first = stories.submitted_claim()
    second = stories.submitted_claim(at=MONDAY + timedelta(hours=1))
    due_later = stories.submitted_claim(at=MONDAY + timedelta(days=1))
    ReviewerFactory()

    digest.send_review_digests(now=EIGHT_ON_THE_DAY + timedelta(days=1))

    (email,) = digests()
    assert lines(email, "overdue") == [(each.number, each.partner.name, "2020-10-26") for each in (first, second)]
    assert lines(email, "due_today") == [(due_later.number, due_later.partner.name, "2020-10-27")]
    url = email.context["overdue_claims"][0]["url"]
    assert url.endswith(f"/admin/associations/claim/{first.pk}/change/")


def test_the_digest_names_ten_claims_of_a_kind_and_says_that_there_are_more():
    for _n in range(11):
        stories.submitted_claim()
    ReviewerFactory()

    digest.send_review_digests(now=EIGHT_ON_THE_DAY)

    (email,) = digests()
    assert (len(email.context["due_today_claims"]), email.context["due_today"]) == (10, 11)
    assert "The rest is in the review queue." in rendering.render(email).text


def test_a_contact_to_confirm_is_told_by_the_day_on_which_it_is_due():
    claim = stories.submitted_claim()
    tuesday = EIGHT_ON_THE_DAY - timedelta(days=6)
    due_at = tuesday + timedelta(hours=10)
    unconfirmed = {"contact_policy": "hold", "contact_confirmed_by": "", "contact_confirmed_at": None}
    Claim.objects.filter(pk=claim.pk).update(**unconfirmed, contact_due_at=due_at)
    ReviewerFactory()

    digest.send_review_digests(now=tuesday)

    (email,) = digests()
    assert email.context["to_confirm"] == 1
    assert [line["number"] for line in email.context["to_confirm_claims"]] == [claim.number]


def test_the_digest_prints_names_as_they_are_in_both_parts():
    partner = PartnerLocationFactory(partner__name="Fish & Chips")
    claim = stories.submitted_claim(claim=stories.complete_claim(location=partner))
    ReviewerFactory(language="en")

    digest.send_review_digests(now=EIGHT_ON_THE_DAY)

    rendered = rendering.render(digests()[0])
    words = f"{claim.number}, Fish & Chips for {claim.tenant.name}, due by 26 October 2020"
    assert f"- {words}: http" in rendered.text
    assert f">{words.replace('&', '&amp;')}</a>" in rendered.html
