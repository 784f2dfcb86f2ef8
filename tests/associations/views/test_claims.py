"""The list, the claim page, the History, and what a partner does from them."""

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from docx import Document
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import User
from associations.choices import ClaimStatus, EventKind, MemberRole, OptOutReason, WithdrawalReason
from associations.models import Claim, ClaimEvent, Comment
from associations.services import answering, submission
from associations.services.recording import record
from notifications.delivery import deliver_due_emails
from notifications.models import EmailStatus, OutboxEmail
from tests.factories import (
    MONDAY,
    CommentFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ProofFactory,
    UserFactory,
)
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
    noticed_claim,
    submitted_claim,
)

pytestmark = pytest.mark.django_db

LIST_QUERIES = 9
DETAIL_QUERIES = 10
HISTORY_QUERIES = 7
HISTORY_FILE_QUERIES = 5
TUESDAY = MONDAY + timedelta(days=1)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def author(claim: Claim) -> Client:
    """The incentives admin who drafted the claim."""
    return signed_in(claim.created_by)


def colleague(claim: Claim, role: MemberRole) -> Client:
    return signed_in(PartnerMemberFactory(partner=claim.partner, role=role).user)


def url(name: str, claim: Claim) -> str:
    return reverse(name, args=[claim.public_id])


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def opt_out_later(claim: Claim, *, text: str = "") -> None:
    """The customer ends the official association a month after it was filed."""
    answering.opt_out(
        notice_id=claim.notices.get().pk,
        answerer=answering.Answerer(name="Carla Bianchi"),
        reason=OptOutReason.NO_RELATION,
        text=text,
        now=MONDAY + timedelta(days=30),
    )


def reviewer_of(claim: Claim) -> User:
    assert claim.reviewer is not None
    return claim.reviewer


def pdf(name: str = "acceptance.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")


# The list


def test_list_shows_a_claim_with_customer_items_location_status_and_days_left():
    claim = noticed_claim(name="Adoption of Teams")

    with at(TUESDAY):
        response = author(claim).get("/associations/")

    row = response.context["rows"][0]
    assert (row.claim.number, row.claim.name) == (claim.number, "Adoption of Teams")
    assert (row.area, row.activities, row.items) == ("Microsoft 365", "Usage", ["Exchange Online", "Microsoft Teams"])
    assert (row.status_label, row.due.countdown) == ("Submitted", "4 business days left")
    assertContains(response, f'href="/associations/{claim.public_id}/"')
    assertContains(response, claim.domain_name)
    assertContains(response, claim.location.mpn_id)
    assertContains(response, "Mon 26 Oct 2020, end of day (CET)")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2020, 10, 19, 9, tzinfo=UTC), "5 business days left"),
        (datetime(2020, 10, 23, 9, tzinfo=UTC), "1 business day left"),
        (datetime(2020, 10, 26, 9, tzinfo=UTC), "Last day today"),
        (datetime(2020, 10, 26, 22, 59, tzinfo=UTC), "Last day today"),
        (datetime(2020, 10, 26, 23, 0, tzinfo=UTC), "Time is up"),
    ],
)
def test_list_counts_the_days_of_the_customers_country(moment, words):
    claim = noticed_claim()

    with at(moment):
        response = author(claim).get("/associations/")

    assert response.context["rows"][0].due.countdown == words


@pytest.mark.parametrize(
    ("story", "label"),
    [
        (draft_claim, "Not started"),
        (submitted_claim, "Notice on its way"),
        (noticed_claim, "Open"),
        (approved_claim, "Ended without an opt-out"),
        (declined_claim, "Customer opted out"),
    ],
)
def test_list_says_how_the_customer_period_stands(story, label):
    claim = story()

    with at(TUESDAY):
        response = author(claim).get("/associations/")

    assert response.context["rows"][0].window.label == label


def test_list_says_when_the_notice_was_not_delivered():
    claim = submitted_claim()
    OutboxEmail.objects.filter(pk=claim.notices.get().email_id).update(status=EmailStatus.FAILED, secret="")

    response = author(claim).get("/associations/")

    assert response.context["rows"][0].window.label == "Notice not delivered"


