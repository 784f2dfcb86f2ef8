"""How lines of a History are chained, so that a line changed, taken out or put in later is found (domain.md 6.3)."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

START = ""


def link(previous: str, *, at: datetime, facts: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hex, of a line: of the hash before it, its instant, and its plain *facts*."""
    text = json.dumps([previous, at.astimezone(UTC).isoformat(), dict(facts)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
