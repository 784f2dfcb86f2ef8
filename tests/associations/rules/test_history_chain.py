"""How lines of a History hang together."""

from datetime import datetime
from zoneinfo import ZoneInfo

from associations.rules.history_chain import START, link
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
