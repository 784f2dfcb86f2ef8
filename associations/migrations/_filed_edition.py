"""A trigger, on both engines, that keeps the edition of a filed claim for ever (domain.md D22).

SQLite drops it when Django rebuilds the table of claims: a migration that does so puts it back afterwards.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

CONDITION = "OLD.submitted_at IS NOT NULL AND OLD.guide_id IS NOT NULL"
POSTGRESQL = (
    """
CREATE OR REPLACE FUNCTION associations_keep_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a filed claim keeps its edition' USING ERRCODE = 'restrict_violation';
END $$
""",
    f"""
CREATE TRIGGER associations_claim_edition_kept BEFORE UPDATE OF guide_id ON associations_claim FOR EACH ROW
WHEN ({CONDITION} AND NEW.guide_id IS DISTINCT FROM OLD.guide_id) EXECUTE FUNCTION associations_keep_edition()
""",
)
SQLITE = f"""
CREATE TRIGGER IF NOT EXISTS associations_claim_edition_kept BEFORE UPDATE OF guide_id ON associations_claim
WHEN {CONDITION} AND NEW.guide_id IS NOT OLD.guide_id
BEGIN SELECT RAISE(ABORT, 'a filed claim keeps its edition'); END
"""


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Refuse another edition for a filed claim from now on."""
    with schema_editor.connection.cursor() as cursor:
        for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else (SQLITE,):
            cursor.execute(statement)


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the trigger off."""
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER associations_claim_edition_kept ON associations_claim")
            cursor.execute("DROP FUNCTION associations_keep_edition()")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS associations_claim_edition_kept")
