"""Bare views: one statement written by hand for what a page must fetch, one plain template to print it."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

ROWS_A_PAGE = {"partner": 25, "reviewer": 50}
CLAIMS = """
    SELECT c.id, c.name, c.domain_name, t.name, c.status, c.changed_at, c.opt_out_closes_at,
        (SELECT string_agg(p.name, ', ') FROM associations_claimedproduct i
            JOIN associations_product p ON p.id = i.product_id WHERE i.claim_id = c.id)
    FROM associations_claim c JOIN associations_customertenant t ON t.id = c.tenant_id
"""
OF_A_PARTNER = CLAIMS + "WHERE c.partner_id = %s ORDER BY c.id DESC LIMIT %s"
NEWEST = CLAIMS + "WHERE c.submitted_at IS NOT NULL ORDER BY c.id DESC LIMIT %s"
PARTS = (
    "SELECT c.*, t.name, t.tenant_id, l.mpn_id, p.name FROM associations_claim c"
    " JOIN associations_customertenant t ON t.id = c.tenant_id JOIN associations_partner p ON p.id = c.partner_id"
    " JOIN associations_partnerlocation l ON l.id = c.location_id WHERE c.id = %s",
    "SELECT i.id, p.name, p.code FROM associations_claimedproduct i JOIN associations_product p ON p.id = i.product_id"
    " WHERE i.claim_id = %s",
    "SELECT kind, name, title, email FROM associations_contact WHERE claim_id = %s",
    "SELECT number, contact_name, opens_at, closes_at FROM associations_customernotice WHERE claim_id = %s",
    "SELECT at, kind, actor_name, note FROM associations_claimevent WHERE claim_id = %s ORDER BY id",
)


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def claims_of_a_partner(request: HttpRequest, partner_id: int) -> HttpResponse:
    """The newest claims of a partner: as many rows as a page of the partner's list."""
    return render(request, "claims.html", {"rows": _fetch(OF_A_PARTNER, partner_id, ROWS_A_PAGE["partner"])})


def all_claims(request: HttpRequest) -> HttpResponse:
    """The newest claims of all: as many rows as a page of the reviewers' list."""
    return render(request, "claims.html", {"rows": _fetch(NEWEST, ROWS_A_PAGE["reviewer"])})


@login_required
def one_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """What a claim page must fetch, by five indexed queries, for somebody whose session says who they are."""
    return render(request, "claim.html", {"parts": [_fetch(part, claim_id) for part in PARTS]})


def _fetch(statement: str, *facts: int) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        rows: list[tuple[object, ...]] = cursor.fetchall()
    return rows
