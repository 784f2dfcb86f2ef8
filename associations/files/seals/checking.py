"""Says whether a PDF is a sealed document of the portal, from its bytes alone.

The seal is checked before anything of the file is parsed: all bytes but the hole that holds the signature are covered
by it, and the certificate has to be one of the portal's. Beside the signature the hole holds certificates and a time
stamp, which nothing covers: so the checksum of the whole file has to be that of a document the portal wrote.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from associations.files.seals.places import SealPlace, whole_seal

LARGEST_SEALED = 2 * 1024 * 1024
# The bytes of a key in hex that tell it from any other, in several places: one changed byte leaves the others.
TRACE = 40


class SealVerdict(StrEnum):
    """The answers about a file."""

    AUTHENTIC = "authentic"
    ALTERED = "altered"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer, and of an authentic file the certificate and the time of an authority, if it has one."""

    verdict: SealVerdict
    certificate: x509.Certificate | None = None
    stamped_at: datetime | None = None


def check(data: bytes, ours: Iterable[x509.Certificate], *, is_written: Callable[[str], bool]) -> Checked:
    """Return whether *data* is a file that one of *our* certificates sealed, unchanged to its last byte.

    *is_written* says of a SHA-256 whether the portal wrote such a document.
    """
    certificates = list(ours)
    place = whole_seal(data)
    content = content_of(place, data) if place else None
    if place and content is not None and is_written(hashlib.sha256(data).hexdigest()):
        for certificate in certificates:
            if is_sealed_by(certificate, content, place.covered(data)):
                return Checked(SealVerdict.AUTHENTIC, certificate, stamped_at=stamp_in(content))
    return Checked(SealVerdict.ALTERED if has_a_trace(data, certificates) else SealVerdict.NOT_OURS)


def content_of(place: SealPlace, data: bytes) -> cms.SignedData | None:
    """Return the signature in the hole, which nothing but zeros follows; None if it is none."""
    held = place.signature(data)
    if held is None:
        return None
    try:
        whole = cms.ContentInfo.load(held, strict=False)
        content = whole["content"]
        length = len(whole.dump())
    except (ValueError, TypeError, KeyError):
        return None
    is_signature = isinstance(content, cms.SignedData) and not held[length:].strip(b"\0")
    return content if is_signature else None


def is_sealed_by(certificate: x509.Certificate, content: cms.SignedData, covered: bytes) -> bool:
    """Return whether the key of *certificate* signed the digest of what is covered."""
    try:
        (signer,) = content["signer_infos"]
        signed = signer["signed_attrs"]
        told = [each["values"][0].native for each in signed if each["type"].native == "message_digest"]
        if signer["digest_algorithm"]["algorithm"].native != "sha256" or told != [hashlib.sha256(covered).digest()]:
            return False
        return is_signed(certificate, signer["signature"].native, signed.untag().dump())
    except (ValueError, TypeError, KeyError, IndexError):
        return False


def is_signed(certificate: x509.Certificate, signature: bytes, text: bytes) -> bool:
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, text, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def stamp_in(content: cms.SignedData) -> datetime | None:
    """Return the time in the time stamp next to the signature; its issuer is not checked here."""
    try:
        for each in content["signer_infos"][0]["unsigned_attrs"]:
            if each["type"].native == "signature_time_stamp_token":
                told = each["values"][0]["content"]["encap_content_info"]["content"].parsed["gen_time"].native
                return told if isinstance(told, datetime) else None
    except (ValueError, TypeError, KeyError, IndexError):
        return None
    return None


def has_a_trace(data: bytes, certificates: Iterable[x509.Certificate]) -> bool:
    """Return whether the file holds, or once held, a seal of ours: a piece of a certificate in the hole of one."""
    hexes = data.lower()
    return any(trace in hexes for certificate in certificates for trace in traces_of(certificate))


def traces_of(certificate: x509.Certificate) -> Iterator[bytes]:
    """Yield pieces of a certificate in hex: of its key, and of the signature on it."""
    key = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for piece in (key[-2 * TRACE : -TRACE], key[-TRACE:], certificate.signature[-TRACE:]):
        yield piece.hex().encode()