def test_list_says_that_the_period_closed_with_a_withdrawn_claim():
    claim = noticed_claim()
    submission.withdraw_claim(claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=admin_of(claim), now=TUESDAY)

    response = author(claim).get("/associations/")

    assert response.context["rows"][0].window.label == "Closed with the claim"


@pytest.mark.parametrize("count", [1, 30])
def test_list_takes_the_same_queries_for_any_number_of_claims(count, django_assert_num_queries):
    claim = noticed_claim()
    for _n in range(count - 1):
        noticed_claim(location=claim.location, created_by=claim.created_by)
    client = author(claim)

    with django_assert_num_queries(LIST_QUERIES):
        response = client.get("/associations/")

    assert len(response.context["rows"]) == min(count, 25)


def test_list_hides_other_companies_claims():
    claim, other = draft_claim(name="Ours"), draft_claim(name="Theirs")

    response = author(claim).get("/associations/")

    assertContains(response, "Ours")
    assertNotContains(response, "Theirs")
    assertNotContains(response, other.number)


def test_list_keeps_to_the_persons_locations():
    claim = draft_claim(name="In Rome")
    elsewhere = PartnerLocationFactory(partner=claim.partner)
    draft_claim(name="In Milan", location=elsewhere)
    member = PartnerMemberFactory(partner=claim.partner, locations=[claim.location])

    response = signed_in(member.user).get("/associations/")

    assertContains(response, "In Rome")
    assertNotContains(response, "In Milan")


def test_list_finds_by_words_without_accents_and_keeps_the_filter_in_its_links():
    claim = complete_claim(name="Élite")
    for _n in range(30):
        complete_claim(name="Elite", location=claim.location, created_by=claim.created_by)
    complete_claim(name="Other", location=claim.location, created_by=claim.created_by)
    client = author(claim)

    first = client.get("/associations/", {"q": "elite", "status": "draft"})
    second = client.get(first.context["older_url"])

    assert "q=elite&status=draft&before=" in first.context["older_url"]
    assert [len(page.context["rows"]) for page in (first, second)] == [25, 6]
    assert second.context["rows"][-1].claim == claim
    assertContains(first, 'value="elite"')


def test_list_filters_by_status():
    claim = noticed_claim()
    draft_claim(location=claim.location, created_by=claim.created_by)

    response = author(claim).get("/associations/", {"status": "submitted"})

    assert [row.claim for row in response.context["rows"]] == [claim]


@pytest.mark.parametrize(("window", "found"), [("open", 1), ("declined", 1), ("ended", 0), ("not_delivered", 0)])
def test_list_filters_by_the_customer_period(window, found):
    claim = noticed_claim()
    declined_claim(location=claim.location, created_by=claim.created_by)

    response = author(claim).get("/associations/", {"window": window})

    assert len(response.context["rows"]) == found


def test_list_pages_stay_put_while_claims_are_added():
    claim = draft_claim()
    for _n in range(59):
        draft_claim(location=claim.location, created_by=claim.created_by)
    numbers = list(Claim.objects.order_by("-pk").values_list("pk", flat=True))
    client = author(claim)

    first = client.get("/associations/")
    draft_claim(location=claim.location, created_by=claim.created_by)
    second = client.get(first.context["older_url"])
    third = client.get(second.context["older_url"])
    back = client.get(third.context["newer_url"])

    assert [row.claim.pk for row in second.context["rows"]] == numbers[25:50]
    assert [row.claim.pk for row in third.context["rows"]] == numbers[50:]
    assert third.context["older_url"] == ""
    assert [row.claim.pk for row in back.context["rows"]] == numbers[25:50]


@pytest.mark.parametrize("cursor", ["x", "cm93IDA", "%00", "cm93IC01", "é", "A" * 5000])
def test_list_answers_a_bad_cursor_with_the_first_page(cursor):
    claim = draft_claim()

    response = author(claim).get("/associations/", {"before": cursor})

    assert [row.claim for row in response.context["rows"]] == [claim]


