"""The wizard, from the customer's domain name to the filed claim."""

import re
import time
from collections.abc import Iterator
from html import unescape
from statistics import median
from uuid import uuid4

from django.urls import reverse

from accounts.models import User
from associations.choices import ListedBy
from associations.models import Claim, CustomerTenant, Product, TenantDomain
from bench.data import BIG_PARTNER
from bench.files import pdf
from bench.measuring import Figure
from bench.ports import free_port
from bench.serving import FLOOR, PORTAL, Browser, server, signed_in
from bench.sizes import Size

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
MPN_ID = str(4_000_000 + BIG_PARTNER)
PDF = pdf(length=20_000)
PEOPLE = {
    "customer_name": "Carla Bianchi",
    "customer_title": "Head of IT",
    "customer_language": "en",
    "partner_name": "Paolo Rossi",
    "partner_email": "paolo@partner1.example",
}


def file_claims(size: Size) -> Iterator[Figure]:
    """File claims: the seven posts of the wizard, each with everything it checks; to open the forms is not counted.

    Floor: seven posts to plain forms behind a session that write the same rows and ask no rule. In turns.
    """
    author = User.objects.get(memberships__partner=BIG_PARTNER)
    products = dict(Product.objects.filter(code__in=("EXO", "TEAMS")).values_list("code", "pk"))
    ours, bare = [], []
    with server(PORTAL, port=free_port()) as portal, server(FLOOR, port=free_port()) as floor:
        person, nobody = signed_in(author, port=portal), signed_in(author, port=floor)
        for _ in range(size.requests + 1):
            ours.append(_file(person, products, domain_name=_new_customer()))
            bare.append(_file_bare(nobody, products, domain_name=_new_customer()))
    yield Figure(
        work="whole wizard, 7 posts",
        floor="7 plain forms behind a session that write the same rows",
        ratio=median(ours[1:]) / median(bare[1:]),
        budget=2.5,
    )


def _new_customer() -> str:
    """Make a customer that nobody has claimed, and return its domain name."""
    tenant = CustomerTenant.objects.create(tenant_id=uuid4(), name="Contoso", country="IT")
    facts = {"domain_name": f"{tenant.tenant_id}.example", "listed_by": ListedBy.ADMIN}
    return TenantDomain.objects.create(tenant=tenant, **facts).domain_name


def _file(person: Browser, products: dict[str, int], *, domain_name: str) -> float:
    """Go through the wizard, and return the seconds that its posts took."""
    spent = _fill_in(person, reverse("start_claim"), {"location": MPN_ID, "domain_name": domain_name})
    claim = Claim.objects.latest("pk")
    steps = {
        "work": {"solution_area": "M365"},
        "details": {"name": f"Adoption {claim.pk}"},
        "products": {f"product_{pk}": "on" for pk in products.values()},
        "contacts": PEOPLE | {"customer_email": f"carla@{domain_name}"},
    }
    for step, facts in steps.items():
        spent += _fill_in(person, reverse("claim_step", args=[claim.public_id, step]), facts)
    spent += _fill_in(person, reverse("claim_step", args=[claim.public_id, "proof"]), {}, files={"proofs": PDF})
    spent += _fill_in(
        person, reverse("claim_check", args=[claim.public_id]), {"data_is_right": "on", "customer_knows": "on"}
    )
    claim.refresh_from_db()
    if claim.submitted_at is None:
        raise RuntimeError("The wizard did not file the claim.")
    return spent


def _fill_in(person: Browser, path: str, facts: dict[str, str], *, files: dict[str, bytes] | None = None) -> float:
    """Open a form, fill it in, and return the seconds that its post took."""
    hidden = {name: unescape(value) for name, value in HIDDEN.findall(person.get(path))}
    started = time.perf_counter()
    person.post(path, hidden | facts, files=files)
    return time.perf_counter() - started


def _file_bare(nobody: Browser, products: dict[str, int], *, domain_name: str) -> float:
    """Go through the bare forms, and return the seconds that they took."""
    forms: list[tuple[dict[str, str], dict[str, bytes]]] = [
        ({"solution_area": "M365"}, {}),
        ({"name": "Adoption"}, {}),
        ({"first": str(products["EXO"]), "second": str(products["TEAMS"])}, {}),
        (PEOPLE | {"customer_email": f"carla@{domain_name}"}, {}),
        ({}, {"proofs": PDF}),
        ({"data_is_right": "on"}, {}),
    ]
    started = time.perf_counter()
    following = nobody.post("/start/", {"location": MPN_ID, "domain_name": domain_name})
    for facts, files in forms:
        following = nobody.post(following, facts, files=files)
    return time.perf_counter() - started
