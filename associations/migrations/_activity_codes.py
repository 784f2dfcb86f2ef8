"""Fills the codes of activities from the columns of before, and keeps those of a filed claim in one choice group.

SQLite drops the triggers when Django rebuilds the table of claims, and refuses to rename `guides_guideactivity` while
they read it: a migration that does either takes them off before and puts them back afterwards.
"""

from itertools import product
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

BATCH = 1000
KINDS = ("usage", "presales", "revenue")
TABLE = "associations_claim"

GROUPS = """
SELECT count(DISTINCT area_id || ' ' || choice_group) FROM guides_guideactivity
WHERE guide_id = NEW.guide_id AND replace(NEW.activity_codes, ' ' || code || ' ', '') <> NEW.activity_codes
"""
POSTGRESQL = f"""
CREATE FUNCTION associations_one_choice_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ({GROUPS}) > 1 THEN
        RAISE EXCEPTION 'activities of a filed claim are of one choice group' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {TABLE}_one_choice_group
BEFORE INSERT OR UPDATE OF activity_codes, guide_id, submitted_at ON {TABLE}
FOR EACH ROW WHEN (NEW.submitted_at IS NOT NULL) EXECUTE FUNCTION associations_one_choice_group()
"""
SQLITE = f"""
CREATE TRIGGER {TABLE}_one_choice_group_on_{{name}} BEFORE {{event}} ON {TABLE}
WHEN NEW.submitted_at IS NOT NULL AND ({GROUPS}) > 1
BEGIN SELECT RAISE(ABORT, 'activities of a filed claim are of one choice group'); END
"""
SQLITE_EVENTS = {"insert": "INSERT", "update": "UPDATE OF activity_codes, guide_id, submitted_at"}


def fill(apps: Any) -> None:
    """Write the codes of claims and associations that have none, in batches by ID."""
    claims = apps.get_model("associations", "Claim").objects
    held = apps.get_model("associations", "Association").objects
    for flags in product((False, True), repeat=len(KINDS)):
        kinds = [kind for kind, is_on in zip(KINDS, flags, strict=True) if is_on]
        of_claim = {f"claims_{kind}": is_on for kind, is_on in zip(KINDS, flags, strict=True)}
        of_association = {f"for_{kind}": is_on for kind, is_on in zip(KINDS, flags, strict=True)}
        business = tuple(f"BA_{kind.upper()}" for kind in kinds)
        if business:
            write(claims.filter(solution_area="BA", **of_claim), business)
            write(held.filter(product__solution_area="BA", **of_association), business)
    # In Microsoft 365 usage is the one activity there was.
    write(claims.filter(solution_area="M365", claims_usage=True), ("M365_USAGE",))
    write(held.filter(product__solution_area="M365"), ("M365_USAGE",))


def write(rows: Any, codes: tuple[str, ...]) -> None:
    reached, left = 0, rows.filter(activity_codes="").order_by("pk")
    while ids := list(left.filter(pk__gt=reached).values_list("pk", flat=True)[:BATCH]):
        reached = ids[-1]
        rows.model.objects.filter(pk__in=ids).update(activity_codes=codes)


def guard(database: BaseDatabaseWrapper) -> None:
    """Refuse activities of two choice groups on a filed claim from now on."""
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute(POSTGRESQL)
            return
        for name, event in SQLITE_EVENTS.items():
            cursor.execute(SQLITE.format(name=name, event=event))


def unguard(database: BaseDatabaseWrapper) -> None:
    """Take the triggers off."""
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER {TABLE}_one_choice_group ON {TABLE}")
            cursor.execute("DROP FUNCTION associations_one_choice_group()")
            return
        for name in SQLITE_EVENTS:
            cursor.execute(f"DROP TRIGGER {TABLE}_one_choice_group_on_{name}")