@pytest.mark.parametrize("role", [MemberRole.INCENTIVES_ADMIN, MemberRole.INCENTIVES_USER])
def test_list_offers_a_new_association_to_who_may_draft(role):
    response = colleague(draft_claim(), role).get("/associations/")

    assertContains(response, 'href="/associations/new/"')


@pytest.mark.parametrize("role", [MemberRole.GLOBAL_ADMIN, MemberRole.BILLING_ADMIN])
def test_list_offers_observers_no_new_association(role):
    claim = draft_claim(name="Seen")

    response = colleague(claim, role).get("/associations/")

    assertContains(response, "Seen")
    assertNotContains(response, "/associations/new/")


def test_empty_list_invites_who_may_draft():
    location = PartnerLocationFactory()
    member = PartnerMemberFactory(partner=location.partner)

    response = signed_in(member.user).get("/associations/")

    assertContains(response, "No claims yet")
    assertContains(response, "Start a customer association")


def test_empty_list_names_the_global_admins_to_who_may_not_draft():
    member = PartnerMemberFactory(role=MemberRole.BILLING_ADMIN)
    PartnerMemberFactory(partner=member.partner, role=MemberRole.GLOBAL_ADMIN, user__email="giulia@partner.example")
    PartnerMemberFactory(role=MemberRole.GLOBAL_ADMIN, user__email="stranger@other.example")

    response = signed_in(member.user).get("/associations/")

    assertContains(response, "giulia@partner.example")
    assertNotContains(response, "stranger@other.example")


def test_empty_list_tells_a_person_without_any_role_whom_to_ask():
    response = signed_in(UserFactory()).get("/associations/")

    assertContains(response, "Ask a global admin of your company")


def test_list_without_a_match_offers_all_claims():
    response = author(draft_claim()).get("/associations/", {"q": "nowhere"})

    assertContains(response, "No claim matches")
    assertContains(response, "Show all claims")


def test_list_needs_a_sign_in():
    assertRedirects(
        Client().get("/associations/"), "/accounts/login/?next=/associations/", fetch_redirect_response=False
    )


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


def test_claim_page_tracks_the_status_with_dates():
    claim = claim_under_review()

    with at(TUESDAY):
        steps = author(claim).get(url("claim_detail", claim)).context["steps"]

    assert [(step.label, step.state, step.at) for step in steps] == [
        ("Draft", "done", MONDAY),
        ("Submitted", "done", MONDAY),
        ("Under review", "now", MONDAY + timedelta(hours=1)),
        ("Customer period ends", "next", None),
        ("Approved", "next", None),
    ]
    assert steps[3].note == "Until Mon 26 Oct 2020, end of day (CET)"


def test_claim_page_tracks_a_rejection_to_its_reason():
    claim = declined_claim()

    steps = author(claim).get(url("claim_detail", claim)).context["steps"]

    assert [(step.label, step.state) for step in steps] == [
        ("Draft", "done"),
        ("Submitted", "done"),
        ("Rejected", "now"),
    ]
    assert (steps[-1].at, steps[-1].note) == (TUESDAY, "The customer opted out")


def test_claim_page_tracks_the_action_that_is_required():
    claim = claim_needing_action()

    with at(TUESDAY):
        steps = author(claim).get(url("claim_detail", claim)).context["steps"]

    assert [(step.label, step.state) for step in steps] == [
        ("Draft", "done"),
        ("Submitted", "done"),
        ("Under review", "done"),
        ("Action required", "now"),
        ("Customer period ends", "next"),
        ("Approved", "next"),
    ]
    assert steps[3].note == "Answer due Mon 26 Oct 2020, end of day (CET)"


def test_claim_page_of_an_approved_claim_is_done_to_the_end():
    claim = approved_claim()

    response = author(claim).get(url("claim_detail", claim))

    assert [(step.label, step.state) for step in response.context["steps"]] == [
        ("Draft", "done"),
        ("Submitted", "done"),
        ("Approved", "now"),
    ]
    assertContains(response, "An association, not a payment")
    assert {item.state_label for item in response.context["items"]} == {"Official"}
    assertContains(response, "Mon 2 Nov 2020, 09:00 (CET)")


