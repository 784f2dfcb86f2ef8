"""Writes every page, email and export of the demo world at a fixed moment, with IDs and secrets replaced.

`bin/render-all OUT` starts it. A commit that moves code must not change a byte of OUT; a commit that changes words
must change nothing else. Each role follows the links of its pages in each language. The themes share the HTML, so OUT
holds the style sheets beside the pages. XLSX and DOCX files are written as the texts of their parts.
"""

import io
import os
import random
import re
import shutil
import sys
import tempfile
import uuid
import zipfile
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

import django
import time_machine
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from lxml import html as lxml_html

MOMENT = datetime(2026, 3, 16, 9, 30, tzinfo=UTC)
LANGUAGES = ("en", "it")
HOST = "portal.example"
# The role, its account, and the pages at which it starts.
ROLES: dict[str, tuple[str, list[str]]] = {
    "incentives-admin": ("admin@contoso.example", ["/", "/notifications/", "/usage/", "/preferences/", "/jobs/"]),
    "incentives-user": ("user@contoso.example", ["/"]),
    "global-admin": ("global@contoso.example", ["/", "/colleagues/"]),
    "other-partner": ("admin@fabrikam.example", ["/"]),
    "reviewer": ("reviewer@microsoft.example", ["/admin/"]),
    "platform-admin": ("root@microsoft.example", ["/admin/"]),
    "nobody": ("", ["/accounts/login/", "/customers/", "/nowhere/", "/c/unknown/", "/styleguide/"]),
}
# Days after which the clocks run once more, so that reminders and endings write their emails.
LATER = (1, 3, 5, 8, 15, 32, 60, 90)
# Signing out ends the walk. The mailbox shows what OUT/emails holds, with times of its files.
SKIPPED = re.compile(r"^/(accounts/logout|mailbox/|static/|metrics|readyz|healthz|.*autocomplete|.*jsi18n)")
# The desk's way back to a filtered list, its counts beside each filter, and orders by more than one column.
COMBINED = re.compile(r"_changelist_filters|_facets|^o=.*\.")
# What differs between two runs, in the order in which it is replaced.
CHANGING = {
    "uuid": re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
    "csrf": re.compile(r'(?<=name="csrfmiddlewaretoken" value=")[^"]+'),
    "nonce": re.compile(r'(?<=nonce=")[^"]+'),
    "secret": re.compile(r"(?<![\w/+-])[\w-]{43}(?![\w-])"),
    "hash": re.compile(r"\b[0-9a-f]{64}\b"),
    "code": re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b"),
    "message": re.compile(r"(?<=mailbox/)[0-9]{15,}-[0-9a-f]+"),
}


