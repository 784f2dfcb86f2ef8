"""The style guide of the embedded mode: every component in every state."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Note
from associations.choices import (
    ClaimStatus,
    ConsentStatus,
    EnrolmentStatus,
    NoticeAnswer,
    ReviewOutcome,
    ScanStatus,
    SubscriptionState,
)
from associations.rules.business_days import DayKind
from associations.rules.customer.opt_out import Hold
from associations.rules.shown_status import ReviewStage, ShownStatus
from associations.status_words.claim_status import LABELS, REVIEWS, StatusInWords
from associations.status_words.holds import HOLD_NAMES
from associations.views.wizard.progress_list import STATUS_LABELS
from associations.wording.counted_days import DayLine, Explanation
from associations.wording.facts import Fact
from notifications.models import EmailStatus

WHEN = datetime(2020, 10, 23, 10, 42, tzinfo=UTC)
WINDOW = {"closes_at": datetime(2020, 10, 30, 23, tzinfo=UTC), "last_day": date(2020, 10, 30), "zone": "CET"}
STATUSES = (
    ClaimStatus, ConsentStatus, EnrolmentStatus, NoticeAnswer, ReviewOutcome, ScanStatus, SubscriptionState,
    EmailStatus,
)  # fmt: skip
TONES = ("info", "success", "warning", "error")
HERE = "#main"

Context = Mapping[str, Any]


# Components that stand inside a list of the page that includes them.
LIST_ITEMS = frozenset({"error_links", "history_row", "nav_link"})


@dataclass(frozen=True)
class Example:
    """One component, drawn in each of its states."""

    name: str
    states: list[str]

    @property
    def is_item(self) -> bool:
        """True if the component goes inside a list."""
        return self.name in LIST_ITEMS


class ProofForm(forms.Form):
    """A form that lacks something, for the components that draw forms and their errors."""

    proof = forms.FileField(label=gettext_lazy("File"))


@login_not_required
@never_cache
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component that a page can include, in every state."""
    examples = [
        Example(name, [render_to_string(f"components/{name}.html", context, request) for context in states])
        for name, states in chain(words(), boxes(), lists(), forms_and_steps(), header_parts())
    ]
    return render(request, "styleguide/index.html", {"examples": examples})


def words() -> Iterator[tuple[str, list[Context]]]:
    """Inline components."""
    badges = {value: label for choices in STATUSES for value, label in choices.choices}
    yield "status_badge", [{"status": value, "label": label} for value, label in badges.items()]
    yield "status_icon", [{"status": value} for value in badges]
    yield (
        "icon",
        [{"name": name} for name in ("add", "search", "file", "download", "calendar", "mail", "bell", "print")],
    )
    yield "moment", [{"at": WHEN}]
    yield "deadline", [WINDOW]
    help_email = "help@microsoft.example"
    yield "help_contact", [{"help_email": help_email}, {"help_email": help_email, "number": "CPOR-0000123"}]
    yield "print_button", [{}, {"primary": True}]
    yield "copy_button", [{"text": "7f3c2a10-58d4-4b7e-9a61-0c2f6d3e8b01", "label": _("Copy tenant ID")}]


def boxes() -> Iterator[tuple[str, list[Context]]]:
    """Block components."""
    yield "banner", [{"tone": tone, "title": _("Status"), "text": _("The claim was withdrawn.")} for tone in TONES]
    yield "note", [{"note": Note.CLAIM_STATUS, "number": 1, "total": len(Note), "path": "/styleguide/"}]
    yield "messages", [{"messages": [Told(_("The claim was withdrawn."))]}]
    yield (
        "counter",
        [
            {"value": 7, "label": str(LABELS[ShownStatus.OFFICIAL]), "status": "official", "url": HERE},
            {"value": 0, "label": _("Draft"), "note": _("Not given")},
        ],
    )
    nothing = {"title": _("No claim matches"), "text": _("Try fewer or other words, or take a filter away.")}
    yield (
        "empty_state",
        [nothing, nothing | {"icon": "search", "action_url": HERE, "action_label": _("Show all claims")}],
    )
    yield (
        "page_header",
        [
            {
                "title": "Northwind Teams",
                "kicker": "CPOR-0000123",
                "status": "approved",
                "status_label": pgettext("claim status", "Approved"),
            }
        ],
    )
    line = {
        "type": "line",
        "labels": ["2020-08", "2020-09", "2020-10"],
        "series": [{"label": pgettext("claim status", "Submitted"), "values": [3, None, 5]}],
    }
    bar = line | {"type": "bar", "horizontal": True}
    yield (
        "chart",
        [
            {"id": chart["type"], "title": _("Claims"), "chart": chart, "rows_label": _("Month")}
            for chart in (line, bar)
        ],
    )
    yield "claim_status", list(claim_statuses())
    yield (
        "window_card",
        [
            {
                "recipient_name": "Carla Bianchi",
                "recipient_email": "carla.bianchi@northwindtraders.example",
                "status": NoticeAnswer.APPROVED,
                "status_label": NoticeAnswer.APPROVED.label,
                "mail_steps": steps(),
                "bounce_reason": "550 5.1.1",
                **WINDOW,
            }
        ],
    )


