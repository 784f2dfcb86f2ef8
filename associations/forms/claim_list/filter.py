"""The list's search, filters and order, kept in its address (domain.md 6.1)."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from associations.choices import CONTACT_NOT_CONFIRMED, ClaimStatus, ConsentStatus
from associations.forms.claim_list.sort import NEWEST_FIRST, WAYS
from associations.models import Product
from associations.models.claim_parts import listed_under
from associations.models.claim_queries import ClaimQuerySet, is_contact_unconfirmed, is_undelivered
from associations.rules import lifecycle
from associations.rules.shown_status import ReviewStage, ShownStatus
from associations.status_words.claim_status import LABELS, REVIEWS
from associations.stored_activities import of_kind
from guides.editions import Edition, edition_in_force

LONGEST_SEARCH = 200
ON = "1"

# A disputed claim is with the reviewers again, so that who looks for those under review finds it.
ALSO_FOUND = {ClaimStatus.UNDER_REVIEW.value: (ClaimStatus.UNDER_REVIEW, ClaimStatus.DISPUTED)}

# What an address of before says, in the words of status and review.
EARLIER_STATUSES: dict[ClaimStatus, Promise] = {
    ClaimStatus.DRAFT: LABELS[ShownStatus.DRAFT],
    ClaimStatus.SUBMITTED: REVIEWS[ReviewStage.WAITING],
    ClaimStatus.UNDER_REVIEW: REVIEWS[ReviewStage.RUNNING],
    ClaimStatus.ACTION_REQUIRED: LABELS[ShownStatus.ACTION_REQUIRED],
    ClaimStatus.AWAITING_CUSTOMER: _("Validated, not official yet"),
    ClaimStatus.APPROVED: _("Official or ended"),
    ClaimStatus.REJECTED: LABELS[ShownStatus.REJECTED],
    ClaimStatus.DISPUTED: LABELS[ShownStatus.DISPUTED],
    ClaimStatus.REJECTED_FINAL: _("Rejected (final)"),
    ClaimStatus.CANCELLED: LABELS[ShownStatus.WITHDRAWN],
}

OPEN, ENDED, DECLINED, NOT_DELIVERED, CONTACT_HELD = "open", "ended", "declined", "not_delivered", "contact"
WINDOWS: dict[str, tuple[Promise, Q]] = {
    OPEN: (
        _("Customer can answer"),
        Q(consent_status=ConsentStatus.OPEN, status__in=lifecycle.UNDECIDED),
    ),
    ENDED: (
        _("Ended without an opt-out"),
        Q(consent_status__in=[ConsentStatus.NO_OBJECTION, ConsentStatus.ACKNOWLEDGED]),
    ),
    DECLINED: (_("Customer opted out"), Q(consent_status=ConsentStatus.DECLINED)),
    NOT_DELIVERED: (_("Notice not delivered"), is_undelivered()),
    CONTACT_HELD: (CONTACT_NOT_CONFIRMED, is_contact_unconfirmed()),
}
# The kinds of the first edition: claims that state them stay, whatever later editions have.
EARLIER_KINDS: dict[str, Promise] = {
    "usage": pgettext_lazy("activity", "Usage"),
    "presales": _("Pre-sales"),
    "revenue": _("Revenue association"),
}


@dataclass(frozen=True)
class Pill:
    """One filter that is on, in words, and the address without it."""

    label: str
    value: str
    query: str


@dataclass(frozen=True)
class ClaimFilter:
    """The person's search, filters and order; values in the address that make no sense are *ignored*."""

    words: str = ""
    area: str = ""
    state: str = ""
    review: str = ""
    # A stored status, as saved views and bookmarks name it: the pages offer `state` and `review`.
    status: str = ""
    activity: str = ""
    product: str = ""
    location: str = ""
    window: str = ""
    since: str = ""
    until: str = ""
    needs_me: str = ""
    competing: str = ""
    # The account of a colleague who was asked to submit drafts; with a minus, all claims but those drafts.
    submitter: str = ""
    ending: str = ""
    sort: str = NEWEST_FIRST
    ignored: tuple[str, ...] = ()

    @classmethod
    def asked(cls, address: Mapping[str, Any]) -> "ClaimFilter":
        """Return the filter that the query string *address* states."""
        stated: dict[str, str] = {}
        ignored = []
        for name, (key, is_meant) in IN_THE_ADDRESS.items():
            value = str(address.get(key, "")).replace("\x00", "").strip()
            if not value:
                continue
            if is_meant(value):
                stated[name] = value
            else:
                ignored.append(key)
        stated["words"] = stated.get("words", "")[:LONGEST_SEARCH]
        return cls(**stated, ignored=tuple(ignored))

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in IN_THE_ADDRESS if name != "sort")

    def of(self, claims: ClaimQuerySet, *, now: datetime) -> ClaimQuerySet:
        """Return those of *claims* that match."""
        found = claims.matching(self.words).filter(*self.conditions())
        if self.area:
            found = found.filter(listed_under(self.area, edition_in_force(now=now)))
        if self.state:
            found = found.shown_as(ShownStatus(self.state))
        if self.review:
            found = found.at_review_stage(ReviewStage(self.review))
        if self.needs_me:
            found = found.needing_attention()
        return found.ending_soon(now) if self.ending else found

    def conditions(self) -> list[Q]:
        """Return what the columns of a claim must fulfill."""
        parts: list[tuple[str, Callable[[str], Q]]] = [
            (self.status, lambda status: Q(status__in=ALSO_FOUND.get(status, (status,)))),
            (self.activity, of_kind),
            (self.product, claims_product),
            (self.location, lambda mpn_id: Q(location__mpn_id=mpn_id)),
            (self.window, lambda window: WINDOWS[window][1]),
            (self.since, lambda day: Q(submitted_at__gte=midnight(day))),
            (self.until, lambda day: Q(submitted_at__lt=midnight(day, days_later=1))),
            (self.competing, lambda on: Q(has_competing_claim=True)),
            (self.submitter, asked_to_submit),
        ]
        return [condition(value) for value, condition in parts if value]

    def query(self, **more: str) -> str:
        """Return the query string of this filter with *more*, empty parts and the usual order left out."""
        parts = {key: getattr(self, name) for name, (key, _is_meant) in IN_THE_ADDRESS.items()} | more
        if parts["sort"] == NEWEST_FIRST:
            del parts["sort"]
        stated = {name: value for name, value in parts.items() if value}
        return f"?{urlencode(stated)}" if stated else ""

    def without(self, *names: str) -> "ClaimFilter":
        """Return this filter with the parts *names* off."""
        off: dict[str, Any] = dict.fromkeys(names, "")
        return replace(self, **off)

    def known(self, edition: Edition, *, products: Collection[str], locations: Collection[str]) -> "ClaimFilter":
        """Return this filter without what *edition* doesn't know, and products and locations that can't be chosen."""
        strange = [
            name
            for name, value, choices in (
                ("activity", self.activity, activity_names(edition)),
                ("area", self.area, edition.known_areas),
                ("product", self.product, products),
                ("location", self.location, locations),
            )
            if value and value not in choices
        ]
        return replace(self.without(*strange), ignored=(*self.ignored, *strange))

    def pills(self, edition: Edition, *, products: Mapping[str, str], locations: Mapping[str, str]) -> list[Pill]:
        """Return the filters that are on, in the words of *edition*; the solution area is a tab and no pill."""
        words: dict[str, tuple[Any, Callable[[str], Any]]] = {
            "words": (pgettext_lazy("filter", "Search"), str),
            "state": (_("Status"), lambda state: LABELS[ShownStatus(state)]),
            "review": (_("Review"), lambda stage: REVIEWS[ReviewStage(stage)]),
            "status": (_("Status"), lambda status: EARLIER_STATUSES[ClaimStatus(status)]),
            "activity": (_("Activity"), activity_names(edition).__getitem__),
            "product": (_("Product"), lambda code: products.get(code, code)),
            "location": (_("MPN location"), lambda mpn_id: locations.get(mpn_id, mpn_id)),
            "window": (_("Opt-out period"), lambda window: WINDOWS[window][0]),
            "since": (_("Submitted from"), day_in_words),
            "until": (_("Submitted until"), day_in_words),
            "needs_me": (FLAGS["needs_me"], lambda on: ""),
            "competing": (FLAGS["competing"], lambda on: ""),
            "submitter": (_("A colleague was asked to submit"), asked_in_words),
            "ending": (FLAGS["ending"], lambda on: ""),
        }
        return [
            Pill(str(label), str(tell(getattr(self, name))), self.without(name).query())
            for name, (label, tell) in words.items()
            if getattr(self, name)
        ]


