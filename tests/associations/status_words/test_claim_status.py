"""The status that people read: its word, the holds beside it, and one sentence with its date (domain.md D23, D24)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from associations.choices import ClaimStatus, EndReason, HoldKind, OptOutReason, WithdrawalReason
from associations.models import Claim
from associations.rules.actors import PORTAL
from associations.rules.customer.opt_out import Hold
from associations.rules.shown_status import ReviewStage, ShownStatus
from associations.services.association import approval
from associations.services.association.association import end_associations
from associations.services.claim.withdrawal import cancel_draft, withdraw_claim
from associations.services.customer import answer, undelivered_notice
from associations.services.review import decisions
from associations.status_words import claim_status
from associations.status_words.claim_status import official_by_in_words, reached_in_words, status_in_words
from associations.status_words.holds import HOLD_NAMES
from notifications.models import EmailStatus, IncomingKind, OutboxEmail
from tests import stories
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

TUESDAY = MONDAY + timedelta(days=1)
AFTER_THE_WINDOW = datetime(2020, 10, 27, 8, tzinfo=UTC)


def withdrawn() -> Claim:
    claim = stories.noticed_claim()
    return withdraw_claim(
        claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=stories.admin_of(claim), now=TUESDAY
    )


def deleted() -> Claim:
    claim = stories.draft_claim()
    cancel_draft(claim_id=claim.pk, by=stories.admin_of(claim), now=TUESDAY)
    return stories.fresh(claim)


def ended() -> Claim:
    claim = stories.approved_claim()
    end_associations(claim, reason=EndReason.SUPERSEDED, by=PORTAL, now=MONDAY + timedelta(days=30))
    return claim


def approved_by_its_customer() -> Claim:
    claim = stories.noticed_claim()
    carla = answer.Answerer(name="Carla Bianchi")
    answer.approve_by_customer(notice_id=claim.notices.get().pk, answerer=carla, now=TUESDAY)
    return stories.fresh(claim)


def disputed() -> Claim:
    claim = stories.rejected_claim()
    Claim.objects.filter(pk=claim.pk).update(status=ClaimStatus.DISPUTED, review_due_at=MONDAY + timedelta(days=9))
    return stories.fresh(claim)


def bounced() -> Claim:
    claim = stories.noticed_claim()
    mail = OutboxEmail.objects.filter(pk=claim.notices.get().email_id)
    mail.update(status=EmailStatus.BOUNCED, bounced_at=TUESDAY)
    undelivered_notice.note_undelivered_notices(now=TUESDAY)
    return stories.fresh(claim)


def waiting_for_validation() -> Claim:
    claim = stories.claim_under_review()
    Claim.objects.filter(pk=claim.pk).update(requires_validation=True)
    approval.approve_unopposed_claims(now=AFTER_THE_WINDOW)
    return stories.fresh(claim)


def validated() -> Claim:
    claim = stories.claim_under_review()
    return decisions.validate_claim(claim_id=claim.pk, by=stories.reviewer(), now=TUESDAY)


@pytest.mark.parametrize(
    ("story", "label", "holds", "sentence", "review"),
    [
        (stories.draft_claim, "Draft", (), "Last changed on Mon 19 Oct 2020.", ""),
        (deleted, "Withdrawn", (), "Draft deleted on Tue 20 Oct 2020.", ""),
        (
            stories.submitted_claim,
            "Submitted",
            (),
            "Submitted on Mon 19 Oct 2020. The notice to the customer is on its way.",
            "Waiting for review",
        ),
        (
            stories.noticed_claim,
            "Opt-out period",
            (),
            "The customer can opt out until Mon 26 Oct 2020, end of day (CET).",
            "Waiting for review",
        ),
        (
            validated,
            "Opt-out period",
            (),
            "The customer can opt out until Mon 26 Oct 2020, end of day (CET).",
            "Validated",
        ),
        (
            stories.held_claim,
            "Opt-out period",
            ("Customer wrote",),
            "The customer can opt out until Mon 26 Oct 2020, end of day (CET)."
            " A Microsoft reviewer decides on the hold by Thu 22 Oct 2020, end of day (CEST).",
            "Waiting for review",
        ),
        (
            bounced,
            "On hold",
            ("Notice not delivered",),
            "The notice did not reach the customer. The opt-out period has stopped.",
            "Waiting for review",
        ),
        (
            waiting_for_validation,
            "On hold",
            ("Validation needed",),
            "This incentive program needs a Microsoft reviewer's validation. Due: Mon 26 Oct 2020, end of day (CET).",
            "Under review",
        ),
        (
            stories.claim_needing_action,
            "Action required",
            (),
            "Reply due by Mon 26 Oct 2020, end of day (CET).",
            "",
        ),
        (
            disputed,
            "Disputed",
            (),
            "A reviewer decides on the dispute by Wed 28 Oct 2020, end of day (CET).",
            "Under review",
        ),
        (
            stories.approved_claim,
            "Official",
            (),
            "Official since Mon 2 Nov 2020: the customer did not opt out.",
            "",
        ),
        (approved_by_its_customer, "Official", (), "Official since Tue 20 Oct 2020: the customer approved.", ""),
        (ended, "Ended", (), "Ended on Wed 18 Nov 2020. Another partner was preferred.", ""),
        (
            stories.rejected_claim,
            "Rejected",
            (),
            "Rejected on Mon 19 Oct 2020. A claimed product is not in the proof of execution;"
            " Dates are missing or too old.",
            "",
        ),
        (stories.declined_claim, "Rejected", (), "Rejected on Tue 20 Oct 2020. The customer opted out.", ""),
        (withdrawn, "Withdrawn", (), "Withdrawn on Tue 20 Oct 2020.", ""),
    ],
)
def test_a_claim_says_its_status_in_one_word_and_one_sentence(story, label, holds, sentence, review):
    told = status_in_words(story(), now=TUESDAY)

    assert (told.label, told.holds, told.sentence, told.review) == (label, holds, sentence, review)


def test_a_claim_on_hold_says_which_hold_and_by_when_a_reviewer_decides():
    claim = stories.held_claim()
    approval.approve_unopposed_claims(now=AFTER_THE_WINDOW)

    told = status_in_words(stories.fresh(claim), now=AFTER_THE_WINDOW)

    assert (told.code, told.holds) == ("on_hold", ("Customer wrote",))
    assert told.sentence == (
        "The customer wrote to Microsoft about this request. A Microsoft reviewer reads it and decides."
        " Due: Thu 22 Oct 2020, end of day (CEST)."
    )


def test_a_window_that_is_over_is_not_said_to_be_open():
    told = status_in_words(stories.noticed_claim(), now=AFTER_THE_WINDOW)

    assert told.sentence == (
        "The opt-out period ended: Mon 26 Oct 2020, end of day (CET). Emails from the customer are being checked."
    )


def test_a_claim_that_nothing_holds_any_more_is_official_with_the_next_check():
    claim = stories.noticed_claim()
    Claim.objects.filter(pk=claim.pk).update(consent_status="no_objection")

    told = status_in_words(stories.fresh(claim), now=AFTER_THE_WINDOW)

    assert told.sentence == "The opt-out period has ended. The claim becomes official with the next check."


@pytest.mark.parametrize(
    ("story", "left"), [(stories.noticed_claim, 4), (stories.claim_needing_action, 4), (stories.held_claim, 4)]
)
def test_it_says_how_many_days_are_left_to_answer(story, left):
    due = status_in_words(story(), now=TUESDAY).due

    assert due is not None
    assert due.days_left == left


@pytest.mark.parametrize("story", [stories.draft_claim, bounced, disputed, stories.approved_claim])
def test_it_counts_no_days_where_neither_partner_nor_customer_can_answer(story):
    assert status_in_words(story(), now=TUESDAY).due is None


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_status_hold_and_stage_has_a_word(language):
    with translation.override(language):
        words = [str(claim_status.LABELS[shown]) for shown in ShownStatus]
        names = [str(HOLD_NAMES[hold]) for hold in Hold]
        stages = [str(claim_status.REVIEWS[stage]) for stage in ReviewStage]

    assert all([*words, *names, *stages])
    assert set(claim_status.SENTENCES) == set(ShownStatus)
    assert HOLD_NAMES[Hold.CUSTOMER_WROTE] == HoldKind.CUSTOMER_WROTE.label


@pytest.mark.parametrize(
    ("story", "words"),
    [
        (stories.noticed_claim, ""),
        (stories.approved_claim, "Official by no reply"),
        (approved_by_its_customer, "Official by approval"),
    ],
)
def test_official_by_no_reply_and_by_approval_are_told_apart(story, words):
    assert official_by_in_words(story()) == words


def test_an_approval_that_the_customer_took_back_later_is_still_told():
    claim = approved_by_its_customer()
    answer.opt_out(
        notice_id=claim.notices.get().pk,
        answerer=answer.Answerer(name="Carla Bianchi"),
        reason=OptOutReason.NO_RELATION,
        now=AFTER_THE_WINDOW,
    )

    told = stories.fresh(claim)

    assert (status_in_words(told, now=AFTER_THE_WINDOW).label, official_by_in_words(told)) == (
        "Ended",
        "Official by approval",
    )


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("submitted", "Submitted"),
        ("under_review", "Under review"),
        ("awaiting_customer", "Validated"),
        ("approved", "Official"),
        ("rejected_final", "Rejected (final)"),
        ("cancelled", "Withdrawn"),
    ],
)
def test_a_history_says_what_was_reached_in_the_words_of_status_and_review(status, word):
    assert reached_in_words(status)[1] == word


def test_a_report_that_is_unclear_is_named_beside_the_open_period():
    claim = stories.held_claim(kind=IncomingKind.UNCLEAR_REPORT)

    assert status_in_words(claim, now=TUESDAY).holds == ("Delivery unclear",)


def test_a_contact_who_is_not_confirmed_is_named_with_the_day_of_the_decision():
    claim = stories.noticed_claim()
    facts = {"contact_policy": "hold", "contact_confirmed_by": "", "contact_confirmed_at": None}
    Claim.objects.filter(pk=claim.pk).update(contact_due_at=MONDAY + timedelta(days=4), **facts)
    approval.approve_unopposed_claims(now=AFTER_THE_WINDOW)

    told = status_in_words(stories.fresh(claim), now=AFTER_THE_WINDOW)

    assert (told.label, told.holds) == ("On hold", ("Contact not confirmed",))
    assert told.sentence.endswith(
        "A Microsoft reviewer confirms the contact. Due: Fri 23 Oct 2020, end of day (CEST)."
    )
