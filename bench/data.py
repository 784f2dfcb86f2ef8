"""The world a run is made on: partners, customers and claims with their items, people, history and associations.

Everything follows from the number of the claim, so that two runs have the same rows. Claim number n is the big
partner's when n is a multiple of `Size.every`. This History has no hashes; what a benchmark adds is chained.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import connection, transaction
from psycopg2 import sql

from accounts.models import User
from associations.choices import ClaimStatus, ContactKind, EventKind, ListedBy, MemberRole
from associations.models import (
    Association,
    Claim,
    ClaimedProduct,
    ClaimEvent,
    Contact,
    CustomerNotice,
    CustomerTenant,
    LocationEnrolment,
    Partner,
    PartnerLocation,
    PartnerMember,
    Product,
    Subscription,
    TenantDomain,
)
from bench.copying import Row, bare_tables, copy_rows
from bench.sizes import Size
from guides.editions import edition_in_force
from notifications.models import OutboxEmail

TODAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
BIG_PARTNER = 1
RARE_WORD, COMMON_WORD = "zanzibar", "contoso"
WORDS = (
    "contoso",
    "fabrikam",
    "northwind",
    "adatum",
    "tailspin",
    "wingtip",
    "litware",
    "proseware",
    "woodgrove",
    "lucerne",
)
WORKLOADS = (("EXO", "TEAMS"), ("SPO", "YAMMER"))

# Out of every hundred claims: decided ones are the most.
STATUS_OF = (
    [ClaimStatus.APPROVED] * 70
    + [ClaimStatus.REJECTED] * 8
    + [ClaimStatus.REJECTED_FINAL] * 2
    + [ClaimStatus.CANCELLED] * 5
    + [ClaimStatus.DRAFT] * 3
    + [ClaimStatus.SUBMITTED] * 4
    + [ClaimStatus.UNDER_REVIEW] * 3
    + [ClaimStatus.ACTION_REQUIRED] * 2
    + [ClaimStatus.AWAITING_CUSTOMER] * 2
    + [ClaimStatus.DISPUTED]
)
CLOSED = {ClaimStatus.APPROVED, ClaimStatus.REJECTED, ClaimStatus.REJECTED_FINAL, ClaimStatus.CANCELLED}
WAITING = {ClaimStatus.SUBMITTED, ClaimStatus.UNDER_REVIEW, ClaimStatus.ACTION_REQUIRED, ClaimStatus.AWAITING_CUSTOMER}
CLAIM_COLUMNS = (
    "id",
    "public_id",
    "partner_id",
    "location_id",
    "domain_name",
    "tenant_id",
    "guide_id",
    "solution_area",
    "activity_codes",
    "name",
    "status",
    "consent_status",
    "created_at",
    "created_by_id",
    "changed_at",
    "submitted_at",
    "submitted_by_id",
    "review_due_at",
    "answer_due_at",
    "closed_at",
    "opt_out_opens_at",
    "opt_out_closes_at",
    "window_zone",
    "search_text",
)


def guid(number: int) -> UUID:
    """Return an identifier that follows from *number* and looks like chance."""
    return UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128)


def word_of(claim: int, size: Size) -> str:
    return RARE_WORD if claim % (size.claims // 5) == 0 else WORDS[claim % len(WORDS)]


def partner_of(claim: int, size: Size) -> int:
    if claim % size.every == 0:
        return BIG_PARTNER
    return 2 + claim * 2_654_435_761 % 2**32 % (size.partners - 1)


def status_of(claim: int) -> ClaimStatus:
    return STATUS_OF[claim * 7_919 // 10 % 100]


def filed_at(claim: int, size: Size) -> datetime:
    """The claims were filed over three years, the newest yesterday."""
    return TODAY - timedelta(days=1, seconds=(size.claims - claim) * (3 * 365 * 86_400 // size.claims))


def due_numbers(size: Size) -> range:
    """Return the claims that wait for a sweep; the portal and its floor have a half each, in turns."""
    return range(size.claims + 1, size.claims + 2 * size.due_claims + 1)


def due_turn(claim: int, size: Size) -> int:
    return (claim - size.claims - 1) * size.rounds // size.due_claims


def due_at(turn: int) -> datetime:
    """Return when the windows of one turn close: before those of every other claim."""
    return TODAY - timedelta(days=100 - turn)


EVERYTHING = (
    User,
    Partner,
    PartnerLocation,
    PartnerMember,
    LocationEnrolment,
    CustomerTenant,
    TenantDomain,
    Subscription,
    Claim,
    ClaimedProduct,
    Contact,
    ClaimEvent,
    Association,
    OutboxEmail,
    CustomerNotice,
)


def clear() -> None:
    """Empty the database, but for what the migrations loaded."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Past triggers and foreign keys: TRUNCATE would take the program guide along, which names who published it.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in EVERYTHING:
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(model._meta.db_table)))


