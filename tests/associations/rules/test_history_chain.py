"""The chain of hashes of history lines."""

from datetime import datetime
from zoneinfo import ZoneInfo

from associations.rules.history_chain import START, lasting, link, personal, seal
from tests.factories import MONDAY


def test_a_link_depends_on_the_line_before_it():
    first = link(START, at=MONDAY, facts={"kind": "created"})

    assert link(first, at=MONDAY, facts={"kind": "created"}) != first


def test_a_link_depends_on_what_the_line_says_and_when():
    first = link(START, at=MONDAY, facts={"kind": "created"})

    assert link(START, at=MONDAY, facts={"kind": "submit"}) != first
    assert link(START, at=MONDAY.replace(second=1), facts={"kind": "created"}) != first


def test_a_link_does_not_depend_on_the_zone_or_on_the_order_of_facts():
    in_rome = datetime(2020, 10, 19, 10, 0, tzinfo=ZoneInfo("Europe/Rome"))

    assert link(START, at=MONDAY, facts={"a": 1, "b": 2}) == link(START, at=in_rome, facts={"b": 2, "a": 1})


def test_a_link_is_a_sha256_in_hex():
    assert link(START, at=MONDAY, facts={}) == "6426cd3c480dfdc387fd8d99dab2cd4bb537bf50f0e2e0a87fe2029a199fafb7"


def test_a_seal_depends_on_what_is_said_of_people_and_on_the_salt():
    said = {"actor_name": "Carla Bianchi", "note": "", "details": {}}

    assert seal("salt", said) == seal("salt", dict(reversed(said.items())))
    assert seal("salt", said) != seal("salt", said | {"actor_name": "Carla Bianco"})
    assert seal("salt", said) != seal("other", said)


def test_details_about_people_are_told_from_those_that_last():
    details = {"notice": 1, "to": "it@customer.example", "changed": {"name": ["", "Teams at Carla's"]}}

    assert lasting(details) == {"notice": 1}
    assert personal(details) == {"to": "it@customer.example", "changed": {"name": ["", "Teams at Carla's"]}}
