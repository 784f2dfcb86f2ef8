"""Names a browser the way people do, from its user agent."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# The most telling first: most browsers also claim to be Chrome or Safari, and Android to be Linux.
BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "FxiOS/": "Firefox", "CriOS/": "Chrome",
            "Chrome/": "Chrome", "Safari/": "Safari"}  # fmt: skip
SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS X": "macOS",
           "CrOS": "ChromeOS", "Linux": "Linux"}  # fmt: skip


@register.filter
def browser(user_agent: str) -> str:
    """Return such as "Edge on Windows"; a browser that is not known is returned as it names itself."""
    name = next((name for mark, name in BROWSERS.items() if mark in user_agent), "")
    system = next((system for mark, system in SYSTEMS.items() if mark in user_agent), "")
    if not name or not system:
        return user_agent
    return _("%(browser)s on %(system)s") % {"browser": name, "system": system}
