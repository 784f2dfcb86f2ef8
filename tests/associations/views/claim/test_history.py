"""Covers the History of a claim: page by page, whole on paper, and as CSV."""

import csv
import io
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import User
from associations.choices import EventKind, MemberRole, OptOutReason, WithdrawalReason
from associations.models import Claim
from associations.services.association.approval import approve_unopposed_claims
from associations.services.claim import submission
from associations.services.claim.history import Entry, record
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.customer import answer
from notifications.models import OutboxEmail
from notifications.sending.delivery import deliver_due_emails
from tests.factories import (
    MONDAY,
    PartnerLocationFactory,
)
from tests.people import author, colleague, url
from tests.stories import (
    admin_of,
    approved_claim,
    claim_needing_action,
    declined_claim,
    draft_claim,
    fresh,
    noticed_claim,
    submitted_claim,
)

pytestmark = pytest.mark.django_db

HISTORY_QUERIES = 7
HISTORY_FILE_QUERIES = 5
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


def reviewer_of(claim: Claim) -> User:
    assert claim.reviewer is not None
    return claim.reviewer


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
            "Notice delivered, opt-out period started",
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


@pytest.mark.parametrize("address", ["claim_history", "claim_history_csv"])
@pytest.mark.parametrize("by", ["Official by no reply", "Official by approval"])
def test_history_tells_official_by_no_reply_from_official_by_approval(address, by):
    claim = noticed_claim()
    if by == "Official by approval":
        carla = answer.Answerer(name="Carla Bianchi")
        answer.approve_by_customer(notice_id=claim.notices.get().pk, answerer=carla, now=MONDAY)
    else:
        approve_unopposed_claims(now=MONDAY + timedelta(days=14))

    page = author(claim).get(url(address, claim))

    told = page.getvalue().decode()
    assert told.count("Official by") == 1
    assert by in told


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
    record([claim], EventKind.CHANGED, Entry(details={"changed": changed}), by=admin_of(claim), now=TUESDAY)
    details = {"contacts": ["customer_email", "partner_name"]}
    record([claim], EventKind.CONTACTS_CHANGED, Entry(details=details), by=admin_of(claim), now=TUESDAY)
    record(
        [claim],
        EventKind.PRODUCTS_CHANGED,
        Entry(details={"products": ["D365_SALES"]}),
        by=admin_of(claim),
        now=TUESDAY,
    )
    record([claim], EventKind.EDIT_REFUSED, Entry(details={"facts": "contacts"}), by=admin_of(claim), now=TUESDAY)

    notes = [note for _actor, _text, note in lines(claim)]

    assert notes[:4] == [
        "Contacts",
        "Items: Dynamics 365 Sales",
        "Customer contact: email\nYour company's contact: name",
        f"MPN ID: 4444444 Torino (was: {claim.location})\n"
        "Solution area: Business Applications (was: Microsoft 365)\n"
        "Pre-sales: yes (was: no)\n"
        "Claim name: Sales (was: empty)",
    ]


def test_history_tells_the_end_of_an_association_and_of_a_withdrawn_claim():
    ended, withdrawn = approved_claim(), noticed_claim()
    opt_out_later(ended)
    withdraw_claim(claim_id=withdrawn.pk, reason=WithdrawalReason.WRONG_ACTIVITY, by=admin_of(withdrawn), now=TUESDAY)

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
            "Notice delivered, opt-out period started",
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
    record([claim], EventKind.COMMENTED, Entry('=HYPERLINK("https://evil.example")'), by=admin_of(claim), now=TUESDAY)

    assert spreadsheet(claim)[1][4] == '\'=HYPERLINK("https://evil.example")'


def test_history_as_csv_speaks_the_language_of_the_page_to_its_last_line():
    claim = draft_claim()
    client = author(claim)
    client.cookies["django_language"] = "it"

    response = client.get(url("claim_history_csv", claim))
    with translation.override("en"):
        content = response.getvalue().decode("utf-8-sig")

    told = ("2020-10-19T10:00:00+02:00", claim.created_by.full_name, "Bozza creata", "", "")
    assert content.splitlines()[-1] == ";".join(f'"{cell}"' for cell in told)


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
