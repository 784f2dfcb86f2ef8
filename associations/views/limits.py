"""How often one network address, or one link, may try: counted in the cache that all web servers share."""

from datetime import datetime

from django.core.cache import cache

SECONDS = 600
TRIES_PER_ADDRESS = 60
TRIES_PER_LINK = 20


def is_over_limit(*, address: str, link: str, now: datetime) -> bool:
    """Count one try, and return whether there were too many in this stretch of ten minutes."""
    stretch = int(now.timestamp()) // SECONDS
    by_address = _count(f"tries:{stretch}:address:{address}")
    by_link = _count(f"tries:{stretch}:link:{link}")
    return by_address > TRIES_PER_ADDRESS or by_link > TRIES_PER_LINK


def _count(key: str) -> int:
    # The key names its stretch of time, because the database's counter starts its own timeout anew with each count.
    cache.add(key, 0, timeout=SECONDS)
    return cache.incr(key)
