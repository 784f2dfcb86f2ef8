"""Facts kept for a short while where others could read them: encrypted with keys made of SECRET_KEY."""

import base64
import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def keys(purpose: str = "second factor") -> MultiFernet:
    """Return the keys of *purpose*, made of SECRET_KEY and its fallbacks: the first encrypts, any of them decrypts."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = [hashlib.sha256(f"{purpose}:{secret}".encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def seal(facts: Any, *, purpose: str, now: datetime) -> str:
    """Return *facts* (JSON) encrypted, for `unseal` with the same *purpose*."""
    return keys(purpose).encrypt_at_time(json.dumps(facts).encode(), int(now.timestamp())).decode()


def unseal(text: object, *, purpose: str, life: timedelta, now: datetime) -> Any:
    """Return the facts sealed in *text*; None when it is no seal of ours, or older than *life*."""
    try:
        sealed = str(text or "").encode()
        return json.loads(
            keys(purpose).decrypt_at_time(sealed, ttl=int(life.total_seconds()), current_time=int(now.timestamp()))
        )
    except InvalidToken:
        return None
