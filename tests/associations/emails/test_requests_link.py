"""The email with the link to all requests (domain.md 5): for its reader alone, for a day, and without a reply."""

import pytest

from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.associations.emails.acts import words
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


def email_to_the_contact(*, language: str = "en") -> OutboxEmail:
    address = stories.noticed_claim().notices.get().contact_email
    assert stories.send_requests_link(address, at=MONDAY, language=language)
    return OutboxEmail.objects.get(template="requests_link")


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            [
                "It works until Tuesday 20 October 2020, 10:00 (CEST) and is for you alone: don't forward this email.",
                "You didn't ask for this link? Then do nothing. Opening the link changes nothing either.",
                "Replies to this email aren't read.",
                'was entered on the page "All my requests"',
            ],
        ),
        ("it", ["martedì 20 ottobre 2020, 10:00 (CEST)", "Le risposte a questa e-mail non vengono lette."]),
    ],
)
def test_it_says_until_when_the_link_works_and_that_replies_are_not_read(language, sentences):
    email = email_to_the_contact(language=language)

    rendered = rendering.render(email)

    for part in (rendered.text.replace("\n", " "), words(rendered.html)):
        for sentence in sentences:
            assert sentence in part.replace("&#x27;", "'").replace("&quot;", '"')
        assert email.to[0] in part


def test_it_carries_its_link_once_in_each_part_and_names_no_request():
    email = email_to_the_contact()

    sent = rendering.render(email).with_link("https://portal.example" + email.secret)

    assert [part.count(email.secret) for part in (sent.text, sent.html)] == [1, 1]
    for part in (sent.text, sent.html):
        assert "CPOR-" not in part
        assert "Exchange Online" not in part
