"""Facts that emails about a claim share: names, labels, dates and addresses of pages."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import TextChoices
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.text.email_addresses import account_name
from accounts.text.readable import address_in_full, domain_in_full
from associations.calendars import holiday_names, zone_for
from associations.choices import ContactKind
from associations.models import Association, Claim, ClaimedProduct, Contact
from associations.rules.business_days import ONE_DAY
from associations.rules.customer.opt_out import Window, first_instant, last_day, zone_name
from associations.status_words.claim_status import status_in_words
from guides.editions import Activity

NOBODYS_ID = UUID(int=0)
# A kind of activity in the words of the customer, who doesn't know the program's names.
WORK_DONE: dict[str, Promise] = {
    "usage": gettext_lazy("the partner helps your people to use these products"),
    "presales": gettext_lazy("the partner advised you before you bought them"),
    "revenue": gettext_lazy("the partner's own solution or advice led to your choice of them"),
}


def work_in_words(activity: Activity) -> str:
    """Return an activity's name and what the partner does.

    They are the customer's words where they are known, else those of the edition, which speaks to the partner.
    """
    of_edition = _("the program guide tells partners: “%(text)s”") % {"text": activity.choose_when}
    done = WORK_DONE.get(activity.kind, of_edition)
    return f"{activity.name}: {done}"


def promised_date(claim: Claim, closes_at: datetime) -> dict[str, Any]:
    """Return the facts of a notice that depend on when it leaves."""
    return {
        "closes_at": closes_at.isoformat(),
        "last_day_on": last_day_on(claim, closes_at),
        "last_minute_at": (closes_at - timedelta(minutes=1)).isoformat(),
    }


def promised_window(claim: Claim, window: Window, *, language: str) -> dict[str, Any]:
    """Return the facts of a notice that leaves on the day on which *window* opens, with the holidays it skips."""
    names = holiday_names(claim.tenant.country, days=window.holidays, language=language)
    holidays = [{"day_on": day.isoformat(), "name": names.get(day, "")} for day in window.holidays]
    return promised_date(claim, window.closes_at) | {"holidays": holidays}


def item_names(claim: Claim) -> list[str]:
    """Return what is claimed, in the active language; a subscription is named by its ID."""
    return [item_name(item) for item in claim.items.all()]


def item_name(item: ClaimedProduct | Association) -> str:
    """Return the name of one item, in the active language."""
    name = item.name if isinstance(item, ClaimedProduct) else str(item.product)
    if item.subscription is None:
        return name
    return _("%(product)s, subscription %(id)s") % {"product": name, "id": item.subscription.subscription_id}


def end_of_local_day(claim: Claim, now: datetime) -> datetime:
    """Return the midnight that ends *now*'s day in the window's zone."""
    zone = zone_for(claim.tenant.country, claim.window_zone)
    return first_instant(now.astimezone(zone).date() + ONE_DAY, zone=zone)


def contact_of(claim: Claim, kind: ContactKind) -> Contact:
    """Return the contact of this kind, without a query where the contacts were fetched; raise Contact.DoesNotExist."""
    for contact in claim.contacts.all():
        if contact.kind == kind:
            return contact
    raise Contact.DoesNotExist(kind)


def technical_contact(claim: Claim) -> Contact | None:
    """Return the technical contact of a claim that needs one."""
    return claim.contacts.filter(kind=ContactKind.TECHNICAL).first() if claim.claims_dynamics_365 else None


def facts_of(claim: Claim, *, language: str) -> dict[str, Any]:
    """Return the facts that every email about *claim* may print, with labels in *language*."""
    partner_contact, items = contact_of(claim, ContactKind.PARTNER), list(claim.items.all())
    with translation.override(language):
        return {
            "claim_number": claim.number,
            "claim_name": claim.name,
            "partner_name": claim.partner.name,
            "mpn_id": claim.location.mpn_id,
            "partner_contact_name": partner_contact.name,
            "partner_contact_email": address_in_full(partner_contact.email),
            "customer_name": claim.tenant.name,
            "domain_name": domain_in_full(claim.domain_name),
            "tenant_id": str(claim.tenant.tenant_id),
            "program_guide": claim.edition.title,
            "solution_area": claim.edition.area_name(claim.solution_area),
            "activities": [str(activity.name) for activity in claim.activities],
            "activities_explained": [work_in_words(activity) for activity in claim.activities],
            "items": [item_name(item) for item in items],
            "products": [item.name for item in items],
            "is_revenue": claim.is_recognition_only,
            "official_by": claim.official_by,
            "reasons": claim.reasons,
            "business_days": claim.opt_out_business_days,
            "zone": claim.window_zone,
            "customers_url": settings.PORTAL_URL + path_to_customers_page(),
            "verify_url": settings.PORTAL_URL + path_to_verify_page(),
            "requests_url": settings.PORTAL_URL + path_to_requests_page(),
        }


def facts_with_status(claim: Claim, *, language: str, now: datetime) -> dict[str, Any]:
    """Return the same with the status as pages say it: word and holds, then its sentence (domain.md D23)."""
    with translation.override(language), timezone.override(zone_for(claim.tenant.country, claim.window_zone)):
        status = status_in_words(claim, now=now)
    return facts_of(claim, language=language) | {"status": [", ".join([status.label, *status.holds]), status.sentence]}


def claim_path(claim: Claim) -> str:
    return path_to_any_claim().replace(str(NOBODYS_ID), str(claim.public_id))


@cache
def path_to_any_claim() -> str:
    """Return the path of a claim that doesn't exist: reversing the path of each claim in a batch is slow."""
    return reverse("claim_detail", args=[NOBODYS_ID])


