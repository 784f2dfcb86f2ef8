"""A cache in Redis, and in the database while Redis is away: limits still count, and no page fails (ADR 24)."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import TimeoutError as NotAnswered

logger = logging.getLogger(__name__)

# The methods that the portal and allauth call.
CALLED = ("add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "set_many", "delete_many", "clear")


def with_fallback(name: str) -> Callable[..., Any]:
    """Return the cache's method *name*, which calls the cache named ``spare`` when Redis can't be reached."""

    def call(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(RedisCache, name)(self, *args, **kwargs)
        except (NotConnected, NotAnswered) as error:
            logger.warning("Redis cannot be reached, so the database counts: %s", error)
            return getattr(caches["spare"], name)(*args, **kwargs)

    return call


class RedisOrDatabase(RedisCache):
    """Django's Redis cache with a fallback. The two don't share counts."""


for method in CALLED:
    setattr(RedisOrDatabase, method, with_fallback(method))
