"""Each line of a claim's History in words: no code, no id, no reviewer's name (domain.md 6.3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from associations.choices import (
    ClaimStatus,
    ContactKind,
    EndReason,
    EventKind,
    OptOutReason,
    ReasonCode,
    UndeliveredReason,
    WithdrawalReason,
)
from associations.models import Claim, ClaimEvent, CustomerTenant, PartnerLocation, Product
from associations.rules.actors import Role
from associations.views.moments import deadline_of

CONTACT_FIELDS: dict[str, Promise] = {
    "name": gettext_lazy("name"),
    "title": gettext_lazy("job title"),
    "email": gettext_lazy("e-mail"),
    "language": gettext_lazy("language"),
    "mismatch_reason": gettext_lazy("why the e-mail domain differs"),
}
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


@dataclass(frozen=True)
class Line:
    """One line of the History, ready to print; *status* and *status_label* are the status reached, if any."""

    at: datetime
    actor: str
    text: str
    note: str
    status: str
    status_label: str


@dataclass(frozen=True)
class Names:
    """The names of what the details of some lines point at."""

    products: Mapping[str, str]
    locations: Mapping[str, str]
    tenants: Mapping[str, str]


def lines_of(claim: Claim, events: Sequence[ClaimEvent], *, reader: User | None, now: datetime) -> list[Line]:
    """Return *events* of *claim* in words, in their order, as a partner may see them; at most three queries.

    The *reader* is "You". Without one everybody has a name: what leaves the portal is read by others, too.
    """
    names = names_in(events)
    return [
        Line(
            at=event.at,
            actor=actor_of(event, reader=reader),
            text=str(EventKind(event.kind).label),
            note="\n".join(filter(None, (*details_of(event, claim=claim, names=names, now=now), note_of(event)))),
            status=event.to_status,
            status_label=str(ClaimStatus(event.to_status).label) if event.to_status else "",
        )
        for event in events
    ]


def actor_of(event: ClaimEvent, *, reader: User | None) -> str:
    """Return who did it, as a partner may know them."""
    if event.actor_role == Role.CUSTOMER:
        return _("Customer: %(name)s") % {"name": event.actor_name} if event.actor_name else _("Customer")
    if event.actor_role == Role.REVIEWER:
        return _("Microsoft reviewer")
    if event.actor_role == Role.PORTAL or event.actor is None:
        return _("CPOR portal")
    return person_of(event.actor, reader=reader)


def person_of(person: User, *, reader: User | None) -> str:
    """Return a colleague's name, or "You"."""
    return _("You") if person == reader else person.get_full_name()


def note_of(event: ClaimEvent) -> str:
    """Return what was written, as a partner may read it: which reviewer was assigned is Microsoft's matter."""
    if event.kind == EventKind.ASSIGNED:
        return ""
    if event.kind == EventKind.COPIED:
        return _("From %(number)s") % {"number": event.note}
    return event.note


def details_of(event: ClaimEvent, *, claim: Claim, names: Names, now: datetime) -> Iterable[str]:
    """Yield the details of *event*, one sentence each."""
    details: Mapping[str, Any] = event.details
    if "changed" in details:
        yield from changes_of(details["changed"], names=names)
    if "items" in details:
        yield listed(_("Items"), (names.products.get(code, "") for code, _subscription in details["items"]))
    if "products" in details:
        yield listed(_("Items"), (names.products.get(name, name) for name in details["products"]))
    if "contacts" in details:
        yield from contacts_in_words(details["contacts"])
    if "customer_contact" in details:
        yield _("Customer contact: %(email)s") % {"email": details["customer_contact"]}
    if "facts" in details:
        yield str(GROUPS.get(details["facts"], ""))
    if "to" in details:
        yield _("To %(email)s") % {"email": details["to"]}
    if "closes_at" in details:
        closes_at = datetime.fromisoformat(details["closes_at"])
        yield _("Until %(deadline)s") % {"deadline": deadline_of(claim, closes_at, now=now).in_words}
    yield from reasons_of(event)


def reasons_of(event: ClaimEvent) -> Iterable[str]:
    """Yield why it was done, where a reason was chosen from a list."""
    known = REASONS.get(event.kind)
    if known and event.details.get("reason") in known.values:
        yield _("Reason: %(reason)s") % {"reason": known(event.details["reason"]).label}
    codes = [code for code in event.details.get("reasons", ()) if code in ReasonCode.values]
    if codes:
        yield listed(_("Reasons"), (str(ReasonCode(code).label) for code in codes))


def changes_of(changed: Mapping[str, Sequence[str]], *, names: Names) -> Iterable[str]:
    """Yield one sentence per changed answer, in the claim's order: what it was, what it is.

    The order is ours to give: PostgreSQL keeps the names of a JSON object in an order of its own.
    """
    fields = {name: Claim._meta.get_field(name) for name in changed}
    columns = {name: field for name, field in fields.items() if isinstance(field, models.Field)}
    for name, field in sorted(columns.items(), key=lambda column: column[1].creation_counter):
        was, now_is = (value_of(field, value, names=names) for value in changed[name])
        label = str(field.verbose_name)
        yield _("%(what)s: %(after)s (was: %(before)s)") % {
            "what": label[:1].upper() + label[1:],
            "before": was,
            "after": now_is,
        }


def value_of(field: "models.Field[Any, Any]", value: str, *, names: Names) -> str:
    """Return a stored value the way a person reads it."""
    if isinstance(field, models.BooleanField):
        return _("yes") if value == "True" else _("no")
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
        fields = [str(label) for field, label in CONTACT_FIELDS.items() if f"{kind.value}_{field}" in changed]
        if fields:
            yield listed(str(kind.label), fields)


def names_in(events: Iterable[ClaimEvent]) -> Names:
    """Return the names behind every product, location and tenant in the details of *events*."""
    products: set[str] = set()
    ids: dict[str, set[str]] = {"location_id": set(), "tenant_id": set()}
    for event in events:
        products |= {code for code, _subscription in event.details.get("items", ())}
        products |= set(event.details.get("products", ()))
        for name, values in event.details.get("changed", {}).items():
            key = name if name.endswith("_id") else f"{name}_id"
            ids.get(key, set()).update(value for value in values if value.isdigit())
    locations = PartnerLocation.objects.in_bulk(ids["location_id"]) if ids["location_id"] else {}
    tenants = CustomerTenant.objects.in_bulk(ids["tenant_id"]) if ids["tenant_id"] else {}
    return Names(
        products=dict(Product.objects.filter(code__in=products).values_list("code", "name")) if products else {},
        locations={str(key): str(location) for key, location in locations.items()},
        tenants={str(key): str(tenant) for key, tenant in tenants.items()},
    )


def listed(label: str, parts: Iterable[str]) -> str:
    """Return "Label: one, two"."""
    return f"{label}: {', '.join(part for part in parts if part)}"
