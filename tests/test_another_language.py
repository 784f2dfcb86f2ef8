"""A translator adds Spanish: a folder with its texts is all that the portal needs to speak it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings as ours
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from accounts.languages import languages_in, names_of
from accounts.models import User
from associations.models import Claim
from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.factories import CustomerTenantFactory, UserFactory

pytestmark = pytest.mark.sitewide

APPS = ("accounts", "associations", "cpor_portal", "guides", "insights", "notifications", "operations")
ITALIAN = Path("locale/it/LC_MESSAGES/django.po")
TRANSLATED = "Ñ "


def add_spanish(locale: Path) -> None:
    """Put a catalogue into *locale* whose every text begins with a letter that only Spanish has."""
    catalogue = polib.pofile(str(ITALIAN))
    for entry in catalogue:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: TRANSLATED + entry.msgid, 1: TRANSLATED + entry.msgid_plural}
        else:
            entry.msgstr = entry.msgid if "date filter" in (entry.msgctxt or "") else TRANSLATED + entry.msgid
    folder = locale / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue.save_as_mofile(str(folder / "django.mo"))


@pytest.fixture
def spanish(settings: Settings, tmp_path: Path) -> None:
    """The portal as it is once it has started with one more folder."""
    locale = tmp_path / "locale"
    shutil.copytree(ours.BASE_DIR / "locale", locale)
    add_spanish(locale)
    settings.LOCALE_PATHS = [locale, locale / "libraries"]
    settings.LANGUAGES = languages_in(locale)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_folder_of_texts_needs_no_setting_and_no_migration(tmp_path: Path):
    for name in (*APPS, "locale"):
        shutil.copytree(ours.BASE_DIR / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ours.BASE_DIR / "manage.py", tmp_path)
    add_spanish(tmp_path / "locale")
    embedded = {"CPOR_EMBEDDED": "1", "CPOR_VAR": str(tmp_path / "var"), "CPOR_ENV_FILE": "/dev/null"}
    asked = "from django.conf import settings; print(*dict(settings.LANGUAGES))"

    said = [
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=tmp_path,
            env=os.environ | embedded,
            capture_output=True,
            text=True,
            check=False,
        )
        for command in (["makemigrations", "--check"], ["shell", "--no-imports", "-c", asked])
    ]

    assert [(done.returncode, done.stdout.strip()) for done in said] == [(0, "No changes detected"), (0, "en es it")]


@pytest.mark.django_db
@pytest.mark.usefixtures("spanish")
def test_every_page_offers_the_new_language_and_speaks_it():
    client = Client()
    client.post("/language/", {"language": "es", "next": "/customers/"})

    page = client.get("/customers/").content.decode()

    assert '<html lang="es">' in page
    assert f"<h1>{TRANSLATED}" in " ".join(page.split()).replace("<h1> ", "<h1>")
    assert 'value="es" lang="es" aria-current="true"' in page


@pytest.mark.django_db
@pytest.mark.usefixtures("spanish")
def test_a_person_may_prefer_the_new_language():
    person = UserFactory(language="en")
    client = browser(person)

    assert ("es", "Spanish") in client.get("/preferences/").context["form"].fields["language"].choices
    client.post("/preferences/", {"full_name": "Ana Ruiz", "language": "es", "time_zone": "", "mails": []})

    person.refresh_from_db()
    person.full_clean(exclude=["password"])
    assert person.language == "es"
    assert '<html lang="es">' in browser(person).get("/preferences/").content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("spanish")
def test_a_customer_in_spain_is_written_to_in_the_new_language():
    draft = stories.complete_claim(language="es", tenant=CustomerTenantFactory(country="ES"))
    step = browser(draft.created_by).get(f"/associations/{draft.public_id}/contacts/")
    claim = stories.submitted_claim(claim=draft)

    notice = OutboxEmail.objects.get(template="customer_notice", key__startswith=f"claim:{claim.pk}:")
    rendered = rendering.render(notice)

    assert ("es", "Spanish") in step.context["form"].fields["customer_language"].choices
    assert notice.locale == "es"
    assert rendered.subject.startswith(TRANSLATED)
    assert TRANSLATED in rendered.text
    assert 'lang="es"' in rendered.html


@pytest.mark.django_db
@pytest.mark.usefixtures("spanish")
def test_the_wizard_suggests_the_language_of_the_customers_country():
    suggested = {}
    for country in ("ES", "IT", "FR"):
        draft: Claim = stories.draft_claim(tenant=CustomerTenantFactory(country=country))
        form = browser(draft.created_by).get(f"/associations/{draft.public_id}/contacts/").context["form"]
        suggested[country] = form.initial["customer_language"]

    assert suggested == {"ES": "es", "IT": "it", "FR": "en"}


@pytest.mark.usefixtures("spanish")
def test_a_sheet_may_call_the_new_language_by_any_of_its_names():
    assert {"es", "spanish", "español", "spagnolo"} <= names_of("es")
    with translation.override("es"):
        assert "spagnolo" in names_of("es")
