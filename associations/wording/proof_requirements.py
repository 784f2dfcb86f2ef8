"""The requirements of a proof of execution in words, as the edition of the claim has them (domain.md 4.1, D22)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from associations.rules.claim_rules import ClaimRules
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