class Names:
    """Gives each changing value a name by the order in which it appears, the same for one walk."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], str] = {}

    def replace(self, text: str) -> str:
        for kind, pattern in CHANGING.items():
            text = pattern.sub(lambda found, kind=kind: self.name(kind, found.group()), text)  # type: ignore[misc]
        return text

    def name(self, kind: str, value: str) -> str:
        if kind in ("csrf", "nonce"):
            return kind
        number = 1 + sum(key[0] == kind for key in self.known)
        return self.known.setdefault((kind, value), f"{kind}-{number}")


def main() -> None:
    out = Path(sys.argv[1])
    if out.exists() and any(out.iterdir()):
        sys.exit(f"{out} is not empty: name a new folder.")
    with tempfile.TemporaryDirectory() as var, time_machine.travel(MOMENT, tick=False):
        prepare(Path(var))
        for role, (account, starts) in ROLES.items():
            for language in LANGUAGES:
                walk(out / role / language, account=account, starts=starts, language=language)
        for days in LATER:
            moment = MOMENT + timedelta(days=days)
            with time_machine.travel(moment, tick=False):
                call_command("run_clocks", at=moment, stdout=io.StringIO())
        write_emails(out / "emails")
    shutil.copytree("static/css", out / "css")
    print(f"{sum(1 for path in out.rglob('*') if path.is_file())} files in {out}")


def prepare(var: Path) -> None:
    """Start Django on an empty SQLite database in *var*, and load the demo world."""
    os.environ.update(
        CPOR_EMBEDDED="1",
        CPOR_VAR=str(var),
        CPOR_ENV_FILE=os.devnull,
        SECRET_KEY="render-all" * 5,
        DJANGO_SETTINGS_MODULE="cpor_portal.settings",
        PORTAL_URL=f"http://{HOST}",
        ALLOWED_HOSTS=HOST,
        LOG_LEVEL="ERROR",
    )
    steady = random.Random(0)  # noqa: S311 - IDs that are the same in each run
    uuid.uuid4 = lambda: uuid.UUID(int=steady.getrandbits(128), version=4)
    django.setup()
    # What touches a model can be imported only now.
    import_module("operations.management.commands.run_portal").prepare_data()


def write_emails(folder: Path) -> None:
    """Write each email of the outbox: its head, its text and its HTML."""
    folder.mkdir(parents=True)
    names = Names()
    for number, email in enumerate(apps.get_model("notifications", "OutboxEmail").objects.order_by("pk"), 1):
        head = (
            f"To: {', '.join(email.to)}\nCc: {', '.join(email.cc)}\nSubject: {email.subject}\nStatus: {email.status}\n"
        )
        stem = f"{number:04}-{email.template}-{email.locale}"
        (folder / f"{stem}.txt").write_text(names.replace(f"{head}\n{email.text}"))
        (folder / f"{stem}.html").write_text(names.replace(email.html))


def walk(folder: Path, *, account: str, starts: list[str], language: str) -> None:
    """Write every page and file that *account* reaches by links from *starts*."""
    client = Client(raise_request_exception=False, HTTP_ACCEPT_LANGUAGE=language, headers={"host": HOST})
    client.cookies["django_language"] = language
    if account:
        user = get_user_model().objects.get(email=account)
        get_user_model().objects.filter(pk=user.pk).update(language=language)
        client.force_login(user)
    folder.mkdir(parents=True)
    names, waiting, seen = Names(), list(starts), set(starts)
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address)
        if answer.status_code >= 500:
            sys.exit(f"{address} answers {answer.status_code} to {account or 'nobody'}.")
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        kind = answer.get("Content-Type", "").partition(";")[0]
        head = f"{answer.status_code} {kind}\n"
        if location := answer.get("Location", ""):
            head += f"Location: {location}\n"
        write(folder / file_name(names.replace(address)), names.replace(head + readable(content, kind=kind)))
        found = [location] if location else links_in(content) if kind == "text/html" else []
        for link in found:
            target = urldefrag(urljoin(f"http://{HOST}{address}", link))[0]
            parts = urlsplit(target)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            # Filters and orders are opened one by one: together they are more addresses than anybody reads.
            is_combined = len(parse_qs(parts.query, keep_blank_values=True)) > 1 or COMBINED.search(parts.query)
            if parts.netloc == HOST and path not in seen and not is_combined and not SKIPPED.match(path):
                seen.add(path)
                waiting.append(path)


def links_in(page: bytes) -> list[str]:
    """Return the addresses to which a page links."""
    tree: Any = lxml_html.fromstring(page)
    return [str(address) for address in tree.xpath("//a/@href") if not str(address).startswith(("mailto:", "tel:"))]


def readable(content: bytes, *, kind: str) -> str:
    """Return the content of an answer as text; of a document that is a ZIP, the names and texts of its parts."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return "\n".join(
                f"== {name}\n{package.read(name).decode(errors='replace')}" for name in package.namelist()
            )
    if kind.startswith("text/") or "json" in kind or "xml" in kind:
        return content.decode(errors="replace")
    return f"{len(content)} bytes\n"


def file_name(address: str) -> str:
    """Return the name of the file that holds the answer of an address."""
    return re.sub(r"[^\w.=-]+", "_", address.strip("/")) or "start"


def write(path: Path, text: str) -> None:
    path.with_name(path.name[:200]).write_text(text)


if __name__ == "__main__":
    main()