def test_claim_page_of_an_ended_association_says_so_and_why():
    claim = approved_claim()
    opt_out_later(claim)

    response = author(claim).get(url("claim_detail", claim))

    assert response.context["is_ended"]
    assert {item.end_reason for item in response.context["items"]} == {"The customer opted out"}
    assertContains(response, 'data-status="ended"')


def test_claim_page_shows_to_whom_the_notice_went_and_until_when_the_customer_can_opt_out():
    claim = noticed_claim()

    with at(TUESDAY):
        response = author(claim).get(url("claim_detail", claim))

    assertContains(response, f"Sent to Carla Bianchi, customer@{claim.domain_name}")
    assertContains(response, "Mon 26 Oct 2020, end of day (CET)")
    steps = [(step.label, step.state, step.at) for step in response.context["mail_steps"]]
    assert steps == [("Queued", "done", MONDAY), ("Sent: the mail server took it", "done", MONDAY)]
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
        "The reviewer waits for your answer.",
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


# Comments and proofs


def test_comment_is_added_to_an_open_claim():
    claim = noticed_claim()

    response = author(claim).post(url("claim_comment", claim), {"text": "On its way."})

    assertRedirects(response, url("claim_detail", claim) + "#comments", fetch_redirect_response=False)
    assert [comment.text for comment in claim.comments.all()] == ["On its way."]


@pytest.mark.parametrize(
    ("text", "message"), [("", "Enter a comment."), (" ", "Enter a comment."), ("x" * 4001, "4001")]
)
def test_bad_comment_is_refused_and_what_was_typed_stays(text, message):
    claim = noticed_claim()

    response = author(claim).post(url("claim_comment", claim), {"text": text})

    assertContains(response, "There is a problem")
    assertContains(response, message)
    assertContains(response, text)
    assert Comment.objects.count() == 0


def test_comment_on_a_closed_claim_changes_nothing():
    claim = declined_claim()

    response = author(claim).post(url("claim_comment", claim), {"text": "But why?"}, follow=True)

    assertContains(response, "This claim is closed")
    assert Comment.objects.count() == 0


@pytest.mark.parametrize("name", ["claim_comment", "claim_add_proof", "claim_resubmit", "claim_withdraw"])
def test_observers_and_strangers_can_not_act(name):
    claim = claim_needing_action()
    events = ClaimEvent.objects.count()

    by_observer = colleague(claim, MemberRole.GLOBAL_ADMIN).post(
        url(name, claim), {"text": "x", "reason": "wrong_mpn"}
    )
    by_stranger = author(draft_claim()).post(url(name, claim), {"text": "x", "reason": "wrong_mpn"})

    assert [by_observer.status_code, by_stranger.status_code] == [404, 404]
    assert (fresh(claim).status, ClaimEvent.objects.filter(claim=claim).count()) == (
        ClaimStatus.ACTION_REQUIRED,
        events,
    )


@pytest.mark.parametrize("name", ["claim_resubmit", "claim_withdraw"])
def test_incentives_user_can_not_decide(name):
    claim = claim_needing_action()

    response = colleague(claim, MemberRole.INCENTIVES_USER).post(
        url(name, claim), {"reason": "wrong_mpn", "reply": "x"}
    )

    assert response.status_code == 404
    assert fresh(claim).status == ClaimStatus.ACTION_REQUIRED


@pytest.mark.parametrize("name", ["claim_comment", "claim_add_proof"])
def test_comment_and_upload_answer_no_get(name):
    claim = noticed_claim()

    assert author(claim).get(url(name, claim)).status_code == 405


@pytest.mark.parametrize("story", [noticed_claim, approved_claim])
def test_proof_is_added_while_the_claim_is_open_or_approved(story):
    claim = story()

    response = author(claim).post(
        url("claim_add_proof", claim), {"proofs": [pdf("one.pdf"), pdf("two.pdf")]}, follow=True
    )

    assertContains(response, "2 files were added.")
    assert sorted(proof.name for proof in claim.proofs.all()) == ["one.pdf", "statement-of-work.pdf", "two.pdf"]


