"""Icons of the sprite, alone and before a status. A page has dozens, so each is put together once."""

from functools import cache, lru_cache

from django import template
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

SPRITE = "vendor/bootstrap-icons-1.13.2/sprite.svg"

register = template.Library()


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Return one decorative icon, by its id in the sprite: the word beside it carries the meaning."""
    mark = '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>'
    return format_html(mark, static(SPRITE), name)


@register.simple_tag
def badge(status: str, label: str | Promise) -> SafeString:
    """Return a status as icon and word."""
    return _badge(status, str(label))


@lru_cache(maxsize=512)
def _badge(status: str, label: str) -> SafeString:
    mark = '<span class="badge-status" data-status="{}">{}{}</span>'
    return format_html(mark, status, icon(f"status-{status}"), label)
