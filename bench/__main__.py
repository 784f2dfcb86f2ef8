"""`python -m bench`: makes a database of its own, measures, writes the report and removes what it made."""

import argparse
import os
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg2

from bench.ports import free_port
from bench.sizes import SIZES

SERVER = "postgres://postgres@127.0.0.1:5432/postgres"
REPORT = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def main() -> int:
    arguments = read_arguments()
    # Whoever stops it finds no database, server or folder of it afterwards.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with TemporaryDirectory(prefix="cpor-bench-") as var, own_database(arguments.server) as url:
        os.environ.update(environment(url, var=var))
        django.setup()
        # What touches a model can be imported only now.
        run = import_module("bench.run")
        held = run.run(SIZES[arguments.size], only=arguments.only, report=arguments.report)
    return 0 if held else 1


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="full", help="medium and small take minutes")
    parser.add_argument("--only", nargs="*", default=[], help="names of benchmarks, as in bench/run.py")
    parser.add_argument("--report", type=Path, default=REPORT)
    parser.add_argument("--server", default=os.environ.get("DATABASE_URL", SERVER), help="any database of the server")
    return parser.parse_args()


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """Make a database on the server for this run alone, and remove it afterwards."""
    name = f"cpor_bench_{os.getpid()}"
    connection = psycopg2.connect(server)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            connection.close()


def environment(url: str, *, var: str) -> dict[str, str]:
    """Return the settings of a production on loopback: everything real but the encryption."""
    return {
        "DJANGO_SETTINGS_MODULE": "cpor_portal.settings",
        "CPOR_ENV_FILE": os.devnull,
        "CPOR_EMBEDDED": "0",
        "CPOR_SECURE_TRANSPORT": "0",
        "CPOR_VAR": var,
        "STATIC_ROOT": f"{var}/static",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1",
        "PORTAL_URL": "https://portal.example",
        "EMAIL_URL": f"smtp://127.0.0.1:{free_port()}",
        "DATABASE_URL": url,
        "LOG_LEVEL": "WARNING",
    }


if __name__ == "__main__":
    sys.exit(main())
