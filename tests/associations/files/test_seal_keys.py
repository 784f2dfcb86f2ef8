"""The portal seals with a key of the settings, or with one that never leaves a security module (PKCS#11)."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from pytest_django import Settings

from associations.files.seals import keys
from associations.files.seals.checking import SealVerdict, check
from associations.files.seals.sealing import sealed
from bench.files import pdf

MODULE = next(iter([*Path("/usr/lib").glob("*/softhsm/libsofthsm2.so"), *Path("/usr/lib/softhsm").glob("*.so")]), None)
PASSPHRASE, PIN = "between the pages", "482913"


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    """Return a folder with a key behind a passphrase, the same key without, and their certificate."""
    subject = ("-subj", "/O=Contoso/CN=CPOR portal seals", "-days", "30")
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", *subject, "-passout", f"pass:{PASSPHRASE}",
        "-keyout", "seal.key", "-out", "seal.pem", folder=tmp_path)  # fmt: skip
    run("openssl", "pkcs8", "-topk8", "-nocrypt", "-in", "seal.key", "-passin", f"pass:{PASSPHRASE}",
        "-out", "plain.key", folder=tmp_path)  # fmt: skip
    return tmp_path


def run(*command: str, folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def verdict_of(document: bytes, certificate: Path) -> SealVerdict:
    ours = x509.load_pem_x509_certificate(certificate.read_bytes())
    return check(document, [ours], is_written=lambda _sha256: True).verdict


def test_a_key_of_the_settings_seals(settings: Settings, pair: Path):
    settings.SEAL_FOLDER, settings.SEAL_CERTIFICATE = "", (pair / "seal.pem").read_text()
    settings.SEAL_KEY, settings.SEAL_KEY_PASSPHRASE = (pair / "seal.key").read_text(), PASSPHRASE

    assert keys.is_configured()
    assert verdict_of(sealed(pdf(), name="Contoso", reason="Test"), pair / "seal.pem") is SealVerdict.AUTHENTIC


@pytest.mark.skipif(MODULE is None or not shutil.which("softhsm2-util"), reason="SoftHSM is not installed")
def test_a_key_in_a_security_module_seals(settings: Settings, pair: Path, monkeypatch):
    (pair / "tokens").mkdir()
    (pair / "softhsm2.conf").write_text(f"directories.tokendir = {pair / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(pair / "softhsm2.conf"))
    run("softhsm2-util", "--init-token", "--free", "--label", "portal", "--so-pin", "73519", "--pin", PIN, folder=pair)
    run("softhsm2-util", "--import", "plain.key", "--token", "portal", "--label", "seal", "--id", "A1",
        "--pin", PIN, folder=pair)  # fmt: skip
    settings.SEAL_FOLDER, settings.SEAL_KEY, settings.SEAL_CERTIFICATE = "", "", (pair / "seal.pem").read_text()
    settings.SEAL_PKCS11, settings.SEAL_PKCS11_TOKEN = str(MODULE), "portal"
    settings.SEAL_PKCS11_PIN, settings.SEAL_PKCS11_LABEL = PIN, "seal"

    assert keys.is_configured()
    assert verdict_of(sealed(pdf(), name="Contoso", reason="Test"), pair / "seal.pem") is SealVerdict.AUTHENTIC
