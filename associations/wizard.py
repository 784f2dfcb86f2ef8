"""The wizard as data: which step asks what, reads it, and records it (architecture.md 6)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from associations.choices import ContactKind
from associations.countries import country_name
from associations.forms.asking import StepForm
from associations.forms.contacts import ContactsForm
from associations.forms.products import ProductsForm, subscription_in_words
from associations.forms.proofs import ProofForm
from associations.forms.steps import WORK_COLUMNS, CommentsForm, CustomerForm, DetailsForm, WorkForm
from associations.models import Claim, ClaimedProduct, Contact
from associations.models.claims import ClaimQuerySet
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.rules.evidence import display_name
from associations.rules.requirements import missing_facts
from associations.services import drafting
from associations.services.submission import stated_facts

CUSTOMER_COLUMNS = ("location_id", "domain_name", "tenant_id")
DETAIL_COLUMNS = ("name", *DetailsForm.REVENUE_FIELDS)
CONTINUE = _("Continue")


@dataclass(frozen=True, kw_only=True)
class Recording:
    """Who records answers to which claim, when, and from which version of the page."""

    claim: Claim
    version: str
    by: Actor
    now: datetime


@dataclass(frozen=True)
class Answer:
    """One question of the wizard with what the claim states, in words."""

    label: Promise | str
    value: Promise | str = ""
    lines: tuple[str, ...] = ()
    mono: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """One page of the wizard.

    *groups* names what it edits in `lifecycle.EDITABLE_FACTS`, the widest first; *collects* the facts of
    `rules.requirements` that it asks for. *read* returns what is stored as plain values, *record* writes what the form
    found, *answers* tells it to people. *needs* are the facts that earlier steps must have stated.

    A draft's answers are saved while they are typed where *saves_quietly*: not where another customer or area, only
    tried out, would take the items with it, nor where each save adds something.
    """

    key: str
    title: Promise
    form: type[StepForm]
    groups: tuple[str, ...]
    collects: frozenset[str]
    read: Callable[[Claim], dict[str, Any]]
    record: Callable[[Mapping[str, Any], Recording], object]
    answers: Callable[[Claim], list[Answer]]
    needs: frozenset[str] = frozenset()
    button: Promise = CONTINUE
    stay_button: Promise | None = None
    saves_quietly: bool = False

    @property
    def template(self) -> str:
        return f"associations/wizard/{self.key}.html"

    def is_editable(self, claim: Claim, by: Actor) -> bool:
        """Whether *by* may change some of this step's facts now (domain.md D15)."""
        return bool(lifecycle.editable_facts(claim.status, by.role) & frozenset(self.groups))

    def can_start(self, claim: Claim) -> bool:
        """Whether the claim states what this step's questions depend on."""
        return not self.needs.intersection(missing_in(claim))

    def missing(self, claim: Claim) -> tuple[str, ...]:
        """Return the required facts of this step that the claim does not state; none means the step is complete."""
        return tuple(fact for fact in missing_in(claim) if fact in self.collects)


def missing_in(claim: Claim) -> tuple[str, ...]:
    """Return every required fact that the claim does not state."""
    return missing_facts(stated_facts(claim), claim.path)


def read_customer(claim: Claim) -> dict[str, Any]:
    """Return the stored columns that the first page asks for: once the claim was filed, only the MPN ID."""
    return drafting.stored_facts(claim, CUSTOMER_COLUMNS if claim.submitted_at is None else ("location_id",))


def record_customer(facts: Mapping[str, Any], recording: Recording) -> Claim:
    return record_columns(facts, recording, group="customer" if "tenant_id" in facts else "location")


def answers_customer(claim: Claim) -> list[Answer]:
    location = claim.location
    return [
        Answer(_("MPN ID"), f"{location.mpn_id} · {location.name} · {country_name(location.country)}"),
        Answer(_("Customer domain name"), claim.domain_name),
        Answer(_("Directory ID (tenant ID)"), str(claim.tenant.tenant_id), mono=True),
        Answer(_("Customer"), claim.tenant.name),
    ]


def read_work(claim: Claim) -> dict[str, Any]:
    return drafting.stored_facts(claim, WORK_COLUMNS)


def record_work(facts: Mapping[str, Any], recording: Recording) -> Claim:
    return record_columns(facts, recording, group="work")


def answers_work(claim: Claim) -> list[Answer]:
    area = claim.get_solution_area_display() if claim.solution_area else ""
    return [
        Answer(_("Solution area"), area),
        Answer(_("Activity"), lines=tuple(str(activity.label) for activity in claim.activities)),
    ]


def read_details(claim: Claim) -> dict[str, Any]:
    return drafting.stored_facts(claim, DETAIL_COLUMNS if claim.claims_revenue else ("name",))


def record_details(facts: Mapping[str, Any], recording: Recording) -> Claim:
    return record_columns(facts, recording, group="details")


def answers_details(claim: Claim) -> list[Answer]:
    return [Answer(DetailsForm.base_fields[name].label or "", value) for name, value in read_details(claim).items()]


def record_products(facts: Mapping[str, Any], recording: Recording) -> Claim:
    choices = [drafting.ItemChoice(int(product), subscription) for product, subscription in facts.items()]
    return drafting.choose_products(
        claim_id=recording.claim.pk,
        choices=choices,
        version=recording.version,
        by=recording.by,
        now=recording.now,
    )


def answers_products(claim: Claim) -> list[Answer]:
    return [Answer(_("Products"), lines=tuple(item_in_words(item) for item in claim.items.all()))]


def item_in_words(item: ClaimedProduct) -> str:
    """Return the product, and the subscription if there is one."""
    if item.subscription is None:
        return str(item.product)
    return f"{item.product}: {subscription_in_words(item.subscription)}"


