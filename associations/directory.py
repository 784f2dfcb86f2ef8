"""Finds the tenant of a domain name: in the local table, then in Microsoft's public discovery document.

The one outbound HTTP of the portal. It asks the configured server only, follows no redirect, reads no more than a few
kilobytes, remembers answers, and leaves a server alone that does not answer.
"""

import json
import logging
import re
import time
from collections.abc import Collection
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from accounts.text.readable import readable_domain
from associations.choices import ListedBy
from associations.models import CustomerTenant, TenantDomain
from associations.rules.customer.contact_domain import domains_of, is_of_the_customer

logger = logging.getLogger(__name__)

LARGEST_ANSWER = 64 * 1024
ISSUER = re.compile(r"https?://[^/]+/([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})/(?:v2\.0/?)?")
KNOWN_SECONDS = 24 * 60 * 60
UNKNOWN_SECONDS = 10 * 60
# After so many failures in a row the server is left alone for a while.
MOST_FAILURES = 3
PAUSE_SECONDS = 60
FAILURES_KEY = "directory:failures"
UNKNOWN = ""


class DomainUnknown(Exception):
    """The directory knows no tenant for this domain name (domain.md 2.3, DOMAIN_UNKNOWN)."""


class DirectoryUnavailable(DomainUnknown):
    """The local table does not know the domain name, and the public directory could not be asked."""


class DomainTenantMismatch(Exception):
    """The domain name belongs to another tenant than the one named (domain.md 2.3, DOMAIN_TENANT_MISMATCH)."""

    def __init__(self, tenant: CustomerTenant) -> None:
        super().__init__(f"The domain name belongs to {tenant.tenant_id}")
        self.tenant = tenant


class NoRedirect(HTTPRedirectHandler):
    """Takes a redirect for an answer, so that it becomes an error: the server may send us nowhere."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


# Without the environment's proxies: the address is the configured one and no other.
OPENER = build_opener(NoRedirect, ProxyHandler({}))


def tenant_of_domain(domain_name: str) -> CustomerTenant:
    """Return the tenant that owns *domain_name* (normalised); raise DomainUnknown or DirectoryUnavailable.

    A tenant that only the public directory knows is written into the local table, named by its domain name.
    """
    tenant = CustomerTenant.objects.filter(domains__domain_name=domain_name).first()
    if tenant is not None:
        return tenant
    if not settings.DIRECTORY_URL:
        raise DomainUnknown(domain_name)
    return remember(discover(domain_name), domain_name)


def domain_meant(name: str) -> str:
    """Return the normalised *name* without the "www." of a web site, unless an organisation is known by it."""
    plain = name.removeprefix("www.")
    if plain == name or "." not in plain or TenantDomain.objects.filter(domain_name=name).exists():
        return name
    return plain


def confirmed_tenant(domain_name: str, tenant_id: UUID) -> CustomerTenant:
    """Return the tenant when both identifiers name the same one; raise DomainUnknown or DomainTenantMismatch."""
    tenant = tenant_of_domain(domain_name)
    if tenant.tenant_id != tenant_id:
        raise DomainTenantMismatch(tenant)
    return tenant


def is_contact_of(tenant: CustomerTenant, email: str) -> bool:
    """Return whether *email* is an address of *tenant*, by the listed domain names alone (domain.md D18)."""
    return is_of_the_customer(email, tenant_id=tenant.tenant_id, owners=listed_owners(domains_of(email)))


def is_known_contact_of(tenant: CustomerTenant, email: str) -> bool:
    """Return whether *email* is an address of *tenant*, by the listed domain names or by the public directory."""
    return is_contact_of(tenant, email) or bool(domain_in_public(tenant, email))


def is_confirmed_contact_of(tenant: CustomerTenant, email: str) -> bool:
    """Return what `is_known_contact_of` does, and list the domain name that the public directory knows."""
    if is_contact_of(tenant, email):
        return True
    found = domain_in_public(tenant, email)
    return bool(found) and list_domain(tenant, found, by=ListedBy.DIRECTORY)


def domain_in_public(tenant: CustomerTenant, email: str) -> str:
    """Return the domain name at or above that of *email* that the public directory knows as one of *tenant*, or "".

    It is asked about the domain name of the address, then about the shortest parent that isn't shared. No answer
    counts as no.
    """
    names = domains_of(email)
    owners = listed_owners(names)
    if not settings.DIRECTORY_URL or not names or names[0] in owners:
        return ""
    # A listed parent of somebody else decides, unless the longer name has an owner of its own.
    for name in dict.fromkeys((names[0], names[-1])) if not owners else names[:1]:
        try:
            return name if discover(name) == tenant.tenant_id else ""
        except DirectoryUnavailable:
            return ""
        except DomainUnknown:
            continue
    return ""


def listed_owners(domain_names: Collection[str]) -> dict[str, UUID]:
    """Return the tenant IDs for which these domain names are listed; what a partner alone typed is not."""
    if not domain_names:
        return {}
    listed = TenantDomain.objects.listed().filter(domain_name__in=domain_names)
    return dict(listed.values_list("domain_name", "tenant__tenant_id"))


@transaction.atomic
def list_domain(tenant: CustomerTenant, domain_name: str, *, by: ListedBy) -> bool:
    """List *domain_name* for *tenant*, and return whether it is; a name that is another tenant's stays with it."""
    defaults = {"tenant": tenant, "listed_by": by}
    known, is_new = TenantDomain.objects.get_or_create(domain_name=domain_name, defaults=defaults)
    if not is_new and not known.listed_by:
        # Nobody vouched for the owner until now.
        TenantDomain.objects.filter(pk=known.pk, listed_by="").update(tenant=tenant, listed_by=by)
        known.refresh_from_db()
    return known.tenant_id == tenant.pk


