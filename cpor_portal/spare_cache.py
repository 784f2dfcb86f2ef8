"""Redis as the cache, and the database while Redis is away: limits still count, and nobody gets an error page."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import TimeoutError as NotAnswered

logger = logging.getLogger(__name__)

# What the portal and allauth ask of a cache.
ASKED = ("add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "set_many", "delete_many", "clear")


def or_from_spare(name: str) -> Callable[..., Any]:
    """Return the cache's method *name*, which turns to the cache named ``spare`` when Redis cannot be reached."""

    def ask(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(RedisCache, name)(self, *args, **kwargs)
        except (NotConnected, NotAnswered) as error:
            logger.warning("Redis cannot be reached, so the database counts: %s", error)
            return getattr(caches["spare"], name)(*args, **kwargs)

    return ask


class RedisOrDatabase(RedisCache):
    """Django's Redis cache with a spare. What was counted in the one is not known to the other."""


for method in ASKED:
    setattr(RedisOrDatabase, method, or_from_spare(method))