def test_bad_proof_is_refused_in_its_own_words_and_the_good_one_stays():
    claim = approved_claim()
    files = [pdf("good.pdf"), SimpleUploadedFile("macro.docm", b"PK\x03\x04")]

    response = author(claim).post(url("claim_add_proof", claim), {"proofs": files})

    assertContains(response, "macro.docm: Documents with macros are not accepted.")
    assertContains(response, "There is a problem")
    assert sorted(proof.name for proof in claim.proofs.all()) == ["good.pdf", "statement-of-work.pdf"]
    assertContains(response, "good.pdf")


def test_upload_without_a_file_says_what_is_missing():
    claim = noticed_claim()

    response = author(claim).post(url("claim_add_proof", claim), {})

    assertContains(response, "Choose a file to upload.")


def test_proof_for_a_closed_claim_changes_nothing():
    claim = declined_claim()

    response = author(claim).post(url("claim_add_proof", claim), {"proofs": [pdf()]}, follow=True)

    assertContains(response, "This claim is closed")
    assert claim.proofs.count() == 1


# Resubmit


def test_resubmit_page_shows_the_question_and_its_due_date():
    claim = claim_needing_action()

    with at(TUESDAY):
        response = author(claim).get(url("claim_resubmit", claim))

    assertContains(response, "Teams is not named in the statement of work.")
    assertContains(response, "Mon 26 Oct 2020, end of day (CET)")
    assert fresh(claim).status == ClaimStatus.ACTION_REQUIRED


def test_resubmission_gives_the_claim_back_to_the_review():
    claim = claim_needing_action()

    with at(TUESDAY):
        response = author(claim).post(url("claim_resubmit", claim), {"reply": "See page 3."}, follow=True)

    assertContains(response, "Your answer went to the reviewer.")
    assert fresh(claim).status == ClaimStatus.UNDER_REVIEW
    assert claim.events.get(kind=EventKind.RESUBMITTED).note == "See page 3."


def test_resubmission_without_an_answer_is_refused():
    claim = claim_needing_action()

    response = author(claim).post(url("claim_resubmit", claim), {"reply": "  "})

    assertContains(response, "Enter a reply, or change an answer or add a proof first.")
    assert fresh(claim).status == ClaimStatus.ACTION_REQUIRED


def test_resubmission_of_an_incomplete_claim_links_to_what_is_missing_and_keeps_the_reply():
    claim = claim_needing_action()
    claim.items.all().delete()

    response = author(claim).post(url("claim_resubmit", claim), {"reply": "Done as asked."})

    problem = {"text": "Products: some answers are missing.", "url": f"/associations/{claim.public_id}/products/"}
    assert response.context["problems"] == [problem]
    assertContains(response, "Done as asked.")
    assertContains(response, "<title>Error:")


def test_resubmission_of_an_ineligible_claim_says_why():
    claim = claim_needing_action()
    claim.location.enrolments.all().delete()

    response = author(claim).post(url("claim_resubmit", claim), {"reply": "Done as asked."})

    [problem] = response.context["problems"]
    assert problem["url"] == f"/associations/{claim.public_id}/customer/"
    assert "isn't enrolled in the incentive program" in problem["text"]


def test_second_resubmission_is_told_that_nothing_waits():
    claim = claim_needing_action()
    client = author(claim)
    client.post(url("claim_resubmit", claim), {"reply": "See page 3."})

    response = client.post(url("claim_resubmit", claim), {"reply": "See page 3."}, follow=True)

    assertContains(response, "This claim doesn't wait for an answer.".replace("'", "&#x27;"))
    assert claim.events.filter(kind=EventKind.RESUBMITTED).count() == 1


# Withdraw


def test_withdraw_page_says_what_follows_and_changes_nothing():
    claim = noticed_claim()

    response = author(claim).get(url("claim_withdraw", claim))

    assertContains(response, "The claim is cancelled for good.")
    assert fresh(claim).status == ClaimStatus.SUBMITTED


def test_withdrawal_needs_a_reason():
    claim = noticed_claim()

    response = author(claim).post(url("claim_withdraw", claim), {"reason": "because"})

    assertContains(response, "Choose a reason.")
    assert fresh(claim).status == ClaimStatus.SUBMITTED


