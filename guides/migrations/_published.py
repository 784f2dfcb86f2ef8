"""Triggers, on both engines, that refuse to change a published edition.

One whose day hasn't come can be withdrawn, and is a draft then. SQLite drops triggers when Django rebuilds a table: a
migration that changes a table of this app takes them off before and puts them back afterwards.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

GUIDE = "guides_programguide"
PARTS = ("guides_guidearea", "guides_guideactivity", "guides_guideproduct")
EVENTS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}

# A part is locked against a publication at the same moment by the lock on its edition.
POSTGRESQL = """
CREATE FUNCTION guides_keep_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.begins_at > CURRENT_TIMESTAMP AND NEW.published_at IS NULL THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a published edition does not change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION guides_keep_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    published timestamptz;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT published_at INTO published FROM guides_programguide WHERE id = OLD.guide_id FOR SHARE;
        IF published IS NOT NULL THEN
            RAISE EXCEPTION 'a published edition does not change' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT published_at INTO published FROM guides_programguide WHERE id = NEW.guide_id FOR SHARE;
        IF published IS NOT NULL THEN
            RAISE EXCEPTION 'a published edition does not change' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER guides_programguide_kept BEFORE UPDATE OR DELETE ON guides_programguide
FOR EACH ROW EXECUTE FUNCTION guides_keep_edition();
"""
POSTGRESQL_PART = """
CREATE TRIGGER {table}_kept BEFORE INSERT OR UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION guides_keep_part()
"""
SQLITE = """
CREATE TRIGGER {table}_kept_on_{event} BEFORE {event} ON {table} WHEN {condition}
BEGIN SELECT RAISE(ABORT, 'a published edition does not change'); END
"""
SQLITE_CONDITIONS = {
    "UPDATE": "OLD.published_at IS NOT NULL AND (NEW.published_at IS NOT NULL OR OLD.begins_at <= CURRENT_TIMESTAMP)",
    "DELETE": "OLD.published_at IS NOT NULL",
}


def guard(database: BaseDatabaseWrapper) -> None:
    """Refuse changes of published editions from now on."""
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute(POSTGRESQL)
            for table in PARTS:
                cursor.execute(POSTGRESQL_PART.format(table=table))
            return
        for event, condition in SQLITE_CONDITIONS.items():
            cursor.execute(SQLITE.format(table=GUIDE, event=event, condition=condition))
        for table in PARTS:
            for event in EVENTS:
                cursor.execute(SQLITE.format(table=table, event=event, condition=is_published(event)))


def is_published(event: str) -> str:
    """Return the condition that the edition is published of a part before or after the event."""
    rows = ", ".join(f"{row}.guide_id" for row in EVENTS[event])
    return f"EXISTS (SELECT 1 FROM {GUIDE} WHERE id IN ({rows}) AND published_at IS NOT NULL)"  # noqa: S608 - names of ours


def unguard(database: BaseDatabaseWrapper) -> None:
    """Take the triggers off."""
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            for table in (GUIDE, *PARTS):
                cursor.execute(f"DROP TRIGGER {table}_kept ON {table}")
            cursor.execute("DROP FUNCTION guides_keep_edition(); DROP FUNCTION guides_keep_part()")
            return
        for event in SQLITE_CONDITIONS:
            cursor.execute(f"DROP TRIGGER {GUIDE}_kept_on_{event}")
        for table in PARTS:
            for event in EVENTS:
                cursor.execute(f"DROP TRIGGER {table}_kept_on_{event}")
