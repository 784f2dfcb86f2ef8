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
from associations import tasks
from associations.choices import OptOutReason
from associations.models import Claim, Contact, CustomerNotice
from associations.services import answering, drafting
from notifications.delivery import deliver_due_emails
from notifications.models import OutboxEmail
from tests import stories
from tests.factories import MONDAY, ContactFactory, OutboxEmailFactory, PartnerMemberFactory, UserFactory
from tests.traces import traces_of

pytestmark = pytest.mark.django_db

CARLA = "carla@contoso.example"
LATER = MONDAY + timedelta(days=60)
ANSWER = answering.Answerer(name="Carla Bianchi", ip="203.0.113.7", user_agent="Firefox on a tablet")


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


def claim_with_carla() -> Claim:
    """A claim with an open window whose customer contact is Carla, and a comment that names her."""
    draft = stories.complete_claim()
    Contact.objects.filter(claim=draft, kind="customer").update(name="Carla Bianchi", email=CARLA.title())
    claim = stories.submitted_claim(claim=draft)
    text = "Carla Bianchi asked for a copy."
    drafting.add_comment(claim_id=claim.pk, text=text, by=stories.admin_of(claim), now=MONDAY)
    deliver_due_emails(now=MONDAY)
    stories.deliver_notice(claim, at=MONDAY)
    return claim


def declined_by_carla() -> Claim:
    claim = claim_with_carla()
    notice, text = claim.notices.get(), "Ask carla@contoso.example"
    answering.opt_out(notice_id=notice.pk, answerer=ANSWER, reason=OptOutReason.OTHER, text=text, now=MONDAY)
    return claim


def approved_by_carla() -> Claim:
    claim = claim_with_carla()
    answering.approve_by_customer(notice_id=claim.notices.get().pk, answerer=ANSWER, now=MONDAY)
    return stories.fresh(claim)


def test_a_person_is_exported_and_erased_everywhere_but_where_they_have_to_be_kept(capsys, caplog, tmp_path, client):
    declined, approved, still_open = declined_by_carla(), approved_by_carla(), claim_with_carla()
    bystander = stories.declined_claim()
    assert approved.status == "approved"
    deliver_due_emails(now=MONDAY)
    OutboxEmailFactory(to=[CARLA], status="sent", sent_at=MONDAY)
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
        f"{declined.number}: erased contacts (1), notices (1), comments (1), mails (3), lines of History (3)",
        f"{approved.number}: erased contacts (1), notices (1), comments (1), mails (3), lines of History (2)",
        f"{approved.number}: kept name and time, IP address and browser of the customer's approval, until the"
        " association that rests on it has ended",
        f"{still_open.number}: kept everything, because the claim is not decided for good and needs its people until"
        " then",
        "other mails: erased mails (1)",
    ]
    assert CARLA not in caplog.text.casefold()
    assert "One person was erased in 4 places; something was kept in 2." in caplog.text
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
    tasks.forget_closed_claims()
    assert traces_of(["Firefox"]) == {"Firefox": ["CustomerNotice"]}
    answering.opt_out(notice_id=kept.pk, answerer=ANSWER, reason=OptOutReason.OTHER, now=LATER)
    notice = still_open.notices.get()
    answering.opt_out(notice_id=notice.pk, answerer=ANSWER, reason=OptOutReason.OTHER, now=LATER)
    call_command("erase_person", "--email", address)
    tasks.forget_closed_claims()
    assert traces_of([CARLA, "Firefox"]) == {}
    names = [pk for pk, name in Claim.objects.values_list("pk", "events__actor_name") if name]
    assert set(names) == {bystander.pk}
    assert OutboxEmail.objects.filter(status="queued", to=[]).count() == 0
    call_command("verify_history")
    for command in ("export_person", "erase_person"):
        with pytest.raises(CommandError, match="The portal holds nothing about this address"):
            call_command(command, "--email", address)


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
    answering.opt_out(notice_id=claim.notices.get().pk, answerer=ANSWER, reason=OptOutReason.OTHER, now=LATER)
    assert not OutboxEmail.objects.filter(template="association_ended").exists()
    assert OutboxEmail.objects.filter(template="opt_out_receipt").count() == 1


def test_a_person_who_is_named_in_a_draft_is_erased_from_it(capsys):
    draft = stories.draft_claim(name="Project of Ada Lovelace")
    ContactFactory(claim=draft, kind="customer", name="Ada Lovelace", email="ada@contoso.example")

    call_command("erase_person", "--email", "ada@contoso.example")

    assert capsys.readouterr().out == f"{draft.number}: erased contacts (1), answers (1)\n"
    assert traces_of(["Ada Lovelace", "ada@contoso.example"]) == {}
