"""Answers to anybody with a PDF whether the portal sealed it, and publishes the certificates of its seals (ADR 33)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from associations.files.seals.checking import Checked, SealVerdict, check
from associations.files.seals.keys import fingerprint_of
from associations.services.files.sealing import is_written, published_certificates
from associations.templatetags.dates import day, minute
from associations.views.customer.verification_result import VerificationResult
from associations.wording.facts import Fact

# Programs skip what stands before the first certificate; before the first seal it is all there is.
PEM_HEAD = "Certificates of the seals of the CPOR portal\n"
PEM_TYPE = "application/x-pem-file"


def finding_on_document(data: bytes) -> VerificationResult:
    """Return the answer about a file: authentic, altered, or not ours. Nothing of it is kept."""
    checked = check(data, [own for _row, own in published_certificates()], is_written=is_written)
    if checked.verdict is SealVerdict.AUTHENTIC:
        return authentic(checked)
    if checked.verdict is SealVerdict.ALTERED:
        text = _(
            "The file has a seal of ours, and isn't what we sealed: something was changed, added or cut off "
            "afterwards. Don't rely on it. Ask for the original file."
        )
        return VerificationResult("error", _("Altered"), text)
    text = _(
        "The file has no seal of ours. A printed, scanned or newly saved copy of a sealed PDF has none either: "
        "ask for the original file."
    )
    return VerificationResult("warning", _("Not ours"), text)


def authentic(checked: Checked) -> VerificationResult:
    """Return what the seal shows, and what it doesn't prove."""
    text = _(
        "The portal sealed this file, and no byte of it was changed since. The seal doesn't prove who held the "
        "mailbox that got the code, whether that person may speak for the customer, or how well the work was done. "
        "It's no qualified electronic signature."
    )
    certificate = checked.certificate
    stamped = minute(checked.stamped_at) if checked.stamped_at else _("No time stamp")
    facts = [
        Fact(_("Time stamp in the file"), stamped),
        Fact(_("Certificate (SHA-256)"), fingerprint_of(certificate) if certificate else "", mono=True),
    ]
    return VerificationResult("success", _("Authentic"), text, facts)


@login_not_required
@require_safe
def seal_certificates(request: HttpRequest) -> HttpResponse:
    """List the certificates with which the portal seals or sealed."""
    shown = [
        [
            Fact(_("Issued to"), certificate.subject.rfc4514_string()),
            Fact(_("Valid"), f"{day(certificate.not_valid_before_utc)} - {day(certificate.not_valid_after_utc)}"),
            Fact(_("First used"), day(row.first_used_at)),
            Fact(_("SHA-256 fingerprint"), row.fingerprint, mono=True),
        ]
        for row, certificate in published_certificates()
    ]
    return render(request, "customer/certificates.html", {"certificates": shown})


@login_not_required
@require_safe
def seal_certificates_pem(request: HttpRequest) -> HttpResponse:
    """Hand the same certificates out for programs: one line of text, then each as PEM, the newest first."""
    pem = PEM_HEAD + "".join(row.pem for row, _certificate in published_certificates())
    response = HttpResponse(pem, content_type=PEM_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="cpor-seal-certificates.pem"'
    return response
