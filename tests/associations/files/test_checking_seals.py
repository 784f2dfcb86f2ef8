"""The check of a sealed PDF: authentic only to its last byte, altered by any change, and not ours with another key."""

import hashlib
import io
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from pytest_django import Settings

from associations.files.seals import keys
from associations.files.seals.checking import Checked, SealVerdict, check
from associations.files.seals.places import whole_seal
from bench.files import SMALL_PDF


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("seal") / "own"
    keys.make_own(made)
    return made


@pytest.fixture
def sealed(settings: Settings, folder: Path) -> bytes:
    from associations.files.seals import sealing  # noqa: PLC0415 - its libraries are loaded where they are needed

    settings.SEAL_FOLDER = str(folder)
    return sealing.sealed(SMALL_PDF, name="Contoso", reason="Acknowledged")


def checked_with(data: bytes, *certificates: x509.Certificate, written: bytes) -> Checked:
    """Check a file of which the portal wrote one document alone."""
    checksum = hashlib.sha256(written).hexdigest()
    return check(data, certificates, is_written=lambda told: told == checksum)


def verdict(data: bytes, sealed: bytes) -> SealVerdict:
    return checked_with(data, keys.certificate(), written=sealed).verdict


def test_what_the_portal_sealed_is_authentic(sealed: bytes):
    checked = checked_with(sealed, keys.certificate(), written=sealed)

    assert (checked.verdict, checked.certificate) == (SealVerdict.AUTHENTIC, keys.certificate())
    assert checked.stamped_at is None


def test_any_changed_byte_is_an_alteration(sealed: bytes):
    hole = whole_seal(sealed)
    assert hole
    inside = range(hole.hole_start, hole.hole_end, 997)
    outside = [*range(0, hole.hole_start, 97), *range(hole.hole_end, len(sealed), 41)]

    for position in [*inside, *outside]:
        other = bytes([sealed[position] ^ 1])
        assert verdict(sealed[:position] + other + sealed[position + 1 :], sealed) is SealVerdict.ALTERED, position


def test_what_is_added_cut_off_or_saved_over_it_is_an_alteration(sealed: bytes):
    again = io.BytesIO()
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        pdf.save(again)
    hole = whole_seal(sealed)
    assert hole
    covered = sealed[: hole.hole_end] + b" " + sealed[hole.hole_end :]

    for data in (sealed + b"\n", sealed + sealed, sealed[:-1], sealed[: hole.hole_end], again.getvalue(), covered):
        assert verdict(data, sealed) is SealVerdict.ALTERED


def test_bytes_after_the_signature_in_its_hole_are_an_alteration(sealed: bytes):
    hole = whole_seal(sealed)
    assert hole
    end = hole.hole_end - 3

    assert verdict(sealed[:end] + b"41" + sealed[end + 2 :], sealed) is SealVerdict.ALTERED


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", SMALL_PDF, b"/ByteRange [0 1 2 3]", b"/ByteRange [0 9 9 9]" * 99])
def test_other_files_are_not_ours(sealed: bytes, data: bytes):
    assert verdict(data, sealed) is SealVerdict.NOT_OURS


def test_a_seal_with_another_key_is_not_ours(sealed: bytes, tmp_path: Path):
    keys.make_own(tmp_path / "other")
    theirs = (tmp_path / "other" / "certificate.pem").read_bytes()

    assert checked_with(sealed, x509.load_pem_x509_certificate(theirs), written=sealed).verdict is SealVerdict.NOT_OURS


def test_a_former_certificate_still_vouches_for_what_it_sealed(sealed: bytes, settings: Settings, tmp_path: Path):
    former = keys.certificate()
    settings.SEAL_FOLDER = str(tmp_path / "next")

    assert checked_with(sealed, keys.certificate(), former, written=sealed).certificate == former


def test_the_own_key_is_made_once_and_readable_by_its_owner_alone(settings: Settings, tmp_path: Path):
    settings.SEAL_FOLDER = str(tmp_path / "own")

    first = keys.key_pem()
    keys.make_own(tmp_path / "own")

    assert keys.key_pem() == first
    assert (tmp_path / "own" / "key.pem").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["own"]
