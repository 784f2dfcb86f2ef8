"""The key and the certificate with which the portal seals, from the settings or from a security module (PKCS#11).

The embedded mode makes its own, beside its database and outside the backup.
"""

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.conf import settings

TEN_YEARS = timedelta(days=3653)
KEY_BITS = 3072


def is_configured() -> bool:
    """Return whether there is a key to seal with."""
    return bool(settings.SEAL_FOLDER or (settings.SEAL_CERTIFICATE and (settings.SEAL_KEY or settings.SEAL_PKCS11)))


def is_still_to_be_made() -> bool:
    """Return whether the embedded mode has not sealed yet, and so has no key."""
    return bool(settings.SEAL_FOLDER) and not Path(settings.SEAL_FOLDER).exists()


def certificates_pem() -> bytes:
    """Return the certificate of the seals and those above it, as PEM."""
    if settings.SEAL_CERTIFICATE:
        return str(settings.SEAL_CERTIFICATE).encode()
    return own_file("certificate.pem").read_bytes()


def key_pem() -> bytes:
    """Return the private key as PEM."""
    if settings.SEAL_KEY:
        return str(settings.SEAL_KEY).encode()
    return own_file("key.pem").read_bytes()


def certificate() -> x509.Certificate:
    """Return the certificate of the seals; raise ValueError if it can't be read."""
    return x509.load_pem_x509_certificates(certificates_pem())[0]


def fingerprint_of(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate in hex."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def own_file(name: str) -> Path:
    """Return a file of the embedded mode's own key, made with its certificate at the first call."""
    folder = Path(settings.SEAL_FOLDER)
    if not (folder / name).exists():
        make_own(folder)
    return folder / name


def make_own(folder: Path) -> None:
    """Make a key and a certificate signed with it; of two processes that try, one wins with both files."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CPOR portal on this computer")])
    begins = datetime.now(UTC) - timedelta(days=1)  # noqa: TID251 - a file's date, which no rule depends on
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + TEN_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    unfinished = folder.with_name(f"{folder.name}.{os.getpid()}")
    unfinished.mkdir(parents=True, mode=0o700)
    written = {
        "key.pem": key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        "certificate.pem": certificate.public_bytes(serialization.Encoding.PEM),
    }
    for file, content in written.items():
        with open(os.open(unfinished / file, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
            out.write(content)
    # A folder is renamed as a whole, and not onto one that has files.
    with suppress(OSError):
        unfinished.rename(folder)
    for file in written:
        (unfinished / file).unlink(missing_ok=True)
    if unfinished.exists():
        unfinished.rmdir()
