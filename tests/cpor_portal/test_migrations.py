"""A database of the release before (dd03dd3) becomes what the squashed migrations make of an empty one."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps.registry import Apps
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from associations.choices import ClaimStatus
from associations.models import Association, Claim, ClaimEvent, Comment, IncentiveProgram, Product
from associations.rules import history_chain
from guides.guide_files import exported
from guides.models import ProgramGuide

pytestmark = [pytest.mark.django_db, pytest.mark.both, pytest.mark.slow]

# The last migration that dd03dd3 had of each app; apps that are not ours are migrated as far as they go.
RELEASE_BEFORE: dict[str, str | None] = {
    "accounts": "0007_languages_come_from_the_translations",
    "notifications": "0005_find_notices_by_address",
    "associations": "0029_sort_by_tenant_from_an_index",
    "insights": "0001_usage_by_month",
    # It had no program guide.
    "guides": None,
}
MONDAY = datetime(2026, 10, 5, 9, tzinfo=UTC)
# Activities in the columns of dd03dd3, and as codes.
WORK: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({}, ()),
    ({"solution_area": "M365", "claims_usage": True}, ("M365_USAGE",)),
    ({"solution_area": "BA", "claims_usage": True}, ("BA_USAGE",)),
    ({"solution_area": "BA", "claims_usage": True, "claims_presales": True}, ("BA_USAGE", "BA_PRESALES")),
    ({"solution_area": "BA", "claims_revenue": True}, ("BA_REVENUE",)),
]
HELD: list[tuple[str, dict[str, bool], tuple[str, ...]]] = [
    ("EXO", {}, ("M365_USAGE",)),
    ("D365_SALES", {"for_usage": True, "for_presales": True}, ("BA_USAGE", "BA_PRESALES")),
    ("PBI", {"for_revenue": True}, ("BA_REVENUE",)),
]
# Computed by dd03dd3 of the first line below.
FIRST_HASH = "27610de6e5519ca2f7f9513798b38be57d1d24a0991d8c829676fc407485cec7"

POSTGRESQL_SCHEMA = """
SELECT 'column ' || table_name || '.' || column_name, concat_ws(' ', ordinal_position, data_type,
       character_maximum_length, is_nullable, column_default, identity_generation)
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'constraint ' || conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'trigger ' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function ' || proname, prosrc FROM pg_proc WHERE proname ~ '^(associations|guides)_'
UNION ALL SELECT 'extension ' || extname, extversion FROM pg_extension
"""


def test_a_database_of_the_release_before_becomes_what_a_new_one_is(tmp_path: Path):
    new = {"schema": schema(), "reference data": reference_data()}

    with another_database(tmp_path):
        apps = migrate_to_the_release_before()
        add_a_claim_in_every_status(apps)
        call_command("migrate", verbosity=0)
        call_command("createcachetable", "portal_cache", verbosity=0)

        assert {"schema": schema(), "reference data": reference_data()} == new
        assert list(Claim.objects.order_by("pk").values_list("status", flat=True)) == ClaimStatus.values
        assert verified_history() == "The History of 10 claims is whole: 10 lines."
        assert ClaimEvent.objects.earliest("pk").hash == FIRST_HASH
        assert_activities_are_codes()
        assert_history_refuses_changes()


@contextmanager
def another_database(folder: Path) -> Iterator[None]:
    """Send the queries of the test to an empty database on the same engine in the meantime."""
    here, other = connections["default"], connections.create_connection("default")
    name = f"migrated_{uuid.uuid4().hex}" if here.vendor == "postgresql" else str(folder / "migrated.sqlite3")
    other.settings_dict = here.settings_dict | {"NAME": name}
    if here.vendor == "postgresql":
        with here._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    connections["default"] = other
    try:
        yield
    finally:
        other.close()
        connections["default"] = here
        ContentType.objects.clear_cache()
        if here.vendor == "postgresql":
            with here._nodb_cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def migrate_to_the_release_before() -> Apps:
    """Run the migrations one by one that dd03dd3 had, and return its models."""
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    others = [node for node in executor.loader.graph.leaf_nodes() if node[0] not in RELEASE_BEFORE]
    state = executor.migrate([*others, *RELEASE_BEFORE.items()])
    for squashed in executor.loader.replacements:
        executor.recorder.record_unapplied(*squashed)
    return state.apps


def add_a_claim_in_every_status(apps: Apps) -> None:
    def model(name: str) -> Any:
        return apps.get_model("associations", name).objects

    anna = apps.get_model("accounts", "User").objects.create(email="anna@contoso.example", full_name="Anna Rossi")
    partner = model("Partner").create(name="Contoso", global_mpn_id="1000001")
    location = model("PartnerLocation").create(partner=partner, mpn_id="1000002", name="Milan", country="IT")
    tenant = model("CustomerTenant").create(tenant_id=uuid.UUID(int=7), name="Città Fabrikam")
    for number, status in enumerate(ClaimStatus.values, start=1):
        was_submitted = status not in ("draft", "cancelled")
        claim = model("Claim").create(
            status=status,
            partner=partner,
            location=location,
            tenant=tenant,
            domain_name="fabrikam.example",
            created_by=anna,
            created_at=MONDAY,
            changed_at=MONDAY,
            submitted_by=anna if was_submitted else None,
            submitted_at=MONDAY if was_submitted else None,
            answer_due_at=MONDAY,
            **WORK[number % len(WORK)][0],
        )
        model("Comment").create(claim=claim, author=anna, author_role="reviewer", text="Seen.", at=MONDAY)
        line = model("ClaimEvent").model(
            claim=claim,
            kind="changed",
            to_status=status,
            actor_role="incentives_admin",
            actor=anna,
            actor_name=anna.full_name,
            note="A new name",
            details={"changed": ["name"], "items": 1} if number == 1 else {"changed": {"claims_usage": ["", "True"]}},
            at=MONDAY,
            personal_salt=f"{number:032x}",
        )
        chain(line)
        line.save()
        model("Claim").filter(pk=claim.pk).update(history_head=line.hash)

    for code, flags, _codes in HELD:
        product = model("Product").get(code=code)
        model("Association").create(partner=partner, tenant=tenant, product=product, starts_at=MONDAY, **flags)


def assert_activities_are_codes() -> None:
    claims = Claim.objects.order_by("pk").values_list("activity_codes", flat=True)
    assert list(claims) == [WORK[number % len(WORK)][1] for number in range(1, len(ClaimStatus.values) + 1)]
    held = dict(Association.objects.values_list("product__code", "activity_codes"))
    assert held == {code: codes for code, _flags, codes in HELD}


def chain(line: Any) -> None:
    """Seal *line* and write its hash, as the first of its claim."""
    said = {"actor_name": line.actor_name, "note": line.note, "details": history_chain.personal(line.details)}
    line.personal_digest = history_chain.seal(line.personal_salt, said)
    names = ("claim_id", "kind", "from_status", "to_status", "actor_role", "actor_id")
    facts = {name: getattr(line, name) for name in names}
    facts |= {"details": history_chain.lasting(line.details), "personal": line.personal_digest}
    line.hash = history_chain.link(history_chain.START, at=line.at, facts=facts)


def schema() -> dict[str, Any]:
    """Return every table, constraint, index and trigger by its name, with its definition."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_SCHEMA)
            return dict(cursor.fetchall())
        cursor.execute("SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_master")
        return {name: parts(sql) if name.startswith("table") else sql for name, sql in cursor.fetchall()}


def parts(sql: str) -> list[str]:
    """Return the columns and constraints of a table in order of their names: SQLite rebuilds tables in its own."""
    return sorted(re.split(r", (?=\"\w+\" (?!ASC|DESC)[a-z]|CONSTRAINT)", re.sub(r"\s+", " ", sql).strip(") ")))


def reference_data() -> dict[str, list[Any]]:
    """Return the rows that migrations write."""
    return {
        "programs": list(IncentiveProgram.objects.order_by("pk").values()),
        "products": list(Product.objects.order_by("pk").values()),
        "editions": [exported(guide) for guide in ProgramGuide.objects.all()],
        "groups": list(Group.objects.order_by("pk").values_list("name", "permissions__codename")),
    }


def verified_history() -> str:
    out = StringIO()
    call_command("verify_history", stdout=out)
    return out.getvalue().strip()


def assert_history_refuses_changes() -> None:
    for model in (ClaimEvent, Comment):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.update(at=MONDAY)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.all()._raw_delete("default")
