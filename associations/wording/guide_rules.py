"""The rules of a claim's edition in words: what a proof must show, and warnings that name the rule (domain.md D22).

A warning refuses nothing (domain.md R13, R14).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext

from associations.models import Claim
from associations.rules.claim_rules import ClaimRules, is_filed_late
from associations.rules.proof_files import is_older_than
from associations.services.files.proof_findings import ClaimFindings
from guides.choices import ProofElement, SignatureKind

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# Each with the number of months in which a proof is recent.
FOR_REVIEWERS: Mapping[ProofElement, "StrPromise"] = {
    ProofElement.PARTIES: gettext_lazy("Both parties, with the customer's domain name and tenant ID, as on the claim"),
    ProofElement.ACKNOWLEDGEMENT: ngettext_lazy(
        "The customer's signature, dated within %(months)d month before submission",
        "The customer's signature, dated within %(months)d months before submission",
        "months",
    ),
    ProofElement.WORK: gettext_lazy("The work done: activities and services"),
    ProofElement.PRODUCTS: gettext_lazy("Every product on the claim, by name"),
    ProofElement.DATES: gettext_lazy("Dates, recent when the claim was submitted"),
}
FOR_PARTNERS: Mapping[ProofElement, "StrPromise"] = {
    ProofElement.PARTIES: gettext_lazy("Both parties: your company and the customer, as on this claim"),
    ProofElement.ACKNOWLEDGEMENT: ngettext_lazy(
        "The customer's signature, dated within the last %(months)d month",
        "The customer's signature, dated within the last %(months)d months",
        "months",
    ),
    ProofElement.WORK: gettext_lazy("The work done: activities and services"),
    ProofElement.PRODUCTS: gettext_lazy("Every product on this claim, by name"),
    ProofElement.DATES: gettext_lazy("Dates that are recent"),
}


def required_of(rules: ClaimRules, words: Mapping[ProofElement, "StrPromise"]) -> dict[ProofElement, str]:
    """Return what a proof must show by these *rules*, each element in *words*, in the order of the checklist."""
    return {element: str(words[element] % {"months": rules.proof_age_months}) for element in rules.proof_elements}


def conditions_of(rules: ClaimRules) -> list[str]:
    """Return the further conditions on a proof: kinds of signature, if not all are accepted, and the template."""
    found = []
    if rules.signature_kinds != frozenset(SignatureKind) and ProofElement.ACKNOWLEDGEMENT in rules.proof_elements:
        kinds = [str(kind.label) for kind in SignatureKind if kind in rules.signature_kinds]
        found.append(_("Accepted signatures: %(kinds)s") % {"kinds": "; ".join(kinds) or _("nothing")})
    if rules.template_required:
        found.append(_("On Microsoft's template: the portal fills it in for you"))
    return found


def lines_for_partners(rules: ClaimRules) -> list[str]:
    """Return everything that a proof must show, as the partner reads it."""
    return [*required_of(rules, FOR_PARTNERS).values(), *conditions_of(rules)]


def guide_warnings(claim: Claim, found: ClaimFindings, *, today: date) -> list[str]:
    """Return the warnings about a claim that would be submitted *today*, as its files were read."""
    return [
        *few_seats(claim),
        *late_filing(claim, today=today),
        *old_proof(claim, found, today=today),
        *no_template(claim, found),
    ]


def few_seats(claim: Claim) -> Iterator[str]:
    """Yield each item whose subscription has fewer seats than the edition pays for."""
    least = claim.rules.least_seats or 0
    for item in claim.items.all():
        if item.subscription and 0 < item.subscription.seats_available < least:
            yield _(
                "%(product)s: the program guide pays from %(seats)s seats on, and the customer has %(bought)s."
            ) % {
                "product": item.name,
                "seats": least,
                "bought": item.subscription.seats_available,
            }


def late_filing(claim: Claim, *, today: date) -> Iterator[str]:
    """Yield that the claim comes late, if it says when the customer bought."""
    days, bought_on = claim.rules.late_filing_days, claim.transaction_date
    if days is not None and bought_on is not None and is_filed_late(bought_on, days=days, today=today):
        yield ngettext(
            "The program guide pays for claims filed within %(days)d day of the transaction, which was on %(day)s.",
            "The program guide pays for claims filed within %(days)d days of the transaction, which was on %(day)s.",
            days,
        ) % {"days": days, "day": in_words(bought_on)}


def old_proof(claim: Claim, found: ClaimFindings, *, today: date) -> Iterator[str]:
    """Yield that the newest day in the files is older than a proof may be."""
    months, newest = claim.rules.proof_age_months, found.newest_day
    if newest is not None and not found.is_reading and is_older_than(newest, months=months, today=today):
        yield ngettext(
            "The newest date in the files is %(day)s. By the program guide a proof is at most %(months)d month old.",
            "The newest date in the files is %(day)s. By the program guide a proof is at most %(months)d months old.",
            months,
        ) % {"months": months, "day": in_words(newest)}


def no_template(claim: Claim, found: ClaimFindings) -> Iterator[str]:
    """Yield that no file is on the template that the edition requires; a scan of it can't be told."""
    if claim.rules.template_required and found.files and not found.is_reading and not found.is_on_template:
        yield _(
            "By the program guide a proof is on Microsoft's template. No file could be recognized as one; a scan of a"
            " printed template can't be."
        )


def in_words(day: date) -> str:
    return date_format(day, pgettext("date format", "D j M Y"))
