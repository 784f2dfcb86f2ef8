"""Covers the claim page: what it shows to whom, in every status, and the template of its proof."""

import io
import zipfile
from datetime import datetime, timedelta

import pytest
import time_machine
from docx import Document
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import User
from associations.choices import EventKind, MemberRole, OptOutReason
from associations.models import Claim, ClaimEvent
from associations.services.claim.history import record
from associations.services.customer import answer
from associations.services.customer.undelivered_notice import note_undelivered_notices
from notifications.models import EmailStatus, OutboxEmail
from tests.factories import (
    MONDAY,
    CommentFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ProofFactory,
    UserFactory,
)
from tests.people import author, colleague, signed_in, url
from tests.stories import (
    admin_of,
    approved_claim,
    claim_needing_action,
    claim_under_review,
    complete_claim,
    complete_dynamics_claim,
    declined_claim,
    draft_claim,
    fresh,
    held_claim,
    noticed_claim,
    submitted_claim,
)

pytestmark = pytest.mark.django_db

DETAIL_QUERIES = 12
TUESDAY = MONDAY + timedelta(days=1)


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def opt_out_later(claim: Claim, *, text: str = "") -> None:
    """The customer ends the official association a month after it was filed."""
    answer.opt_out(
        notice_id=claim.notices.get().pk,
        answerer=answer.Answerer(name="Carla Bianchi"),
        reason=OptOutReason.NO_RELATION,
        text=text,
        now=MONDAY + timedelta(days=30),
    )


def bounced_claim() -> Claim:
    """The notice of a claim came back a day after it was filed."""
    claim = noticed_claim()
    mail = OutboxEmail.objects.filter(pk=claim.notices.get().email_id)
    mail.update(status=EmailStatus.BOUNCED, bounced_at=TUESDAY, last_error="550 5.1.1 unknown")
    note_undelivered_notices(now=TUESDAY)
    return fresh(claim)


def reviewer_of(claim: Claim) -> User:
    assert claim.reviewer is not None
    return claim.reviewer


# The claim page


@pytest.mark.parametrize(
    "story",
    [
        draft_claim,
        submitted_claim,
        noticed_claim,
        claim_under_review,
        claim_needing_action,
        approved_claim,
        declined_claim,
    ],
)
def test_claim_page_opens_in_every_status_and_changes_nothing(story):
    claim = story()
    events = ClaimEvent.objects.count()

    with at(TUESDAY):
        response = author(claim).get(url("claim_detail", claim))

    assertContains(response, claim.number)
    assertContains(response, claim.domain_name)
    assert (fresh(claim).status, ClaimEvent.objects.count()) == (claim.status, events)


@pytest.mark.parametrize("count", [1, 30])
def test_claim_page_takes_the_same_queries_for_any_number_of_rows(count, django_assert_num_queries):
    claim = claim_needing_action()
    for _n in range(count):
        CommentFactory(claim=claim, author=claim.created_by)
        ProofFactory(claim=claim, uploaded_by=UserFactory())
        record([claim], EventKind.COMMENTED, by=admin_of(claim), now=TUESDAY)
    client = author(claim)

    with django_assert_num_queries(DETAIL_QUERIES):
        client.get(url("claim_detail", claim))


def test_claim_page_of_another_company_does_not_exist():
    claim, other = draft_claim(), draft_claim()

    assert author(other).get(url("claim_detail", claim)).status_code == 404


def test_claim_page_of_another_location_does_not_exist():
    claim = draft_claim()
    elsewhere = PartnerLocationFactory(partner=claim.partner)
    member = PartnerMemberFactory(partner=claim.partner, locations=[elsewhere])

    assert signed_in(member.user).get(url("claim_detail", claim)).status_code == 404


def test_claim_page_says_status_review_and_hold_on_top():
    claim = held_claim()

    with at(TUESDAY):
        response = author(claim).get(url("claim_detail", claim))

    status = response.context["status"]
    assert (status.label, status.holds, status.review) == ("Opt-out period", ("Customer wrote",), "Waiting for review")
    assertContains(response, status.sentence)
    assertContains(response, "Next review step due:")


def test_claim_page_of_a_bounced_notice_asks_on_top_for_a_contact_or_another_try():
    claim = bounced_claim()

    page = author(claim).get(url("claim_detail", claim)).content.decode()
    observed = colleague(claim, MemberRole.BILLING_ADMIN).get(url("claim_detail", claim))

    banner = page.index("The notice did not reach the customer</h2>")
    assert banner < page.index('id="status-title"')
    assert page.count(url("claim_correct_contact", claim)) == page.count(url("claim_resend", claim)) == 1
    assert banner < page.index(url("claim_correct_contact", claim)) < page.index('id="status-title"')
    assertContains(observed, "An incentives admin of your company corrects the contact")
    assertNotContains(observed, url("claim_correct_contact", claim))
    assertContains(observed, "The opt-out period has stopped. It begins anew when a new notice arrives.")


