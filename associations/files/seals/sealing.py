"""Seals a PDF with the portal's key (PAdES B-B), and adds the time stamp of an authority (B-T).

The time stamp goes into the room that the seal leaves for it. So it can be added at once or a week later, and the
file covers the same bytes before and after.
"""

import asyncio
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from asn1crypto import cms
from django.conf import settings
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, pkcs11, signers
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko_certvalidator.registry import CertificateStore, SimpleCertificateStore

from associations.files.seals import keys
from associations.files.seals.places import whole_seal

FIELD = "Seal"
DIGEST = "sha256"
# Room for the signature, its certificates, and a time stamp with those of its authority.
ROOM = 48 * 1024
SECONDS_FOR_A_TIME_STAMP = 10


class NoTimeStamp(Exception):
    """The authority is away, refused, or answered nonsense; the seal is as good as before."""


def sealed(pdf: bytes, *, name: str, reason: str) -> bytes:
    """Return *pdf* with the portal's seal, which allows no later change. Raise ValueError if the key can't be used."""
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DIGEST,
        subfilter=fields.SigSeedSubFilter.PADES,
        name=name,
        reason=reason,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    out = io.BytesIO()
    with a_signer() as signer:
        signers.PdfSigner(meta, signer=signer).sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=ROOM, output=out
        )
    return out.getvalue()


@contextmanager
def a_signer() -> Iterator[signers.Signer]:
    """Yield what signs: the key of the settings, or one that stays in a security module."""
    if not settings.SEAL_PKCS11:
        yield signer_of(keys.key_pem(), settings.SEAL_KEY_PASSPHRASE, keys.certificates_pem())
        return
    certificate, *others = load_certs_from_pemder_data(keys.certificates_pem())
    token = TokenCriteria(label=settings.SEAL_PKCS11_TOKEN)
    pin = settings.SEAL_PKCS11_PIN
    with pkcs11.open_pkcs11_session(settings.SEAL_PKCS11, token_criteria=token, user_pin=pin) as session:
        yield pkcs11.PKCS11Signer(
            session, key_label=settings.SEAL_PKCS11_LABEL, signing_cert=certificate, ca_chain=others
        )


@lru_cache(maxsize=1)
def signer_of(key_pem: bytes, passphrase: str, certificates_pem: bytes) -> signers.Signer:
    """Return what signs with this key, kept for the process: checking a key takes a tenth of a second."""
    certificate, *others = load_certs_from_pemder_data(certificates_pem)
    store: CertificateStore = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(others)
    key = load_private_key_from_pemder_data(key_pem, passphrase.encode() or None)
    return signers.SimpleSigner(signing_cert=certificate, signing_key=key, cert_registry=store)


def stamped(data: bytes) -> bytes:
    """Return the sealed file with a time stamp of the authority at TSA_URL; raise NoTimeStamp."""
    place = whole_seal(data)
    signature = place.signature(data) if place else None
    if place is None or signature is None:
        raise NoTimeStamp("the file has no seal that covers it")
    content = cms.ContentInfo.load(signature, strict=False)
    signer = content["content"]["signer_infos"][0]
    token = time_stamp_of(signer["signature"].native)
    signer["unsigned_attrs"] = [cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})]
    stamped_signature: bytes = content.dump()
    room = (place.hole_end - place.hole_start - 2) // 2
    if len(stamped_signature) > room:
        raise NoTimeStamp("the time stamp is larger than the room for it")
    hole = b"<" + stamped_signature.hex().encode().ljust(2 * room, b"0") + b">"
    return data[: place.hole_start] + hole + data[place.hole_end :]


def time_stamp_of(signature: bytes) -> cms.ContentInfo:
    """Return the token of the authority for a signature (RFC 3161); raise NoTimeStamp."""
    digest = hashlib.sha256(signature).digest()
    stamper: TimeStamper = RequestsHTTPTimeStamper(  # type: ignore[no-untyped-call]
        settings.TSA_URL, timeout=SECONDS_FOR_A_TIME_STAMP
    )
    try:
        token = asyncio.run(stamper.async_timestamp(digest, DIGEST))
        told = token["content"]["encap_content_info"]["content"].parsed["message_imprint"]["hashed_message"].native
    # The library, the network and what an authority may answer have exceptions of their own.
    except Exception as trouble:
        raise NoTimeStamp(f"{type(trouble).__name__}: {trouble}") from trouble
    if told != digest:
        raise NoTimeStamp("the time stamp is for something else")
    return token
