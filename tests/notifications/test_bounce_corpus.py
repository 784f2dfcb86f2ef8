"""117 real bounces, 1998 to 2021: told apart from other emails, and attributed to the email they are about."""

import mailbox
from pathlib import Path

import pytest

from notifications.incoming.delivery_reports import Action, message_ids_in, outcomes_in
from notifications.incoming.parsing import parse
from notifications.incoming.processing import ReportCounts, read_bounces
from notifications.models import EmailStatus, IncomingEmail, IncomingKind, OutboxEmail
from notifications.own_addresses import envelope_address
from tests.notifications.notices import NOW, sent_mail

CORPUS = {path.stem: path.read_bytes() for path in sorted((Path(__file__).parent / "bounces").glob("*.txt"))}
NO_BOUNCES = {"groupwise_03", "qmail_08"}
# Bounces that name neither who failed nor why in any way that a reader knows.
UNCLEAR = {"bounce_01", "dumbass_01", "simple_43"}


def outcomes(name):
    return outcomes_in(parse(CORPUS[name]), raw=CORPUS[name])


def failed(name):
    """The addresses that failed for good, as the report writes them."""
    return [one.recipient or one.written_to for one in outcomes(name) if one.action is Action.FAILED]


def named_elsewhere(name):
    """The Message-IDs in it that are not its own."""
    message = parse(CORPUS[name])
    return [one for one in message_ids_in(message) if one not in str(message["Message-ID"])]


PERMANENT = [name for name in CORPUS if failed(name)]


@pytest.fixture
def maildir(settings, tmp_path):
    settings.DEFAULT_FROM_EMAIL = "portal@portal.example"
    settings.BOUNCE_ADDRESS = "bounces@portal.example"
    settings.BOUNCE_MAILDIR = str(tmp_path / "bounces")
    return mailbox.Maildir(settings.BOUNCE_MAILDIR, create=True)


def mail_about(name, **facts):
    """A sent email to whom the report in the corpus is about."""
    to = next((one for one in failed(name) if "@" in one), "ada@customer.example")
    email = sent_mail(key=name, to=[to])
    OutboxEmail.objects.filter(pk=email.pk).update(**facts)
    email.refresh_from_db()
    return email


def returned_to(email, name):
    """The report as the server of the portal's mailbox would have kept it, had it come to the email's own address."""
    raw = CORPUS[name].partition(b"\n")[2] if CORPUS[name].startswith(b"From ") else CORPUS[name]
    return f"Delivered-To: {envelope_address(email)}\n".encode() + raw


def test_nearly_all_real_bounces_are_recognized_and_no_other_email_is():
    recognized = {name for name in CORPUS if outcomes(name)}

    assert len(CORPUS) == 117
    assert set(CORPUS) - recognized == NO_BOUNCES | UNCLEAR
    assert len(recognized) == 112
    assert len(PERMANENT) == 101


def test_what_a_report_names_is_found_wherever_it_stands():
    assert len([name for name in CORPUS if outcomes(name) and named_elsewhere(name)]) >= 24


@pytest.mark.django_db
def test_every_failure_is_attributed_by_the_email_s_own_address(maildir):
    for name in PERMANENT:
        maildir.add(returned_to(mail_about(name, has_own_envelope=True), name))

    counts = read_bounces(now=NOW)

    assert list(IncomingEmail.objects.values_list("email__key", flat=True)) == []
    assert counts == ReportCounts(noted=len(PERMANENT))
    assert OutboxEmail.objects.filter(status=EmailStatus.BOUNCED).count() == len(PERMANENT)


@pytest.mark.django_db
def test_a_bounce_that_says_nothing_goes_to_a_person_and_what_is_none_holds_nothing(maildir):
    for name in sorted(UNCLEAR | NO_BOUNCES):
        maildir.add(returned_to(mail_about(name, has_own_envelope=True), name))

    read_bounces(now=NOW)

    kept = dict(IncomingEmail.objects.values_list("email__key", "kind"))
    assert kept == dict.fromkeys(UNCLEAR, IncomingKind.UNCLEAR_REPORT) | {"groupwise_03": IncomingKind.REPLY}
    assert not OutboxEmail.objects.filter(status=EmailStatus.BOUNCED).exists()


@pytest.mark.django_db
def test_a_warning_that_an_email_is_late_holds_nothing(maildir):
    late = [name for name in CORPUS if outcomes(name) and name not in PERMANENT]
    for name in late:
        maildir.add(returned_to(mail_about(name, has_own_envelope=True), name))

    assert read_bounces(now=NOW) == ReportCounts(ignored=len(late))
    assert len(late) == 11
    assert not IncomingEmail.objects.exists()


@pytest.mark.django_db
def test_without_own_addresses_what_names_an_email_is_attributed_to_it(maildir, settings):
    settings.BOUNCE_DELIMITER = ""
    named = [name for name in CORPUS if named_elsewhere(name) and name not in NO_BOUNCES]
    for name in named:
        mail_about(name, message_id=named_elsewhere(name)[0])
        maildir.add(CORPUS[name])

    counts = read_bounces(now=NOW)

    late = [name for name in named if outcomes(name) and name not in PERMANENT]
    assert counts.noted + counts.kept + len(late) >= 25
    assert counts.unattributed == 0
