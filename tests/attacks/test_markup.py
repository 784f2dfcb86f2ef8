"""Texts that people type, made of markup and of formulas: shown to others as they stand, and never obeyed."""

import csv
import io
import re
import zipfile
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse
from lxml import etree
from pytest_django import Settings

from associations.choices import OptOutReason, ReasonCode
from associations.models import Claim
from associations.services.customer import answer
from associations.services.review import decisions
from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.access.matrix import MATRIX
from tests.access.world import World, addresses, desk_address, read_to_the_end
from tests.associations.sheets import cells_of
from tests.factories import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.sitewide]

MARKUP = "\"'><i x=1>{{7*7}}<script>pwn()</script>"
OBEYED = re.compile(r"<i x=1>|<script>pwn|>49<|&lt;i x=1&gt;49")
FORMULA = "=cmd|' /C calc'!A0"

# Texts that nobody types: places in the portal, keys, digests, what a list allows, what a template made.
NOT_TYPED = re.compile(
    r"(code|_code|key|kind|digest|hash|head|zone|country|language|locale|status|state|role|path|url|template|outcome"
    r"|password|message_id|mpn_id|domain_name|file|phase|extension|solution_area|secret|source|period|timezone|area|html)$"
)


def typed_fields(model: type[models.Model]) -> list[models.Field]:
    """Return the columns of *model* that hold what somebody typed."""
    texts = [field for field in model._meta.concrete_fields if isinstance(field, models.CharField | models.TextField)]
    return [
        field
        for field in texts
        if not (
            field.choices or isinstance(field, models.EmailField | models.SlugField) or NOT_TYPED.search(field.name)
        )
    ]


def type_everywhere(text: str) -> set[str]:
    """Write *text* into every column that somebody may have typed, and return the columns that took it."""
    taken = set()
    for label in ("accounts", "associations", "guides", "notifications", "insights"):
        for model in apps.get_app_config(label).get_models():
            for field in typed_fields(model):
                try:
                    with transaction.atomic():
                        rows = model._default_manager.update(**{field.name: text[: field.max_length or 200]})
                except (IntegrityError, DatabaseError):
                    continue  # unique, or a line of History that nobody can rewrite
                if rows:
                    taken.add(f"{model.__name__}.{field.name}")
    return taken


@pytest.fixture
def world(settings: Settings, tmp_path: Path, told_world: World) -> World:
    settings.MAILBOX_DIR = tmp_path
    return told_world


def tell_on(world: World, text: str) -> list[Claim]:
    """Let everybody write *text* who may write something on a claim."""
    draft = world.claims["draft"]
    same: dict[str, Any] = {"location": draft.location, "created_by": draft.created_by, "name": text}
    rejected, declined = stories.noticed_claim(**same), stories.noticed_claim(**same)
    by = stories.reviewer()
    decisions.start_review(claim_id=rejected.pk, by=by, now=MONDAY + stories.HOUR)
    reasons = [ReasonCode.POE_NO_PRODUCT]
    later = MONDAY + 2 * stories.HOUR
    decisions.reject_claim(claim_id=rejected.pk, reasons=reasons, text=text, by=by, now=later)
    answer.opt_out(
        notice_id=declined.notices.get().pk,
        answerer=answer.Answerer(name=text, user_agent=text),
        reason=OptOutReason.OTHER,
        text=text,
        now=later,
    )
    return [rejected, declined]


def pages_of(world: World, told: list[Claim]) -> dict[str, str]:
    """Return every page that the partner's admin, the reviewer and the platform admin can open, and the customer."""
    company, reviewer, platform = (world.client(role) for role in ("incentives admin", "reviewer", "platform admin"))
    patterns = dict(addresses())
    asked: list[tuple[Client, str]] = [(company, world.address(*row)) for row in MATRIX]
    names = ("claim_detail", "claim_history", "claim_history_print", "claim_dispute")
    asked += [(company, reverse(name, args=[claim.public_id])) for name in names for claim in told]
    desk = [name for name in patterns if name.startswith("admin:") and patterns[name].name]
    desk = [name for name in desk if not name.endswith((":logout", ":login"))]
    asked += [(who, desk_address(name, patterns[name], world)) for name in desk for who in (reviewer, platform)]
    asked += [(reviewer, reverse("admin:associations_claim_change", args=[claim.pk])) for claim in told]
    pages = {}
    for number, (browser, address) in enumerate(asked):
        response = browser.get(address)
        read_to_the_end(response)
        if response.headers.get("Content-Type", "").startswith("text/html") and response.status_code == 200:
            pages[f"{number} {address}"] = response.content.decode()
    return pages


def content_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_no_page_and_no_mail_obeys_what_somebody_typed(world: World):
    type_everywhere(MARKUP)
    told = tell_on(world, MARKUP)
    mails = list(OutboxEmail.objects.filter(key__regex="|".join(f"^claim:{claim.pk}:" for claim in told)))
    rendered = {f"mail {email.key}": rendering.render(email) for email in mails}
    taken = type_everywhere(MARKUP)
    assert {"Partner.name", "Contact.title", "ProofOfExecution.name", "User.full_name", "SavedView.name"} <= taken

    pages = pages_of(world, told) | {name: email.html for name, email in rendered.items()}

    assert {name for name, page in pages.items() if OBEYED.search(page)} == set()
    assert sum("&lt;i x=1&gt;" in page for page in pages.values()) > 40
    assert [name for name, email in rendered.items() if "\n" in email.subject] == []
    assert sum("&lt;i x=1&gt;{{7*7}}" in email.html for email in rendered.values()) >= 4


def test_the_proof_template_prints_what_somebody_typed(world: World):
    type_everywhere(MARKUP)
    claim = world.claims["submitted"]

    response = world.client("incentives admin").get(reverse("claim_template", args=[claim.public_id]))

    with zipfile.ZipFile(io.BytesIO(response.content)) as package:
        words = "".join(etree.fromstring(package.read("word/document.xml")).itertext())
    assert MARKUP in words
    assert "49<" not in words


def test_no_file_for_a_spreadsheet_holds_a_formula(world: World):
    type_everywhere(FORMULA)
    told = tell_on(world, FORMULA)
    browser = world.client("incentives admin")
    addresses_of_csv = [reverse("export_csv"), reverse("usage_csv"), world.address("job_rows_csv", "import")]
    addresses_of_csv += [reverse("claim_history_csv", args=[claim.public_id]) for claim in told]

    cells = []
    for address, asked, expected in product(addresses_of_csv, ("comma", "semicolon"), ",;"):
        text = content_of(browser.get(address, {"separator": asked})).decode("utf-8-sig")
        assert text.startswith('"')
        cells += [cell for row in csv.reader(io.StringIO(text), delimiter=expected) for cell in row]
    content = content_of(browser.get(reverse("export_xlsx")))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheets = [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/")]

    assert sum("calc" in cell for cell in cells) >= 5
    assert [cell for cell in cells if re.match(r"[=+@\t\r]|-(?!\d)", cell)] == []
    assert any("calc" in cell for row in cells_of(content) for cell in row)
    assert [sheet for sheet in sheets if b"<f>" in sheet] == []
