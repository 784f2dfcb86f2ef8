"""What a machine can check of how we write: one writer of status, every mail its parts, every model a factory."""

import ast
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models
from factory.django import DjangoModelFactory

from associations import emails
from associations.choices import ClaimAction, ClaimStatus, EventKind
from associations.rules import lifecycle
from tests import factories

APPS = ("accounts", "associations", "notifications")
WRITER_OF_STATUS = Path("associations/services/lifecycle.py")


def python_files() -> Iterator[Path]:
    for app in APPS:
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path.relative_to(settings.BASE_DIR)


def writes_a_status(node: ast.AST) -> bool:
    """Whether *node* assigns to `.status`, or passes `status=` to `update`, `create` or `bulk_update`."""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Attribute) and target.attr == "status" for target in node.targets)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("update", "create"):
        return any(keyword.arg == "status" for keyword in node.keywords)
    return False


def test_only_the_lifecycle_service_writes_the_status_of_a_claim():
    writers = {
        path
        for path in python_files()
        if path.parts[0] == "associations" and "management" not in path.parts
        for node in ast.walk(ast.parse((settings.BASE_DIR / path).read_text()))
        if writes_a_status(node)
    }

    assert writers == {WRITER_OF_STATUS}


def test_nothing_below_the_edge_schedules_a_task_for_later():
    sources = {path: (settings.BASE_DIR / path).read_text() for path in python_files()}
    found = [path for path, source in sources.items() if re.search(r"\b(eta|countdown)=", source)]

    assert found == []


def test_every_mail_has_its_subject_its_text_and_its_html():
    modules = sorted(Path(emails.__file__).parent.glob("*.py"))
    source = "".join(module.read_text() for module in modules)
    names = set(re.findall(r'template="([a-z_]+)"', source)) | set(
        re.findall(r'_to_\w+\(claims?, "([a-z_]+)"', source)
    )
    folder = settings.BASE_DIR / "templates" / "emails"
    missing = [
        f"{name}/{part}"
        for name in names
        for part in ("subject.txt", "body.txt", "body.html")
        if not (folder / name / part).is_file()
    ]

    assert len(names) == 26
    assert missing == []


def test_every_pair_of_time_and_person_is_kept_together_by_a_constraint():
    for model in apps.get_app_config("associations").get_models():
        names = {field.name for field in model._meta.get_fields()}
        optional = {
            name
            for name in names
            if name.endswith("_at") and f"{name[:-3]}_by" in names and model._meta.get_field(name).null
        }
        constrained = " ".join(str(constraint.deconstruct()) for constraint in model._meta.constraints)
        for name in optional:
            assert f"'{name}'" in constrained, f"{model.__name__}.{name}"
            assert f"'{name[:-3]}_by'" in constrained, f"{model.__name__}.{name}"


def test_every_final_status_has_no_action_and_every_status_is_reached():
    reached = {ClaimStatus.DRAFT} | set(lifecycle.TRANSITIONS.values())

    assert {source for source, _ in lifecycle.TRANSITIONS} & lifecycle.FINAL == set()
    assert reached == set(ClaimStatus)


def test_every_action_has_a_performer_and_a_line_of_history():
    assert set(lifecycle.PERFORMERS) == set(ClaimAction)
    assert all(lifecycle.PERFORMERS.values())
    assert {action.value for action in ClaimAction} <= set(EventKind.values)


def test_every_model_has_a_factory():
    made = {
        each._meta.model  # type: ignore[attr-defined]
        for each in vars(factories).values()
        if isinstance(each, type) and issubclass(each, DjangoModelFactory)
    }
    ours: set[type[models.Model]] = {model for app in APPS for model in apps.get_app_config(app).get_models()}

    assert ours - made == set()


@pytest.mark.django_db
def test_no_migration_is_missing():
    output = StringIO()

    call_command("makemigrations", dry_run=True, stdout=output)

    assert output.getvalue() == "No changes detected\n"


def test_every_migration_is_named_for_what_it_does():
    names = [path.stem for app in APPS for path in (settings.BASE_DIR / app / "migrations").glob("0*.py")]

    assert names != []
    assert [name for name in names if "auto" in name] == []


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="is about PostgreSQL's driver")
@pytest.mark.django_db
def test_postgresql_is_spoken_to_by_psycopg2():
    connection.ensure_connection()

    assert type(connection.connection).__module__ == "psycopg2.extensions"