def build(size: Size) -> None:
    """Fill the empty database."""
    products = dict(Product.objects.values_list("code", "pk"))
    guide_id = edition_in_force(now=TODAY).id
    with bare_tables(*EVERYTHING):
        _copy_people(size)
        _copy_customers(size)
        copy_rows(Claim, CLAIM_COLUMNS, _claims(size, guide_id=guide_id))
        copy_rows(ClaimedProduct, ("id", "claim_id", "product_id"), _items(size, products))
        contact_columns = ("claim_id", "kind", "name", "title", "email", "language")
        copy_rows(Contact, contact_columns, _contacts(size))
        event_columns = ("claim_id", "kind", "to_status", "actor_role", "actor_id", "at")
        copy_rows(ClaimEvent, event_columns, _events(size))
        _copy_notices(size)
        _associate_approved()


def _copy_people(size: Size) -> None:
    numbers = range(1, size.partners + 1)
    copy_rows(
        User,
        ("id", "password", "email", "full_name", "date_joined"),
        ((n, "!", f"admin{n}@partner{n}.example", f"Person {n}", TODAY) for n in numbers),
    )
    names = ((n, f"Partner {n} S.p.A.", f"partner {n} s.p.a.", 6_000_000 + n) for n in numbers)
    copy_rows(Partner, ("id", "name", "folded_name", "global_mpn_id"), names)
    location_columns = ("id", "partner_id", "mpn_id", "name", "country")
    copy_rows(PartnerLocation, location_columns, ((n, n, 4_000_000 + n, f"Partner {n} Milano", "IT") for n in numbers))
    members = ((n, n, n, MemberRole.INCENTIVES_ADMIN.value, "t") for n in numbers)
    copy_rows(PartnerMember, ("id", "user_id", "partner_id", "role", "all_locations"), members)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO associations_locationenrolment (location_id, program_id, status)"
            " SELECT l.id, p.id, 'enrolled' FROM associations_partnerlocation l, associations_incentiveprogram p"
        )


