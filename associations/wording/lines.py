"""Lines of lists that partners and reviewers read alike: the files of a claim or association, and the comments."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from associations.choices import ScanStatus
from associations.models import Comment, ProofOfExecution
from associations.rules.proof_files import ProofKind


@dataclass(frozen=True, kw_only=True)
class FileLine:
    """One proof in a list of files; without a *url* it can't be opened, without a *remove_url* not be removed.

    The *status* of its scan is empty where it says nothing.
    """

    name: str
    size: int
    kind: str
    status: str
    status_label: str
    at: datetime
    by: str = ""
    url: str = ""
    remove_url: str = ""


@dataclass(frozen=True, kw_only=True)
class CommentLine:
    """One comment in a thread."""

    author: str
    at: datetime
    text: str
    role: str = ""
    is_new: bool = False


def file_line(proof: ProofOfExecution, *, by: str = "", url: str = "", remove_url: str = "") -> FileLine:
    """Return the line of a file, with its *url* unless it can't be opened."""
    return FileLine(
        name=proof.shown_name,
        size=proof.size,
        kind=ProofKind(proof.kind).extension.upper(),
        status=proof.scan_status if shows_scan_state(proof) else "",
        status_label=str(ScanStatus(proof.scan_status).label),
        at=proof.uploaded_at,
        by=by,
        url=url if proof.is_usable else "",
        remove_url=remove_url,
    )


def shows_scan_state(proof: ProofOfExecution) -> bool:
    """Return whether the scan of a file is worth a word: "Not scanned" is where a scanner is expected to scan it."""
    return proof.scan_status != ScanStatus.NOT_SCANNED or bool(settings.CLAMD_URL)


def comment_line(comment: Comment, *, author: str, role: str = "", is_new: bool = False) -> CommentLine:
    text = comment.text or _("Text removed")
    return CommentLine(author=author, role=role, at=comment.at, text=text, is_new=is_new)


def new_comments_in_words(count: int) -> str:
    """Return "1 new comment" for people who have not read it, or nothing."""
    return ngettext("%(count)d new comment", "%(count)d new comments", count) % {"count": count} if count else ""
