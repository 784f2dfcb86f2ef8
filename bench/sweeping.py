"""The sweep of due claims."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from statistics import median

from django.conf import settings
from django.db import connection, transaction

from associations.models import Association, Claim, ClaimedProduct, ClaimEvent
from associations.services.association.approval import approve_unopposed_claims
from bench.copying import vacuum
from bench.data import due_at
from bench.measuring import Figure, longest_transaction, memory, seconds
from bench.sizes import Size
from notifications.models import Notification, OutboxEmail
from operations.warm_up import warm_up

BATCH = 1_000
WRITTEN = (ClaimEvent, Association, OutboxEmail, Notification)

DUE = """
    SELECT id FROM associations_claim WHERE consent_status = 'sent' AND opt_out_closes_at <= %s
    AND status IN ('submitted', 'under_review', 'awaiting_customer') AND NOT has_competing_claim
    AND (NOT requires_validation OR review_outcome = 'validated')
    ORDER BY opt_out_closes_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
"""
# Hashes and seals are those of `rules.history_chain`, for lines that say nothing of people.
EVENTS = """
    INSERT INTO associations_claimevent (claim_id, kind, from_status, to_status, actor_role, actor_name, note, details,
        at, previous_hash, hash, personal_salt, personal_digest)
    SELECT c.id, line.*
    FROM associations_claim c
    CROSS JOIN LATERAL (SELECT replace(gen_random_uuid()::text, '-', '') AS closed,
        replace(gen_random_uuid()::text, '-', '') AS approved, c.id) salt
    CROSS JOIN LATERAL (SELECT
        encode(sha256(convert_to('["' || salt.closed || '",{"actor_name":"","details":{},"note":""}]', 'UTF8')),
            'hex') AS closed,
        encode(sha256(convert_to('["' || salt.approved || '",{"actor_name":"","details":{},"note":""}]', 'UTF8')),
            'hex') AS approved
    ) seal
    CROSS JOIN LATERAL (SELECT encode(sha256(convert_to('["' || c.history_head || '","' || %(at)s
        || '",{"actor_id":null,"actor_role":"portal","claim_id":' || c.id
        || ',"details":{},"from_status":"","kind":"window_closed","personal":"' || seal.closed
        || '","to_status":""}]', 'UTF8')), 'hex') AS hash
    ) closed
    CROSS JOIN LATERAL (SELECT encode(sha256(convert_to('["' || closed.hash || '","' || %(at)s
        || '",{"actor_id":null,"actor_role":"portal","claim_id":' || c.id
        || ',"details":{},"from_status":"' || c.status
        || '","kind":"approve","personal":"' || seal.approved || '","to_status":"approved"}]', 'UTF8')), 'hex') AS hash
    ) approved
    CROSS JOIN LATERAL (VALUES
        ('window_closed', '', '', 'portal', '', '', '{}'::jsonb, %(now)s::timestamptz, c.history_head, closed.hash,
            salt.closed, seal.closed),
        ('approve', c.status, 'approved', 'portal', '', '', '{}'::jsonb, %(now)s::timestamptz, closed.hash,
            approved.hash, salt.approved, seal.approved)
    ) line
    WHERE c.id = ANY(%(ids)s)
    RETURNING claim_id, kind, hash
"""
CLAIMS = """
    WITH written AS (EVENTS)
    UPDATE associations_claim c SET status = 'approved', consent_status = 'no_objection', changed_at = %(now)s,
        closed_at = %(now)s, history_head = written.hash
    FROM written WHERE written.kind = 'approve' AND c.id = written.claim_id
""".replace("EVENTS", EVENTS)
ASSOCIATIONS = """
    WITH made AS (
        INSERT INTO associations_association (partner_id, tenant_id, product_id, subscription_id, activity_codes,
            is_migrated, starts_at, end_reason)
        SELECT c.partner_id, c.tenant_id, i.product_id, i.subscription_id, c.activity_codes,
            false, %(now)s, ''
        FROM associations_claim c JOIN associations_claimedproduct i ON i.claim_id = c.id WHERE c.id = ANY(%(ids)s)
        RETURNING id, tenant_id, product_id
    )
    UPDATE associations_claimedproduct i SET association_id = made.id
    FROM made JOIN associations_claim c ON c.tenant_id = made.tenant_id
    WHERE i.claim_id = c.id AND i.product_id = made.product_id AND c.id = ANY(%(ids)s)
