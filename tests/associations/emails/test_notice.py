"""The customer's notice and its copy (domain.md 5, E2)."""

import re
from datetime import UTC, datetime

import pytest

from associations import emails, link_tokens
from associations.models import CustomerNotice
from associations.rules.customer.notice_codes import printed_code
from associations.services.customer import opt_out_period, reminders
from associations.services.deadlines import customer_window
from notifications import outbox
from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.associations.emails.acts import THURSDAY, mail_named, words
from tests.factories import (
    MONDAY,
    CustomerTenantFactory,
)

pytestmark = pytest.mark.django_db


TECHNICAL = "Tullio Neri"


def test_the_notice_says_who_asks_for_what_and_until_when():
    tenant = CustomerTenantFactory(name="Adventure Works", domain_name="adventure-works.example")
    claim = stories.complete_claim(tenant=tenant)
    stories.submitted_claim(claim=claim)

    email = mail_named("customer_notice")
    rendered = rendering.render(email)

    assert email.to == ["customer@adventure-works.example"]
    assert email.cc == []
    asks = f"{claim.partner.name} asks to be your partner for Exchange Online + 1 more"
    assert rendered.subject == f"{asks}: you can opt out until 26 October 2020"
    for part in (rendered.text, words(rendered.html)):
        assert "until the end of Monday 26 October 2020 (CET)" in part
        assert "If this is correct you don't need to do anything." in part.replace("&#x27;", "'")
        for fact in (
            claim.partner.name,
            claim.location.mpn_id,
            "Paolo Rossi",
            f"paolo{claim.pk}@partner.example",
            "Adventure Works",
            str(tenant.tenant_id),
            "Microsoft 365",
            "Usage",
            "Exchange Online",
            "Microsoft Teams",
            claim.number,
            "https://portal.example/customers/",
        ):
            assert fact in part, fact


def test_notice_copy_and_reminder_print_where_to_enter_the_notice_s_code():
    claim = stories.noticed_claim(claim=stories.complete_dynamics_claim())
    reminders.send_due_reminders(now=THURSDAY)

    code = printed_code(claim.notices.get().code)
    for name in ("customer_notice", "customer_notice_copy", "customer_reminder"):
        rendered = rendering.render(mail_named(name))
        for part in (rendered.text.replace(": ", " "), words(rendered.html)):
            assert "Address https://portal.example/verify/" in part, name
            assert f"Claim number {claim.number}" in part, name
            assert f"Code {code}" in part, name


def test_the_preview_of_a_notice_shows_no_code_that_works():
    claim = stories.complete_claim()

    preview = emails.preview_customer_notice(claim, window=customer_window(claim, MONDAY, days=5), now=MONDAY)

    assert "Code: XXXX-XXXX" in rendering.render(preview).text


def test_the_notice_names_a_subscription_by_its_id():
    claim = stories.submitted_claim(claim=stories.complete_dynamics_claim())

    bought = claim.tenant.subscriptions.get().subscription_id
    assert f"Dynamics 365 Sales, subscription {bought}" in rendering.render(mail_named("customer_notice")).text


def test_the_notice_carries_its_link_once_in_each_part_and_once_for_the_other_language():
    stories.submitted_claim()

    email = mail_named("customer_notice")
    sent = rendering.render(email).with_link("https://portal.example" + email.secret)

    link = "https://portal.example" + email.secret
    assert re.fullmatch(r"/c/[\w-]{43}/", email.secret)
    assert [sent.text.count(f"{link}{end}") for end in ("\n", "?language=it")] == [1, 1]
    assert [sent.html.count(f'href="{link}{end}"') for end in ("", "?language=it")] == [1, 1]
    assert link not in sent.subject


def test_the_notice_is_written_in_the_language_of_its_reader():
    stories.submitted_claim(claim=stories.complete_claim(language="it"))

    assert mail_named("customer_notice").locale == "it"
    assert mail_named("claim_received").locale == "en"


def test_the_technical_contact_gets_a_copy_without_the_link():
    claim = stories.noticed_claim(claim=stories.complete_dynamics_claim())

    notice, copy = mail_named("customer_notice"), mail_named("customer_notice_copy")
    rendered = rendering.render(copy)

    assert copy.to == [f"technical@{claim.domain_name}"]
    assert (copy.secret, copy.carries_secret) == ("", False)
    assert "/c/" not in rendered.text + rendered.html
    assert rendering.SECRET_PLACEHOLDER not in rendered.text + rendered.html
    assert f"Dear {TECHNICAL}," in rendered.text
    assert "Carla Bianchi got the notice, and can approve or opt out until the end of Monday 26" in rendered.text
    assert copy.context["closes_at"] == notice.context["closes_at"]


def test_a_microsoft_365_claim_sends_no_copy():
    stories.noticed_claim()

    assert not OutboxEmail.objects.filter(template="customer_notice_copy").exists()


def test_no_table_keeps_the_token():
    stories.submitted_claim()
    email = mail_named("customer_notice")
    token = email.secret.split("/")[2]

    outbox.cancel(keys=[email.key], now=MONDAY)

    notice = CustomerNotice.objects.get()
    assert notice.token_digest == link_tokens.digest(token)
    for row in (notice, *OutboxEmail.objects.all()):
        assert token not in str(vars(row))
    assert not any(token in str(vars(event)) for event in notice.claim.events.all())


def test_a_notice_that_leaves_on_another_day_names_that_day_s_deadline():
    claim = stories.submitted_claim(at=datetime(2020, 10, 23, 20, 0, tzinfo=UTC))
    email = mail_named("customer_notice", claim=claim)
    opt_out_period.renew_promised_dates(now=datetime(2020, 10, 24, 7, 0, tzinfo=UTC))
    email.refresh_from_db()

    assert "until the end of Friday 30 October 2020 (CET)" in rendering.render(email).text


@pytest.mark.parametrize(
    ("language", "words_of_it"),
    [
        ("en", "These public holidays don't count: Tuesday 8 December 2020 (Immaculate Conception)."),
        ("it", "Questi giorni festivi non contano: martedì 8 dicembre 2020 (Immacolata Concezione)."),
    ],
)
def test_the_notice_names_the_public_holidays_that_do_not_count(language, words_of_it):
    stories.submitted_claim(at=datetime(2020, 12, 2, 9, tzinfo=UTC), language=language)

    rendered = rendering.render(mail_named("customer_notice"))

    for part in (rendered.text, words(rendered.html)):
        assert words_of_it in part.replace("&#x27;", "'")


def test_a_notice_that_leaves_later_names_the_holidays_of_its_new_days():
    stories.submitted_claim(at=datetime(2020, 11, 30, 9, tzinfo=UTC))
    assert "public holidays" not in rendering.render(mail_named("customer_notice")).text

    opt_out_period.renew_promised_dates(now=datetime(2020, 12, 1, 9, tzinfo=UTC))

    assert "(Immaculate Conception)" in rendering.render(mail_named("customer_notice")).text
