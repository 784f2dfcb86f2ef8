"""A person's preferences: name, language, time zone, and the mails that may be switched off (domain.md 5)."""

from datetime import date

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.forms import zone_choices
from accounts.models import Note, OptionalMail, User
from associations import emails
from notifications.models import OutboxEmail
from tests import stories
from tests.factories import MONDAY, ReviewerFactory, UserFactory

pytestmark = pytest.mark.django_db

ANSWERS = {"full_name": "Anna Verdi", "language": "it", "time_zone": "Europe/London", "mails": ["draft_reminder"]} | {
    "has_weekly_digest": "on"
}


@pytest.fixture
def person():
    return UserFactory()


@pytest.fixture
def client(person):
    return browser(person)


def browser(person):
    client = Client()
    client.force_login(person)
    return client


def test_preferences_are_kept(client, person):
    assertRedirects(client.post("/preferences/", ANSWERS), "/preferences/", fetch_redirect_response=False)

    person.refresh_from_db()
    assert (person.full_name, person.language, person.time_zone, person.muted_mails) == (
        "Anna Verdi",
        "it",
        "Europe/London",
        ["review_started", "comment"],
    )
    assert person.has_weekly_digest is True


def test_preferences_show_what_is_kept(client, person):
    User.objects.filter(pk=person.pk).update(
        full_name="Anna Verdi", language="it", time_zone="Asia/Tokyo", muted_mails=["draft_reminder"]
    )

    form = client.get("/preferences/").context["form"]

    assert form.initial == {
        "full_name": "Anna Verdi",
        "language": "it",
        "time_zone": "Asia/Tokyo",
        "has_weekly_digest": False,
        "mails": ["review_started", "comment"],
    }


def test_a_language_picked_in_this_browser_gives_way_to_the_preference(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    forgotten = client.post("/preferences/", ANSWERS).cookies[settings.LANGUAGE_COOKIE_NAME]

    assert (forgotten.value, forgotten["max-age"], forgotten["path"]) == ("", 0, "/")
    del client.cookies[settings.LANGUAGE_COOKIE_NAME]
    assertContains(client.get("/preferences/"), '<html lang="it">')


def test_the_page_says_that_the_preferences_were_saved(client):
    response = client.post("/preferences/", ANSWERS | {"language": "en"}, follow=True)

    assertContains(response, "Your preferences were saved.")


@pytest.mark.parametrize(
    ("name", "value"), [("time_zone", "Europe/Atlantis"), ("language", "fr"), ("mails", ["action_required"])]
)
def test_an_answer_that_was_not_offered_is_refused(client, person, name, value):
    response = client.post("/preferences/", ANSWERS | {name: value})

    assert response.status_code == 200
    assert list(response.context["form"].errors) == [name]
    person.refresh_from_db()
    assert person.language == ""


def test_a_mail_left_out_is_switched_off(client, person):
    client.post("/preferences/", ANSWERS | {"mails": []})

    person.refresh_from_db()
    assert person.muted_mails == ["draft_reminder", "review_started", "comment"]


def test_only_staff_choose_about_the_overview_of_the_queue(client):
    assertNotContains(client.get("/preferences/"), "The daily overview of the review queue")
    assertContains(browser(ReviewerFactory()).get("/preferences/"), "The daily overview of the review queue")


def test_the_account_menu_leads_to_the_preferences(client):
    assertContains(client.get("/help/"), 'href="/preferences/"')


def test_a_zone_set_before_stays_among_the_choices():
    choices = zone_choices("CET")

    assert [name for name, _label in choices[:3]] == ["", "CET", "UTC"]
    cities = {str(region): dict(found) for region, found in choices[3:]}
    assert cities["Europe"]["Europe/Rome"] == "Rome"
    assert cities["America"]["America/New_York"] == "New York"
    assert "Etc" not in cities
    assert zone_choices("Europe/Rome")[1] == ("UTC", "UTC")


def test_a_muted_draft_reminder_is_not_written():
    claim = stories.draft_claim()
    claim.created_by.muted_mails = [OptionalMail.DRAFT_REMINDER]

    emails.draft_reminder(claim, key="reminder:1", now=MONDAY)
    assert not OutboxEmail.objects.exists()

    claim.created_by.muted_mails = [OptionalMail.REVIEW_DIGEST]
    emails.draft_reminder(claim, key="reminder:1", now=MONDAY)
    assert OutboxEmail.objects.get().template == "draft_reminder"


@pytest.mark.parametrize(("muted", "is_told"), [(["review_digest"], False), (["draft_reminder"], True)])
def test_a_muted_digest_is_not_written(muted, is_told):
    reviewer = ReviewerFactory(muted_mails=muted)

    was_told = emails.review_digest(
        reviewer, counts={"overdue": 1, "due_today": 2, "waiting": 3}, due={}, on=date(2020, 10, 19), now=MONDAY
    )

    assert was_told is is_told
    assert OutboxEmail.objects.exists() is is_told


def test_the_start_of_a_review_is_a_mail_that_comes_only_when_asked_for(client, person):
    assert person.muted_mails == ["review_started"]

    client.post("/preferences/", ANSWERS | {"mails": ["draft_reminder", "review_started", "comment"]})

    person.refresh_from_db()
    assert person.muted_mails == []


def test_the_notes_of_the_claim_page_come_one_after_the_other_until_they_are_put_away():
    claim = stories.submitted_claim()
    client, path = browser(claim.created_by), f"/associations/{claim.public_id}/"

    for number, note in enumerate(Note, 1):
        page = client.get(path)
        assertContains(page, f"Note {number} of 3")
        assertContains(page, note.label)
        answer = client.post(f"/preferences/notes/{note}/", {"next": f"{path}#note"})
        assertRedirects(answer, f"{path}#note", fetch_redirect_response=False)

    assertNotContains(client.get(path), "Got it")
    assertNotContains(browser(UserFactory()).get("/preferences/"), "Show the notes again")
    assertContains(client.get("/preferences/"), "Show the notes again")
    client.post("/preferences/notes/")
    assertContains(client.get(path), "Note 1 of 3")


def test_a_draft_has_no_note_about_a_notice_that_was_not_sent():
    claim = stories.complete_claim()
    client = browser(claim.created_by)
    client.post("/preferences/notes/claim_status/")

    assertContains(client.get(f"/associations/{claim.public_id}/"), "Note 3 of 3")


def test_an_unknown_note_or_a_way_out_of_the_portal_is_refused(client, person):
    assert client.post("/preferences/notes/unheard_of/").status_code == 404
    answer = client.post("/preferences/notes/claim_status/", {"next": "https://elsewhere.example/"})

    assertRedirects(answer, "/", fetch_redirect_response=False)
    person.refresh_from_db()
    assert person.notes_put_away == ["claim_status"]
