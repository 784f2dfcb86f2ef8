"""A person asks what is held about them, and to be erased: everywhere at once, but for what has to be kept."""

import json
import logging
import stat
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from pytest_django.asserts import assertContains

from accounts.models import User
from associations.choices import ContactPolicy, HoldOutcome, OptOutReason
from associations.models import Claim, Contact, CustomerNotice
from associations.services.association import approval
from associations.services.comments.adding import add_comment
from associations.services.customer import answer, holds
from associations.services.review import holds as holding
from notifications.models import OutboxEmail
from notifications.sending.delivery import deliver_due_emails
from operations.clocks import run_clock
from tests import stories
from tests.factories import (
    MONDAY,
    ContactFactory,
    IncomingEmailFactory,
    OutboxEmailFactory,
    PartnerMemberFactory,
    UserFactory,
)
from tests.factories.rules import rules_are
from tests.traces import traces_of

pytestmark = pytest.mark.django_db

CARLA = "carla@contoso.example"
LATER = MONDAY + timedelta(days=60)
ANSWER = answer.Answerer(name="Carla Bianchi", ip="203.0.113.7", user_agent="Firefox on a tablet")


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


def claim_with_carla() -> Claim:
    """A claim with an open window whose customer contact is Carla, and a comment that names her."""
    # Her address is the same on claims for different customers.
    rules_are(contact_policy=ContactPolicy.ALLOW)
    draft = stories.complete_claim()
    Contact.objects.filter(claim=draft, kind="customer").update(name="Carla Bianchi", email=CARLA.title())
    claim = stories.submitted_claim(claim=draft)
    text = "Carla Bianchi asked for a copy."
    add_comment(claim_id=claim.pk, text=text, by=stories.admin_of(claim), now=MONDAY)
    deliver_due_emails(now=MONDAY)
    stories.deliver_notice(claim, at=MONDAY)
    return claim


def declined_by_carla() -> Claim:
    claim = claim_with_carla()
    notice, text = claim.notices.get(), "Ask carla@contoso.example"
    answer.opt_out(notice_id=notice.pk, answerer=ANSWER, reason=OptOutReason.OTHER, text=text, now=MONDAY)
    return claim


def approved_by_carla() -> Claim:
    claim = claim_with_carla()
    answer.approve_by_customer(notice_id=claim.notices.get().pk, answerer=ANSWER, now=MONDAY)
    return stories.fresh(claim)


