"""**Proof of execution** keeps good files and refuses bad ones."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from associations.files import sandbox
from associations.forms.wizard.step_form import Intent
from tests import files, stories
from tests.associations.forms.wizard.asking import ask, codes
from tests.factories import (
    ProofFactory,
)

pytestmark = pytest.mark.django_db


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


REFUSED = {
    "virus.exe": (files.EXECUTABLE, "POE_TYPE"),
    "report.docm": (files.office(), "POE_MACRO"),
    "macro.docx": (files.office(more={"word/vbaProject.bin": b"code"}), "POE_MACRO"),
    "bomb.docx": (files.office(more={"word/media/image1.png": bytes(70_000_000)}), "POE_BOMB"),
    "renamed.pdf": (files.EXECUTABLE, "POE_CONTENT"),
    "empty.pdf": (b"", "POE_EMPTY"),
    "locked.pdf": (files.locked_pdf(), "POE_ENCRYPTED"),
    "big.pdf": (files.pdf(length=100_001), "POE_SIZE"),
    ".pdf": (files.pdf(), "POE_NAME"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_proof_refuses_each_bad_file_in_its_own_words(name, settings: Settings):
    settings.POE_MAX_BYTES = 100_000
    content, code = REFUSED[name]

    form = ask("proof", {}, claim=stories.draft_claim(), files=[upload(name, content)])

    assert codes(form) == {"proofs": [code]}
    assert str(form.errors["proofs"][0]).startswith(f"{name}: ")


def test_proof_keeps_the_good_files_of_a_refused_post():
    chosen = [
        upload("sow.pdf", files.pdf()),
        upload("virus.exe", b"MZ"),
        upload("plan.docx", files.office()),
    ]

    form = ask("proof", {}, claim=stories.draft_claim(), files=chosen)

    assert codes(form) == {"proofs": ["POE_TYPE"]}
    assert [file.name for file, _kind in form.facts()["proofs"]] == ["sow.pdf", "plan.docx"]


def test_proof_says_that_the_portal_is_busy_and_keeps_what_needs_no_child(monkeypatch):
    monkeypatch.setattr(sandbox, "LONGEST_QUEUE", 0.2)
    chosen = [
        upload("usage.csv", files.CSV),
        upload("sow.pdf", files.pdf()),
        upload("plan.docx", files.office()),
        upload("photo.png", files.PNG),
    ]
    started = time.monotonic()

    with sandbox.a_place(), sandbox.a_place():
        form = ask("proof", {}, claim=stories.draft_claim(), files=chosen)
        assert codes(form) == {"proofs": ["POE_BUSY", "POE_BUSY", "POE_BUSY"]}

    assert form.errors["proofs"][0].startswith("sow.pdf: The portal is busy")
    assert [file.name for file, _kind in form.facts()["proofs"]] == ["usage.csv"]
    assert time.monotonic() - started < 5


def test_proof_keeps_what_fits_and_says_once_what_does_not():
    claim = stories.draft_claim()
    ProofFactory.create_batch(9, claim=claim)

    form = ask("proof", {}, claim=claim, files=[upload(f"{n}.pdf", files.pdf()) for n in (10, 11, 12)])

    assert form.errors == {"proofs": ["A claim can hold 10 files. Not added: 11.pdf, 12.pdf."]}
    assert [file.name for file, _kind in form.facts()["proofs"]] == ["10.pdf"]


def test_proof_says_beside_the_box_which_files_are_taken(settings):
    settings.POE_MAX_FILES = 7

    limits = str(ask("proof", None, claim=stories.draft_claim()).fields["proofs"].help_text)

    assert limits.startswith("PDF, DOCX,")
    assert "up to 25 MB each and 7 files a claim" in limits


@pytest.mark.parametrize("intent", [Intent.CONTINUE, Intent.STAY])
def test_proof_asks_for_a_file(intent):
    form = ask("proof", {}, claim=stories.draft_claim(), intent=intent)

    assert form.errors == {"proofs": ["Add at least one proof of execution."]}


def test_proof_may_wait_and_needs_no_second_file():
    assert ask("proof", {}, claim=stories.draft_claim(), intent=Intent.LATER).is_valid()
    assert ask("proof", {}, claim=stories.complete_claim()).is_valid()


def test_proof_says_what_an_upload_lacks_when_there_are_files_already():
    form = ask("proof", {}, claim=stories.complete_claim(), intent=Intent.STAY)

    assert form.errors == {"proofs": ["Choose a file to upload."]}
