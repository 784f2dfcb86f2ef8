"""The demo world as data: invented companies, people and customers (docs/domain.md 11, demo data)."""

from dataclasses import dataclass

PASSWORD = "cpor-demo"  # noqa: S105 - the demo accounts exist in the embedded mode only, and print their password


@dataclass(frozen=True)
class DemoAccount:
    email: str
    name: str
    partner: str = ""
    role: str = ""
    is_reviewer: bool = False
    is_platform_admin: bool = False
    language: str = ""


@dataclass(frozen=True)
class DemoLocation:
    mpn_id: str
    name: str
    country: str
    partner_type: str
    enrolled: bool = True


@dataclass(frozen=True)
class DemoPartner:
    name: str
    global_mpn_id: str
    locations: tuple[DemoLocation, ...]


@dataclass(frozen=True)
class DemoSubscription:
    id: str
    product: str
    state: str = "Active"
    channel: str = "VL"
    region: str = "Europe"
    seats: int = 120
    is_provisioned: bool = True
    ends_in_days: int | None = None


@dataclass(frozen=True)
class DemoTenant:
    name: str
    tenant_id: str
    domain_names: tuple[str, ...]
    country: str
    contact: tuple[str, str, str]
    subscriptions: tuple[DemoSubscription, ...] = ()


@dataclass(frozen=True)
class DemoMigration:
    """An association from before the portal, in force for so many *days*."""

    partner: str
    subscription: str
    days: int


ACCOUNTS = (
    DemoAccount("admin@contoso.example", "Anna Conti", "Contoso Consulting", "incentives_admin"),
    DemoAccount("user@contoso.example", "Ugo Serra", "Contoso Consulting", "incentives_user"),
    DemoAccount("global@contoso.example", "Giulia Moretti", "Contoso Consulting", "global_admin"),
    DemoAccount("admin@fabrikam.example", "Frank Miller", "Fabrikam Services", "incentives_admin"),
    DemoAccount("reviewer@microsoft.example", "Rita Revel", is_reviewer=True),
    DemoAccount("root@microsoft.example", "Robert Root", is_platform_admin=True),
)

PARTNERS = (
    DemoPartner(
        "Contoso Consulting",
        "1234500",
        (
            DemoLocation("1234567", "Contoso Consulting Milano", "IT", "Systems integrator"),
            DemoLocation("4847383", "Contoso Consulting Roma", "IT", "Systems integrator"),
            DemoLocation("6363276", "Contoso Consulting Zürich", "CH", "Advisor"),
            DemoLocation("7712043", "Contoso Consulting Torino", "IT", "Systems integrator", enrolled=False),
        ),
    ),
    DemoPartner(
        "Fabrikam Services",
        "5550100",
        (DemoLocation("5550123", "Fabrikam Services London", "GB", "Independent software vendor"),),
    ),
)