"""
MAILS = r"""
    INSERT INTO notifications_outboxemail (key, template, locale, "to", cc, reply_to, context, secret, carries_secret,
        status, attempts, due_at, last_error, message_id, subject, text, html, created_at)
    SELECT 'claim:' || c.id || mail.key, mail.template, mail.locale, mail.addresses, '[]', '',
        jsonb_build_object('claim_number', 'CPOR-' || lpad(c.id::text, 7, '0'), 'claim_name', c.name,
            'partner_name', p.name, 'mpn_id', l.mpn_id, 'partner_contact_name', ours.name,
            'partner_contact_email', ours.email, 'customer_name', t.name, 'domain_name', c.domain_name,
            'tenant_id', t.tenant_id, 'solution_area', 'Microsoft 365', 'activities', jsonb_build_array(mail.usage),
            'items', items.names, 'is_revenue', c.activity_codes LIKE '%%REVENUE %%', 'reasons', '[]'::jsonb,
            'business_days', c.opt_out_business_days, 'zone', c.window_zone, 'customers_url', %(url)s || '/customers/',
            'starts_at', %(at)s) || mail.more,
        '', false, 'queued', 0, %(now)s, '', '<' || gen_random_uuid() || '@portal.example>', '', '', '', %(now)s
    FROM associations_claim c
    JOIN associations_partner p ON p.id = c.partner_id
    JOIN associations_partnerlocation l ON l.id = c.location_id
    JOIN associations_customertenant t ON t.id = c.tenant_id
    JOIN associations_contact ours ON ours.claim_id = c.id AND ours.kind = 'partner'
    JOIN associations_contact theirs ON theirs.claim_id = c.id AND theirs.kind = 'customer'
    JOIN accounts_user author ON author.id = c.submitted_by_id
    CROSS JOIN LATERAL (
        SELECT jsonb_agg(product.name ORDER BY product.name) AS names FROM associations_claimedproduct i
        JOIN associations_product product ON product.id = i.product_id WHERE i.claim_id = c.id
    ) items
    CROSS JOIN LATERAL (VALUES
        (':approved', 'claim_approved', 'en', jsonb_build_array(ours.email, author.email), 'Usage',
            jsonb_build_object('claim_url', %(url)s || '/associations/' || c.public_id || '/')),
        (':active', 'association_active', theirs.language, jsonb_build_array(theirs.email), 'Utilizzo',
            jsonb_build_object('contact_name', theirs.name))
    ) mail (key, template, locale, addresses, usage, more)
    WHERE c.id = ANY(%(ids)s)
"""
NOTIFICATIONS = """
    INSERT INTO notifications_notice (user_id, key, kind, context, url, is_mandatory, created_at)
    SELECT m.user_id, 'claim:' || c.id || ':approved', 'claim_approved', jsonb_build_object('claim_number',
        'CPOR-' || lpad(c.id::text, 7, '0'), 'customer_name', t.name), '/associations/' || c.public_id || '/', false,
        %(now)s
    FROM associations_claim c
    JOIN associations_customertenant t ON t.id = c.tenant_id
    JOIN associations_partnermember m ON m.partner_id = c.partner_id AND m.all_locations
        AND m.role IN ('incentives_admin', 'incentives_user')
    JOIN accounts_user u ON u.id = m.user_id AND u.is_active
    WHERE c.id = ANY(%(ids)s)
"""
STATEMENTS = (ASSOCIATIONS, MAILS, NOTIFICATIONS, CLAIMS)


def sweep_due_claims(size: Size) -> Iterator[Figure]:
    """Approve all due claims: status, two lines of History, an association per item, two mails, notifications.

    Floor: the same rows written by set-based SQL, one statement per table and batch of 1,000, hashes made in the
    database. Portal and floor take turns on claims of the same kind.
    """
    warm_up()  # as a worker does when it starts
    shares, held, longest = [], [memory()], 0.0
    for turn in range(0, 2 * size.rounds, 2):
        before = _rows()
        with longest_transaction() as watched:
            ours = seconds(partial(approve_unopposed_claims, now=_just_after(turn)))
        written = _rows() - before
        held.append(memory())
        floors = seconds(partial(_write_by_hand, _just_after(turn + 1)))
        _require_same(written, _rows() - before - written)
        shares.append(floors / ours)
        longest = max(longest, watched.seconds)
        vacuum(Claim, ClaimedProduct)
    yield Figure(
        work=f"sweep of {size.due_claims:,} due claims",
        floor="set-based SQL in batches of 1,000 that writes the same rows",
        ratio=median(shares),
        budget=0.3,
        wants_more=True,
        note=f"memory grew by {held[-1] - held[1]:.0f} MB between the first and the last of {size.rounds} turns",
    )
    yield Figure(
        work="longest transaction of that sweep, so longest lock", floor="one second", ratio=longest, budget=1.0
    )


def _just_after(turn: int) -> datetime:
    return due_at(turn) + timedelta(seconds=1)


def _rows() -> int:
    return sum(model._default_manager.count() for model in WRITTEN)


def _require_same(ours: int, floors: int) -> None:
    if ours != floors or not ours:
        raise RuntimeError(f"The sweep wrote {ours} rows and its floor {floors}: that is not the same work.")


def _write_by_hand(now: datetime) -> None:
    while _write_a_batch(now):
        continue


@transaction.atomic
def _write_a_batch(now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(DUE, [now, BATCH])
        ids = [pk for (pk,) in cursor.fetchall()]
        facts = {"ids": ids, "now": now, "at": now.isoformat(), "url": settings.PORTAL_URL}
        for statement in STATEMENTS if ids else ():
            cursor.execute(statement, facts)
    return len(ids)