def _copy_customers(size: Size) -> None:
    numbers = [*range(1, size.claims // 2 + 1), *due_numbers(size)]
    tenants = (
        (n, guid(n), f"{word.title()} {n}", f"{word} {n}", "IT") for n in numbers for word in [word_of(2 * n, size)]
    )
    copy_rows(CustomerTenant, ("id", "tenant_id", "name", "folded_name", "country"), tenants)
    domains = ((n, n, f"customer{n}.example", ListedBy.ADMIN.value) for n in numbers)
    copy_rows(TenantDomain, ("id", "tenant_id", "domain_name", "listed_by"), domains)


def _claims(size: Size, *, guide_id: int | None) -> Iterator[Row]:
    claim = partial(_claim, guide_id=guide_id, size=size)
    for n in range(1, size.claims + 1):
        yield claim(n, tenant=(n + 1) // 2, status=status_of(n), filed=filed_at(n, size), closes=None)
    for n in due_numbers(size):
        closes = due_at(due_turn(n, size))
        yield claim(n, tenant=n, status=ClaimStatus.SUBMITTED, filed=closes - timedelta(days=7), closes=closes)


def _claim(
    n: int,
    *,
    tenant: int,
    status: ClaimStatus,
    filed: datetime,
    closes: datetime | None,
    guide_id: int | None,
    size: Size,
) -> Row:
    partner = partner_of(n, size)
    is_filed = status != ClaimStatus.DRAFT
    is_decided = status in CLOSED
    answer = "no_objection" if status == ClaimStatus.APPROVED else "sent" if status in WAITING else "not_sent"
    ends = closes or (filed + timedelta(days=7) if is_decided else TODAY + timedelta(days=1 + n % 9))
    name = f"{word_of(n, size).title()} adoption {n}"
    customer = f"{word_of(2 * tenant, size)} {tenant}"
    text = f"cpor-{n:07d} {name.lower()} customer{tenant}.example {customer} {guid(tenant)}"
    return (
        n,
        guid(n),
        partner,
        partner,
        f"customer{tenant}.example",
        tenant,
        guide_id,
        "M365",
        " M365_USAGE ",
        name,
        status.value,
        answer,
        filed,
        partner,
        ends if is_decided else filed,
        filed if is_filed else None,
        partner if is_filed else None,
        filed + timedelta(days=7) if is_filed else None,
        TODAY + timedelta(days=3) if is_filed else None,
        ends if is_decided else None,
        filed if is_filed else None,
        ends if is_filed else None,
        "Europe/Rome",
        text,
    )


def _items(size: Size, products: dict[str, int]) -> Iterator[Row]:
    for n in (*range(1, size.claims + 1), *due_numbers(size)):
        for place, code in enumerate(WORKLOADS[n % 2]):
            yield 2 * n + place, n, products[code]


def _contacts(size: Size) -> Iterator[Row]:
    for n in range(1, size.claims + 1):
        yield from _people(n, tenant=(n + 1) // 2, partner=partner_of(n, size))
    for n in due_numbers(size):
        yield from _people(n, tenant=n, partner=partner_of(n, size))


def _people(n: int, *, tenant: int, partner: int) -> Iterator[Row]:
    yield n, ContactKind.CUSTOMER.value, "Carla Bianchi", "Head of IT", f"it@customer{tenant}.example", "it"
    yield n, ContactKind.PARTNER.value, "Paolo Rossi", "", f"desk@partner{partner}.example", ""


def _events(size: Size) -> Iterator[Row]:
    kinds = (
        EventKind.CREATED,
        EventKind.CHANGED,
        EventKind.SUBMITTED,
        EventKind.NOTICE_QUEUED,
        EventKind.WINDOW_OPENED,
    )
    for n in range(1, size.claims + 1):
        partner, at = partner_of(n, size), filed_at(n, size)
        for kind in kinds[: size.events_a_claim]:
            reached = "submitted" if kind == EventKind.SUBMITTED else ""
            yield n, kind.value, reached, "incentives_admin", partner, at


def _copy_notices(size: Size) -> None:
    """Give the big partner's filed claims the notice that their customers got."""
    filed = [n for n in range(size.every, size.claims + 1, size.every) if status_of(n) != ClaimStatus.DRAFT]
    mail_columns = ("id", "key", "template", "locale", "to", "status", "due_at", "sent_at", "created_at", "message_id")
    mails = (
        (n, f"claim:{n}:notice:1", "customer_notice", "it", '["it@customer.example"]', "sent", at, at, at, f"<{n}@b>")
        for n in filed
        for at in [filed_at(n, size)]
    )
    copy_rows(OutboxEmail, mail_columns, mails)
    notice_columns = (
        "claim_id",
        "number",
        "contact_name",
        "contact_email",
        "language",
        "token_digest",
        "email_id",
        "queued_at",
        "opens_at",
        "closes_at",
    )
    notices = (
        (n, 1, "Carla Bianchi", "it@customer.example", "it", f"{n:064x}", n, at, at, at + timedelta(days=7))
        for n in filed
        for at in [filed_at(n, size)]
    )
    copy_rows(CustomerNotice, notice_columns, notices)


def _associate_approved() -> None:
    """Give the items of approved claims their associations, one to one, under the item's own number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO associations_association (id, partner_id, tenant_id, product_id, activity_codes,"
            " is_migrated, starts_at, end_reason)"
            " SELECT i.id, c.partner_id, c.tenant_id, i.product_id, c.activity_codes, false, c.closed_at, ''"
            " FROM associations_claimedproduct i JOIN associations_claim c ON c.id = i.claim_id"
            " WHERE c.status = 'approved'"
        )
        cursor.execute(
            "UPDATE associations_claimedproduct i SET association_id = i.id FROM associations_claim c"
            " WHERE c.id = i.claim_id AND c.status = 'approved'"
        )