FLAGS = {
    "needs_me": _("Needs your attention"),
    "competing": _("Competing"),
    "ending": _("Ending within 60 days"),
}


def activity_names(edition: Edition) -> dict[str, str]:
    """Return the kinds of activity that can be filtered by: those of *edition*, then those of the first one."""
    earlier = {kind: str(name) for kind, name in EARLIER_KINDS.items() if kind not in edition.kinds}
    return {kind: str(name) for kind, name in edition.kinds.items()} | earlier


def is_day(text: str) -> bool:
    """Return whether *text* is a day that has a midnight, and another after it, in every zone."""
    try:
        return 1900 <= date.fromisoformat(text).year < 9999
    except ValueError:
        return False


def is_on(text: str) -> bool:
    return text == ON


def is_code(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_.-]{1,20}", text) is not None


def is_account(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]{1,9}", text) is not None


def is_anything(text: str) -> bool:
    return True


# The part of the filter: its name in the address, and whether a value can be meant.
IN_THE_ADDRESS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "words": ("q", is_anything),
    "area": ("area", is_code),
    "state": ("state", set(ShownStatus).__contains__),
    "review": ("review", set(ReviewStage).__contains__),
    "status": ("status", ClaimStatus.values.__contains__),
    "activity": ("activity", is_code),
    "product": ("product", is_code),
    "location": ("location", is_code),
    "window": ("window", WINDOWS.__contains__),
    "since": ("from", is_day),
    "until": ("to", is_day),
    "needs_me": ("needs_me", is_on),
    "competing": ("competing", is_on),
    "submitter": ("submitter", is_account),
    "ending": ("ending", is_on),
    "sort": ("sort", WAYS.__contains__),
}


def asked_to_submit(account: str) -> Q:
    """Return the condition that the claim is a draft which this account was asked to submit, or is no such draft."""
    asked = Q(status=ClaimStatus.DRAFT, submit_request__colleague=int(account.removeprefix("-")))
    return ~asked if account.startswith("-") else asked


def asked_in_words(account: str) -> str:
    return str(_("No")) if account.startswith("-") else ""


def claims_product(code: str) -> Q:
    """Return the condition that the claim has the product among its items, where it stands once at most."""
    return Q(items__product=Subquery(Product.objects.filter(code=code).values("pk")))


def midnight(day: str, *, days_later: int = 0) -> datetime:
    """Return the instant at which *day* begins for the person, or that many days later."""
    first = date.fromisoformat(day) + timedelta(days=days_later)
    return datetime.combine(first, time.min, tzinfo=timezone.get_current_timezone())


def day_in_words(day: str) -> str:
    return date_format(date.fromisoformat(day), pgettext("date format", "D j M Y"))
