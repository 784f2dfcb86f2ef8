"""What a process does between loading the portal and its first work."""

import gc

from django.urls import reverse


def settle_in() -> None:
    """Load every address, and spare the garbage collector what is loaded: it stays to the end.

    A sweep that loaded the addresses would hold its locks for as long. And whoever makes many objects sets the
    collector off again and again, which looked through a quarter of a million others each time: a fifth of a sweep.
    """
    reverse("overview")
    gc.freeze()
