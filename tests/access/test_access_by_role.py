"""Every address answers each kind of person as `tests/access/matrix.py` says."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.access.matrix import DESK, LOGIN, MATRIX, MOST_QUERIES, PUBLIC, ROLES
from tests.access.world import World, addresses, answer, desk_address, read_to_the_end, stored, world

__all__ = ["world"]

pytestmark = [pytest.mark.django_db, pytest.mark.sitewide]


def test_the_public_addresses_are_exactly_those_listed():
    public = {name for name, pattern in addresses() if not getattr(pattern.callback, "login_required", True)}

    assert {name for name in public if not name.startswith("admin:")} == PUBLIC


def test_every_address_of_ours_has_a_row():
    ours = {name for name, _pattern in addresses() if not name.startswith(("admin:", "account_"))}

    assert ours == {name for name, _place in MATRIX}


@pytest.mark.parametrize(("column", "role"), enumerate(ROLES), ids=ROLES)
def test_every_address_answers_each_role_as_the_matrix_says_and_changes_nothing(world: World, column: int, role: str):
    client = world.client(role)
    before = stored()

    answers = {row: answer(client, world.address(*row)) for row in MATRIX}
    for name, pattern in addresses():
        if name.startswith("admin:") and pattern.name and not name.endswith((":logout", ":login")):
            answer(client, desk_address(name, pattern, world))

    assert answers == {row: statuses[column] for row, statuses in MATRIX.items()}
    assert sum(map(len, before.values())) > 50
    assert stored() == before


@pytest.mark.parametrize("role", ["anonymous", "incentives admin", "platform admin"])
def test_asking_for_the_head_of_a_page_changes_nothing(world: World, role: str):
    client = world.client(role)
    before = stored()

    for row in MATRIX:
        read_to_the_end(client.head(world.address(*row)))

    assert stored() == before


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("reviewer", "platform admin")])
def test_nobody_outside_microsoft_opens_an_address_of_the_desk(world: World, role: str):
    client = world.client(role)

    named = [(name, pattern) for name, pattern in addresses() if name.startswith("admin:") and pattern.name]
    named = [(name, pattern) for name, pattern in named if name != "admin:logout"]
    answers = {name: answer(client, desk_address(name, pattern, world)) for name, pattern in named}

    assert len(answers) > 50
    assert {name: status for name, status in answers.items() if status not in (LOGIN, 302, 403)} == {}


@pytest.mark.parametrize(("column", "role"), enumerate(("reviewer", "platform admin")))
def test_the_desk_shows_claims_to_both_and_decides_for_reviewers_only(world: World, column: int, role: str):
    client = world.client(role)
    patterns = dict(addresses())

    answers = {name: answer(client, desk_address(f"admin:{name}", patterns[f"admin:{name}"], world)) for name in DESK}

    assert answers == {name: statuses[column] for name, statuses in DESK.items()}


def test_a_reviewer_opens_no_list_of_the_desk_but_the_queue_and_the_replies(world: World):
    client = world.client("reviewer")

    lists = [name for name, _pattern in addresses() if name.endswith("_changelist")]
    opened = {name for name in lists if answer(client, reverse(name)) == 200}

    assert len(lists) > 8
    assert opened == {"admin:associations_claim_changelist", "admin:associations_commentreply_changelist"}


def test_no_page_takes_more_than_a_dozen_queries(world: World):
    """The calendar's file is no page: in this mode the database counts who asks for it, too."""
    client = world.client("incentives admin")
    counted: dict[tuple[str, str], int] = {}

    for row in MATRIX:
        with CaptureQueriesContext(connection) as queries:
            opened = answer(client, world.address(*row)) == 200
        counted |= {row: len(queries)} if opened else {}

    assert len(counted) > 60
    dear = {name for (name, _place), number in counted.items() if number > MOST_QUERIES}
    assert dear - {"calendar_feed"} == set()
