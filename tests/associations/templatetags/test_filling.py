"""Rows made from one pattern read as if each had been printed by itself."""

import pytest
from django.template import Context, Template
from django.utils.translation import gettext_lazy, override

pytestmark = pytest.mark.once


def printed(source: str, **context: object) -> str:
    return Template("{% load filling i18n %}" + source).render(Context(context))


def test_each_row_fills_the_pattern_with_its_facts():
    rows = [{"number": 1, "name": "one"}, {"number": 2, "name": "two"}]

    assert printed("{% fill rows %}<li>{number} {name}</li>{% endfill %}", rows=rows) == "<li>1 one</li><li>2 two</li>"


def test_a_part_is_left_out_of_rows_without_its_fact():
    source = "{% fill rows %}{% when name %}{name}, {% endwhen %}{% when day %}{day}{% endwhen %};{% endfill %}"

    assert printed(source, rows=[{"name": "one", "day": ""}, {"name": "", "day": "Monday"}]) == "one, ;Monday;"


@pytest.mark.parametrize("fact", ["<script>", 'a" onclick="b', "{number}", "{{ number }}", "{0.__class__}"])
def test_a_fact_is_text_and_no_pattern(fact):
    escaped = fact.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")

    assert printed("{% fill rows %}{name}{% endfill %}", rows=[{"name": fact, "number": 7}]) == escaped


def test_what_is_the_same_in_every_row_is_printed_as_elsewhere_on_the_page():
    source = '{% fill rows %}{{ greeting }} {name} {% translate "Status" %}{% if day %}!{% endif %};{% endfill %}'

    with override("it"):
        page = printed(source, rows=[{"name": gettext_lazy("Ended")}, {"name": 0}], greeting="<Ciao>", day=1)

    assert page == "&lt;Ciao&gt; Terminata Stato!;&lt;Ciao&gt; 0 Stato!;"
