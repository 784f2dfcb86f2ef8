"""Finds English left on Italian pages, forms, errors, emails and notices."""

import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import available_timezones

import pytest
from django.apps import apps
from django.db import models, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from associations.admin.decisions import DECISIONS
from associations.countries import SHORT_NAMES, names_in
from associations.models import Claim
from notifications import in_app
from notifications.models import Notification, OutboxEmail
from notifications.sending import rendering
from tests.access.matrix import MAIL, MATRIX, ROLES
from tests.access.world import World, addresses, desk_address
from tests.associations.emails.acts import tell_every_mail
from tests.reading import read
from tests.test_look import COMPONENTS, ERROR_PAGES

pytestmark = [pytest.mark.django_db, pytest.mark.sitewide, pytest.mark.timeout(300)]

# Words that most English sentences have and no Italian one.
ENGLISH = re.compile(
    r"\b(the|and|your|you|please|of|is|are|be|was|were|this|that|with|from|by|not|for|will|have|has|can|must|to|at)\b",
    re.IGNORECASE,
)
# What is called the same in both languages (domain.md 10), and what a machine reads.
SAME = re.compile(
    r"\b(AADP?|Africa|America|Anna Conti|Australia|Azure AD Premium|Azure AD|Azure Active Directory|Entra ID|Premium"
    r"|Business Applications|Business Influencer|CPOR|CSP|CSV|Cc"
    r"|Claiming Partner of Record|Contoso|Customer Engagement|E-mail|English|File|Finance and Operations|GUID|Italiano"
    r"|Link|MPN|Menu|Message-ID|Microsoft|No|Northwind \w+|PDF|Page 3 is signed|Partner|Password|Person|PoE"
    r"|Power Platform|SKU|Statement of Work|Subject|To|Volume Licensing|Web Direct|bytes|hash|md5|salt)\b"
    r"|https?://\S+|\S+@\S+|\S+\.(com|csv|docx|example|pdf)\b|[\w-]*\d[\w-]*|\w+\*+|\S+…"
    r"|\b(Jan|Feb|Mar|Apr|Nov|Dec|EN|IT|en|it)\b"
)
# Before names of the data, which may be a part of one: an address, codes of a sheet, a class of the style guide.
ADDRESS = re.compile(r"https?://\S+|usage; pre-sales; revenue|\bbtn-[\w-]+")
# Django draws these from the values themselves.
DRAWN_BY_DJANGO = {"True", "False", "Search"}
# The desk's lists and its pages about the past have no form of their own to answer.
HAS_A_FORM = re.compile(r"^(?!admin:)|_(add|change|password_change)$")
WORD = re.compile(r"[^\W\d_]{2}")
TEXTS = (models.CharField, models.TextField, models.FileField)


@pytest.fixture
def world(settings: Settings, tmp_path: Path, told_world: World) -> World:
    settings.MAILBOX_DIR = tmp_path
    settings.BOUNCE_WEBHOOK_SECRET = "a secret of the mail provider"
    (tmp_path / f"{MAIL}.eml").write_bytes(b"To: 1@2.example\nSubject: 1\n\n2\n")
    # The world calls its claims by English words for their status.
    for claim in Claim.objects.all():
        Claim.objects.filter(pk=claim.pk).update(name=f"Progetto {claim.pk}")
    return told_world


def written_by_people() -> re.Pattern[str]:
    """Return a pattern of every text that is stored, longest first: what people wrote, what things are called."""
    values = {path.stem for path in COMPONENTS} | {
        part.replace("_", " ") for zone in available_timezones() for part in (zone, zone.partition("/")[2])
    }
    # Many countries have one name in both languages.
    values |= {*names_in("it").values(), *map(str, SHORT_NAMES.values())}
    for model in apps.get_models():
        texts = [field.attname for field in model._meta.fields if isinstance(field, TEXTS) and not field.choices]
        for row in model._default_manager.values_list(*texts) if texts else ():
            texts_of_row = [value for value in row if isinstance(value, str)]
            # An email shows a text line by line, a page as one.
            parts = [part for text in texts_of_row for part in (text, *text.splitlines())]
            values |= {" ".join(part.split()) for part in parts if WORD.search(part)}
    longest_first = sorted(values, key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(value)}(?!\w)" for value in longest_first))


