"""Shows the HTML of an email on a page: in a sandboxed frame, with links that open outside of it."""

from csp.constants import NONE, SELF, UNSAFE_INLINE

# The iframe element must allow these as well.
SANDBOX = ("allow-popups", "allow-popups-to-escape-sandbox", "allow-top-navigation-by-user-activation")

# An email has inline styles and no scripts; its links open in the tab around the frame.
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": list(SANDBOX),
}


def leading_out(html: str) -> str:
    """Return *html* with links that leave the frame. The base tag must not come before a doctype."""
    way_out = '<base target="_top">'
    return html.replace("<head>", f"<head>{way_out}", 1) if "<head>" in html else way_out + html
