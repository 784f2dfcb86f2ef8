"""The customer's link, an unguessable token of which only the digest is stored (ADR 10); and the code beside it.

A link has no age: it works until its notice is revoked (`CustomerNotice.objects.current`).
"""

import hashlib
import secrets

from associations.rules.customer.notice_codes import ALPHABET, LENGTH

TOKEN_BYTES = 32


def make_token() -> str:
    """Return a new token of 32 random bytes, URL-safe."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """Return the SHA-256 of *token* in hex. The token has 256 bits of chance, so a plain hash can't be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_code() -> str:
    """Return a new code for a notice. It opens nothing, so it is stored as it is and outlives any change of keys."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
