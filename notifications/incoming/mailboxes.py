"""Mailboxes for reports and replies: a folder on an IMAP server, or a Maildir. Messages stay new until filed."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from notifications.clean_text import one_line
from notifications.incoming import oauth
from notifications.models import ClockRun

SEEN, FLAGGED = rb"\Seen", rb"\Flagged"
READ_THROUGH = "mailbox_read_through"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class BoxUnreachable(Exception):
    """The bounce mailbox can't be opened or read; the message says why, in one line without the password."""


class BounceBox(Protocol):
    """The operations that reading a mailbox needs."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def waiting(self, *, limit: int, longest: int) -> Iterator[tuple[str, bytes]]:
        """Yield up to *limit* new messages, each as its name and its first *longest* bytes."""
        ...

    def file(self, name: str, *, marked: bool = False) -> None:
        """File the message *name*, so that it isn't new anymore. It stays in the mailbox; *marked* flags it there."""
        ...


def configured_box() -> BounceBox | None:
    """Return the mailbox in the settings, or None; raise BoxUnreachable for an address that isn't valid."""
    if settings.BOUNCE_IMAP_URL:
        return ImapFolder(settings.BOUNCE_IMAP_URL)
    if settings.BOUNCE_MAILDIR:
        return Maildir(Path(settings.BOUNCE_MAILDIR))
    return None


def read_until(*, now: datetime) -> datetime:
    """Return the time up to which replies and reports have been read: *now* where no mailbox is set.

    That is when the last run that read the whole mailbox began, or 1970 before the first one.
    """
    if not (settings.BOUNCE_IMAP_URL or settings.BOUNCE_MAILDIR):
        return now
    reading = ClockRun.objects.filter(clock=READ_THROUGH).first()
    return min(now, reading.ended_at) if reading else NEVER


def note_reading(*, now: datetime) -> None:
    """Write that a run which began at *now* read the whole mailbox."""
    ClockRun.objects.update_or_create(clock=READ_THROUGH, defaults={"ended_at": now, "seconds": 0})


class Maildir:
    """A Maildir that a mail server on this host fills: a new message lies in `new`, a filed one in `cur`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Self:
        with self.trouble_in_words():
            if not all((self.folder / part).is_dir() for part in ("new", "cur")):
                raise BoxUnreachable(f"{self.folder} is no Maildir.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """A folder needs no goodbye."""

    @contextmanager
    def trouble_in_words(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            raise BoxUnreachable(f"The bounce mailbox {self.folder} cannot be read: {one_line(error)}") from error

    def waiting(self, *, limit: int, longest: int) -> Iterator[tuple[str, bytes]]:
        """Yield new messages, by name."""
        with self.trouble_in_words():
            paths = sorted(path for path in (self.folder / "new").iterdir() if path.is_file())
        for path in paths[:limit]:
            content = self.content(path, longest=longest)
            if content is not None:
                yield path.name, content

    def content(self, path: Path, *, longest: int) -> bytes | None:
        """Return the beginning of a message, or None if another reader has filed it since the folder was listed."""
        with self.trouble_in_words():
            try:
                with path.open("rb") as message:
                    return message.read(longest)
            except FileNotFoundError:
                return None

    def file(self, name: str, *, marked: bool = False) -> None:
        """Move the message to those that were seen."""
        base = name.partition(":")[0]
        with self.trouble_in_words(), suppress(FileNotFoundError):
            (self.folder / "new" / name).rename(self.folder / "cur" / f"{base}:2,{'FS' if marked else 'S'}")


class ImapFolder:
    """A folder of an IMAP server, imaps://user:password@host/folder: an unseen message waits, a seen one is filed.

    With an app registration in the settings it signs in by a token instead of the password.
    """

    def __init__(self, url: str) -> None:
        try:
            self.address = urlsplit(url)
            is_of_use = self.address.scheme in {"imaps", "imap"} and self.address.hostname and self.address.port != 0
        except ValueError:
            is_of_use = False
        if not is_of_use:
            raise BoxUnreachable("BOUNCE_IMAP_URL is no address such as imaps://user:password@host/folder.")

    def __enter__(self) -> Self:
        with self.trouble_in_words("opened"):
            self.server = connected(self.address)
            try:
                sign_in(self.server, self.address)
                self.server.select_folder(unquote(self.address.path.strip("/")) or "INBOX")
            except BaseException:
                self.close()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def trouble_in_words(self, what: str) -> Iterator[None]:
        """Raise BoxUnreachable for whatever the server, the network or the address does to us."""
        try:
            yield
        except (OSError, IMAPClientError, oauth.NoToken, LookupError, ValueError) as error:
            said = said_by(error)
            raise BoxUnreachable(f"The bounce mailbox at {self.address.hostname} cannot be {what}: {said}") from error

    def close(self) -> None:
        """Say goodbye and close the connection, also to a server that does not answer any more."""
        with suppress(OSError, IMAPClientError):
            self.server.logout()
        with suppress(OSError, IMAPClientError):
            self.server.shutdown()

    def waiting(self, *, limit: int, longest: int) -> Iterator[tuple[str, bytes]]:
        """Yield unseen messages by their UID, without making them seen."""
        with self.trouble_in_words("read"):
            unseen = sorted(self.server.search(["UNSEEN"]))[:limit]
        for uid in unseen:
            with self.trouble_in_words("read"):
                content = self.content(uid, longest=longest)
            # A message that another reader deleted meanwhile has no content.
            if content:
                yield str(uid), content

    def content(self, uid: int, *, longest: int) -> bytes:
        fetched = self.server.fetch([uid], [f"BODY.PEEK[]<0.{longest}>"]).get(uid, {})
        return next((each for name, each in fetched.items() if name.startswith(b"BODY[]") and each), b"")

    def file(self, name: str, *, marked: bool = False) -> None:
        """Mark the message as seen, and with a flag."""
        with self.trouble_in_words("read"):
            self.server.add_flags([int(name)], [SEEN, FLAGGED] if marked else [SEEN], silent=True)


def connected(address: SplitResult) -> IMAPClient:
    """Return a connection to the server, encrypted unless the address says imap://."""
    is_secret = address.scheme == "imaps"
    return IMAPClient(
        str(address.hostname),
        port=address.port,
        ssl=is_secret,
        ssl_context=ssl.create_default_context() if is_secret else None,
        timeout=settings.EMAIL_TIMEOUT,
    )


def sign_in(server: IMAPClient, address: SplitResult) -> None:
    """Sign in by a token or by the password; raise what IMAPClient raises, or NoToken."""
    user, password = unquote(address.username or ""), unquote(address.password or "")
    if oauth.is_configured():
        try:
            server.oauth2_login(user, oauth.token())
        except LoginError:
            oauth.forget()
            raise
    elif (user + password).isascii():
        server.login(user, password)
    elif server.has_capability("AUTH=PLAIN"):
        # LOGIN has no letters beyond ASCII; this has (RFC 4616).
        server.plain_login(user, password)
    else:
        raise LoginError("it takes only names and passwords in ASCII")


def said_by(error: Exception) -> str:
    """Return the words of a server or of the network in one line."""
    words = error.args[0] if error.args and isinstance(error.args[0], bytes) else str(error)
    return one_line(words.decode("utf-8", "replace") if isinstance(words, bytes) else words) or type(error).__name__