def test_withdrawal_cancels_the_claim():
    claim = noticed_claim()

    response = author(claim).post(url("claim_withdraw", claim), {"reason": "wrong_mpn"}, follow=True)

    assertContains(response, "The claim was withdrawn.")
    assert fresh(claim).status == ClaimStatus.CANCELLED
    assert claim.events.get(kind=EventKind.WITHDRAWN).details == {"reason": "wrong_mpn"}


def test_approved_claim_can_not_be_withdrawn():
    claim = approved_claim()

    response = author(claim).post(url("claim_withdraw", claim), {"reason": "wrong_mpn"}, follow=True)

    assertContains(response, "withdrawn any more.")
    assert fresh(claim).status == ClaimStatus.APPROVED


# History


def lines(claim: Claim, client: Client | None = None) -> list[tuple[str, str, str]]:
    response = (client or author(claim)).get(url("claim_history", claim))
    return [(line.actor, line.text, line.note) for line in response.context["lines"]]


def test_history_tells_every_side_in_words_newest_first():
    claim = claim_needing_action()
    submission.resubmit_claim(claim_id=claim.pk, reply="See page 3.", by=admin_of(claim), now=TUESDAY)

    told = lines(claim)

    customer = f"customer@{claim.domain_name}"
    stated = f"Items: Exchange Online, Microsoft Teams\nCustomer contact: {customer}"
    assert told == [
        ("You", "Claim resubmitted", f"{stated}\nSee page 3."),
        (
            "Microsoft reviewer",
            "More information requested",
            "Reasons: A claimed product is not in the proof of execution\n"
            "Teams is not named in the statement of work.",
        ),
        ("Microsoft reviewer", "Review started", ""),
        (
            "CPOR portal",
            "Notice delivered, customer period started",
            "Until Mon 26 Oct 2020, end of day (CET)",
        ),
        ("CPOR portal", "Notice to the customer queued", f"To {customer}"),
        ("You", "Claim submitted", stated),
        ("You", "Draft created", ""),
    ]


def test_history_shows_the_status_reached_and_the_hour_in_the_persons_zone():
    claim = noticed_claim()

    response = author(claim).get(url("claim_history", claim))

    assert [line.status_label for line in response.context["lines"]] == ["", "", "Submitted", ""]
    assertContains(response, "Mon 19 Oct 2020, 10:00 (CEST)")


def test_history_names_colleagues_and_no_reviewer():
    claim = claim_needing_action()
    User.objects.filter(pk=claim.created_by_id).update(full_name="Anna Conti")

    response = colleague(claim, MemberRole.GLOBAL_ADMIN).get(url("claim_history", claim))

    assertContains(response, "Anna Conti")
    assertNotContains(response, reviewer_of(claim).full_name)


def test_history_tells_the_customers_opt_out_with_its_reason():
    claim = declined_claim()

    assert lines(claim)[0] == (
        "Customer: Carla Bianchi",
        "Customer opted out",
        "Reason: We don't work with this partner",
    )


def test_history_and_claim_page_tell_the_customers_message():
    claim = approved_claim()
    opt_out_later(claim, text="They never showed up.")
    client = author(claim)

    assertContains(client.get(url("claim_history", claim)), "They never showed up.")
    assertContains(client.get(url("claim_detail", claim)), "They never showed up.")