def left_over(english: set[str], italian: set[str], *, data: re.Pattern[str]) -> list[str]:
    """Return the texts of an Italian page that the English page has too, or that speak English, data left out."""
    found = []
    for text in sorted(italian - DRAWN_BY_DJANGO):
        words = SAME.sub(" ", data.sub(" ", ADDRESS.sub(" ", text)))
        if ENGLISH.search(words) or (text in english and WORD.search(words)):
            found.append(text)
    return found


class Readers:
    """The world in English and in Italian, and what is data in it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clients: dict[str, Client] = {}

    def pages(self) -> Iterator[tuple[str, Client, str]]:
        """Yield the name of every address of ours, the first person who may open it, and what stands in the row."""
        for (name, place), answers in MATRIX.items():
            role = next((role for role, status in zip(ROLES, answers, strict=True) if status == 200), None)
            if role:
                yield f"{name} {place}", self.client(role), self.world.address(name, place)

    def desk_pages(self) -> Iterator[tuple[str, Client, str]]:
        """Yield every address of the desk as its platform admin opens it, and the decisions as a reviewer does."""
        admin, reviewer = self.client("platform admin"), self.client("reviewer")
        for name, pattern in addresses():
            if name.startswith("admin:") and pattern.name and not name.endswith((":logout", ":login", ":jsi18n")):
                yield name, admin, desk_address(name, pattern, self.world)
        claim = self.world.claims["submitted"]
        for action in DECISIONS:
            address = reverse("admin:associations_claim_decide", args=[claim.pk, action])
            yield f"decide {action}", reviewer, address
        hold = reverse("admin:associations_claim_hold", args=[claim.pk, self.world.hold.pk])
        yield "decide on a hold", reviewer, hold

    def client(self, role: str) -> Client:
        if role not in self.clients:
            self.clients[role] = self.world.client(role)
        return self.clients[role]


def page_in(language: str, client: Client, address: str, *, posted: bool) -> set[str]:
    """Return what stands on a page, or on what answers an empty form; whatever that changed is taken back."""
    client.cookies["django_language"] = language
    client.cookies.pop("messages", None)
    with transaction.atomic():
        response = client.post(address, {}) if posted else client.get(address)
        transaction.set_rollback(True)
    if response.streaming:
        response.close()
        return set()
    return (
        read(response.content.decode(), language=language)
        if response["Content-Type"].startswith("text/html")
        else set()
    )


def test_no_page_of_an_italian_reader_has_english_left_over(world: World):
    readers = Readers(world)
    pages = [*readers.pages(), *readers.desk_pages()]
    data = written_by_people()

    found = {}
    for name, client, address in pages:
        for posted in (False, True) if HAS_A_FORM.search(name) else (False,):
            english, italian = (page_in(language, client, address, posted=posted) for language in ("en", "it"))
            if texts := left_over(english, italian, data=data):
                found[f"{name}{' posted' * posted}"] = texts

    assert len(pages) > 150
    assert found == {}


def test_no_mail_and_no_notice_has_english_left_over(settings: Settings):
    settings.PORTAL_URL = "https://portal.example"
    settings.LANGUAGE_CODE = "it"
    tell_every_mail(language="it")
    data = written_by_people()

    found = {}
    newest = {email.template: email for email in OutboxEmail.objects.order_by("pk")}
    for name, email in newest.items():
        email.locale = "it"
        rendered = rendering.render(email)
        italian = {rendered.subject, *rendered.text.splitlines()} | read(rendered.html, language="it")
        italian.discard(rendering.CODE_PLACEHOLDER)
        if texts := left_over(set(), italian, data=data):
            found[name] = texts
    with translation.override("it"):
        told = {notice.kind: in_app.words_of(notice) for notice in Notification.objects.all()}

    assert len(newest) >= 20
    assert found == {}
    assert left_over(set(), set(told.values()), data=data) == []


def test_no_error_page_has_english_left_over():
    pages = {}
    for language in ("en", "it"):
        with translation.override(language):
            pages[language] = [read(render_to_string(name), language=language) for name in ERROR_PAGES]

    for english, italian in zip(pages["en"], pages["it"], strict=True):
        assert left_over(english, italian, data=re.compile(r"(?!)")) == []
