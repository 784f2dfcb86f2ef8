"""The details of a history entry in words, without codes or ids (domain.md 6.3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.text.readable import address_in_full, domain_in_full
from associations.choices import (
    ContactKind,
    EndReason,
    EventKind,
    HoldKind,
    HoldOutcome,
    OptOutReason,
    ReasonCode,
    UndeliveredReason,
    WithdrawalReason,
)
from associations.models import Claim, ClaimEvent, Contact, CustomerTenant, PartnerLocation, Product
from associations.status_words.claim_status import official_by_in_words
from associations.status_words.deadlines import closing_day_in_words
from guides.editions import Edition

GROUPS: dict[str, Promise] = {
    "location": gettext_lazy("MPN ID"),
    "customer": gettext_lazy("Customer"),
    "work": gettext_lazy("Solution area and activity"),
    "details": gettext_lazy("Claim name"),
    "products": gettext_lazy("Products"),
    "contacts": gettext_lazy("Contacts"),
    "proof": gettext_lazy("Proof of execution (PoE)"),
    "comments": gettext_lazy("Comments"),
}
REASONS: dict[str, type[models.TextChoices]] = {
    EventKind.WITHDRAWN: WithdrawalReason,
    EventKind.DECLINED: OptOutReason,
    EventKind.ASSOCIATION_ENDED: EndReason,
    EventKind.NOTICE_BOUNCED: UndeliveredReason,
}

# Columns of before, as lines of the History still name them: what they said is yes or no.
RETIRED_COLUMNS: dict[str, Promise] = {
    "claims_usage": gettext_lazy("usage"),
    "claims_presales": gettext_lazy("pre-sales"),
    "claims_revenue": gettext_lazy("revenue association"),
}


@dataclass(frozen=True)
class HistoryNames:
    """The names of what the details of some lines point at."""

    products: Mapping[str, str]
    locations: Mapping[str, str]
    tenants: Mapping[str, str]
    people: Mapping[int, str]


def details_of(event: ClaimEvent, *, claim: Claim, names: HistoryNames) -> Iterable[str]:
    """Yield the details of *event* of *claim*, one sentence each."""
    details: Mapping[str, Any] = event.details
    if "changed" in details:
        yield from changes_of(details["changed"], edition=claim.edition, names=names)
    if "items" in details:
        yield listed(_("Items"), (names.products.get(code, "") for code, _subscription in details["items"]))
    if "products" in details:
        yield listed(_("Items"), (names.products.get(name, name) for name in details["products"]))
    if "contacts" in details:
        yield from contacts_in_words(details["contacts"])
    if "customer_contact" in details:
        yield _("Customer contact: %(email)s") % {"email": address_in_full(details["customer_contact"])}
    if "domain" in details:
        yield _("Listed for the customer: %(domain)s") % {"domain": domain_in_full(details["domain"])}
    if "facts" in details:
        yield str(GROUPS.get(details["facts"], ""))
    if "to" in details:
        yield _("To %(email)s") % {"email": address_in_full(details["to"])}
    if event.kind == EventKind.APPROVED and claim.official_by:
        # A claim becomes official once, so that what it says of itself is said of this line.
        yield official_by_in_words(claim)
    if "colleague" in details:
        yield _("Colleague: %(name)s") % {"name": names.people.get(details["colleague"], _("unknown"))}
    if event.kind == EventKind.FORGOTTEN:
        yield forgotten_in_words(event)
    if "closes_at" in details:
        yield _("Until %(deadline)s") % {
            "deadline": closing_day_in_words(claim, datetime.fromisoformat(details["closes_at"]))
        }
    if "due_at" in details:
        due = closing_day_in_words(claim, datetime.fromisoformat(details["due_at"]))
        yield _("A Microsoft reviewer decides by %(deadline)s") % {"deadline": due}
    if "outcome" in details:
        yield listed(str(HoldKind(details["hold"]).label), [str(HoldOutcome(details["outcome"]).label)])
    yield from reasons_of(event)


def forgotten_in_words(event: ClaimEvent) -> str:
    """Return why what the History said of people was removed."""
    months = event.details.get("months")
    if months is None:
        return _("Of one person, on request")
    return ngettext(
        "The claim had been closed for %(months)s month",
        "The claim had been closed for %(months)s months",
        months,
    ) % {"months": months}


def reasons_of(event: ClaimEvent) -> Iterable[str]:
    """Yield why it was done, where a reason was chosen from a list."""
    known = REASONS.get(event.kind)
    if known and event.details.get("reason") in known.values:
        yield _("Reason: %(reason)s") % {"reason": known(event.details["reason"]).label}
    codes = [code for code in event.details.get("reasons", ()) if code in ReasonCode.values]
    if codes:
        yield listed(_("Reasons"), (str(ReasonCode(code).label) for code in codes))


def changes_of(changed: Mapping[str, Sequence[str]], *, edition: Edition, names: HistoryNames) -> Iterable[str]:
    """Yield one sentence per changed answer, in the claim's order: what it was, what it is.

    The order is set here, because PostgreSQL doesn't keep the order of names in a JSON object.
    """
    for name in sorted(changed, key=place_of):
        before, after = changed[name]
        if name == "activity_codes":
            yield from activities_changed(before, after, edition=edition)
        elif name in RETIRED_COLUMNS:
            yield change(str(RETIRED_COLUMNS[name]), yes_or_no(before == "True"), yes_or_no(after == "True"))
        else:
            field = Claim._meta.get_field(name)
            assert isinstance(field, models.Field)  # noqa: S101 - columns alone change
            was, now_is = (value_of(field, value, edition=edition, names=names) for value in (before, after))
            yield change(str(field.verbose_name), was, now_is)


def place_of(name: str) -> tuple[int, int]:
    """Return the place of a column among the changes of one line; a retired one stands where the codes stand now."""
    retired = list(RETIRED_COLUMNS)
    counted = Claim._meta.get_field("activity_codes" if name in RETIRED_COLUMNS else name)
    return getattr(counted, "creation_counter", 0), retired.index(name) if name in RETIRED_COLUMNS else 0


def change(label: str, before: str, after: str) -> str:
    """Return "Label: after (was: before)"."""
    words = _("%(what)s: %(after)s (was: %(before)s)")
    return words % {"what": label[:1].upper() + label[1:], "before": before, "after": after}


def activities_changed(before: str, after: str, *, edition: Edition) -> Iterable[str]:
    """Yield one sentence for each activity that was added or taken away, by its name in *edition*."""
    was, now_is = before.split(), after.split()
    stated = {*was, *now_is}
    known = {activity.code: str(activity.name) for activity in edition.activities_named(stated)}
    for code in [*known, *sorted(stated - known.keys())]:
        if (code in was) != (code in now_is):
            yield change(known.get(code, code), yes_or_no(code in was), yes_or_no(code in now_is))


def yes_or_no(is_so: bool) -> str:
    return _("yes") if is_so else _("no")


def value_of(field: "models.Field[Any, Any]", value: str, *, edition: Edition, names: HistoryNames) -> str:
    """Return a stored value the way a person reads it."""
    if field.name == "solution_area":
        return edition.area_name(value) or _("empty")
    if field.name == "location":
        return names.locations.get(value, _("unknown"))
    if field.name == "tenant":
        return names.tenants.get(value, _("unknown"))
    labels = {str(key): str(label) for key, label in field.flatchoices}
    return labels.get(value, value) or _("empty")


def contacts_in_words(names: Iterable[str]) -> Iterable[str]:
    """Yield one sentence per person: "Customer contact: name, e-mail" for "customer_name" and "customer_email"."""
    changed = set(names)
    for kind in ContactKind:
        stated = (field for field in Contact.FIELDS if f"{kind.value}_{field}" in changed)
        fields = [str(getattr(Contact, field).field.verbose_name) for field in stated]
        if fields:
            yield listed(str(kind.label), fields)


def names_in(events: Sequence[ClaimEvent], *, known: Iterable[Product] = ()) -> HistoryNames:
    """Return the names behind every product, location, tenant and colleague in the details of *events*.

    Only products besides those *known* are looked up.
    """
    names = {product.code: product.name for product in known}
    products: set[str] = set()
    people = {event.details["colleague"] for event in events if "colleague" in event.details}
    ids: dict[str, set[str]] = {"location_id": set(), "tenant_id": set()}
    for event in events:
        products |= {code for code, _subscription in event.details.get("items", ())}
        products |= set(event.details.get("products", ()))
        for name, values in event.details.get("changed", {}).items():
            key = name if name.endswith("_id") else f"{name}_id"
            ids.get(key, set()).update(value for value in values if value.isdigit())
    locations = PartnerLocation.objects.in_bulk(ids["location_id"]) if ids["location_id"] else {}
    tenants = CustomerTenant.objects.in_bulk(ids["tenant_id"]) if ids["tenant_id"] else {}
    # An older line has the names of the products themselves.
    if unknown := products - names.keys() - set(names.values()):
        names |= dict(Product.objects.filter(code__in=unknown).values_list("code", "name"))
    return HistoryNames(
        products=names,
        locations={str(key): str(location) for key, location in locations.items()},
        people={user.pk: user.get_full_name() for user in User.objects.filter(pk__in=people)} if people else {},
        tenants={str(key): str(tenant) for key, tenant in tenants.items()},
    )


def listed(label: str, parts: Iterable[str]) -> str:
    """Return "Label: one, two"."""
    return f"{label}: {', '.join(part for part in parts if part)}"
