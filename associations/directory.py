"""Which tenant a domain name belongs to, and what the tenant has subscribed to. Answers from the local table."""

from uuid import UUID

from associations.models import CustomerTenant


class DomainUnknown(Exception):
    """The directory knows no tenant for this domain name (domain.md 2.3, DOMAIN_UNKNOWN)."""


class DomainTenantMismatch(Exception):
    """The domain name belongs to another tenant than the one named (domain.md 2.3, DOMAIN_TENANT_MISMATCH)."""

    def __init__(self, tenant: CustomerTenant) -> None:
        super().__init__(f"The domain name belongs to {tenant.tenant_id}")
        self.tenant = tenant


def tenant_of_domain(domain_name: str) -> CustomerTenant:
    """Return the tenant that owns *domain_name* (normalised); raise DomainUnknown."""
    tenant = CustomerTenant.objects.filter(domains__domain_name=domain_name).first()
    if tenant is None:
        raise DomainUnknown(domain_name)
    return tenant


def confirmed_tenant(domain_name: str, tenant_id: UUID) -> CustomerTenant:
    """Return the tenant when both identifiers name the same one; raise DomainUnknown or DomainTenantMismatch."""
    tenant = tenant_of_domain(domain_name)
    if tenant.tenant_id != tenant_id:
        raise DomainTenantMismatch(tenant)
    return tenant