@cache
def path_to_customers_page() -> str:
    return reverse("customers_page")


@cache
def path_to_requests_page() -> str:
    return reverse("requests_ask")


@cache
def path_to_verify_page() -> str:
    return reverse("verify_notice")


def partners_language(claim: Claim) -> str:
    submitter = claim.submitted_by
    return (submitter.language if submitter else "") or settings.LANGUAGE_CODE


def label_in(choice: TextChoices, *, language: str) -> str:
    with translation.override(language):
        return str(choice.label)


def url_of(name: str, *args: object) -> str:
    return f"{settings.PORTAL_URL}{reverse(name, args=args)}"


def once(addresses: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(account_name(address) for address in addresses if address))


def iso_or_none(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def last_day_on(claim: Claim, closes_at: datetime | None) -> str | None:
    """Return the last whole day before an exclusive end, in the window's zone."""
    if closes_at is None:
        return None
    return last_day(closes_at, zone=zone_for(claim.tenant.country, claim.window_zone)).isoformat()


def zone_on_last_day(claim: Claim, closes_at: datetime | None) -> str:
    """Return the abbreviation of the window's zone on that last day."""
    if closes_at is None:
        return ""
    zone = zone_for(claim.tenant.country, claim.window_zone)
    return zone_name(last_day(closes_at, zone=zone), zone=zone)


def answer_due(claim: Claim) -> dict[str, str | None]:
    """Return by when the partner has to answer the reviewer."""
    return {
        "due_at": iso_or_none(claim.answer_due_at),
        "due_on": last_day_on(claim, claim.answer_due_at),
        "day_zone": zone_on_last_day(claim, claim.answer_due_at),
    }


def review_due(claim: Claim) -> dict[str, str | None]:
    """Return by when the next step of the review is due."""
    return {
        "review_due_at": iso_or_none(claim.review_due_at),
        "review_due_on": last_day_on(claim, claim.review_due_at),
    }


def desk_path(claim: Claim) -> str:
    return reverse("admin:associations_claim_change", args=[claim.pk])


def desk_url(claim: Claim) -> str:
    return url_of("admin:associations_claim_change", claim.pk)
