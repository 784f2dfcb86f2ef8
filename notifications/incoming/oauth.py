"""Gets the access token for the mailbox from the identity provider (RFC 6749, 4.4).

Exchange Online doesn't accept passwords anymore. An app registration has an identity and a secret, and gets a token
that is valid for about an hour.
"""

import json
import time
from dataclasses import dataclass

import requests
from django.conf import settings

from notifications.clean_text import one_line

TOKEN_URL = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"  # noqa: S105 - an address
# A token is renewed so many seconds before it ends.
EARLY = 60
LONGEST_ANSWER = 100_000


class NoToken(Exception):
    """The identity provider gave no token; the words say why, without the secret."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token, the settings it was issued for, and its expiry by the clock of this process."""

    text: str
    made_for: tuple[str, ...]
    ends_at: float


_latest: Token | None = None


def is_configured() -> bool:
    """Return whether the portal signs in by a token."""
    return bool(settings.BOUNCE_OAUTH_CLIENT_ID)


def token() -> str:
    """Return a token that is good for a while; raise NoToken."""
    global _latest
    made_for = (token_url(), settings.BOUNCE_OAUTH_CLIENT_ID, settings.BOUNCE_OAUTH_SCOPE)
    if _latest is None or _latest.made_for != made_for or time.monotonic() > _latest.ends_at:
        text, seconds = fetched()
        _latest = Token(text, made_for=made_for, ends_at=time.monotonic() + seconds - EARLY)
    return _latest.text


def forget() -> None:
    """Fetch a new token next time."""
    global _latest
    _latest = None


def token_url() -> str:
    """Return where tokens come from."""
    return settings.BOUNCE_OAUTH_TOKEN_URL or TOKEN_URL.format(tenant=settings.BOUNCE_OAUTH_TENANT_ID or "common")


def fetched() -> tuple[str, float]:
    """Return a new token, and for how many seconds it is good; raise NoToken."""
    try:
        response = requests.post(
            token_url(),
            data={
                "grant_type": "client_credentials",
                "client_id": settings.BOUNCE_OAUTH_CLIENT_ID,
                "client_secret": settings.BOUNCE_OAUTH_CLIENT_SECRET,
                "scope": settings.BOUNCE_OAUTH_SCOPE,
            },
            timeout=settings.EMAIL_TIMEOUT,
            allow_redirects=False,
            stream=True,
        )
        with response:
            answer = json.loads(beginning_of(response))
    except (OSError, RecursionError, ValueError) as error:
        raise NoToken(f"the token could not be fetched ({type(error).__name__})") from error
    text = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(text, str) or not text.isascii() or not text.isprintable():
        raise NoToken(f"no token was given: {why(answer)}")
    return text, seconds_in(answer)


def beginning_of(response: requests.Response) -> bytes:
    """Return as much of an answer as a token may need."""
    body = b""
    for chunk in response.iter_content(8192):
        body += chunk
        if len(body) > LONGEST_ANSWER:
            break
    return body


def why(answer: object) -> str:
    """Return the provider's reason in one line."""
    facts = answer if isinstance(answer, dict) else {}
    return one_line(facts.get("error_description") or facts.get("error") or "the answer is no token", longest=200)


def seconds_in(answer: dict[str, object]) -> float:
    try:
        return float(str(answer.get("expires_in", 0)))
    except ValueError:
        return 0