def test_history_tells_changes_with_names_instead_of_codes():
    claim = draft_claim(solution_area="M365")
    moved = PartnerLocationFactory(partner=claim.partner, mpn_id="4444444", name="Torino")
    changed = {
        "location_id": [str(claim.location_id), str(moved.pk)],
        "solution_area": ["M365", "BA"],
        "claims_presales": ["False", "True"],
        "name": ["", "Sales"],
    }
    record([claim], EventKind.CHANGED, by=admin_of(claim), now=TUESDAY, details={"changed": changed})
    details = {"contacts": ["customer_email", "partner_name"]}
    record([claim], EventKind.CONTACTS_CHANGED, by=admin_of(claim), now=TUESDAY, details=details)
    record([claim], EventKind.PRODUCTS_CHANGED, by=admin_of(claim), now=TUESDAY, details={"products": ["D365_SALES"]})
    record([claim], EventKind.EDIT_REFUSED, by=admin_of(claim), now=TUESDAY, details={"facts": "contacts"})

    notes = [note for _actor, _text, note in lines(claim)]

    assert notes[:4] == [
        "Contacts",
        "Items: Dynamics 365 Sales",
        "Customer contact: e-mail\nYour company's contact: name",
        f"MPN ID: 4444444 Torino (was: {claim.location})\n"
        "Solution area: Business Applications (was: Microsoft 365)\n"
        "Pre-sales: yes (was: no)\n"
        "Claim name: Sales (was: empty)",
    ]


def test_history_tells_the_end_of_an_association_and_of_a_withdrawn_claim():
    ended, withdrawn = approved_claim(), noticed_claim()
    opt_out_later(ended)
    submission.withdraw_claim(
        claim_id=withdrawn.pk, reason=WithdrawalReason.WRONG_ACTIVITY, by=admin_of(withdrawn), now=TUESDAY
    )

    assert lines(ended)[0] == (
        "Customer: Carla Bianchi",
        "Association ended",
        "Items: Exchange Online, Microsoft Teams\nReason: The customer opted out",
    )
    assert ("You", "Claim withdrawn", "Reason: Wrong activity") in lines(withdrawn)


@pytest.mark.parametrize("count", [1, 30])
def test_history_takes_the_same_queries_for_any_number_of_lines(count, django_assert_num_queries):
    claim = noticed_claim()
    for _n in range(count):
        record([claim], EventKind.COMMENTED, by=admin_of(claim), now=TUESDAY)
    client = author(claim)

    with django_assert_num_queries(HISTORY_QUERIES):
        client.get(url("claim_history", claim))


def test_history_lists_the_mails_of_both_sides_and_none_of_the_reviewers(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    claim = claim_needing_action(at=timezone.now() - timedelta(days=2))
    submission.resubmit_claim(claim_id=claim.pk, reply="Page 2 names it.", by=admin_of(claim), now=timezone.now())
    rival = submitted_claim(at=timezone.now() - timedelta(days=1))
    deliver_due_emails(now=timezone.now())

    mails = author(claim).get(url("claim_history", claim)).context["mails"]

    assert {mail.template for mail in mails} == {"claim_received", "customer_notice", "action_required"}
    assert OutboxEmail.objects.filter(template="answer_arrived", status="sent").exists()
    assert rival.number not in " ".join(mail.subject for mail in mails)


def test_long_history_has_pages():
    claim = draft_claim()
    for _n in range(60):
        record([claim], EventKind.COMMENTED, by=admin_of(claim), now=TUESDAY)
    client = author(claim)

    first = client.get(url("claim_history", claim))
    second = client.get(first.context["older_url"])

    assert [len(page.context["lines"]) for page in (first, second)] == [50, 11]
    assert second.context["lines"][-1].text == "Draft created"


def test_history_of_another_company_does_not_exist():
    claim = draft_claim()

    assert author(draft_claim()).get(url("claim_history", claim)).status_code == 404


def spreadsheet(claim: Claim, client: Client | None = None) -> list[list[str]]:
    response = (client or author(claim)).get(url("claim_history_csv", claim))
    content = response.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content, newline="")))


def test_history_as_csv_says_what_the_page_says_with_the_persons_clock():
    claim = noticed_claim()

    rows = spreadsheet(claim)

    customer, author_name = f"customer@{claim.domain_name}", claim.created_by.full_name
    at = "2020-10-19T10:00:00+02:00"
    assert rows == [
        ["When", "Who", "What happened", "Status", "Details"],
        [
            at,
            "CPOR portal",
            "Notice delivered, customer period started",
            "",
            "Until Mon 26 Oct 2020, end of day (CET)",
        ],
        [at, "CPOR portal", "Notice to the customer queued", "", f"To {customer}"],
        [
            at,
            author_name,
            "Claim submitted",
            "Submitted",
            f"Items: Exchange Online, Microsoft Teams\nCustomer contact: {customer}",
        ],
        [at, author_name, "Draft created", "", ""],
    ]


