"""How a page shows the HTML of a mail: in a frame, in a sandbox, with links that lead out of it."""

from csp.constants import NONE, SELF, UNSAFE_INLINE

# What the frame itself must allow as well.
SANDBOX = ("allow-popups", "allow-popups-to-escape-sandbox", "allow-top-navigation-by-user-activation")

# A mail brings its own inline styles and nothing that acts; its links open in the tab around it.
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": list(SANDBOX),
}


def leading_out(html: str) -> str:
    """Return *html* with links that leave the frame; nothing may stand before a doctype."""
    way_out = '<base target="_top">'
    return html.replace("<head>", f"<head>{way_out}", 1) if "<head>" in html else way_out + html
