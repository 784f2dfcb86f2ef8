"""Says while an address is typed whether it is the customer's, and what follows if not (domain.md D18)."""

from dataclasses import dataclass

from associations.choices import ContactPolicy
from associations.directory import is_contact_of, is_known_contact_of
from associations.models import Claim
from associations.rules.identifiers import is_free_mail, mail_host
from associations.wording.messages import MESSAGES


@dataclass(frozen=True)
class ContactStanding:
    """The words below an address, their tone (success, warning or nothing), and whether a reason is asked for."""

    text: str = ""
    tone: str = ""
    asks_for_reason: bool = False


def standing_of(email: str, claim: Claim, *, asks_public: bool) -> ContactStanding:
    """Return the standing of *email* as the customer contact of *claim*; an empty one while it isn't an address.

    With *asks_public* the public directory is asked, too, within its time limit; nothing is written.
    """
    if not mail_host(email):
        return ContactStanding()
    if is_free_mail(email):
        return ContactStanding(str(MESSAGES["EMAIL_FREE"]), "warning")
    is_known = is_known_contact_of if asks_public else is_contact_of
    if is_known(claim.tenant, email):
        return ContactStanding(str(MESSAGES["CONTACT_KNOWN"]), "success")
    if policy_for(claim) == ContactPolicy.ALLOW:
        return ContactStanding(str(MESSAGES["CONTACT_OTHER"]), asks_for_reason=True)
    held = "CONTACT_HELD" if claim.submitted_at is None else "CONTACT_STILL_HELD"
    return ContactStanding(str(MESSAGES[held]), "warning", asks_for_reason=True)


def policy_for(claim: Claim) -> ContactPolicy:
    """Return the policy on contacts of a filed claim, or the one that a draft would get."""
    if claim.submitted_at is not None:
        return ContactPolicy(claim.contact_policy)
    return claim.rules.contact_policy
