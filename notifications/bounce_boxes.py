"""Where delivery reports arrive: a folder on an IMAP server, or a Maildir. A message waits until it is filed."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings

SEEN = r"(\Seen)"
IMAP_PORT = 143
IMAPS_PORT = 993


class BoxUnreachable(Exception):
    """The bounce mailbox cannot be opened; the words say why, without the password."""


class BounceBox(Protocol):
    """What reading the reports needs of a mailbox."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def waiting(self, *, limit: int, longest: int) -> Iterator[tuple[str, bytes]]:
        """Yield up to *limit* messages that are not filed, each by name with its first *longest* bytes."""
        ...

    def file(self, name: str) -> None:
        """Keep the message *name* from being handed out again; it stays in the mailbox for people to look at."""
        ...


def configured_box() -> BounceBox | None:
    """Return the mailbox of the settings, or None where none is set; raise BoxUnreachable for an address of no use."""
    if settings.BOUNCE_IMAP_URL:
        return ImapFolder(settings.BOUNCE_IMAP_URL)
    if settings.BOUNCE_MAILDIR:
        return Maildir(Path(settings.BOUNCE_MAILDIR))
    return None


class Maildir:
    """A Maildir that a mail server on this host fills: a new message lies in `new`, a filed one in `cur`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Self:
        if not all((self.folder / part).is_dir() for part in ("new", "cur")):
            raise BoxUnreachable(f"{self.folder} is no Maildir.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """A folder needs no goodbye."""

    def waiting(self, *, limit: int, longest: int) -> Iterator[tuple[str, bytes]]:
        """Yield new messages, by name."""
        for path in sorted((self.folder / "new").iterdir())[:limit]:
            # Another reader may have filed it since the folder was listed.
            with suppress(FileNotFoundError):
                if path.is_file():
                    with path.open("rb") as message:
                        content = message.read(longest)
                    yield path.name, content

    def file(self, name: str) -> None:
        """Move the message to those that were seen."""
        base = name.partition(":")[0]
        with suppress(FileNotFoundError):
            (self.folder / "new" / name).rename(self.folder / "cur" / f"{base}:2,S")


class ImapFolder:
    """A folder of an IMAP server, imaps://user:password@host/folder: an unseen message waits, a seen one is filed."""

    def __init__(self, url: str) -> None:
        self.address = urlsplit(url)
        if self.address.scheme not in {"imaps", "imap"} or not self.address.hostname:
            raise BoxUnreachable("BOUNCE_IMAP_URL is no address such as imaps://user:password@host/folder.")

    def __enter__(self) -> Self:
        try:
            self.server = connected(self.address)
        except (OSError, imaplib.IMAP4.error) as error:
            raise self.unreachable(error) from error
        try:
            self.open_folder()
        except (OSError, imaplib.IMAP4.error) as error:
            self.close()
            raise self.unreachable(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open_folder(self) -> None:
        """Sign in and choose the folder; raise what imaplib raises."""
        self.server.login(unquote(self.address.username or ""), unquote(self.address.password or ""))
        answer, words = self.server.select(quoted(unquote(self.address.path.strip("/")) or "INBOX"))
        if answer != "OK":
            raise imaplib.IMAP4.error(words)

    def unreachable(self, error: Exception) -> BoxUnreachable:
        return BoxUnreachable(f"The bounce mailbox at {self.address.hostname} cannot be opened: {error}")

    def close(self) -> None:
        """Say goodbye and close the connection, also to a server that does not answer any more."""
        with suppress(OSError, imaplib.IMAP4.error):
            self.server.logout()
        with suppress(OSError):
            self.server.shutdown()

    def waiting(self, *, limit: int, longest: int) -> Iterator[tuple[str, bytes]]:
        """Yield unseen messages by their UID, without making them seen."""
        _answer, found = self.server.uid("SEARCH", "UNSEEN")
        for uid in (found[0] or b"").split()[:limit]:
            name = uid.decode("ascii")
            _answer, parts = self.server.uid("FETCH", name, f"(BODY.PEEK[]<0.{longest}>)")
            # A message that another reader deleted meanwhile has no content.
            content = next((part[1] for part in parts if isinstance(part, tuple)), None)
            if content is not None:
                yield name, content

    def file(self, name: str) -> None:
        """Mark the message as seen."""
        self.server.uid("STORE", name, "+FLAGS.SILENT", SEEN)


def connected(address: SplitResult) -> imaplib.IMAP4:
    """Return a connection to the server, encrypted unless the address says imap://."""
    host = str(address.hostname)
    if address.scheme == "imap":
        return imaplib.IMAP4(host, address.port or IMAP_PORT, timeout=settings.EMAIL_TIMEOUT)
    # Without a context of ours imaplib would believe any certificate.
    trusting = ssl.create_default_context()
    port = address.port or IMAPS_PORT
    return imaplib.IMAP4_SSL(host, port, ssl_context=trusting, timeout=settings.EMAIL_TIMEOUT)


def quoted(folder: str) -> str:
    """Return a folder's name as IMAP wants it when it holds spaces."""
    return '"' + re.sub(r'(["\\])', r"\\\1", folder) + '"'
