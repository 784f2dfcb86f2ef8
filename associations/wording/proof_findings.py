"""Says what the portal found in the files of a claim, and where."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from associations.files import recognition
from associations.models import Claim, ProofOfExecution
from associations.rules.proof_reading.findings import FileState, Finding, Piece, State
from associations.rules.proof_reading.signers import SignatureKind
from associations.rules.proof_reading.texts import PlaceKind
from associations.services.files.proof_findings import ClaimFindings, state_of
from associations.status_words.dates import day_in_words
from associations.wording.acknowledgement import acknowledgement_in_words
from guides.choices import ProofElement

TITLES: dict[ProofElement, Promise] = {
    ProofElement.PARTIES: gettext_lazy("Both parties, with the tenant"),
    ProofElement.ACKNOWLEDGEMENT: gettext_lazy("The customer's signature and its date"),
    ProofElement.WORK: gettext_lazy("The work done"),
    ProofElement.PRODUCTS: gettext_lazy("Every product, by name"),
    ProofElement.DATES: gettext_lazy("Dates that are recent"),
}
LABELS: dict[State, Promise] = {
    State.FOUND: gettext_lazy("Found"),
    State.NOT_FOUND: gettext_lazy("Not found"),
    State.UNSURE: gettext_lazy("Read unsurely: compare"),
    State.LOOK: gettext_lazy("Look at the page"),
    State.UNREAD: gettext_lazy("Could not be read"),
    State.READING: gettext_lazy("Being read"),
}
PARTIAL = gettext_lazy("Not found in the pages that could be read")
PIECES: dict[str, Promise] = {
    "tenant": gettext_lazy("Tenant ID or domain"),
    "signature": gettext_lazy("Customer's signature"),
    "signed_on": gettext_lazy("Date of the signature"),
    "work": gettext_lazy("Activities and services"),
    "dates": gettext_lazy("Date of the work or of the signature"),
}
SIGNATURES: dict[str, Promise] = {
    SignatureKind.DIGITAL: gettext_lazy("digital signature"),
    SignatureKind.INK: gettext_lazy("ink, or a picture of it"),
    SignatureKind.CERTIFICATE: gettext_lazy("completion certificate of a signing service"),
}
AWAITED, ASKED = "waiting", gettext_lazy("Asked of the customer")
MOST_PLACES = 2
AddressOf = Callable[[ProofOfExecution, Mapping[str, Any]], str]


@dataclass(frozen=True, kw_only=True)
class PlaceLine:
    """One place in a file, with the words around, and what may be compared with them."""

    file: str
    url: str
    place: str
    before: str
    words: str
    behind: str
    compare: str = ""
    picture_url: str = ""


@dataclass(frozen=True, kw_only=True)
class PieceLine:
    """One piece of an element: its name, the answer, and where it is; *about* names the place that a partner tells."""

    about: str
    label: str
    state: str
    state_label: str
    places: Sequence[PlaceLine]
    pointer: str = ""


@dataclass(frozen=True, kw_only=True)
class ElementLine:
    """One required element, with the answer and its pieces."""

    element: str
    title: str
    state: str
    state_label: str
    pieces: Sequence[PieceLine]
    pointer: str = ""
    note: str = ""


def lines_of(
    found: ClaimFindings, claim: Claim, *, url_of: AddressOf, picture_of: AddressOf = lambda proof, spot: ""
) -> list[ElementLine]:
    """Return the lines of all elements.

    *url_of* says where a place of a file is opened, and *picture_of* where words to compare are seen, or nothing.
    """
    return [element_line(each, found, claim, url_of=url_of, picture_of=picture_of) for each in found.findings]


def element_line(
    finding: Finding,
    found: ClaimFindings,
    claim: Claim,
    *,
    url_of: AddressOf,
    picture_of: AddressOf,
) -> ElementLine:
    pieces = [
        piece_line(piece, finding, found, claim, url_of=url_of, picture_of=picture_of) for piece in finding.pieces
    ]
    is_acknowledgement = finding.element is ProofElement.ACKNOWLEDGEMENT
    is_awaited = is_acknowledgement and finding.state is State.NOT_FOUND and awaits_customer(found)
    return ElementLine(
        element=finding.element.value,
        title=str(TITLES[finding.element]),
        state=AWAITED if is_awaited else finding.state.value,
        state_label=str(ASKED if is_awaited else label_of(finding.state, is_partial=finding.is_partial)),
        pieces=pieces,
        pointer=pointer_in(found, finding.element.value),
        note=acknowledgement_in_words(found.acknowledgement) if is_acknowledgement else "",
    )


def awaits_customer(found: ClaimFindings) -> bool:
    """Return whether the customer was asked to acknowledge the work, and no sealed document is there yet."""
    asked = found.acknowledgement
    return asked is not None and asked.sealed_at is None


def label_of(state: State, *, is_partial: bool) -> str:
    return str(PARTIAL if state is State.NOT_FOUND and is_partial else LABELS[state])


def pointer_in(found: ClaimFindings, about: str) -> str:
    pointer = found.pointers.get(about)
    return pointer.text if pointer else ""


def piece_line(
    piece: Piece,
    finding: Finding,
    found: ClaimFindings,
    claim: Claim,
    *,
    url_of: AddressOf,
    picture_of: AddressOf,
) -> PieceLine:
    proof = found.files.get(piece.file) if piece.file is not None else None
    places = [
        place_line(spot, piece, proof, claim, url_of=url_of, picture_of=picture_of)
        for spot in piece.spots[:MOST_PLACES]
        if proof
    ]
    return PieceLine(
        about=piece.key if finding.element is ProofElement.PRODUCTS else finding.element.value,
        label=piece_label(piece.key, claim),
        state=piece.state.value,
        state_label=label_of(piece.state, is_partial=finding.is_partial),
        places=places,
        pointer=pointer_in(found, piece.key),
    )


def piece_label(key: str, claim: Claim) -> str:
    """Return the name of a piece: a company, a product, or what else it is."""
    if key == "partner":
        return claim.partner.name
    if key == "customer":
        return claim.tenant.name
    code = key.partition(":")[2]
    if code:
        return next((item.name for item in claim.items.all() if item.product.code == code), code)
    return str(PIECES[key])


def place_line(
    spot: Mapping[str, Any],
    piece: Piece,
    proof: ProofOfExecution | None,
    claim: Claim,
    *,
    url_of: AddressOf,
    picture_of: AddressOf,
) -> PlaceLine:
    words, day = str(spot.get("words", "")), str(spot.get("day", ""))
    is_date = piece.key in ("signed_on", "dates") and bool(day)
    is_whole = is_date and piece.key == "signed_on"
    return PlaceLine(
        file=proof.shown_name if proof else "",
        url=url_of(proof, spot) if proof else "",
        place=place_of_signature(spot) if piece.key == "signature" else place_in_words(spot),
        before="" if is_whole else str(spot.get("before", "")),
        words=day_in_words(date.fromisoformat(day), shape=pgettext("date format", "D j M Y"))
        if is_whole or (is_date and not words)
        else words,
        behind="" if is_whole else str(spot.get("behind", "")),
        compare=str(claim.tenant.tenant_id) if piece.state is State.UNSURE else "",
        picture_url=picture_of(proof, spot) if proof and piece.state is State.UNSURE else "",
    )


def place_of_signature(spot: Mapping[str, Any]) -> str:
    """Return a place with the kind of the signature there, such as *page 4: digital signature*."""
    place, kind = place_in_words(spot), SIGNATURES.get(str(spot.get("signature", "")))
    return _("%(place)s: %(kind)s") % {"place": place, "kind": kind} if kind else place


def place_in_words(spot: Mapping[str, Any]) -> str:
    """Return a place in a file, such as *page 4*."""
    kind, number, name = str(spot.get("kind", "")), spot.get("number", 0), str(spot.get("name", ""))
    told = {"number": number, "name": name}
    if kind == PlaceKind.ROW:
        return _("sheet “%(name)s”, row %(number)s") % told if name else _("row %(number)s") % told
    if kind == PlaceKind.MESSAGE:
        return _("attachment “%(name)s”") % told if name else _("message")
    if kind == PlaceKind.SLIDE:
        place = _("slide %(number)s") % told
    elif kind == PlaceKind.PARAGRAPH:
        place = _("paragraph %(number)s") % told if number else _("signature of the document")
    else:
        place = _("page %(number)s") % told
    return _("%(place)s, “%(name)s”") % {"place": place, "name": name} if name else place


def files_left(found: ClaimFindings) -> list[str]:
    """Return a sentence for each file of which something was not read."""
    sentences = []
    for proof in found.files.values():
        told = {"name": proof.shown_name}
        reading = getattr(proof, "reading", None)
        unread = reading.evidence.get("unread", []) if reading else []
        if state_of(proof) is FileState.UNREAD:
            sentences.append(_("%(name)s could not be read. A reviewer looks at it.") % told)
        elif unread and not recognition.is_installed():
            sentences.append(_("%(name)s has scanned pages that are not read here. A reviewer looks at them.") % told)
        elif unread:
            sentences.append(_("Not all pages of %(name)s could be read. A reviewer looks at them.") % told)
    return sentences