def test_claim_page_of_an_approved_claim_is_done_to_the_end():
    claim = approved_claim()

    response = author(claim).get(url("claim_detail", claim))

    assert [(step.label, step.state) for step in response.context["steps"]] == [
        ("Draft", "done"),
        ("Submitted", "done"),
        ("Opt-out period", "done"),
        ("Official", "now"),
    ]
    assertContains(response, "An association, not a payment")
    assert {item.state_label for item in response.context["items"]} == {"Official"}
    assertContains(response, "Mon 2 Nov 2020, 09:00 (CET)")


def test_claim_page_of_an_ended_association_says_so_and_why():
    claim = approved_claim()
    opt_out_later(claim)

    response = author(claim).get(url("claim_detail", claim))

    assert response.context["is_ended"]
    assert [(step.label, step.state, step.note) for step in response.context["steps"]][-2:] == [
        ("Official", "done", "Official by no reply"),
        ("Ended", "now", "The customer opted out"),
    ]
    assertNotContains(response, "An association, not a payment")
    assert {item.end_reason for item in response.context["items"]} == {"The customer opted out"}
    assertContains(response, 'data-status="ended"')


def test_claim_page_shows_to_whom_the_notice_went_and_until_when_the_customer_can_opt_out():
    claim = noticed_claim()

    with at(TUESDAY):
        response = author(claim).get(url("claim_detail", claim))

    assertContains(response, f"To Carla Bianchi, customer@{claim.domain_name}")
    assertContains(response, "Mon 26 Oct 2020, end of day (CET)")
    steps = [(step.label, step.state, step.at) for step in response.context["mail_steps"]]
    assert steps == [("Queued", "done", MONDAY), ("Sent: accepted by the mail server", "done", MONDAY)]
    assert response.context["holds"] == ["The customer can still opt out."]


def test_claim_page_shows_a_notice_that_waits_and_one_that_failed():
    claim = submitted_claim()
    client = author(claim)

    waiting = client.get(url("claim_detail", claim))
    OutboxEmail.objects.filter(pk=claim.notices.get().email_id).update(status=EmailStatus.FAILED, secret="")
    failed = client.get(url("claim_detail", claim))

    assert [(step.label, step.state) for step in waiting.context["mail_steps"]] == [
        ("Queued", "now"),
        ("Sent", "next"),
    ]
    assert failed.context["mail_steps"][-1].label == "Not sent: the mail server refused it"
    assert failed.context["window"].label == "Notice not delivered"
    assert failed.context["holds"] == ["The notice has not reached the customer yet."]


def test_claim_page_says_who_opted_out_and_why():
    claim = declined_claim()

    response = author(claim).get(url("claim_detail", claim))

    assert response.context["answer"] == (
        "Carla Bianchi opted out: Tue 20 Oct 2020, 10:00 (CEST). Reason: We don't work with this partner."
    )
    assert response.context["holds"] == []


def test_claim_page_names_every_hold_in_words():
    claim = claim_needing_action()
    Claim.objects.filter(pk=claim.pk).update(has_competing_claim=True, requires_validation=True)

    with at(TUESDAY):
        holds = author(claim).get(url("claim_detail", claim)).context["holds"]

    assert holds == [
        "The reviewer is waiting for your reply.",
        "Another partner holds or claims one of these items. Microsoft compares the proofs of execution and decides.",
        "This incentive program needs a Microsoft reviewer's validation.",
        "The customer can still opt out.",
    ]


def test_claim_page_shows_the_reviewers_question_without_the_reviewers_name():
    claim = claim_needing_action()
    CommentFactory(claim=claim, author=reviewer_of(claim), author_role="reviewer", text="Please name Teams.")

    with at(TUESDAY):
        response = author(claim).get(url("claim_detail", claim))

    assertContains(response, "Teams is not named in the statement of work.")
    assertContains(response, "A claimed product is not in the proof of execution")
    assertContains(response, "4 business days left")
    assertContains(response, "Please name Teams.")
    assertContains(response, "Microsoft reviewer")
    assertNotContains(response, reviewer_of(claim).full_name)
    assertNotContains(response, reviewer_of(claim).email)


