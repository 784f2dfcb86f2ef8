"""The claims of the demo world as data, in every status.

One waits until its contact is confirmed, one was handed over to a colleague, and one was filed under the first domain
name of its tenant, with a contact at another one.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class DemoClaim:
    """One claim and how far it has come; *days_ago* is when it was filed, or last changed for a draft."""

    name: str
    partner: str
    mpn_id: str
    domain_name: str
    products: tuple[str, ...]
    story: str
    days_ago: int
    activities: frozenset[str] = field(default_factory=lambda: frozenset({"usage"}))
    language: str = "it"
    # Name, job title, email and why it isn't at the customer's domain; the tenant's own contact when empty.
    contact: tuple[str, str, str, str] | None = None


CLAIMS = (
    DemoClaim(
        "Northwind adoption",
        "Contoso Consulting",
        "1234567",
        "northwindtraders.example",
        ("EXO", "TEAMS"),
        "approved",
        21,
    ),
    DemoClaim(
        "Northwind security",
        "Contoso Consulting",
        "1234567",
        "northwindtraders.example",
        ("MDO", "MDE"),
        "submitted",
        0,
    ),
    DemoClaim(
        "Alpine deployment",
        "Contoso Consulting",
        "1234567",
        "alpineskihouse.example",
        ("SPO", "INTUNE"),
        "under_review",
        1,
    ),
    DemoClaim(
        "Litware Teams",
        "Contoso Consulting",
        "4847383",
        "litware.example",
        ("TEAMS", "M365APPS"),
        "action_required",
        3,
    ),
    DemoClaim(
        "Proseware mail", "Contoso Consulting", "4847383", "proseware.example", ("EXO",), "awaiting_customer", 2
    ),
    DemoClaim(
        "Trey Research apps",
        "Contoso Consulting",
        "6363276",
        "treyresearch.example",
        ("M365APPS",),
        "declined",
        9,
        language="en",
    ),
    DemoClaim("Litware security", "Contoso Consulting", "4847383", "litware.example", ("AADP", "AIP"), "rejected", 12),
    DemoClaim("Proseware Yammer", "Contoso Consulting", "1234567", "proseware.example", ("YAMMER",), "withdrawn", 6),
    DemoClaim(
        "Adventure Works sales",
        "Contoso Consulting",
        "1234567",
        "adventure-works.example",
        ("D365_SALES",),
        "submitted",
        0,
        frozenset({"usage", "presales"}),
    ),
    DemoClaim(
        "Wide World revenue",
        "Contoso Consulting",
        "6363276",
        "wideworldimporters.example",
        ("PBI",),
        "approved",
        25,
        frozenset({"revenue"}),
        "en",
    ),
    DemoClaim("Alpine Ski House 2", "Contoso Consulting", "1234567", "alpineskihouse.example", ("EXO",), "draft", 8),
    DemoClaim(
        "Tailspin service",
        "Fabrikam Services",
        "5550123",
        "tailspintoys.example",
        ("D365_CS",),
        "approved",
        30,
        language="en",
    ),
    DemoClaim(
        "Northwind devices", "Fabrikam Services", "5550123", "northwindtraders.example", ("INTUNE",), "under_review", 1
    ),
    DemoClaim(
        "Tailspin devices",
        "Contoso Consulting",
        "6363276",
        "tailspintoys.example",
        ("INTUNE",),
        "disputed",
        4,
        language="en",
    ),
    DemoClaim(
        "Trey Research mail",
        "Contoso Consulting",
        "6363276",
        "treyresearch.example",
        ("EXO",),
        "rejected_final",
        20,
        language="en",
    ),
    DemoClaim(
        "Northwind Intune", "Contoso Consulting", "1234567", "northwindtraders.example", ("INTUNE",), "submitted", 0
    ),
    DemoClaim(
        "Wide World Teams",
        "Contoso Consulting",
        "6363276",
        "wideworldimporters.example",
        ("TEAMS",),
        "customer_wrote",
        1,
        language="en",
    ),
    DemoClaim(
        "Tailspin security",
        "Contoso Consulting",
        "6363276",
        "tailspintoys.example",
        ("MDO",),
        "submitted",
        1,
        language="en",
        contact=(
            "Oliver Grant",
            "IT manager",
            "oliver.grant@grant-it.example",
            "Grant IT runs the customer's IT department.",
        ),
    ),
    DemoClaim("Litware mail", "Fabrikam Services", "5550123", "litware.example", ("EXO",), "submitted", 1),
    DemoClaim("Alpine devices", "Fabrikam Services", "5550123", "alpineskihouse.example", ("MDE",), "submitted", 1),
    DemoClaim("Proseware identity", "Fabrikam Services", "5550123", "proseware.example", ("AADP",), "submitted", 0),
    DemoClaim(
        "Trey Research sites",
        "Fabrikam Services",
        "5550123",
        "treyresearch.example",
        ("SPO",),
        "submitted",
        0,
        language="en",
    ),
    DemoClaim(
        "Tailspin mail",
        "Fabrikam Services",
        "5550123",
        "tailspintoys.example",
        ("EXO",),
        "submitted",
        0,
        language="en",
    ),
    DemoClaim(
        "Adventure Works mail",
        "Contoso Consulting",
        "1234567",
        "adventure-works.example",
        ("EXO", "TEAMS"),
        "approved",
        420,
    ),
    DemoClaim(
        "Wide World sales",
        "Contoso Consulting",
        "6363276",
        "wideworldimporters.example",
        ("D365_SALES",),
        "approved",
        310,
    ),
    DemoClaim("Litware documents", "Contoso Consulting", "4847383", "litware.example", ("SPO",), "approved", 150),
    DemoClaim(
        "Trey Research Teams", "Fabrikam Services", "5550123", "treyresearch.example", ("TEAMS",), "approved", 400
    ),
    DemoClaim("Proseware documents", "Contoso Consulting", "4847383", "proseware.example", ("SPO",), "ended", 90),
    DemoClaim("Proseware phones", "Contoso Consulting", "1234567", "proseware.example", ("INTUNE",), "bounced", 1),
    DemoClaim("Litware devices", "Contoso Consulting", "4847383", "litware.example", ("MDE",), "on_hold", 12),
    DemoClaim("Proseware Teams", "Contoso Consulting", "1234567", "proseware.example", ("TEAMS",), "handed_over", 1),
    DemoClaim(
        "Adventure Works devices",
        "Contoso Consulting",
        "1234567",
        "adventureworks.onmicrosoft.com",
        ("INTUNE",),
        "submitted",
        0,
    ),
)
