"""Covers who is told about a comment: by email, by notification, and never its author (domain.md E17)."""

from datetime import timedelta

import pytest

from accounts.models import OptionalMail, User
from associations.choices import ContactKind, MemberRole
from associations.models import Claim
from associations.rules.actors import Actor, Role
from associations.services.comments.adding import add_comment
from notifications.models import Notification, OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.factories import MONDAY, PartnerMemberFactory, ReviewerFactory, UserFactory

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(hours=1)


def comment_by_reviewer(claim, reviewer=None, *, text="Who signed on page 3?"):
    by = Actor(Role.REVIEWER, (reviewer or ReviewerFactory(full_name="Rita Reviewer")).pk)
    return add_comment(claim_id=claim.pk, text=text, by=by, now=LATER)


def comment_by_partner(claim, *, text="Anna Conti did."):
    return add_comment(claim_id=claim.pk, text=text, by=stories.admin_of(claim), now=LATER)


def in_charge(claim):
    """The reviewer of a claim that is under review."""
    return User.objects.get(email=Claim.objects.values_list("reviewer__email", flat=True).get(pk=claim.pk))


def emailed(template):
    return {email.to[0]: email for email in OutboxEmail.objects.filter(template=template)}


def notified(kind):
    return {notification.user for notification in Notification.objects.filter(kind=kind)}


def test_a_reviewers_comment_reaches_contact_and_submitter_each_in_their_language():
    claim = stories.submitted_claim()
    User.objects.filter(pk=claim.created_by_id).update(language="it")
    contact = claim.contacts.get(kind=ContactKind.PARTNER)
    UserFactory(email=contact.email, language="en")

    comment_by_reviewer(claim)

    emails = emailed("reviewer_commented")
    assert {address: email.locale for address, email in emails.items()} == {
        contact.email: "en",
        claim.created_by.email: "it",
    }
    assert all("Who signed on page 3?" in rendering.render(email).text for email in emails.values())


def test_the_partner_never_reads_the_name_of_a_reviewer():
    claim = stories.submitted_claim()

    comment_by_reviewer(claim)

    for email in emailed("reviewer_commented").values():
        rendered = rendering.render(email)
        assert "Rita" not in f"{rendered.subject}{rendered.text}{rendered.html}{email.context}"
    assert all("Rita" not in str(each.context) for each in Notification.objects.all())


def test_a_contact_with_an_account_gets_one_email_in_their_own_language():
    claim = stories.submitted_claim()
    contact = claim.contacts.get(kind=ContactKind.PARTNER)
    claim.contacts.filter(pk=contact.pk).update(email=claim.created_by.email.upper())
    User.objects.filter(pk=claim.created_by_id).update(language="it")

    comment_by_reviewer(claim)

    assert [(email.to, email.locale) for email in OutboxEmail.objects.filter(template="reviewer_commented")] == [
        ([claim.created_by.email], "it")
    ]


def test_the_people_who_work_on_the_claim_are_notified():
    claim = stories.submitted_claim()
    colleague = PartnerMemberFactory(partner=claim.partner, role=MemberRole.INCENTIVES_USER).user
    PartnerMemberFactory(partner=claim.partner, role=MemberRole.GLOBAL_ADMIN)
    PartnerMemberFactory()

    comment_by_reviewer(claim)

    assert notified("reviewer_commented") == {claim.created_by, colleague}


def test_a_comment_of_the_partner_reaches_the_reviewer_in_charge_alone():
    claim = stories.claim_under_review()
    ReviewerFactory()

    comment_by_partner(claim)

    reviewer = in_charge(claim)
    assert list(emailed("partner_commented")) == [reviewer.email]
    assert notified("partner_commented") == {reviewer}
    text = rendering.render(emailed("partner_commented")[reviewer.email]).text
    assert "Anna Conti did." in text
    assert f"/admin/associations/claim/{claim.pk}/change/" in text
    assert not emailed("reviewer_commented")


@pytest.mark.parametrize("has_left", [False, True])
def test_without_a_reviewer_in_charge_all_are_notified_besides_the_partners_own(has_left):
    claim = stories.submitted_claim()
    if has_left:
        claim = stories.claim_under_review()
        User.objects.filter(pk=in_charge(claim).pk).update(is_active=False)
    reviewers = {ReviewerFactory(), ReviewerFactory()}
    PartnerMemberFactory(partner=claim.partner, user=ReviewerFactory(), role=MemberRole.GLOBAL_ADMIN)

    comment_by_partner(claim)

    assert notified("partner_commented") == reviewers
    assert not emailed("partner_commented")


def test_a_reviewer_is_not_told_of_their_own_comment():
    claim = stories.claim_under_review()
    reviewer = in_charge(claim)
    claim.contacts.filter(kind=ContactKind.PARTNER).update(email=reviewer.email)

    comment_by_reviewer(claim, reviewer)

    assert list(emailed("reviewer_commented")) == [claim.created_by.email]
    assert reviewer not in notified("reviewer_commented")


def test_a_partner_who_reviews_too_is_not_told_of_their_own_comment():
    claim = stories.claim_under_review()
    claim.reviewer = claim.created_by
    claim.save(update_fields=["reviewer"])

    comment_by_partner(claim)

    assert not emailed("partner_commented")
    assert not notified("partner_commented")


def test_a_comment_on_a_draft_tells_nobody():
    comment_by_partner(stories.complete_claim())

    assert not OutboxEmail.objects.exists()
    assert not Notification.objects.exists()


def test_who_turned_these_emails_off_gets_the_notification_alone():
    claim = stories.claim_under_review()
    reviewer = in_charge(claim)
    User.objects.filter(pk__in=[reviewer.pk, claim.created_by_id]).update(muted_mails=[OptionalMail.COMMENT])

    comment_by_partner(claim)
    comment_by_reviewer(claim, reviewer)

    assert not emailed("partner_commented")
    assert list(emailed("reviewer_commented")) == [claim.contacts.get(kind=ContactKind.PARTNER).email]
    assert notified("partner_commented") == {reviewer}
    assert notified("reviewer_commented") == {claim.created_by}


def test_an_inactive_account_gets_no_email():
    claim = stories.submitted_claim()
    User.objects.filter(pk=claim.created_by_id).update(is_active=False)

    comment_by_reviewer(claim)

    assert list(emailed("reviewer_commented")) == [claim.contacts.get(kind=ContactKind.PARTNER).email]


def test_each_comment_is_told_once_more():
    claim = stories.submitted_claim()

    comment_by_reviewer(claim)
    comment_by_reviewer(claim, text="And on page 4?")

    assert OutboxEmail.objects.filter(template="reviewer_commented").count() == 4


@pytest.mark.parametrize("count", [1, 8])
def test_a_comment_takes_the_same_queries_for_any_number_of_people(count, django_assert_num_queries):
    claim, reviewer = stories.submitted_claim(), ReviewerFactory()
    PartnerMemberFactory.create_batch(count, partner=claim.partner)

    with django_assert_num_queries(30):
        comment_by_reviewer(claim, reviewer)
