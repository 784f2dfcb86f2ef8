"""The customer's link: an unguessable token, of which only the digest is ever stored (architecture.md 7)."""

import hashlib
import secrets

TOKEN_BYTES = 32


def make_token() -> str:
    """Return a new token of 32 random bytes, URL-safe."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """Return the SHA-256 of *token* in hex. The token has 256 bits of chance, so a plain hash can't be searched."""
    return hashlib.sha256(token.encode()).hexdigest()