def test_a_person_is_exported_and_erased_everywhere_but_where_they_have_to_be_kept(capsys, caplog, tmp_path, client):
    declined, approved, still_open = declined_by_carla(), approved_by_carla(), claim_with_carla()
    bystander = stories.declined_claim()
    assert approved.status == "approved"
    deliver_due_emails(now=MONDAY)
    OutboxEmailFactory(to=[CARLA], status="sent", sent_at=MONDAY)
    stories.send_requests_link(CARLA, at=LATER)
    address, output = CARLA, tmp_path / "carla.json"

    with caplog.at_level(logging.INFO):
        call_command("export_person", "--email", address, "--output", output)
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    held = json.loads(output.read_text())
    claims = [declined.pk, approved.pk, still_open.pk]
    assert [contact["claim_id"] for contact in held["contacts"]] == claims
    assert [(each["claim_id"], each["answer"], each["answer_ip"]) for each in held["decisions"]] == [
        (declined.pk, "opted_out", "203.0.113.7"),
        (approved.pk, "approved", "203.0.113.7"),
        (still_open.pk, "", None),
    ]
    assert [link["address"] for link in held["links to all requests"]] == [CARLA]
    assert {mail["key"] for mail in held["mails"]} >= {f"claim:{pk}:notice:1" for pk in claims}
    assert held["events"][1]["details"] == {"notice": 1, "to": CARLA.title()}
    with pytest.raises(CommandError, match="File exists"):
        call_command("export_person", "--email", address, "--output", output)

    capsys.readouterr()
    call_command("erase_person", "--email", address, "--dry-run")
    foreseen = capsys.readouterr().out
    assert Contact.objects.filter(email__iexact=CARLA).count() == 3

    with caplog.at_level(logging.INFO):
        call_command("erase_person", "--email", address)
    assert capsys.readouterr().out == foreseen
    assert foreseen.splitlines() == [
        f"{declined.number}: erased contacts (1), notices (1), comments (1), mails (4), lines of History (3)",
        f"{approved.number}: erased contacts (1), notices (1), comments (1), mails (3), lines of History (2)",
        f"{approved.number}: kept name and time, IP address, browser and message of the customer's approval, until the"
        " association that rests on it has ended",
        f"{still_open.number}: kept everything, because the claim is not decided for good and needs its people until"
        " then",
        "other mails: erased mails (2)",
        "links to all requests: erased links (1)",
    ]
    assert CARLA not in caplog.text.casefold()
    assert "One person was erased in 5 places; something was kept in 2." in caplog.text
    assert traces_of(["Firefox"]) == {"Firefox": ["CustomerNotice"]}
    assert CustomerNotice.objects.get(claim=declined).answer_ip is None
    kept = CustomerNotice.objects.get(claim=approved)
    assert (kept.answered_by_name, kept.answered_at, kept.contact_email) == ("Carla Bianchi", MONDAY, "")
    assert bystander.contacts.exclude(name="").count() == 2
    call_command("verify_history")

    client.force_login(declined.created_by)
    history = client.get(reverse("claim_history", args=[declined.public_id]))
    assertContains(history, "Personal data removed")
    assertContains(history, "Of one person, on request")

    # Once nothing rests on her answers any more, nothing is left of her.
    run_clock("forget_closed_claims")
    assert traces_of(["Firefox"]) == {"Firefox": ["CustomerNotice"]}
    answer.opt_out(notice_id=kept.pk, answerer=ANSWER, reason=OptOutReason.OTHER, now=LATER)
    notice = still_open.notices.get()
    answer.opt_out(notice_id=notice.pk, answerer=ANSWER, reason=OptOutReason.OTHER, now=LATER)
    call_command("erase_person", "--email", address)
    run_clock("forget_closed_claims")
    assert traces_of([CARLA, "Firefox"]) == {}
    names = [pk for pk, name in Claim.objects.values_list("pk", "events__actor_name") if name]
    assert set(names) == {bystander.pk}
    assert OutboxEmail.objects.filter(status="queued", to=[]).count() == 0
    call_command("verify_history")
    for command in ("export_person", "erase_person"):
        with pytest.raises(CommandError, match="The portal holds nothing about this address"):
            call_command(command, "--email", address)


def test_who_answered_an_email_is_exported_and_erased_although_it_went_to_somebody_else(tmp_path):
    declined = declined_by_carla()
    sender = "dario@elsewhere.example"
    IncomingEmailFactory(email=declined.notices.get().email, sender=sender, text="Carla has left. Dario")
    output = tmp_path / "dario.json"

    call_command("export_person", "--email", sender, "--output", output)
    call_command("erase_person", "--email", sender)

    (incoming,) = json.loads(output.read_text())["incoming mails"]
    assert (incoming["sender"], incoming["text"]) == (sender, "Carla has left. Dario")
    assert traces_of([sender]) == {}


@pytest.mark.parametrize("kept", ["carla@müller.example", "carla@xn--mller-kva.example"])
@pytest.mark.parametrize(
    "asked", ["carla@müller.example", "Carla@xn--mller-kva.example", "carla@MÜLLER.example\u200f"]
)
def test_a_person_is_found_and_erased_however_their_domain_is_spelled(kept, asked):
    claim = stories.draft_claim()
    ContactFactory(claim=claim, kind="customer", name="Carla Bianchi", email=kept)

    call_command("erase_person", "--email", asked)

    assert not Contact.objects.filter(claim=claim, email=kept).exists()


def test_an_account_is_erased_once_nobody_signs_in_with_it(capsys):
    claim = stories.approved_claim()
    author = claim.created_by
    User.objects.filter(pk=author.pk).update(full_name="Ines Neri", email="ines@partner.example")
    PartnerMemberFactory(user=UserFactory(), partner=claim.partner)

    call_command("erase_person", "--email", "Ines@partner.example")
    assert "account: kept all of it, because somebody can sign in with it" in capsys.readouterr().out

    User.objects.filter(pk=author.pk).update(is_active=False)
    call_command("erase_person", "--email", "Ines@partner.example")

    assert "account: erased name, address and roles (1)\n" in capsys.readouterr().out
    author.refresh_from_db()
    assert (author.full_name, author.email) == ("", f"removed-{author.pk}@removed.invalid")
    assert not author.has_usable_password()
    assert not author.memberships.exists()
    assert claim.events.filter(actor=author).exists()
    call_command("verify_history")

    # The last reader of the partner's mails goes: what happens to the claim is told to nobody, and happens.
    call_command("erase_person", "--email", claim.contacts.get(kind="partner").email)
    answer.opt_out(notice_id=claim.notices.get().pk, answerer=ANSWER, reason=OptOutReason.OTHER, now=LATER)
    assert not OutboxEmail.objects.filter(template="association_ended").exists()
    assert OutboxEmail.objects.filter(template="opt_out_receipt").count() == 1


