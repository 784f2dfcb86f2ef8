"""Many rows alike: their HTML is made once, as a pattern, and filled with the facts of each row.

    {% fill rows %}<li>{number}{% when name %} <b>{name}</b>{% endwhen %}</li>{% endfill %}

What stands in single braces is a fact of the row. All else is the same in every row, so that it is translated,
included and looked up once. A part that not every row has stands in `when`, with the fact it needs.
"""

from html import escape
from itertools import groupby

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context

register = template.Library()


class When(template.Node):
    """A part of a pattern that a row has whose *fact* is not empty."""

    def __init__(self, fact: str, nodelist: NodeList) -> None:
        self.fact, self.nodelist = fact, nodelist

    def render(self, context: Context) -> str:
        return self.nodelist.render(context)


class Fill(template.Node):
    """A pattern, and the rows it is filled with: mappings of facts, which are escaped."""

    def __init__(self, rows: FilterExpression, nodelist: NodeList) -> None:
        self.rows, self.nodelist = rows, nodelist

    def render(self, context: Context) -> str:
        parts = [
            (fact, "".join(str(node.render_annotated(context)) for node in nodes))
            for fact, nodes in groupby(self.nodelist, key=fact_of)
        ]
        rows = [{name: escape(str(fact)) for name, fact in row.items()} for row in self.rows.resolve(context)]
        return "".join(part.format_map(row) for row in rows for fact, part in parts if not fact or row[fact])


def fact_of(node: template.Node) -> str:
    return node.fact if isinstance(node, When) else ""


@register.tag
def fill(parser: Parser, token: Token) -> Fill:
    """Fill what stands until `endfill` with each of the rows."""
    _name, rows = token.split_contents()
    return Fill(parser.compile_filter(rows), until(parser, "endfill"))


@register.tag
def when(parser: Parser, token: Token) -> When:
    """Keep what stands until `endwhen` for rows whose fact is not empty; it stands directly in `fill`."""
    _name, fact = token.split_contents()
    return When(fact, until(parser, "endwhen"))


def until(parser: Parser, end: str) -> NodeList:
    nodelist = parser.parse((end,))
    parser.delete_first_token()
    return nodelist
