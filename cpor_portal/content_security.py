"""The Content-Security-Policy of every page."""

from csp.constants import NONE, SELF


def policy(*, form_targets: list[str]) -> dict[str, dict[str, list[str]]]:
    """Return the policy: everything from the portal itself, and forms that may also lead to *form_targets*."""
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF],
            "img-src": [SELF, "data:"],
            "font-src": [SELF],
            "connect-src": [SELF],
            "form-action": [SELF, *form_targets],
            "frame-ancestors": [NONE],
            "base-uri": [NONE],
            "object-src": [NONE],
        }
    }
