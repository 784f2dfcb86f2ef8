"""People with a browser, who talk to a real web server; what they type is sent as their browser would."""

import re
from html import unescape

import requests

from accounts.models import User
from bench import serving

HIDDEN = re.compile(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"')


class Visitor:
    """One browser; *user* has signed in."""

    def __init__(self, port: int, user: User | None = None) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.browser = requests.Session()
        self.browser.trust_env = False
        if user is not None:
            for name, value in serving.signed_in(user, port=port).cookies.items():
                self.browser.cookies.set(name, value, domain="127.0.0.1")

    def open(self, path: str) -> requests.Response:
        return self.browser.get(self.address + path, timeout=60)

    def fill_in(
        self, path: str, typed: dict[str, str], *, files: dict[str, tuple[str, bytes]] | None = None
    ) -> requests.Response:
        """Open a form, fill it in, press its button, and return the answer, a redirect not followed."""
        return self.send(path, hidden_in(self.open(path).text) | typed, files=files)

    def send(
        self, path: str, fields: dict[str, str], *, files: dict[str, tuple[str, bytes]] | None = None
    ) -> requests.Response:
        address = self.address + path
        return self.browser.post(address, fields, files=files, allow_redirects=False, timeout=60)


def hidden_in(page: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in HIDDEN.findall(page)}