def record_contacts(facts: Mapping[str, Any], recording: Recording) -> Claim:
    return drafting.record_contacts(
        claim_id=recording.claim.pk,
        facts=facts,
        version=recording.version,
        by=recording.by,
        now=recording.now,
    )


def answers_contacts(claim: Claim) -> list[Answer]:
    kinds = [kind for kind in ContactKind if kind != ContactKind.TECHNICAL or claim.claims_dynamics_365]
    contacts = {contact.kind: contact for contact in claim.contacts.all()}
    return [Answer(kind.label, lines=contact_in_words(contacts.get(kind))) for kind in kinds]


def contact_in_words(contact: Contact | None) -> tuple[str, ...]:
    """Return what is stated of one person, line by line."""
    if contact is None:
        return ()
    language = contact.get_language_display() if contact.language else ""
    reason = _("Why another e-mail domain: %(reason)s") % {"reason": contact.mismatch_reason}
    parts = (contact.name, contact.title, contact.email, str(language), reason if contact.mismatch_reason else "")
    return tuple(part for part in parts if part)


def record_proofs(facts: Mapping[str, Any], recording: Recording) -> None:
    for file, kind in facts["proofs"]:
        drafting.attach_proof(
            claim_id=recording.claim.pk,
            file=file,
            name=display_name(file.name or ""),
            kind=kind,
            max_files=settings.POE_MAX_FILES,
            by=recording.by,
            now=recording.now,
        )


def answers_proof(claim: Claim) -> list[Answer]:
    return [Answer(_("Files"), lines=tuple(proof.name for proof in claim.proofs.all()))]


def record_comment(facts: Mapping[str, Any], recording: Recording) -> None:
    if facts["comment"]:
        drafting.add_comment(claim_id=recording.claim.pk, text=facts["comment"], by=recording.by, now=recording.now)


def answers_comments(claim: Claim) -> list[Answer]:
    return [Answer(_("Comments"), lines=tuple(comment.text for comment in claim.comments.all()))]


def read_nothing(claim: Claim) -> dict[str, Any]:
    """What only adds to the claim overwrites nothing, so that its page has no version."""
    return {}


def record_columns(facts: Mapping[str, Any], recording: Recording, *, group: str) -> Claim:
    return drafting.record_facts(
        claim_id=recording.claim.pk,
        group=group,
        facts=facts,
        version=recording.version,
        by=recording.by,
        now=recording.now,
    )


STEPS = (
    Step(
        key="customer",
        title=_("Associate a customer"),
        form=CustomerForm,
        groups=("customer", "location"),
        collects=frozenset({"location", "domain_name", "tenant"}),
        read=read_customer,
        record=record_customer,
        answers=answers_customer,
    ),
    Step(
        key="work",
        title=_("Solution area and activity"),
        form=WorkForm,
        groups=("work",),
        collects=frozenset({"solution_area", "activities"}),
        read=read_work,
        record=record_work,
        answers=answers_work,
    ),
    Step(
        key="details",
        title=_("Associate customer"),
        form=DetailsForm,
        groups=("details",),
        collects=frozenset(DETAIL_COLUMNS),
        read=read_details,
        record=record_details,
        answers=answers_details,
        saves_quietly=True,
        button=_("Create claim"),
    ),
    Step(
        key="products",
        title=_("Products"),
        form=ProductsForm,
        groups=("products",),
        collects=frozenset({"products", "subscriptions"}),
        read=drafting.stored_products,
        record=record_products,
        answers=answers_products,
        saves_quietly=True,
        needs=frozenset({"solution_area", "activities"}),
    ),
    Step(
        key="contacts",
        title=_("Contacts"),
        form=ContactsForm,
        groups=("contacts",),
        collects=frozenset(
            {
                "customer_contact_name",
                "customer_contact_title",
                "customer_contact_email",
                "customer_contact_language",
                "technical_contact_name",
                "technical_contact_title",
                "technical_contact_email",
                "partner_contact_name",
                "partner_contact_email",
            }
        ),
        read=drafting.stored_contacts,
        record=record_contacts,
        answers=answers_contacts,
        saves_quietly=True,
    ),
    Step(
        key="proof",
        title=_("Proof of execution (PoE)"),
        form=ProofForm,
        groups=("proof",),
        collects=frozenset({"proofs"}),
        read=read_nothing,
        record=record_proofs,
        answers=answers_proof,
        stay_button=_("Upload"),
    ),
    Step(
        key="comments",
        title=_("Comments"),
        form=CommentsForm,
        groups=("comments",),
        collects=frozenset(),
        read=read_nothing,
        record=record_comment,
        answers=answers_comments,
        stay_button=_("Save comment"),
    ),
)
BY_KEY = {step.key: step for step in STEPS}
# The check page is the last one people count.
PAGES = len(STEPS) + 1


def with_answers(claims: ClaimQuerySet) -> ClaimQuerySet:
    """Return *claims* with everything the steps read, in a constant number of queries."""
    items = ClaimedProduct.objects.select_related("product", "subscription__product", "subscription__tenant")
    return claims.select_related("partner", "location", "tenant").prefetch_related(
        Prefetch("items", items), "contacts", "proofs"
    )


def step_of(fact: str) -> Step:
    """Return the step that asks for *fact*, a name of `rules.requirements`."""
    return next(step for step in STEPS if fact in step.collects)


def next_step(step: Step) -> Step | None:
    """Return the step after *step*; None after the last, where the answers are checked."""
    position = STEPS.index(step) + 1
    return STEPS[position] if position < len(STEPS) else None


def first_incomplete(claim: Claim) -> Step | None:
    """Return the first step that still has a required question open."""
    return next((step for step in STEPS if step.missing(claim)), None)
