"""Reads the values of environment variables, and refuses at start, in a sentence, what could not work."""

import re
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

EVERY_INTERFACE = ("0.0.0.0", "::")  # noqa: S104 - recognised, never the default


def portal_url(text: str) -> str:
    """Return the portal's own address without its last slash; raise ImproperlyConfigured unless links can begin so.

    The portal answers at the root of its host, so a path would make every link in an email a dead one.
    """
    address = split(text)
    if (
        address is None
        or address.scheme not in ("http", "https")
        or address.path not in ("", "/")
        or any(sign in text for sign in "?#@\\")
    ):
        raise ImproperlyConfigured(
            f"PORTAL_URL is {text!r}. Set it to where people reach the portal, scheme and host without a path,"
            " such as https://portal.example or http://127.0.0.1:8000."
        )
    return text.rstrip("/")


def local_url(bind: str, port: str) -> str:
    """Return where a browser on this computer reaches what listens at *bind* and *port*."""
    host = "127.0.0.1" if bind in EVERY_INTERFACE else bind
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def clamd_url(text: str) -> str:
    """Return where clamd listens, or nothing; raise ImproperlyConfigured for what is neither TCP nor a socket file."""
    address = split(text)
    is_socket_file = text.startswith("unix:///") and len(text) > len("unix:///")
    if text and not is_socket_file and (address is None or address.scheme != "tcp" or address.path not in ("", "/")):
        raise ImproperlyConfigured(
            f"CLAMD_URL is {text!r}. Set it to tcp://host:3310, tcp://[::1]:3310 or unix:///run/clamav/clamd.ctl,"
            " or leave it empty: then files are not scanned, and say so."
        )
    return text


def entra_tenant_id(text: str) -> str:
    """Return the directory ID of one tenant; raise ImproperlyConfigured for anything else."""
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
        raise ImproperlyConfigured(
            "ENTRA_TENANT_ID is not a directory ID. Set it to the GUID of one tenant, in lower case: the addresses for"
            " all tenants (common, organizations) let anybody in the world vouch for anybody."
        )
    return text


def log_level(text: str) -> str:
    """Return the level in capital letters; raise ImproperlyConfigured for one that doesn't exist."""
    level = text.upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        raise ImproperlyConfigured(f"LOG_LEVEL is {level}. Set it to DEBUG, INFO, WARNING, ERROR or CRITICAL.")
    return level


def tries_per_seconds(text: str) -> tuple[int, int]:
    """Return the tries and the seconds of a limit such as 60/600."""
    tries, _, seconds = text.partition("/")
    return int(tries), int(seconds)


def split(text: str) -> SplitResult | None:
    """Return the parts of an address that names a host in plain ASCII and, if any, a port that exists; else None."""
    try:
        address = urlsplit(text)
        host, port = address.hostname or "", address.port
        host.encode("idna")
    except ValueError:
        return None
    is_plain = text.isascii() and text.isprintable() and " " not in text
    return address if is_plain and host and port != 0 else None