def test_a_person_who_is_named_in_a_draft_is_erased_from_it(capsys):
    draft = stories.draft_claim(name="Project of Ada Lovelace")
    ContactFactory(claim=draft, kind="customer", name="Ada Lovelace", email="ada@contoso.example")

    call_command("erase_person", "--email", "ada@contoso.example")

    assert capsys.readouterr().out == f"{draft.number}: erased contacts (1), answers (1)\n"
    assert traces_of(["Ada Lovelace", "ada@contoso.example"]) == {}


def claim_that_carla_wrote_about() -> Claim:
    """An official claim whose customer wrote afterwards."""
    claim = claim_with_carla()
    approval.approve_unopposed_claims(now=MONDAY + timedelta(days=14))
    stories.receive(claim, at=MONDAY, sender=CARLA, text="No, we never hired them. Carla Bianchi")
    holds.hear_incoming_emails(now=MONDAY)
    return stories.fresh(claim)


def test_what_a_person_wrote_by_email_is_exported_and_erased_once_a_reviewer_has_read_it(capsys, tmp_path):
    claim = claim_that_carla_wrote_about()
    hold = claim.holds.get()

    call_command("export_person", "--email", CARLA, "--output", tmp_path / "carla.json")
    replies = json.loads((tmp_path / "carla.json").read_text())["incoming mails"]
    call_command("erase_person", "--email", CARLA)

    assert [(each["sender"], each["text"]) for each in replies] == [(CARLA, "No, we never hired them. Carla Bianchi")]
    assert (
        f"{claim.number}: kept everything, because a reviewer has still to read what the customer wrote"
        in capsys.readouterr().out
    )
    hold.incoming.refresh_from_db()
    assert hold.incoming.text == "No, we never hired them. Carla Bianchi"

    holding.settle_hold(
        claim_id=claim.pk,
        hold_id=hold.pk,
        outcome=HoldOutcome.LIFTED,
        reason="Carla Bianchi only asks.",
        by=stories.reviewer(),
        now=MONDAY,
    )
    call_command("erase_person", "--email", CARLA)

    hold.refresh_from_db()
    assert (hold.incoming.sender, hold.incoming.subject, hold.incoming.text, hold.reason) == ("", "", "", "")
    assert traces_of([CARLA, "Carla Bianchi"]) == {}
    call_command("verify_history")


def test_a_claim_that_forgets_its_people_forgets_what_they_wrote_and_why_a_hold_was_ended(settings):
    claim = claim_with_carla()
    stories.receive(claim, at=MONDAY)
    holds.hear_incoming_emails(now=MONDAY)
    holding.settle_hold(
        claim_id=claim.pk,
        hold_id=claim.holds.get().pk,
        outcome=HoldOutcome.OPTED_OUT,
        reason="Carla Bianchi writes so.",
        by=stories.reviewer(),
        now=MONDAY,
    )
    settings.CPOR_RETENTION_MONTHS = 1

    run_clock("forget_closed_claims")

    hold = claim.holds.get()
    assert (hold.incoming.sender, hold.incoming.text, hold.reason) == ("", "", "")
    assert stories.fresh(claim).forgotten_at is not None


def test_who_handed_a_request_over_is_erased_while_the_colleague_stays_in_force(client):
    claim = stories.submitted_claim()
    link = claim.notices.get().email.secret
    address = claim.notices.get().contact_email
    stories.deliver_notice(claim, at=MONDAY)
    notice = stories.hand_over_to(stories.colleague_of(claim), claim=claim, at=MONDAY)
    assert client.get(link, follow=True).status_code == 200
    dario = answer.Answerer(name="Dario Neri")
    answer.approve_by_customer(notice_id=notice.pk, answerer=dario, now=MONDAY)
    deliver_due_emails(now=MONDAY)
    assert stories.fresh(claim).status == "approved"

    call_command("erase_person", "--email", address)

    assert traces_of([address, "Carla Bianchi"]) == {}
    notice.refresh_from_db()
    assert (notice.answered_by_name, notice.contact_name) == ("Dario Neri", "Dario Neri")
    assert client.get(link).status_code == 404
    assert client.get("/c/receipt/").status_code == 404
    call_command("verify_history")