def test_claim_page_links_to_the_pages_that_the_question_unlocked():
    claim = claim_needing_action()

    links = author(claim).get(url("claim_detail", claim)).context["edit_links"]

    assert [(link.label, link.url) for link in links] == [
        ("MPN ID", f"/associations/{claim.public_id}/customer/"),
        ("Products", f"/associations/{claim.public_id}/products/"),
        ("Contacts", f"/associations/{claim.public_id}/contacts/"),
        ("Proof of execution (PoE)", f"/associations/{claim.public_id}/proof/"),
    ]


BUTTONS = ["Continue", "Delete draft", "Resubmit claim", "Withdraw claim", "Save comment", "Add a proof"]


@pytest.mark.parametrize(
    ("story", "role", "drawn"),
    [
        (complete_claim, MemberRole.INCENTIVES_ADMIN, ["Continue", "Delete draft", "Save comment", "Add a proof"]),
        (complete_claim, MemberRole.INCENTIVES_USER, ["Continue", "Save comment", "Add a proof"]),
        (complete_claim, MemberRole.GLOBAL_ADMIN, []),
        (noticed_claim, MemberRole.INCENTIVES_ADMIN, ["Withdraw claim", "Save comment", "Add a proof"]),
        (noticed_claim, MemberRole.INCENTIVES_USER, ["Save comment", "Add a proof"]),
        (noticed_claim, MemberRole.BILLING_ADMIN, []),
        (
            claim_needing_action,
            MemberRole.INCENTIVES_ADMIN,
            ["Resubmit claim", "Withdraw claim", "Save comment", "Add a proof"],
        ),
        (claim_needing_action, MemberRole.INCENTIVES_USER, ["Save comment", "Add a proof"]),
        (claim_needing_action, MemberRole.GLOBAL_ADMIN, []),
        (approved_claim, MemberRole.INCENTIVES_ADMIN, ["Add a proof"]),
        (approved_claim, MemberRole.GLOBAL_ADMIN, []),
        (declined_claim, MemberRole.INCENTIVES_ADMIN, []),
    ],
)
def test_claim_page_draws_only_the_actions_that_the_role_may_take(story, role, drawn):
    claim = story()

    page = colleague(claim, role).get(url("claim_detail", claim)).content.decode()

    assert [button for button in BUTTONS if button in page] == drawn


@pytest.mark.parametrize(
    ("leaves_out", "step"), [("proofs", "proof"), ("contacts", "contacts"), ("items", "products")]
)
def test_claim_page_continues_a_draft_at_its_first_open_question(leaves_out, step):
    claim = complete_claim()
    getattr(claim, leaves_out).all().delete()

    response = author(claim).get(url("claim_detail", claim))

    assert response.context["continue_url"] == f"/associations/{claim.public_id}/{step}/"


def test_claim_page_continues_a_complete_draft_at_the_check_page():
    claim = complete_claim()

    response = author(claim).get(url("claim_detail", claim))

    assert response.context["continue_url"] == f"/associations/{claim.public_id}/check/"


def test_claim_page_names_the_technical_contact_only_with_dynamics_365():
    with_dynamics, without = complete_dynamics_claim(), complete_claim()

    first = author(with_dynamics).get(url("claim_detail", with_dynamics))
    second = author(without).get(url("claim_detail", without))

    assertContains(first, "Tullio Neri")
    assertNotContains(second, "Technical contact")


def test_claim_page_tells_instants_in_the_persons_zone_and_the_window_in_the_customers():
    claim = noticed_claim()
    User.objects.filter(pk=claim.created_by_id).update(time_zone="America/New_York")

    with at(TUESDAY):
        response = author(claim).get(url("claim_detail", claim))

    assertContains(response, "Mon 19 Oct 2020, 04:00 (EDT)")
    assertContains(response, "Mon 26 Oct 2020, end of day (CET)")


# The template


def test_template_is_an_attachment_named_after_the_claim():
    claim = complete_claim()

    response = author(claim).get(url("claim_template", claim))

    assert response["Content-Disposition"] == f'attachment; filename="{claim.number}-proof-template.docx"'
    assert zipfile.is_zipfile(io.BytesIO(response.content))
    assert "Proof of execution" in [paragraph.text for paragraph in Document(io.BytesIO(response.content)).paragraphs]


@pytest.mark.parametrize(("contact", "asked"), [("en", {"language": "it"}), ("it", {})])
def test_template_comes_in_the_language_asked_for_or_in_the_contacts(contact, asked):
    claim = complete_claim(language=contact)

    response = author(claim).get(url("claim_template", claim), asked)

    assert "Prova di esecuzione" in [paragraph.text for paragraph in Document(io.BytesIO(response.content)).paragraphs]


def test_template_of_another_company_does_not_exist():
    claim = complete_claim()

    assert author(draft_claim()).get(url("claim_template", claim)).status_code == 404
