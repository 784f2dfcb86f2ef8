"""Reply templates of reviewers, by reason: in the partner's language, editable before sending."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from associations.choices import ReasonCode

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# With the number of months in which a proof is recent.
TEXTS: dict[ReasonCode, "StrPromise"] = {
    ReasonCode.POE_ALL_MISSING: _(
        "The claim has no proof of execution, or the files are about something else. Please add a statement of work"
        " signed by the customer, our filled-in template, or another document that shows your work for this customer."
    ),
    ReasonCode.POE_NO_SIGNATURE: ngettext_lazy(
        "The customer's signature is missing. Please add a document that the customer has signed, with name, job title"
        " and a date within the month before you submitted the claim.",
        "The customer's signature is missing. Please add a document that the customer has signed, with name, job title"
        " and a date within the %(months)d months before you submitted the claim.",
        "months",
    ),
    ReasonCode.POE_DATES: _(
        "The document has no dates, or they are too old for this claim. Please add one that says when the work was"
        " done and when the customer signed."
    ),
    ReasonCode.POE_NO_SERVICE: _(
        "The document doesn't say what your company did. Please describe the activities and services, and add what"
        " supports it."
    ),
    ReasonCode.POE_NO_PRODUCT: _(
        "Not every product on the claim is named in the document. Please add a document that names each of them, or"
        " remove from the claim the products that you can't prove."
    ),
    ReasonCode.POE_UNAVAILABLE: _("We can't open one of the files. Please add it again, best as a PDF."),
    ReasonCode.DATA_MISMATCH: _(
        "The parties in the document differ from the claim. Please check your company's name, and the customer's name,"
        " domain name and tenant ID, and add a document in which they agree with the claim."
    ),
    ReasonCode.COMPETING_CLAIM_LOST: _(
        "Another partner claimed the same products with a more recent proof of execution, and was preferred."
    ),
}
NOT_FOUND = _("Not found in the files: %(products)s.")


def canned_texts(
    reasons: Iterable[ReasonCode], *, months: int, language: str, not_found: Sequence[str] = ()
) -> list[str]:
    """Return the text of each reason in *language*; a proof is recent for so many *months*.

    *not_found* are the products that were found in no file.
    """
    with translation.override(language):
        return [text_of(reason, months=months, not_found=not_found) for reason in reasons]


def text_of(reason: ReasonCode, *, months: int, not_found: Sequence[str]) -> str:
    text = str(TEXTS[reason] % {"months": months})
    if reason is not ReasonCode.POE_NO_PRODUCT or not not_found:
        return text
    return f"{text} {NOT_FOUND % {'products': ', '.join(not_found)}}"


def completed(
    typed: str, *, reasons: Iterable[ReasonCode], months: int, language: str, not_found: Sequence[str] = ()
) -> str:
    """Return *typed* with a paragraph added for each reason whose text it lacks."""
    texts = canned_texts(reasons, months=months, language=language, not_found=not_found)
    missing = [text for text in texts if text not in typed]
    return "\n\n".join([*filter(None, [typed.strip()]), *missing])
