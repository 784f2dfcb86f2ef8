"""Bare views: one statement written by hand for what a page must fetch, one plain template to print it."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

ROWS_A_PAGE = {"partner": 25, "reviewer": 50}
# What stands in the columns of the partner's list, and of the reviewers' (domain.md 6.1).
PARTNERS = """
    SELECT c.id, c.public_id, c.name, t.name, c.domain_name, t.tenant_id, c.solution_area,
        c.activity_codes, c.item_count, i.names, l.mpn_id, l.name,
        c.status, i.ended_at, c.answer_due_at, c.consent_status, c.opt_out_closes_at,
        (SELECT m.status FROM associations_customernotice n JOIN notifications_outboxemail m ON m.id = n.email_id
            WHERE n.claim_id = c.id AND n.revoked_at IS NULL LIMIT 1),
        u.full_name, c.created_at, c.submitted_at, c.changed_at
    FROM associations_claim c JOIN associations_customertenant t ON t.id = c.tenant_id
    JOIN associations_partnerlocation l ON l.id = c.location_id JOIN accounts_user u ON u.id = c.created_by_id,
    LATERAL (SELECT string_agg(p.name, ', ' ORDER BY p.name) AS names, max(a.ended_at) AS ended_at
        FROM associations_claimedproduct i JOIN associations_product p ON p.id = i.product_id
        LEFT JOIN associations_association a ON a.id = i.association_id WHERE i.claim_id = c.id) i
    WHERE c.partner_id = %s ORDER BY c.id DESC LIMIT %s
"""
REVIEWERS = """
    SELECT c.id, c.name, t.name, c.domain_name, p.name, c.status, c.has_competing_claim, c.submitted_at,
        c.review_due_at, c.consent_status, c.opt_out_closes_at, u.full_name
    FROM associations_claim c JOIN associations_customertenant t ON t.id = c.tenant_id
    JOIN associations_partner p ON p.id = c.partner_id LEFT JOIN accounts_user u ON u.id = c.reviewer_id
    WHERE c.submitted_at IS NOT NULL ORDER BY c.id DESC LIMIT %s
"""
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
    """The newest claims of a partner: the rows and columns of a page of the partner's list."""
    return render(request, "partners.html", {"rows": _fetch(PARTNERS, partner_id, ROWS_A_PAGE["partner"])})


def all_claims(request: HttpRequest) -> HttpResponse:
    """The newest claims of all: the rows and columns of a page of the reviewers' list."""
    return render(request, "reviewers.html", {"rows": _fetch(REVIEWERS, ROWS_A_PAGE["reviewer"])})


@login_required
def one_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Fetch the data of a claim page by five indexed queries, for somebody whose session says who they are."""
    return render(request, "claim.html", {"parts": [_fetch(part, claim_id) for part in PARTS]})


def _fetch(statement: str, *facts: int) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        rows: list[tuple[object, ...]] = cursor.fetchall()
    return rows
