"""Prepares a process for its first work (ADR 27)."""

import gc

from django.urls import reverse

from associations.rules.customer.contact_domain import public_suffixes


def warm_up() -> None:
    """Load every address and the public suffixes, and keep the garbage collector from looking at what is loaded.

    Otherwise the first sweep loads the addresses while it holds its locks, and spends a fifth of its time in the
    collector, which looks through a quarter of a million objects again and again.
    """
    reverse("overview")
    public_suffixes()
    gc.freeze()
