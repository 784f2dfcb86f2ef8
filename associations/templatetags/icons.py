"""Prints icons, badges and copy buttons. A list has dozens of them, so each icon and badge is built once."""

from functools import cache, lru_cache

from django import template
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

SPRITE = "vendor/bootstrap-icons-1.13.2/sprite.svg"

register = template.Library()


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Return one decorative icon, by its id in the sprite: the word beside it carries the meaning."""
    mark = '<svg class="cpor-icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>'
    return format_html(mark, static(SPRITE), name)


@register.simple_tag
def badge(status: str, label: str | Promise) -> SafeString:
    """Return a status as icon and word."""
    return _badge(status, str(label))


@lru_cache(maxsize=512)
def _badge(status: str, label: str) -> SafeString:
    mark = '<span class="cpor-badge-status" data-status="{}">{}{}</span>'
    return format_html(mark, status, icon(f"status-{status}"), label)


@register.simple_tag
def copy_button(text: str, label: str | Promise = "") -> SafeString:
    """Return a button that copies *text*, shown only where scripts run; *label* is read aloud."""
    mark = """<span class="cpor-copy cpor-needs-js">
    <button class="cpor-tool" type="button" data-copy="{}" data-copied="{}" data-not-copied="{}">
        {}
        <span class="visually-hidden">{}</span>
    </button>
    <span class="cpor-soft" role="status"></span>
</span>"""
    said = label or pgettext("button", "Copy")
    return format_html(mark, text, _("Copied"), _("Could not copy"), icon("copy"), said)
