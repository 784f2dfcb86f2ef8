"""Covers replies by email to emails about comments: which become comments, and who hears why one did not (D25)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from associations.choices import ContactKind, WithdrawalReason
from associations.models import CommentReply, PartnerMember
from associations.rules.actors import Actor, Role
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.comments.adding import add_comment
from associations.services.comments.replies import hear_comment_replies
from notifications import own_addresses
from notifications.incoming.processing import read_bounces
from notifications.models import IncomingEmail, OutboxEmail
from notifications.sending import rendering
from notifications.sending.delivery import deliver_due_emails
from tests import stories
from tests.factories import MONDAY, PartnerMemberFactory, ReviewerFactory
from tests.notifications.conftest import mail_server
from tests.notifications.imap_server import imap_server
from tests.notifications.incoming.replies import came_to, email_from

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(hours=1)
AFTER = MONDAY + timedelta(hours=2)
QUOTED = "\n\nOn Mon, Oct 19, 2020 at 9:00 CPOR portal <no-reply@portal.example> wrote:\n\n> Who signed?\n"


@pytest.fixture(autouse=True)
def mailbox(settings):
    """A mailbox that the addresses of each email lead to."""
    settings.PORTAL_URL = "https://portal.example"
    settings.DEFAULT_FROM_EMAIL = "CPOR portal <no-reply@portal.example>"
    settings.BOUNCE_ADDRESS = "bounces@portal.example"
    with imap_server({}) as server:
        settings.BOUNCE_IMAP_URL = f"imap://bounces:p%40ss%20word@127.0.0.1:{server.port}/INBOX"
        yield server


def told_partner(claim, text="Who signed?"):
    """The email to the person who submitted the claim, after a reviewer commented and it was sent."""
    by = stories.reviewer()
    comment = add_comment(claim_id=claim.pk, text=text, by=by, now=LATER)
    return sent(f"claim:{claim.pk}:comment:{comment.pk}:{claim.created_by_id}")


def sent(key):
    OutboxEmail.objects.filter(key=key).update(status="sent", sent_at=LATER, has_own_envelope=True)
    return OutboxEmail.objects.get(key=key)


def reply(server, email, *, sender=None, text="Anna did.", **fields):
    """Let a reply come to the address of one email, and be read and taken in."""
    to = own_addresses.reply_address(email)
    raw = email_from(sender or email.to[0], to=to, text=text + QUOTED, **{"Message_ID": "<1@there>"} | fields)
    arrive(server, f"Delivered-To: {to}\n".encode() + raw)


def arrive(server, raw):
    server.messages[max(server.messages, default=0) + 1] = raw
    read_bounces(now=AFTER)
    hear_comment_replies(now=AFTER)


def outcomes():
    return list(CommentReply.objects.order_by("pk").values_list("outcome", flat=True))


def answers():
    return [(email.to, rendering.render(email)) for email in OutboxEmail.objects.filter(template="comment_reply")]


def test_a_reply_to_the_address_of_the_email_becomes_a_comment(mailbox):
    claim = stories.claim_under_review()

    reply(mailbox, told_partner(claim))

    comment = claim.comments.latest("pk")
    assert (comment.text, comment.author, comment.author_role) == ("Anna did.", claim.created_by, "incentives_admin")
    assert outcomes() == ["added"]
    assert OutboxEmail.objects.filter(template="partner_commented").exists()
    assert answers() == []


def test_a_reviewer_replies_too(mailbox):
    claim = stories.claim_under_review()
    comment = add_comment(claim_id=claim.pk, text="See page 3.", by=stories.admin_of(claim), now=LATER)
    reviewer = User.objects.get(pk=stories.fresh(claim).reviewer_id or 0)

    reply(mailbox, sent(f"claim:{claim.pk}:comment:{comment.pk}:{reviewer.pk}"), text="Thank you.")

    added = claim.comments.latest("pk")
    assert (added.text, added.author, added.is_by_reviewer) == ("Thank you.", reviewer, True)


def test_the_same_message_twice_makes_one_comment(mailbox):
    claim = stories.submitted_claim()
    email = told_partner(claim)

    reply(mailbox, email)
    reply(mailbox, email)
    hear_comment_replies(now=AFTER)

    assert claim.comments.count() == 2
    assert outcomes() == ["added"]


def test_only_the_accounts_own_address_is_accepted_and_its_person_is_told(mailbox):
    claim = stories.submitted_claim()

    reply(mailbox, told_partner(claim), sender="mallory@elsewhere.example")

    assert claim.comments.count() == 1
    assert outcomes() == ["wrong_sender"]
    [(to, answer)] = answers()
    assert to == [claim.created_by.email]
    assert "mallory@elsewhere.example" in answer.text


def test_nobody_comments_by_guessing_an_address(mailbox):
    claim = stories.submitted_claim()
    email = told_partner(claim)
    forged = own_addresses.reply_address(email).replace("reply+", "reply+0")

    arrive(mailbox, came_to(forged, email_from(claim.created_by.email, to=forged, text="Anna did.")))

    assert claim.comments.count() == 1
    assert not IncomingEmail.objects.exists()


@pytest.mark.parametrize("kind", ["role removed", "account inactive"])
def test_who_lost_access_is_refused(mailbox, kind):
    claim = stories.submitted_claim()
    email = told_partner(claim)
    if kind == "role removed":
        PartnerMember.objects.filter(user=claim.created_by).delete()
    else:
        User.objects.filter(pk=claim.created_by_id).update(is_active=False)

    reply(mailbox, email)

    assert claim.comments.count() == 1
    assert outcomes() == ["no_access"]
    told = [answer.text for _to, answer in answers()]
    assert len(told) == (1 if kind == "role removed" else 0)
    assert all("no longer comment" in text and str(claim.public_id) not in text for text in told)


def test_a_reviewer_who_joined_the_partner_is_refused(mailbox):
    claim = stories.claim_under_review()
    comment = add_comment(claim_id=claim.pk, text="See page 3.", by=stories.admin_of(claim), now=LATER)
    reviewer = User.objects.get(pk=stories.fresh(claim).reviewer_id or 0)
    PartnerMemberFactory(partner=claim.partner, user=reviewer)

    reply(mailbox, sent(f"claim:{claim.pk}:comment:{comment.pk}:{reviewer.pk}"))

    assert outcomes() == ["no_access"]


@pytest.mark.parametrize(("text", "outcome"), [("", "empty"), ("x" * 4001, "too_long")])
def test_a_reply_that_is_no_comment_is_answered(mailbox, text, outcome):
    claim = stories.submitted_claim()

    reply(mailbox, told_partner(claim), text=text)

    assert (claim.comments.count(), outcomes(), len(answers())) == (1, [outcome], 1)


def test_a_closed_claim_takes_no_reply(mailbox):
    claim = stories.submitted_claim()
    email = told_partner(claim)
    withdraw_claim(claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=stories.admin_of(claim), now=LATER)

    reply(mailbox, email)

    assert (claim.comments.count(), outcomes(), len(answers())) == (1, ["closed"], 1)


def test_an_automatic_reply_is_ignored(mailbox):
    claim = stories.submitted_claim()

    reply(mailbox, told_partner(claim), **{"Auto_Submitted": "auto-replied"})

    assert (claim.comments.count(), outcomes(), answers()) == (1, [], [])


def test_programs_that_answer_each_other_come_to_an_end(mailbox, monkeypatch):
    monkeypatch.setattr("associations.services.comments.replies.MOST_IN_AN_HOUR", 2)
    claim = stories.submitted_claim()
    email = told_partner(claim)

    for number in range(3):
        reply(mailbox, email, Message_ID=f"<{number}@there>")

    assert outcomes() == ["added", "added", "too_many"]


def test_attachments_are_left_out_with_a_word_to_the_sender(mailbox):
    claim = stories.submitted_claim()
    email = told_partner(claim)
    to = own_addresses.reply_address(email)
    raw = (
        f"Delivered-To: {to}\nFrom: {email.to[0]}\nTo: {to}\nSubject: Re\nMessage-ID: <1@there>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSee the file.\n--b\n'
        'Content-Type: application/pdf\nContent-Disposition: attachment; filename="a.pdf"\n\n%PDF\n--b--\n'
    )

    arrive(mailbox, raw.encode())

    assert claim.comments.latest("pk").text == "See the file."
    [(to, answer)] = answers()
    assert "attachments" in answer.subject


def test_a_contact_without_an_account_gets_no_address_for_replies():
    claim = stories.submitted_claim()
    contact = claim.contacts.get(kind=ContactKind.PARTNER)
    told_partner(claim)

    heard = {email.to[0]: email.hears_replies for email in OutboxEmail.objects.filter(template="reviewer_commented")}

    assert heard == {contact.email: False, claim.created_by.email: True}


def test_replies_go_from_a_real_mail_server_through_the_mailbox(mailbox, settings, mail_server):
    claim = stories.submitted_claim()
    add_comment(claim_id=claim.pk, text="Who signed?", by=stories.reviewer(), now=LATER)
    deliver_due_emails(now=LATER)
    to_submitter = [each for _to, each in mail_server.received if each["To"] == claim.created_by.email]
    message = next(each for each in to_submitter if "commented" in each["Subject"])
    assert message["Reply-To"].startswith("reply+")
    assert "add a comment" in message.get_body(("plain",)).get_content()

    raw = email_from(claim.created_by.email, to=message["Reply-To"], text="Anna did." + QUOTED, Message_ID="<1@there>")
    arrive(mailbox, b"Return-Path: <" + claim.created_by.email.encode() + b">\n" + raw)

    assert claim.comments.latest("pk").text == "Anna did."


def test_the_desk_lists_what_came_in(mailbox, client):
    claim = stories.submitted_claim()
    reply(mailbox, told_partner(claim), sender="mallory@elsewhere.example")
    client.force_login(ReviewerFactory())

    page = client.get(reverse("admin:associations_commentreply_changelist")).content.decode()

    assert "mallory@elsewhere.example" in page
    assert f'<a href="{reverse("admin:associations_claim_change", args=[claim.pk])}">{claim.number}</a>' in page


def test_an_actor_is_the_person_as_they_were_written_to(mailbox):
    claim = stories.submitted_claim()
    PartnerMember.objects.filter(user=claim.created_by).update(role="incentives_user")

    reply(mailbox, told_partner(claim))

    assert claim.comments.latest("pk").author_role == Actor(Role.INCENTIVES_USER).role