@transaction.atomic
def remember(tenant_id: UUID, domain_name: str) -> CustomerTenant:
    """Return the tenant with the domain name in the local table, whoever wrote it first."""
    unnamed = {"name": readable_domain(domain_name)}
    tenant, _is_new = CustomerTenant.objects.get_or_create(tenant_id=tenant_id, defaults=unnamed)
    list_domain(tenant, domain_name, by=ListedBy.DIRECTORY)
    return TenantDomain.objects.select_related("tenant").get(domain_name=domain_name).tenant


def discover(domain_name: str) -> UUID:
    """Return the tenant ID that the public directory has for *domain_name*; raise DomainUnknown or its kin."""
    key = f"directory:{domain_name}"
    known = cache.get(key)
    if known is None:
        known = ask(domain_name)
        cache.set(key, known, KNOWN_SECONDS if known else UNKNOWN_SECONDS)
    if not known:
        raise DomainUnknown(domain_name)
    return UUID(known)


def ask(domain_name: str) -> str:
    """Return the server's tenant ID of the domain, or UNKNOWN; raise DirectoryUnavailable."""
    if cache.get(FAILURES_KEY, 0) >= MOST_FAILURES:
        raise DirectoryUnavailable(domain_name)
    try:
        answer = fetch(domain_name)
    except (OSError, HTTPException, ValueError) as error:
        logger.warning("The public directory could not be asked: %s", error)
        note_failure()
        raise DirectoryUnavailable(domain_name) from error
    cache.delete(FAILURES_KEY)
    return answer


def fetch(domain_name: str) -> str:
    """Ask once; raise OSError, HTTPException or ValueError when what comes back is no answer."""
    address = f"{settings.DIRECTORY_URL.rstrip('/')}/{quote(domain_name, safe='')}/.well-known/openid-configuration"
    request = Request(address, headers={"Accept": "application/json"})  # noqa: S310 - the configured server
    try:
        with OPENER.open(request, timeout=settings.DIRECTORY_TIMEOUT) as response:
            body = read_in_time(response)
    except HTTPError as error:
        with error:
            if error.code in (400, 404):
                return UNKNOWN
        raise
    document = json.loads(body)
    issuer = document.get("issuer") if isinstance(document, dict) else None
    found = ISSUER.fullmatch(issuer) if isinstance(issuer, str) else None
    if found is None:
        raise ValueError("The answer names no tenant.")
    return found[1].lower()


def read_in_time(response: Any) -> bytes:
    """Return the body; raise ValueError when it is too long, or when it drips for longer than an answer may take."""
    body, until = b"", time.monotonic() + settings.DIRECTORY_TIMEOUT
    while piece := response.read1(LARGEST_ANSWER):
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise ValueError("The answer is too long.")
        if time.monotonic() > until:
            raise ValueError("The answer takes too long.")
    return body


def note_failure() -> None:
    """Count one failure more; the count is forgotten when the pause is over."""
    cache.add(FAILURES_KEY, 0, PAUSE_SECONDS)
    try:
        cache.incr(FAILURES_KEY)
    except ValueError:
        cache.set(FAILURES_KEY, 1, PAUSE_SECONDS)
