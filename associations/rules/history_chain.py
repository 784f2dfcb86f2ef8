"""Chains history entries, so that a changed, removed or inserted one is found (domain.md 6.3).

What a line says of people is chained by its digest alone, so that it can be forgotten and the chain still be checked:
docs/adr/0005.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

START = ""

# The details of a line that say something of a person, or in a person's own words.
PERSONAL_DETAILS = frozenset({"changed", "customer_contact", "reviewer", "to"})


def link(previous: str, *, at: datetime, facts: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hex, of a line: of the hash before it, its instant, and its plain *facts*."""
    text = json.dumps([previous, at.astimezone(UTC).isoformat(), dict(facts)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def seal(salt: str, personal: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hex, of the *personal* facts of a line.

    A name or an address has few possible values: without the *salt* nobody can try which one it was.
    """
    text = json.dumps([salt, dict(personal)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def lasting(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of *details* that says nothing of people."""
    return {name: value for name, value in details.items() if name not in PERSONAL_DETAILS}


def personal(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of *details* that is forgotten with the person."""
    return {name: value for name, value in details.items() if name in PERSONAL_DETAILS}
