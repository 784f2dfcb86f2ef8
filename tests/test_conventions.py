"""Checks conventions of the code: one writer of the status, both parts of every email, a factory per model."""

import ast
import re
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models
from django.template.loader import render_to_string
from django.utils import translation
from factory.django import DjangoModelFactory

from associations import emails
from associations.choices import ClaimAction, ClaimStatus, EventKind
from associations.emails import migrated
from associations.questions import MORE_DETAILS
from associations.rules import lifecycle
from notifications import account_emails
from tests import factories

APPS = ("accounts", "associations", "guides", "notifications")
PRODUCT = (*APPS, "insights", "operations", "cpor_portal")
WRITING_CALLS = ("update", "create", "get_or_create", "update_or_create", "bulk_update", "save", "setattr", "Claim")
# Each was looked at: none can write the status of a claim.
RUN_TIME_COLUMNS = {
    "associations/models/folding.py",
    "operations/fallback_cache.py",
    *(
        f"associations/services/{name}.py"
        for name in (
            "association/existing",
            "background/imports",
            "background/jobs",
            "claim/copy",
            "claim/answers",
            "claim/lifecycle",
            "customer/hand_over",
            "customer/undelivered_notice",
            "privacy/erasure",
            "privacy/retention",
        )
    ),
}
# Words that are a verb on a button and a noun or an adjective elsewhere, or that agree with what they speak of: other
# languages have two words, so each comes with the place where it stands.
AMBIGUOUS = {
    "All",
    "Approved",
    "Archive",
    "Cancelled",
    "Change",
    "Clear",
    "Close",
    "Closed",
    "Copy",
    "Decline",
    "Dispute",
    "Done",
    "Empty",
    "End",
    "Ended",
    "Export",
    "Failed",
    "Filter",
    "Import",
    "Last",
    "First",
    "None",
    "Open",
    "Order",
    "Queued",
    "Rejected",
    "Reset",
    "Search",
    "Sent",
    "Show",
    "Sort",
    "Submitted",
    "View",
    "Watch",
}
# A transition, rule, email or decision of docs/domain.md, such as "T8" or "R17"; no part of a time or a file name.
CODE = re.compile(r"(?<![\w./:-])[TRED][1-9]\d?\b(?![\w./-]*\d)")


def python_files() -> Iterator[Path]:
    for app in PRODUCT:
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path.relative_to(settings.BASE_DIR)