def test_history_as_csv_is_a_streamed_attachment_named_after_the_claim():
    claim = noticed_claim()

    response = author(claim).get(url("claim_history_csv", claim))

    assert response.streaming
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{claim.number}-history.csv"'


def test_history_as_csv_runs_no_formula_that_somebody_wrote():
    claim = declined_claim()
    record([claim], EventKind.COMMENTED, by=admin_of(claim), now=TUESDAY, note='=HYPERLINK("https://evil.example")')

    assert spreadsheet(claim)[1][4] == '\'=HYPERLINK("https://evil.example")'


def test_history_as_csv_speaks_the_language_of_the_page_to_its_last_line():
    claim = draft_claim()
    client = author(claim)
    client.cookies["django_language"] = "it"

    response = client.get(url("claim_history_csv", claim))
    with translation.override("en"):
        content = response.getvalue().decode("utf-8-sig")

    assert content.splitlines()[-1] == f"2020-10-19T10:00:00+02:00,{claim.created_by.full_name},Bozza creata,,"


@pytest.mark.parametrize("name", ["claim_history_csv", "claim_history_print"])
def test_whole_history_names_no_reviewer(name):
    claim = claim_needing_action()
    User.objects.filter(pk=claim.reviewer_id or 0).update(full_name="Rita Reviewer")

    response = colleague(claim, MemberRole.GLOBAL_ADMIN).get(url(name, claim))

    assert reviewer_of(fresh(claim)).full_name == "Rita Reviewer"
    content = response.getvalue().decode()
    assert "Microsoft reviewer" in content
    assert "Rita Reviewer" not in content


@pytest.mark.parametrize("name", ["claim_history_csv", "claim_history_print"])
def test_whole_history_of_another_company_does_not_exist(name):
    assert author(draft_claim()).get(url(name, draft_claim())).status_code == 404


def test_long_history_is_whole_on_paper_and_in_csv():
    claim = draft_claim()
    for _n in range(60):
        record([claim], EventKind.COMMENTED, by=admin_of(claim), now=TUESDAY)
    client = author(claim)

    paper = client.get(url("claim_history_print", claim))

    assert len(paper.context["lines"]) == 61
    assertContains(paper, "Draft created")
    assertContains(paper, "data-print")
    assert len(spreadsheet(claim, client)) == 62


@pytest.mark.parametrize("count", [1, 30])
def test_history_as_csv_takes_the_same_queries_for_any_number_of_lines(count, django_assert_num_queries):
    claim = noticed_claim()
    for _n in range(count):
        record([claim], EventKind.COMMENTED, by=admin_of(claim), now=TUESDAY)
    client = author(claim)

    with django_assert_num_queries(HISTORY_FILE_QUERIES):
        spreadsheet(claim, client)


def test_history_leads_to_the_paper_and_the_csv():
    claim = draft_claim()

    response = author(claim).get(url("claim_history", claim))

    assertContains(response, f'href="/associations/{claim.public_id}/history/print/"')
    assertContains(response, f'href="/associations/{claim.public_id}/history.csv"')


# The template


def test_template_is_an_attachment_named_after_the_claim():
    claim = complete_claim()

    response = author(claim).get(url("claim_template", claim))

    assert response["Content-Disposition"] == f'attachment; filename="{claim.number}-proof-template.docx"'
    assert zipfile.is_zipfile(io.BytesIO(response.content))
    assert "Proof of execution" in [paragraph.text for paragraph in Document(io.BytesIO(response.content)).paragraphs]


def test_template_comes_in_the_language_asked_for():
    claim = complete_claim()

    response = author(claim).get(url("claim_template", claim), {"language": "it"})

    assert "Prova di esecuzione" in [paragraph.text for paragraph in Document(io.BytesIO(response.content)).paragraphs]


def test_template_of_another_company_does_not_exist():
    claim = complete_claim()

    assert author(draft_claim()).get(url("claim_template", claim)).status_code == 404
