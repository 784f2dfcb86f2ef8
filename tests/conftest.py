"""Sets up every test: the embedded mode in a folder of its own, quick passwords, a cache of its own, a good order.

`bin/test` chooses the engines by `DATABASE_URL` and `REDIS_URL`; a bare `pytest` runs on SQLite.
"""

import functools
import gc
import logging
import math
import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import override_settings
from django.utils import translation
from pytest_django import DjangoDbBlocker, Settings

# pytest-django reads the settings after this file, so the environment they come from is laid here.
os.environ["CPOR_EMBEDDED"] = "1"
os.environ["CPOR_ENV_FILE"] = os.devnull
os.environ["DJANGO_SETTINGS_MODULE"] = "cpor_portal.settings"
# Each of several workers keeps its files apart from the others'.
os.environ["CPOR_VAR"] = tempfile.mkdtemp(prefix="cpor-tests-")

# Machines that run other work, too, are slow at times, which says nothing about the code.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")

QUICK_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_configure(config: pytest.Config) -> None:
    """Load the settings now, so that pytest-django finds them when its turn comes."""
    if not django_settings.EMBEDDED:
        raise pytest.UsageError("The tests run in the embedded mode only.")
    # The mail servers of the tests report every connection that ends, also in the middle of the progress.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    if config.getoption("numprocesses", None):
        # A worker that inherits the name loads the settings before this file, with this process's folder.
        del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Put browser tests last, and the longest tests of each group first, so that no worker is left alone at the end.

    From the first browser test on Playwright's event loop runs in this thread, and Django then opens other connections
    in it, which know nothing of what a test with real transactions has to put back. A browser test that needs our
    database gives the loop a thread of its own; it stays before those that leave the tables empty.
    """
    for item in items:
        if leaves_the_tables_empty(item):
            raise pytest.UsageError(f"{item.nodeid}: real transactions need serialized_rollback=True")
    yield
    for item in items:
        if any(map(item.get_closest_marker, ("browser", "faults", "processes"))):
            # Real processes share the machine with others, so one failure is no verdict. `bin/test` lists each rerun.
            item.add_marker(pytest.mark.flaky(reruns=1))
    items.sort(key=lambda item: (takes_the_thread(item), has_real_transactions(item), -seconds_allowed(item)))
    if any(item.get_closest_marker("browser") for item in items):
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_collection_finish() -> None:
    """Spare the garbage collector the modules and tests that stay to the end."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def takes_the_thread(item: pytest.Item) -> bool:
    """Return whether a test lets Playwright's event loop run in the thread of the tests."""
    return item.get_closest_marker("browser") is not None and item.get_closest_marker("django_db") is None


def has_real_transactions(item: pytest.Item) -> bool:
    """Return whether a test commits, so that it runs after those whose transaction is rolled back."""
    mark = item.get_closest_marker("django_db")
    is_marked = mark is not None and "transaction" in mark.kwargs
    return is_marked or "transactional_db" in getattr(item, "fixturenames", ())


def seconds_allowed(item: pytest.Item) -> int:
    """Return the time limit that a test sets itself, which tells the long tests; 0 when it has the usual one."""
    mark = item.get_closest_marker("timeout")
    return mark.args[0] if mark else 0


def leaves_the_tables_empty(item: pytest.Item) -> bool:
    """Return whether a test flushes the tables, and with them what the migrations wrote and later tests need."""
    mark = item.get_closest_marker("django_db")
    return mark is not None and "transaction" in mark.kwargs and not mark.kwargs.get("serialized_rollback")


@pytest.fixture(scope="session", autouse=True)
def addresses() -> None:
    """Read the addresses before a test changes a setting on which they depend."""
    import_module(django_settings.ROOT_URLCONF)