TENANTS = (
    DemoTenant(
        "Northwind Traders",
        "7f3c2a10-58d4-4b7e-9a61-0c2f6d1e8b01",
        ("northwindtraders.example", "northwindtraders.onmicrosoft.com"),
        "IT",
        ("Carla Bianchi", "Responsabile IT", "carla.bianchi@northwindtraders.example"),
    ),
    DemoTenant(
        "Adventure Works",
        "a1b8e7d2-3c94-4f05-8e2a-6b7d9f013c02",
        ("adventure-works.example", "adventureworks.onmicrosoft.com"),
        "IT",
        ("Matteo Riva", "Direttore vendite", "matteo.riva@adventure-works.example"),
        (
            DemoSubscription("0d2f6a54-91c3-4e8b-b7a0-5f1c3e9d7a11", "D365_SALES", seats=240),
            DemoSubscription("0d2f6a54-91c3-4e8b-b7a0-5f1c3e9d7a12", "D365_SALES", channel="WEB_DIRECT", seats=35),
            DemoSubscription("0d2f6a54-91c3-4e8b-b7a0-5f1c3e9d7a13", "D365_FIN", state="InGracePeriod", seats=60),
            DemoSubscription("0d2f6a54-91c3-4e8b-b7a0-5f1c3e9d7a14", "D365_CS", channel="CSP", seats=80),
            DemoSubscription("0d2f6a54-91c3-4e8b-b7a0-5f1c3e9d7a15", "D365_FS", state="Expired", seats=20),
            DemoSubscription("0d2f6a54-91c3-4e8b-b7a0-5f1c3e9d7a16", "D365_BC", is_provisioned=False, seats=15),
            DemoSubscription("0d2f6a54-91c3-4e8b-b7a0-5f1c3e9d7a17", "D365_HR", state="Suspended", seats=40),
            DemoSubscription("0d2f6a54-91c3-4e8b-b7a0-5f1c3e9d7a18", "D365_COM", state="Disabled", seats=25),
            DemoSubscription("0d2f6a54-91c3-4e8b-b7a0-5f1c3e9d7a19", "D365_MKT", state="Deprovisioned", seats=10),
        ),
    ),
    DemoTenant(
        "Wide World Importers",
        "c4d90f6b-7a25-4d18-9b3e-2e8a5c7f4d03",
        ("wideworldimporters.example",),
        "DE",
        ("Jana Vogel", "Head of IT", "jana.vogel@wideworldimporters.example"),
        (
            DemoSubscription("3b7e91c8-2d4f-4a60-8c15-7e9f0b2d6c21", "PAPPS", seats=300),
            DemoSubscription("3b7e91c8-2d4f-4a60-8c15-7e9f0b2d6c22", "PBI", seats=150),
            DemoSubscription("3b7e91c8-2d4f-4a60-8c15-7e9f0b2d6c23", "D365_SALES", seats=90, ends_in_days=45),
        ),
    ),
    DemoTenant(
        "Tailspin Toys",
        "e85a1c37-0f62-4b9d-a4c7-9d3b6e2f5a04",
        ("tailspintoys.example",),
        "GB",
        ("Tom Hughes", "IT Director", "tom.hughes@tailspintoys.example"),
        (DemoSubscription("6c1d8f02-4e7a-4b95-9f33-1a5e7c9b0d31", "D365_CS", channel="WEB_DIRECT", seats=45),),
    ),
    DemoTenant(
        "Alpine Ski House",
        "2b6f9e84-c1d7-4a30-8f5b-7c4e0a9d6b05",
        ("alpineskihouse.example",),
        "IT",
        ("Elena Colombo", "Amministratrice delegata", "elena.colombo@alpineskihouse.example"),
    ),
    DemoTenant(
        "Trey Research",
        "9d7c3b52-6e0a-4f81-b2d4-5a8f1c6e7d06",
        ("treyresearch.example",),
        "US",
        ("Dana Kim", "CIO", "dana.kim@treyresearch.example"),
    ),
    DemoTenant(
        "Litware",
        "51e0a7f9-8b3d-4c26-9e74-3f6d2b8c1a07",
        ("litware.example",),
        "IT",
        ("Luca Ferri", "Responsabile sistemi", "luca.ferri@litware.example"),
        (
            DemoSubscription("8e4a6c20-1b7d-4f95-a3c8-2d6f9e0b7a41", "D365_BC", seats=60, ends_in_days=25),
            DemoSubscription("8e4a6c20-1b7d-4f95-a3c8-2d6f9e0b7a42", "D365_FIN", seats=45, ends_in_days=280),
        ),
    ),
    DemoTenant(
        "Proseware",
        "b37d5e16-2a9c-4e70-8d4f-6c1b9f0e3a08",
        ("proseware.example",),
        "IT",
        ("Paola Greco", "Office manager", "paola.greco@proseware.example"),
    ),
)

MIGRATIONS = (
    DemoMigration("Contoso Consulting", "8e4a6c20-1b7d-4f95-a3c8-2d6f9e0b7a41", 700),
    DemoMigration("Contoso Consulting", "8e4a6c20-1b7d-4f95-a3c8-2d6f9e0b7a42", 500),
)
