"""Reads environment variables from the environment, from `.env`, or from the file that `<variable>_FILE` names."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from environ.fileaware_mapping import FileAwareMapping

BASE_DIR = Path(__file__).resolve().parent.parent


class VariablesOrFiles(FileAwareMapping):  # type: ignore[misc]
    """The environment; the value in a file loses the line break at its end."""

    def __getitem__(self, name: str) -> str:
        return str(super().__getitem__(name)).rstrip("\r\n")


class Env(environ.Env):  # type: ignore[misc]
    ENVIRON = VariablesOrFiles()


env = Env()
Env.read_env(env.path("CPOR_ENV_FILE", default=str(BASE_DIR / ".env")))

EMBEDDED = env.bool("CPOR_EMBEDDED", default=False)
DEBUG = env.bool("DEBUG", default=False)
VAR_DIR = Path(env.str("CPOR_VAR", default=str(BASE_DIR / "var"))).resolve()


def secret_key() -> str:
    """Return SECRET_KEY; without one, a development portal makes its own. Raise ImproperlyConfigured elsewhere."""
    if key := env.str("SECRET_KEY", default=""):
        return str(key)
    if EMBEDDED or DEBUG:
        return kept_secret_key(VAR_DIR / "secret_key")
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Set it to a long random string"
        " (python3 -c 'import secrets; print(secrets.token_urlsafe(50))'),"
        " or set CPOR_EMBEDDED=1 to try the portal on this computer."
    )


def kept_secret_key(path: Path) -> str:
    """Return the secret key kept in *path*, and make it on the first start: sessions outlive a restart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()