def targets_of(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what *node* assigns to, tuples taken apart."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        yield node.target


def is_dict_of_an_object(node: ast.AST) -> bool:
    """Return whether *node* is `vars(x)` or `x.__dict__`."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "vars"
    return isinstance(node, ast.Attribute) and node.attr == "__dict__"


def writes_a_status(node: ast.AST) -> bool:
    """Return whether *node* assigns to `.status`, names it in a call that writes rows, or writes around attributes."""
    for target in targets_of(node):
        if isinstance(target, ast.Attribute) and target.attr == "status":
            return True
        if isinstance(target, ast.Subscript) and is_dict_of_an_object(target.value):
            return True
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if isinstance(node.func, ast.Attribute) and name == "update" and is_dict_of_an_object(node.func.value):
        return True
    if name not in WRITING_CALLS:
        return False
    named = [keyword.arg for keyword in node.keywords]
    values = [*node.args, *(keyword.value for keyword in node.keywords)]
    for value in values:
        parts = value.keys if isinstance(value, ast.Dict) else getattr(value, "elts", [value])
        named += [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return "status" in named


def names_columns_at_run_time(node: ast.AST) -> bool:
    """Return whether *node* is `setattr` with a name, or `update(**mapping)`, that the source does not spell out."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name) and node.func.id == "setattr":
        return not isinstance(node.args[1], ast.Constant)
    is_update = isinstance(node.func, ast.Attribute) and node.func.attr == "update"
    return is_update and any(each.arg is None and not isinstance(each.value, ast.Dict) for each in node.keywords)


def modules_with(found: Callable[[ast.AST], bool]) -> set[str]:
    """Return the modules that could touch claims and hold a node of which *found* is true."""
    return {
        str(path)
        for path in python_files()
        if path.parts[0] in ("associations", "insights", "operations") and not {"management", "rules"} & {*path.parts}
        for node in ast.walk(ast.parse((settings.BASE_DIR / path).read_text()))
        if found(node)
    }


@pytest.mark.parametrize(
    "source",
    [
        "claim.status = status",
        "claim.status, claim.closed_at = status, now",
        "claims.update(changed_at=now, status=status)",
        'claims.update(**{"status": status})',
        'Claim.objects.bulk_update(claims, ["status"])',
        'Claim.objects.update_or_create(pk=1, defaults={"status": status})',
        'claim.save(update_fields=["status"])',
        "Claim(status=status)",
        'setattr(claim, "status", status)',
        "vars(claim).update(facts)",
        'vars(claim)["status"] = status',
        'claim.__dict__["status"] = status',
    ],
)
def test_each_way_to_write_a_status_is_recognized(source):
    assert any(map(writes_a_status, ast.walk(ast.parse(source))))


def test_reading_a_status_is_no_writing():
    source = "x = claim.status; claims.filter(status=x).update(closed_at=now)"

    assert not any(map(writes_a_status, ast.walk(ast.parse(source))))


def test_only_the_lifecycle_service_writes_the_status_of_a_claim():
    assert modules_with(writes_a_status) == {"associations/services/claim/lifecycle.py"}


def test_values_beside_the_columns_are_read_as_attributes_that_a_model_declares():
    assert modules_with(is_dict_of_an_object) == set()


def test_columns_that_the_source_does_not_name_are_written_in_known_places():
    assert modules_with(names_columns_at_run_time) == RUN_TIME_COLUMNS


def test_the_questions_about_details_are_named_in_one_place():
    """A new one needs a column and a line in `questions.py`: forms, rules, copies and pages go through that list."""
    names = re.compile("|".join(rf"\b{question.name}\b" for question in MORE_DETAILS))
    naming = {path for path in python_files() if names.search((settings.BASE_DIR / path).read_text())}

    assert naming == {
        Path("associations/questions.py"),
        Path("associations/models/claims.py"),
        # A document and the demo world give each of them a place, or a value, of its own.
        Path("associations/proof_template.py"),
        Path("associations/management/demo/drafting.py"),
        # What an earlier claim for the customer stated is suggested for some of them.
        Path("associations/forms/wizard/details.py"),
        Path("associations/forms/wizard/earlier_claims.py"),
        # The day of the transaction is compared with a rule of the edition, which calls the fact by the same name.
        Path("associations/wording/guide_rules.py"),
        Path("guides/choices.py"),
    }


def imported_names(tree: ast.AST) -> Iterator[str]:
    """Yield the full name of everything that *tree* imports, such as `django.urls.reverse`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module != "__future__")
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_no_private_name_of_a_library_is_imported():
    ours = (*PRODUCT, "bench", "tests")
    private = [
        f"{path}: {name}"
        for folder in (*ours, "bin")
        for path in (settings.BASE_DIR / folder).rglob("*.py")
        for name in imported_names(ast.parse(path.read_text()))
        if name.split(".")[0] not in ours and re.search(r"(^|\.)(_|internal\b|INTERNAL_)", name)
    ]

    assert private == []


def test_nothing_below_the_edge_schedules_a_task_for_later():
    sources = {path: (settings.BASE_DIR / path).read_text() for path in python_files()}
    found = [path for path, source in sources.items() if re.search(r"\b(eta|countdown)=", source)]

    assert found == []


def test_every_email_has_one_template_and_every_template_an_email():
    modules = [*Path(emails.__file__).parent.glob("*.py"), Path(account_emails.__file__)]
    source = "".join(module.read_text() for module in modules)
    names = set(re.findall(r'template="([a-z_]+)"', source)) | set(
        re.findall(r'to_\w+\((?:claims?|notice), "([a-z_]+)"', source)
    )
    templates = (settings.BASE_DIR / "templates" / "emails").glob("*.html")

    assert names | {migrated.ENDING, migrated.ENDED} == {template.stem for template in templates}


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


def test_a_word_with_several_meanings_says_which_is_meant():
    catalogue = polib.pofile(str(settings.BASE_DIR / "locale" / "it" / "LC_MESSAGES" / "django.po"))

    bare = [
        (entry.msgid, entry.occurrences)
        for entry in catalogue
        if entry.msgid in AMBIGUOUS and not entry.msgctxt and not entry.obsolete
    ]

    assert bare == []
    assert {entry.msgid for entry in catalogue} & AMBIGUOUS >= {"Open", "Search", "Submitted"}


@pytest.mark.parametrize(("context", "words"), [({}, ">Apri<"), ({"claim_number": 7}, ">Apri la richiesta<")])
def test_the_button_of_a_notification_is_a_verb_in_italian_too(context, words):
    notification = factories.NotificationFactory.build(pk=1, context=context)

    with translation.override("it"):
        page = render_to_string("notifications/line.html", {"line": {"notification": notification}})

    assert words in page


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


CITING = (*PRODUCT, "bin", "docs", "tests")


def cited_in_project(citation: re.Pattern[str]) -> set[str]:
    """Return what *citation* finds in code, tests and documents."""
    return {
        found
        for folder in CITING
        for path in (settings.BASE_DIR / folder).rglob("*")
        if path.suffix in {".py", ".md"} and "migrations" not in path.parts and path != Path(__file__)
        for found in citation.findall(path.read_text())
    }


def test_every_rule_that_the_project_cites_is_explained():
    """`docs/domain.md` has a row for each transition (T), rule (R), email (E) and decision (D) that is cited."""
    explained = set(CODE.findall((settings.BASE_DIR / "docs" / "domain.md").read_text()))
    cited = cited_in_project(CODE)

    assert cited <= explained, sorted(cited - explained)


def test_every_section_that_the_project_cites_is_there():
    text = (settings.BASE_DIR / "docs" / "domain.md").read_text()
    headings = re.findall(r"^##+ ([\d., ]+)", text, re.MULTILINE) + re.findall(r"(\d\.\d+) \*\*", text)
    sections = {number.strip(".") for heading in headings for number in heading.replace(",", " ").split()}
    cited = cited_in_project(re.compile(r"domain\.md (\d+(?:\.\d+)?)"))

    assert cited <= sections, sorted(cited - sections)


def test_the_table_of_emails_names_every_module_that_queues_one():
    """The column *Queued by* of `docs/domain.md` 5 and the calls of `emails.<name>` in the services agree."""
    row = re.compile(r"^\| E\d+[a-z]? \| (.+?) \| .+ \| (.+?) \|$", re.MULTILINE)
    quoted = re.compile(r"`(.+?)`")
    services = settings.BASE_DIR / "associations" / "services"
    rows = [
        tuple(map(quoted.findall, found)) for found in row.findall((settings.BASE_DIR / "docs/domain.md").read_text())
    ]
    assert len(rows) > 20

    for names, queued_by in rows:
        calls = re.compile(rf"\bemails\.({'|'.join(names)})\(")
        queuing = {
            str(path.relative_to(services)) for path in services.rglob("*.py") if calls.search(path.read_text())
        }
        assert queuing <= set(queued_by), names
        assert all("emails." in (services / module).read_text() for module in queued_by), names
