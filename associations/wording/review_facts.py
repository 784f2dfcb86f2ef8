"""The facts of a claim that reviewers read, in words, each with the claims that it concerns (`rules.review.facts`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.text.readable import address_in_full
from associations.choices import ConfirmedBy, ContactKind
from associations.models import Claim
from associations.models.claim_queries import ClaimQuerySet
from associations.rules.identifiers import claim_number
from associations.rules.review.facts import ReviewFact
from associations.services.review.facts import LISTED, RelatedClaim, related_claims

LABELS: dict[ReviewFact, Promise] = {
    ReviewFact.CONTACT_ELSEWHERE: gettext_lazy("Contact at another domain name"),
    ReviewFact.SAME_FILE: gettext_lazy("File of another company's claim"),
    ReviewFact.ANSWERED_ELSEWHERE: gettext_lazy("Contact who answered for other customers"),
    ReviewFact.MANY_CLAIMS: gettext_lazy("One of many claims in an hour"),
}


@dataclass(frozen=True)
class NamedClaim:
    """A claim as a fact names it."""

    pk: int
    number: str
    parties: str


@dataclass(frozen=True)
class FactInWords:
    """One fact: a sentence, and the claims that it concerns."""

    text: str
    claims: Sequence[NamedClaim] = ()
    has_more: bool = False


def review_facts_of(claim: Claim, *, seen: ClaimQuerySet) -> list[FactInWords]:
    """Return the noteworthy facts of a filed *claim*, naming only claims that the reader has *seen*.

    The claim needs its contacts and proofs at hand.
    """
    address = next((each.email for each in claim.contacts.all() if each.kind == ContactKind.CUSTOMER), "")
    found = related_claims(claim, address=address, seen=seen)
    facts = contact_fact(claim, address)
    facts += same_file_facts(claim, found.get(ReviewFact.SAME_FILE, ()))
    if answered := found.get(ReviewFact.ANSWERED_ELSEWHERE):
        words = _("%(email)s also answered for other customers:") % {"email": address_in_full(address)}
        facts.append(listed(words, answered))
    if many := found.get(ReviewFact.MANY_CLAIMS):
        facts.append(listed(many_in_words(claim, len(many)), [each for each in many if each.pk != claim.pk]))
    return facts


def contact_fact(claim: Claim, address: str) -> list[FactInWords]:
    """Return the fact that the contact's address isn't known to be of the customer, and whether a reviewer knew it."""
    if not address or claim.contact_confirmed_by == ConfirmedBy.DOMAIN:
        return []
    words = {"email": address_in_full(address), "customer": claim.tenant.name}
    if claim.contact_confirmed_by == ConfirmedBy.REVIEWER:
        text = _("%(email)s isn't known to be at a domain name of %(customer)s. A reviewer confirmed the contact.")
    else:
        text = _("%(email)s isn't known to be at a domain name of %(customer)s.")
    return [FactInWords(text % words)]


def same_file_facts(claim: Claim, related: Sequence[RelatedClaim]) -> list[FactInWords]:
    """Return a fact for each file of *claim* that other companies' claims have, too."""
    facts = []
    for proof in claim.proofs.all():
        others = [each for each in related if each.sha256 == proof.sha256]
        if others:
            words = _("The same file as %(name)s is in a claim of another company:") % {"name": proof.shown_name}
            facts.append(listed(words, others))
    return facts


def many_in_words(claim: Claim, count: int) -> str:
    """Return how many claims came with *claim*; *count* is one more than LISTED if there are more."""
    if count > LISTED:
        words = _("%(partner)s submitted more than %(count)s claims within an hour. The others:")
        return words % {"partner": claim.partner.name, "count": LISTED}
    words = ngettext(
        "%(partner)s submitted %(count)s claim within an hour. The others:",
        "%(partner)s submitted %(count)s claims within an hour. The others:",
        count,
    )
    return words % {"partner": claim.partner.name, "count": count}


def listed(text: str, related: Sequence[RelatedClaim]) -> FactInWords:
    """Return the fact with the first of its claims, each once."""
    unique = list({each.pk: each for each in related}.values())
    named = [
        NamedClaim(each.pk, claim_number(each.pk), _("%(partner)s for %(customer)s") % parties_of(each))
        for each in unique[:LISTED]
    ]
    return FactInWords(text, named, has_more=len(unique) > LISTED)


def parties_of(related: RelatedClaim) -> dict[str, str]:
    return {"partner": related.partner_name, "customer": related.customer_name}