@pytest.fixture(scope="session")
def kept_database(request: pytest.FixtureRequest, django_db_keepdb: bool) -> Path | None:
    """Return the file in which `--reuse-db` keeps the migrated SQLite database, one for each worker; None without it.

    PostgreSQL keeps its own test database.
    """
    if not django_db_keepdb or connection.vendor != "sqlite" or request.config.cache is None:
        return None
    worker = os.environ.get("PYTEST_XDIST_WORKER", "single")
    return Path(request.config.cache.mkdir("database")) / f"{worker}.sqlite3"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, kept_database: Path | None, django_db_createdb: bool
) -> None:
    """Begin with a copy of the kept database; Django then applies the migrations that it lacks."""
    if kept_database is None:
        return
    in_use = Path(os.environ["CPOR_VAR"]) / "tests.sqlite3"
    connection.settings_dict["TEST"]["NAME"] = str(in_use)
    if kept_database.exists() and not django_db_createdb:
        shutil.copyfile(kept_database, in_use)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, kept_database: Path | None, django_db_blocker: DjangoDbBlocker) -> None:
    """Keep the migrated database as it is before the first test."""
    if kept_database is not None:
        with django_db_blocker.unblock(), closing(sqlite3.connect(kept_database)) as copy:
            connection.ensure_connection()
            connection.connection.backup(copy)


def pytest_unconfigure() -> None:
    shutil.rmtree(os.environ["CPOR_VAR"], ignore_errors=True)


@pytest.fixture(autouse=True)
def quick_and_apart(settings: Settings) -> None:
    """Hash passwords cheaply, and leave a test nothing of another: keys in the cache, overrides, a language."""
    translation.activate(settings.LANGUAGE_CODE)
    settings.PASSWORD_HASHERS = QUICK_HASHERS
    # Without it every test client looks at all static files before its first request.
    settings.WHITENOISE_AUTOREFRESH = True
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": uuid.uuid4().hex}}
    # Imported only now: the models behind it need the settings that this file prepares.
    overrides = import_module("associations.calendars").recent_overrides
    overrides.days, overrides.good_until = {}, math.inf
    import_module("guides.editions").forget_kept()


@pytest.fixture(scope="session", autouse=True)
def published_editions_can_be_emptied() -> Iterator[None]:
    """Take the triggers of published editions off while tables are emptied or filled anew, for a test that commits."""
    kept = import_module("guides.migrations._published")
    operations, creation = connection.ops, connection.creation

    def unguarded(work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **options: Any) -> Any:
            with transaction.atomic():
                kept.unguard(connection)
            try:
                return work(*args, **options)
            finally:
                with transaction.atomic():
                    kept.guard(connection)

        return run

    flush, load = unguarded(operations.execute_sql_flush), unguarded(creation.deserialize_db_from_string)
    committed = import_module("tests.committed_rows")
    rows = committed.CommittedRows(load)
    quickly = functools.cache(committed.can_pass_triggers)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "execute_sql_flush", lambda sql: rows.empty() if quickly() else flush(sql))
        patch.setattr(
            creation, "deserialize_db_from_string", lambda data: rows.fill(data) if quickly() else load(data)
        )
        yield


@contextmanager
def rows_of_a_module(blocker: DjangoDbBlocker, write: Callable[[], Any]) -> Iterator[Any]:
    """Give all tests of a module what *write* returns, and the rows that it writes.

    Each test takes back what it changes in the database, and so does the module at its end.
    """
    written = transaction.atomic()
    with blocker.unblock():
        written.__enter__()
        with override_settings(PASSWORD_HASHERS=QUICK_HASHERS):
            value = write()
    yield value
    with blocker.unblock():
        transaction.set_rollback(True)
        written.__exit__(None, None, None)


@pytest.fixture(scope="module")
def told_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Any]:
    """Return the `World` of tests/access/world.py, which takes longer to tell than most tests that ask about it."""
    with rows_of_a_module(django_db_blocker, lambda: import_module("tests.access.world").World()) as world:
        yield world


@pytest.fixture(scope="module")
def demo_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Return what `seed_demo` printed when it loaded the demo world."""
    printed = StringIO()
    with rows_of_a_module(django_db_blocker, lambda: call_command("seed_demo", stdout=printed)):
        yield printed.getvalue()
