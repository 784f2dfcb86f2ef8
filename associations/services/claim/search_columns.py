"""Keeps the columns by which a claim is found and sorted up to date."""

from associations.models import (
    Claim,
    CustomerTenant,
)

# The columns by which lists find and sort claims.
SEARCH_COLUMNS = ("search_text", "item_count")
# A change of these, or of the items, renews SEARCH_COLUMNS.
SEARCHED_COLUMNS = frozenset({"name", "domain_name", "tenant_id"})


def renew_search_columns(claim: Claim) -> None:
    """Set SEARCH_COLUMNS of *claim*, unsaved, from its current facts; its items are read again."""
    items = claim.items.select_related("subscription")
    claim.search_text, claim.item_count = claim.searchable(items), len(items)


def refresh_search_text(claim: Claim) -> None:
    """Renew and save SEARCH_COLUMNS of the claim from what the database holds."""
    fresh = Claim.objects.select_related("tenant").get(pk=claim.pk)
    renew_search_columns(fresh)
    fresh.save(update_fields=SEARCH_COLUMNS)


def refresh_claims_on(tenant: CustomerTenant) -> None:
    """Let the claims on a renamed tenant be found by its new name."""
    for claim in tenant.claim_set.all():
        refresh_search_text(claim)