def claim_statuses() -> Iterator[Context]:
    """The status of a claim, each word once, and one that is held."""
    for shown, label in LABELS.items():
        holds = (str(HOLD_NAMES[Hold.COMPETING_CLAIM]),) if shown is ShownStatus.ON_HOLD else ()
        sentence, review = _("The claim was withdrawn."), str(REVIEWS[ReviewStage.RUNNING])
        yield {"status": StatusInWords(shown.value, str(label), holds, sentence, review, ReviewStage.RUNNING)}


def lists() -> Iterator[tuple[str, list[Context]]]:
    """Components that show several of something."""
    yield (
        "facts",
        [
            {
                "facts": [
                    Fact(_("Customer"), "Northwind Traders", change_url=HERE),
                    Fact(_("Tenant ID"), "7f3c2a10-58d4-4b7e-9a61-0c2f6d3e8b01", mono=True),
                    Fact(_("Contacts"), lines=["Carla Bianchi", "Anna Conti"]),
                    Fact(_("Status"), status="official", status_label=str(LABELS[ShownStatus.OFFICIAL])),
                    Fact(_("Comment"), ""),
                ]
            }
        ],
    )
    comment = {"author": "Anna Conti", "at": WHEN, "text": _("The claim was withdrawn."), "role": _("Reviewer")}
    yield "comment_thread", [{"comments": [comment]}, {"comments": []}]
    days = [
        DayLine(date(2020, 10, 23), _("The notice arrives: not counted"), DayKind.START),
        DayLine(date(2020, 10, 24), _("Weekend"), DayKind.WEEKEND),
        DayLine(date(2020, 10, 26), _("Business day %(number)d") % {"number": 1}, DayKind.COUNTS),
    ]
    yield "counted_days_table", [{"lines": days}]
    yield "counted_days", [{"explanation": Explanation(days)}]
    file = {"name": "statement-of-work.docx", "size": 36_864, "kind": "DOCX", "at": WHEN, "by": "Anna Conti"}
    yield "file_list", [{"files": [file | {"status": scan.value, "status_label": scan.label} for scan in ScanStatus]}]
    yield (
        "history_row",
        [
            {
                "at": WHEN,
                "actor": "Anna Conti",
                "text": pgettext("claim status", "Submitted"),
                "note": "PoE",
                "status": "submitted",
                "status_label": pgettext("claim status", "Submitted"),
            }
        ],
    )
    yield "status_tracker", [{"steps": steps()}]
    yield (
        "pagination",
        [{"first_url": HERE, "previous_url": HERE, "next_url": HERE, "last_url": HERE, "summary": "31 - 60"}],
    )


def forms_and_steps() -> Iterator[tuple[str, list[Context]]]:
    """Components of forms and of the wizard."""
    wrong = ProofForm({})
    yield "error_summary", [{"form": wrong, "problems": [{"text": _("There is a problem"), "url": HERE}]}]
    yield "error_links", [{"form": wrong}]
    yield "file_drop", [{"field": wrong["proof"]}]
    yield "files_again", [{"is_asked": True}]
    typed = {"fields": [["text", "PoE"]], "texts": [_("The claim was withdrawn.")], "had_files": True}
    yield "typed_offer", [{"offer": typed}]
    question = {
        "title": _("Withdraw claim"),
        "text": _("Nothing is decided yet: you check your answer on the next page."),
    }
    ways = {"action_url": HERE, "action_label": _("Withdraw claim"), "cancel_url": HERE}
    yield "read_comments", [{"action": HERE, "through": 1, "button_class": "btn btn-secondary"}]
    yield "confirm_panel", [question | ways, question | ways | {"danger": True}]
    states = STATUS_LABELS
    yield (
        "step_list",
        [
            {
                "steps": [
                    {
                        "label": _("Contacts"),
                        "url": HERE,
                        "status": status,
                        "status_label": label,
                        "current": status == "in_progress",
                    }
                    for status, label in states.items()
                ]
            }
        ],
    )
    yield "back_link", [{"url": HERE, "label": _("Customer associations")}]


def header_parts() -> Iterator[tuple[str, list[Context]]]:
    """Components of the header, which this page itself has too."""
    yield "nav_link", [{"url": HERE, "label": _("Help"), "path": path} for path in (HERE, "/")]
    yield "bell", [{"count": 0}, {"count": 12}]
    yield (
        "account_menu",
        [{"user": SimpleNamespace(email="admin@contoso.example", is_staff=True), "manages_people": True}],
    )


@dataclass(frozen=True)
class Told:
    """A message as django.contrib.messages keeps it."""

    text: str
    level_tag: str = "success"

    def __str__(self) -> str:
        return self.text


def steps() -> list[dict[str, Any]]:
    """Return a tracker's steps, one in each state."""
    return [
        {"label": _("Draft"), "state": "done", "at": WHEN},
        {"label": pgettext("claim status", "Submitted"), "state": "now", "at": WHEN},
        {"label": pgettext("claim status", "Approved"), "state": "next"},
    ]
