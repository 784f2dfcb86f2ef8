"""The parts of an email, each as HTML and as text (ADR 23).

An email is one template, rendered once for each format; ``is_html`` in its context says for which. A line of a
paragraph or quote in the template is a line in the email.
"""

import re
from collections.abc import Iterable

from django import template
from django.conf import settings
from django.template import Context
from django.utils import translation
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import ngettext

register = template.Library()

# A number with a hyphen, as CPOR-0000123, that is not a part of an address or of an attribute.
NUMBER = re.compile(r"(?<![\w/=\"'.-])[A-Z]{2,}-\d{4,}(?![\w-])")

FACT = (
    "<tr>"
    '<th class="rule" scope="row" align="left" valign="top" style="width:38%; padding:6px 8px 6px 0; font-size:14px;'
    ' font-weight:400; color:#605e5c; overflow-wrap:break-word; border-bottom:1px solid #e1dfdd;">{}</th>'
    '<td class="rule" valign="top" style="padding:6px 0; word-break:break-word; border-bottom:1px solid #e1dfdd;">'
    "{}</td>"
    "</tr>"
)
FACTS = (
    '<table width="100%" cellpadding="0" cellspacing="0" border="0"'
    ' style="margin:0 0 16px 0; font-size:15px; line-height:22px;">{}</table>'
)
HEADING = '<h2 style="margin:24px 0 8px 0; font-size:18px; line-height:24px; font-weight:600;">{}</h2>'
NOTE = '<p class="quiet" style="margin:12px 0 0 0; font-size:13px; line-height:19px; color:#605e5c;">{}</p>'
QUOTE = (
    '<p style="margin:0 0 4px 0;">{}</p>'
    '<blockquote class="rule" style="margin:0 0 16px 0; padding:0 0 0 12px; border-left:3px solid #e1dfdd;">'
    "{}</blockquote>"
)


@register.simple_block_tag(takes_context=True)
def paragraph(context: Context, content: str) -> str:
    """Return a paragraph."""
    if context["is_html"]:
        return format_html('<p style="margin:0 0 16px 0; word-break:break-word;">{}</p>', with_breaks(lines(content)))
    return set_apart(lines(content))


@register.simple_block_tag(takes_context=True)
def note(context: Context, content: str) -> str:
    """Return a paragraph in small print."""
    return format_html(NOTE, with_breaks(lines(content))) if context["is_html"] else set_apart(lines(content))


@register.simple_block_tag(takes_context=True)
def quote(context: Context, content: str, introduction: str) -> str:
    """Return what a person wrote, below an *introduction*."""
    if context["is_html"]:
        return format_html(QUOTE, introduction, with_breaks(lines(content)))
    return set_apart([introduction, "", *lines(content)])


@register.simple_tag(takes_context=True)
def heading(context: Context, words: str) -> str:
    """Return a heading."""
    return format_html(HEADING, words) if context["is_html"] else set_apart([words])


@register.simple_block_tag(takes_context=True)
def bullets(context: Context, content: str, *, nested: bool = False) -> str:
    """Return a list of bullets; a *nested* list stands inside a bullet, and the text doesn't indent it."""
    if context["is_html"]:
        margin = "0" if nested else "0 0 16px 0"
        return format_html('<ul style="margin:{}; padding-left:24px;">{}</ul>', margin, content)
    return set_apart(filter(None, lines(content)))


@register.simple_block_tag(takes_context=True)
def bullet(context: Context, content: str) -> str:
    """Return a bullet of a list."""
    return format_html("<li>{}</li>", content) if context["is_html"] else f"- {content.strip()}\n"


@register.simple_block_tag(takes_context=True)
def facts(context: Context, content: str) -> str:
    """Return a table of facts."""
    return format_html(FACTS, content) if context["is_html"] else set_apart(filter(None, lines(content)))


@register.simple_tag(takes_context=True)
def fact(context: Context, label: str, value: str | list[str]) -> str:
    """Return a row of a table of facts; several values stand below each other in HTML."""
    values = value if isinstance(value, list) else [value]
    return format_html(FACT, label, with_breaks(values)) if context["is_html"] else f"{label}: {'; '.join(values)}\n"


@register.simple_block_tag(takes_context=True)
def strong(context: Context, content: str) -> str:
    """Return emphasized words."""
    return format_html("<strong>{}</strong>", content) if context["is_html"] else content


@register.simple_tag(takes_context=True)
def link(context: Context, url: str) -> str:
    """Return an address to open."""
    return format_html('<a href="{0}" style="color:#0f6cbd;">{0}</a>', url) if context["is_html"] else url


@register.simple_tag(takes_context=True)
def link_to(context: Context, url: str, words: str) -> str:
    """Return *words* that open an address; the text spells the address out behind them."""
    return (
        format_html('<a href="{}" style="color:#0f6cbd;">{}</a>', url, words)
        if context["is_html"]
        else f"{words}: {url}"
    )


@register.simple_tag(takes_context=True)
def other_languages(context: Context, url: str, words: str) -> str:
    """Return a line of links that open *url* in each other language, by its own name; *words* introduce them."""
    spoken = [code for code, _name in settings.LANGUAGES if code != translation.get_language()]
    named = [
        (f"{url}?language={code}", code, capfirst(translation.get_language_info(code)["name_local"]))
        for code in spoken
    ]
    if not context["is_html"]:
        return set_apart([words, *(f"{name}: {address}" for address, _code, name in named)])
    links = format_html_join(", ", '<a href="{0}" hreflang="{1}" lang="{1}" style="color:#0f6cbd;">{2}</a>', named)
    return format_html(NOTE, format_html("{} {}", words, links))


@register.simple_tag(takes_context=True)
def names_in_short(context: Context, *lists: str, most: int) -> str:
    """Return the first names of the first of *lists* that the email has: "Exchange Online + 2 more" of three."""
    names: list[str] = next(context[name] for name in lists if name in context)
    shown, more = ", ".join(names[:most]), len(names) - most
    if more <= 0:
        return shown
    words = ngettext("%(names)s + %(count)s more", "%(names)s + %(count)s more", more)
    return words % {"names": shown, "count": more}


@register.inclusion_tag("emails/parts/button.html", takes_context=True)
def button(context: Context, url: str, label: str, *, without_address: bool = False) -> dict[str, object]:
    """Return the button of the email; *without_address*, HTML doesn't spell out a personal link below it."""
    return {"is_html": context["is_html"], "url": url, "label": label, "without_address": without_address}


def lines(content: str) -> list[SafeString]:
    """Return the lines of what a template rendered, without its indentation."""
    return [SafeString(line.strip()) for line in content.strip().splitlines()]


def with_breaks(parts: Iterable[str]) -> SafeString:
    """Return *parts* as lines of HTML; the number of a claim stays on one line."""
    html = "<br>".join(conditional_escape(part) for part in parts)
    return SafeString(NUMBER.sub(r'<span style="white-space:nowrap;">\g<0></span>', html))


def set_apart(parts: Iterable[str]) -> str:
    """Return *parts* as lines of text with a blank line before and after."""
    return "\n\n" + "\n".join(map(str, parts)) + "\n\n"
