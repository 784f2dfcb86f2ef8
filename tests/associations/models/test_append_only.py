"""Triggers keep the lines of a History and the comments as they were written, but for what is forgotten."""

import importlib
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from associations.models import ClaimEvent, Comment
from associations.rules import history_chain
from tests import stories
from tests.factories import MONDAY, ClaimEventFactory, CommentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_a_line_of_history_names_a_known_role():
    with pytest.raises(IntegrityError, match="actor_role_is_known"):
        ClaimEventFactory(actor_role="ghost")


@pytest.mark.parametrize(("factory", "column"), [(ClaimEventFactory, "note"), (CommentFactory, "text")])
def test_history_and_comments_are_never_changed(factory, column):
    row = factory()
    stored = type(row).objects.filter(pk=row.pk)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        stored.update(**{column: "It never happened."})

    assert stored.values_list(column, flat=True).get() == getattr(row, column)


@pytest.mark.parametrize(
    ("factory", "table"),
    [(ClaimEventFactory, "associations_claimevent"), (CommentFactory, "associations_comment")],
)
def test_history_and_comments_are_never_deleted(factory, table):
    row = factory()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [row.pk])  # noqa: S608

    assert type(row).objects.filter(pk=row.pk).exists()


def test_a_line_of_history_can_be_forgotten_and_nothing_else():
    claim, other = stories.submitted_claim(), stories.draft_claim()
    line, stored = claim.events.get(kind="notice_queued"), ClaimEvent.objects.filter(claim=claim, kind="notice_queued")
    forgotten: dict[str, Any] = {"actor_name": "", "note": "", "personal_salt": "", "details": {"notice": 1}}
    others: dict[str, Any] = {
        "id": 999_999,
        "claim": other,
        "kind": "created",
        "from_status": "draft",
        "to_status": "draft",
        "actor_role": "reviewer",
        "actor": claim.created_by,
        "at": MONDAY.replace(year=2019),
        "personal_digest": "",
        "previous_hash": "",
        "hash": "",
    }
    refused: list[dict[str, Any]] = [
        *({name: value} for name, value in others.items()),
        *(forgotten | {name: value} for name, value in others.items()),
        *({name: forgotten[name]} for name in ("personal_salt", "details")),
        {name: value for name, value in forgotten.items() if name != "personal_salt"},
        forgotten | {"actor_name": "Nobody"},
        forgotten | {"note": "It never happened."},
        forgotten | {"personal_salt": "0" * 32},
        forgotten | {"details": {}},
        forgotten | {"details": {"notice": 2}},
        forgotten | {"details": {"notice": 1, "to": ""}},
    ]

    assert {*others, *forgotten} == {field.name for field in ClaimEvent._meta.concrete_fields}
    for change in refused:
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            stored.update(**change)
    stored.update(**forgotten)
    for change in ({"note": "It never happened."}, {"personal_salt": line.personal_salt}, forgotten):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            stored.update(**change)
    assert stored.values(*forgotten).get() == forgotten


def test_the_text_of_a_comment_can_be_emptied_and_nothing_else():
    comment, other = CommentFactory(), CommentFactory()
    stored = Comment.objects.filter(pk=comment.pk)
    others: dict[str, Any] = {
        "id": 999_999,
        "claim": other.claim,
        "author": other.author,
        "author_role": "reviewer",
        "at": MONDAY.replace(year=2019),
    }

    assert {*others, "text"} == {field.name for field in Comment._meta.concrete_fields}
    for change in ({"text": "Never said."}, *({"text": "", name: value} for name, value in others.items())):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            stored.update(**change)
    stored.update(text="")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        stored.update(text=comment.text)


def test_triggers_and_rules_agree_on_what_is_personal():
    triggers = importlib.import_module("associations.migrations._forgetting")

    assert set(triggers.PERSONAL_DETAILS) == history_chain.PERSONAL_DETAILS
