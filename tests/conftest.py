"""What every test needs: the embedded mode in a folder of its own, quick passwords, a cache nobody else uses.

`bin/test` chooses the engines by `DATABASE_URL` and `REDIS_URL`; a bare `pytest` runs on SQLite.
"""

import math
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from importlib import import_module

import pytest
from django.conf import settings as django_settings
from django.utils import translation
from pytest_django import Settings

# pytest-django reads the settings after this file, so the environment they come from is laid here.
os.environ["CPOR_EMBEDDED"] = "1"
os.environ["CPOR_ENV_FILE"] = os.devnull
os.environ["DJANGO_SETTINGS_MODULE"] = "cpor_portal.settings"
# Each of several workers keeps its files apart from the others'.
os.environ["CPOR_VAR"] = tempfile.mkdtemp(prefix="cpor-tests-")


# Folders whose tests start processes of the portal, or servers beside it.
ENGINES = frozenset({"cpor_portal", "notifications"})


def pytest_configure(config: pytest.Config) -> None:
    """Load the settings now, so that pytest-django finds them when its turn comes."""
    if not django_settings.EMBEDDED:
        raise pytest.UsageError("The tests run in the embedded mode only.")
    if config.getoption("numprocesses", None):
        # A worker that inherits the name loads the settings before this file, with this process's folder.
        del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark what opens no engine as the same on all; put browser tests last, and let the database close after them.

    From the first browser test on Playwright's event loop runs in this thread, and Django then opens other connections
    in it, which know nothing of what a test with real transactions has to put back. A browser test that needs our
    database gives the loop a thread of its own; it stays before those that leave the tables empty.
    """
    for item in items:
        if not opens_an_engine(item):
            item.add_marker(pytest.mark.once)
        if leaves_the_tables_empty(item):
            raise pytest.UsageError(f"{item.nodeid}: real transactions need serialized_rollback=True")
    yield
    items.sort(key=takes_the_thread)
    if any(item.get_closest_marker("browser") for item in items):
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def takes_the_thread(item: pytest.Item) -> bool:
    """Whether a test lets Playwright's event loop run in the thread of the tests."""
    return item.get_closest_marker("browser") is not None and item.get_closest_marker("django_db") is None


def opens_an_engine(item: pytest.Item) -> bool:
    """Whether a test meets the database, the broker or the cache: by its marks, or as what starts the portal does."""
    is_marked = any(item.get_closest_marker(name) for name in ("django_db", "browser", "faults", "postgres"))
    return is_marked or not ENGINES.isdisjoint(item.path.parts) or "db" in getattr(item, "fixturenames", ())


def leaves_the_tables_empty(item: pytest.Item) -> bool:
    """Whether a test flushes the tables and takes away what the migrations wrote: the next one could not load it."""
    mark = item.get_closest_marker("django_db")
    return mark is not None and "transaction" in mark.kwargs and not mark.kwargs.get("serialized_rollback")


def pytest_unconfigure() -> None:
    shutil.rmtree(os.environ["CPOR_VAR"], ignore_errors=True)


@pytest.fixture(autouse=True)
def quick_and_apart(settings: Settings) -> None:
    """Hash passwords cheaply, and leave a test nothing of another: keys in the cache, overrides, a language."""
    translation.activate(settings.LANGUAGE_CODE)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Without it every test client looks at all static files before its first request.
    settings.WHITENOISE_AUTOREFRESH = True
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": uuid.uuid4().hex}}
    # Imported only now: the models behind it need the settings that this file prepares.
    overrides = import_module("associations.calendars").recent_overrides
    overrides.days, overrides.good_until = {}, math.inf
