"""A finished draft is handed to a colleague who may submit it."""

from datetime import timedelta

import pytest

from accounts.models import User
from associations.choices import EventKind, MemberRole
from associations.models import Claim, ClaimEvent, SubmitRequest
from associations.rules.actors import Actor, Role
from associations.services.claim import submission
from associations.services.claim.eligibility import ClaimIncomplete, ClaimIneligible
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.claim.submission import NotAColleague, ask_to_submit
from associations.services.privacy.erasure import erase_account_of
from notifications.models import Notification, OutboxEmail
from notifications.sending import rendering
from tests.factories import MONDAY, AssociationFactory, PartnerLocationFactory, PartnerMemberFactory
from tests.stories import admin_of, complete_claim, draft_claim, submitted_claim

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def claim() -> Claim:
    return complete_claim(tenant__name="Contoso")


@pytest.fixture
def ugo(claim: Claim) -> User:
    """An incentives user of the claim's company."""
    return PartnerMemberFactory(
        partner=claim.partner, role=MemberRole.INCENTIVES_USER, user__full_name="Ugo Serra"
    ).user


def ask(claim: Claim, *, by: User, of: User | None = None, at=MONDAY) -> User:
    colleague = of or claim.created_by
    return ask_to_submit(claim_id=claim.pk, colleague_id=colleague.pk, by=Actor(Role.INCENTIVES_USER, by.pk), now=at)


def test_the_colleague_gets_an_email_and_a_notification_and_the_history_a_line(claim, ugo):
    anna = claim.created_by
    anna.language = "it"
    anna.save()

    ask(claim, by=ugo)

    mail = rendering.render(OutboxEmail.objects.get(template="submit_asked"))
    notification = Notification.objects.get(kind="submit_asked")
    assert mail.subject == f"Ugo Serra chiede di inviare {claim.number} per Contoso"
    assert f"/associations/{claim.public_id}/check/" in mail.text
    assert ugo.email in mail.text
    assert (notification.user, notification.done_at) == (anna, None)
    line = ClaimEvent.objects.filter(claim=claim).last()
    assert line is not None
    assert (line.kind, line.actor, line.details) == (EventKind.SUBMIT_ASKED, ugo, {"colleague": anna.pk})


def test_submitting_settles_the_notification(claim, ugo):
    ask(claim, by=ugo)

    submission.submit_claim(claim_id=claim.pk, acknowledged=True, by=admin_of(claim), now=MONDAY + DAY)

    assert Notification.objects.get(kind="submit_asked").done_at == MONDAY + DAY


def test_who_is_asked_again_within_a_day_gets_no_second_email(claim, ugo):
    for at in (MONDAY, MONDAY + DAY / 2):
        ask(claim, by=ugo, at=at)
    assert OutboxEmail.objects.filter(template="submit_asked").count() == 1

    ask(claim, by=ugo, at=MONDAY + DAY)
    assert OutboxEmail.objects.filter(template="submit_asked").count() == 2


def test_another_colleague_takes_the_place_of_the_first(claim, ugo):
    paola = PartnerMemberFactory(partner=claim.partner).user
    ask(claim, by=ugo)

    ask(claim, by=ugo, of=paola)

    assert SubmitRequest.objects.get().colleague == paola
    assert [notification.user for notification in Notification.objects.filter(kind="submit_asked", done_at=None)] == [
        paola
    ]


def test_only_who_may_submit_can_be_asked(claim, ugo):
    elsewhere = PartnerMemberFactory(
        partner=claim.partner, locations=[PartnerLocationFactory(partner=claim.partner)]
    ).user
    gone = PartnerMemberFactory(partner=claim.partner, user__is_active=False).user
    for person in (ugo, elsewhere, gone, PartnerMemberFactory().user):
        with pytest.raises(NotAColleague):
            ask(claim, by=ugo, of=person)


def test_an_admin_submits_and_asks_nobody(claim):
    with pytest.raises(ClaimLocked):
        ask_to_submit(claim_id=claim.pk, colleague_id=claim.created_by_id, by=admin_of(claim), now=MONDAY)


def test_a_filed_claim_is_handed_to_nobody():
    claim = submitted_claim()
    ugo = PartnerMemberFactory(partner=claim.partner, role=MemberRole.INCENTIVES_USER).user

    with pytest.raises(ClaimLocked):
        ask(claim, by=ugo)


def test_only_a_finished_draft_is_handed_over(claim, ugo):
    unfinished = draft_claim(location=claim.location, created_by=claim.created_by)
    with pytest.raises(ClaimIncomplete):
        ask(unfinished, by=ugo)
    AssociationFactory(tenant=claim.tenant, partner=claim.partner)
    with pytest.raises(ClaimIneligible):
        ask(claim, by=ugo)

    assert not SubmitRequest.objects.exists()
    assert not OutboxEmail.objects.exists()


def test_the_request_goes_with_the_account_of_who_was_asked(claim, ugo):
    paola = PartnerMemberFactory(partner=claim.partner).user
    ask(claim, by=ugo, of=paola)
    User.objects.filter(pk=paola.pk).update(is_active=False)

    erase_account_of(paola.email)

    assert not SubmitRequest.objects.exists()
