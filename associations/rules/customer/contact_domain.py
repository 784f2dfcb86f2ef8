"""The decision whether an address is of the customer (domain.md D18)."""

from collections.abc import Mapping
from functools import cache
from uuid import UUID

from publicsuffixlist import PublicSuffixList

from associations.rules.customer.free_mail import FREE_MAIL
from associations.rules.identifiers import mail_host

# The parents of every tenant's first domain name in Microsoft's clouds. The list of public suffixes lacks them.
FIRST_DOMAINS = frozenset(
    f"{below}{parent}"
    for parent in ("onmicrosoft.com", "onmicrosoft.us", "onmicrosoft.de", "partner.onmschina.cn")
    for below in ("", "mail.")
)


def is_of_the_customer(email: str, *, tenant_id: UUID, owners: Mapping[str, UUID]) -> bool:
    """Return whether *email* is an address of the tenant, by the *owners* of listed domain names.

    The longest listed domain name at or above that of the address decides. A plus-address or a role mailbox counts
    like any other: only the domain name is compared.
    """
    return next((owners[name] for name in domains_of(email) if name in owners), None) == tenant_id


def domains_of(email: str) -> tuple[str, ...]:
    """Return the domain name of an address and its parents that can belong to one organization, the longest first.

    Nothing is returned for an address at or below a free-mail provider, at a shared parent, or without a domain name.
    """
    labels = mail_host(email).split(".")
    names = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    if not FREE_MAIL.isdisjoint(names):
        return ()
    # A shared parent ends the list: what is above it is shared, too.
    own = next((place for place, name in enumerate(names) if is_shared(name)), len(names))
    return tuple(names[:own])


def is_shared(domain_name: str) -> bool:
    """Return whether different organizations have domain names below *domain_name*, as below co.uk."""
    return domain_name in FIRST_DOMAINS or public_suffixes().is_public(domain_name)


@cache
def public_suffixes() -> PublicSuffixList:
    """Return the list of public suffixes, which comes with the library; a process reads it once."""
    return PublicSuffixList()
