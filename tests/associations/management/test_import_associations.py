"""Existing associations by command line: the same check, the same import, the same job as on the page."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from associations.models import Association, Job, LooseFile
from associations.services.files import virus_scan
from notifications.in_app import words_of
from notifications.models import Notification
from tests import files
from tests.associations.clamd import EICAR
from tests.factories import PartnerLocationFactory, SubscriptionFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

SALES, BI = UUID(int=11), UUID(int=12)
HEAD = "MPN ID;Subscription ID;Activities;Official since;Proof of execution"
ROWS = (f"4847383;{SALES};usage;2019-07-01;letter.pdf", f"4847383;{BI};revenue;;", f"4847383;{UUID(int=77)};;;")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The customers' subscriptions, and a sheet about them with its proofs."""
    PartnerLocationFactory(mpn_id="4847383")
    for subscription_id in (SALES, BI):
        SubscriptionFactory(subscription_id=subscription_id)
    (tmp_path / "sheet.csv").write_text("\n".join((HEAD, *ROWS)))
    (tmp_path / "letter.pdf").write_bytes(files.pdf())
    (tmp_path / "all.pdf").write_bytes(files.pdf() + EICAR)
    return tmp_path


@pytest.fixture
def root() -> str:
    email: str = UserFactory(is_staff=True, is_superuser=True).email
    return email


def test_a_sheet_is_checked_first_and_imported_once_with_its_proofs(folder, root, capsys, scanner):
    asked = ("import_associations", str(folder / "sheet.csv"), "--by", root, "--proof", str(folder / "letter.pdf"))

    call_command(*asked)
    assert capsys.readouterr().out.splitlines() == [
        "row 2: Valid.",
        "row 3: Valid.",
        "row 4: With errors. Subscription ID: The directory does not know this subscription."
        " Import the subscriptions first.",
    ]
    assert not Association.objects.exists()

    call_command(*asked, "--confirm")
    assert [line.partition(".")[0] for line in capsys.readouterr().out.splitlines()] == [
        "row 2: Imported",
        "row 3: Imported",
        "row 4: With errors",
    ]
    sales, bi = Association.objects.order_by("pk")
    assert (sales.is_migrated, sales.starts_at) == (True, datetime(2019, 7, 1, tzinfo=UTC))
    assert [
        (proof.name, proof.claim, proof.uploaded_by and proof.uploaded_by.email) for proof in sales.proofs.all()
    ] == [("letter.pdf", None, root)]
    assert not bi.proofs.exists()

    call_command(*asked, "--confirm")
    assert "There is nothing to import." in capsys.readouterr().out
    call_command(*asked, "--shared-proof", str(folder / "all.pdf"), "--confirm")
    assert capsys.readouterr().out.splitlines()[:2] == ["row 2: Already there.", "row 3: Imported."]
    assert [proof.name for proof in bi.proofs.all()] == ["all.pdf"]
    assert Association.objects.count() == 2
    assert not LooseFile.objects.exists()
    assert Job.objects.filter(owner__email=root, kind="migration").count() == 4

    virus_scan.scan_proofs(now=datetime.now(UTC))
    assert [held.proofs.get().scan_status for held in (sales, bi)] == ["clean", "infected"]
    (told,) = Notification.objects.filter(kind="imported_proof_infected")
    assert (told.user.email, words_of(told)) == (
        root,
        "The file all.pdf of an existing association contained a virus and was deleted.",
    )


def test_who_may_not_import_and_what_cannot_be_read_are_refused(folder, root):
    sheet, no_sheet = folder / "sheet.csv", folder / "sheet.doc"
    no_sheet.write_bytes(b"MPN ID\0")
    (folder / "letter.exe").write_bytes(b"MZ")
    (folder / "short.csv").write_text("MPN ID\n1\n")
    for asked, why in (
        ((sheet, UserFactory(is_staff=True).email), "may import associations"),
        ((folder / "none.csv", root), "No such file"),
        ((no_sheet, root), "This is not a sheet"),
        ((folder / "short.csv", root), "lacks columns: Subscription ID"),
        ((sheet, root, "--shared-proof", str(folder / "letter.exe")), "type of file is not accepted"),
    ):
        path, email, *more = asked
        with pytest.raises(CommandError, match=why):
            call_command("import_associations", str(path), "--by", email, *more)

    assert not Job.objects.exists()
