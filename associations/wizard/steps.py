"""Defines the steps of the wizard: which questions each asks, reads and records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Exists, OuterRef, Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from associations import questions
from associations.forms.wizard.comments import CommentsForm
from associations.forms.wizard.contacts import ContactsForm
from associations.forms.wizard.customer import CustomerForm
from associations.forms.wizard.details import DetailsForm
from associations.forms.wizard.products import ProductsForm
from associations.forms.wizard.proofs import ProofForm
from associations.forms.wizard.step_form import StepForm
from associations.forms.wizard.work import WorkForm
from associations.models import Claim, ClaimedProduct, Comment
from associations.models.claim_queries import ClaimQuerySet, ReadClaim
from associations.question_kinds import Question
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.services.claim.answers import (
    stored_contacts,
    stored_products,
)
from associations.services.files.proof_findings import WITH_READINGS
from associations.wizard.recording import (
    Recording,
    read_customer,
    read_details,
    read_nothing,
    read_work,
    record_comment,
    record_contacts,
    record_customer,
    record_details,
    record_products,
    record_proofs,
    record_work,
)

CONTINUE = _("Continue")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One page of the wizard.

    *groups* names what it edits in `lifecycle.EDITABLE_FACTS`, the widest first; *questions* is what it asks. *read*
    returns what is stored as plain values, *record* writes what the form found. *needs* are questions of earlier steps
    that must be answered first.

    *is_answered* says of an optional step whether the claim states anything of it.

    A draft's answers are saved while they are typed where *saves_quietly*: not where another customer or area, only
    tried out, would take the items with it, nor where each save adds something.
    """

    key: str
    title: Promise
    form: type[StepForm]
    groups: tuple[str, ...]
    questions: tuple[Question, ...]
    read: Callable[[Claim], dict[str, Any]]
    record: Callable[[Mapping[str, Any], Recording], object]
    needs: tuple[Question, ...] = ()
    button: Promise = CONTINUE
    stay_button: Promise | None = None
    saves_quietly: bool = False
    is_answered: Callable[[Claim], bool] | None = None

    @property
    def template(self) -> str:
        return f"associations/wizard/{self.key}.html"

    def is_editable(self, claim: Claim, by: Actor) -> bool:
        """Return whether *by* may change some of this step's facts now (domain.md D15)."""
        return bool(lifecycle.editable_facts(claim.status, by.role) & frozenset(self.groups))

    def can_start(self, claim: Claim) -> bool:
        """Return whether the claim states what this step's questions depend on."""
        return not questions.missing_facts(claim, self.needs)

    @property
    def is_optional(self) -> bool:
        """True if a claim needs none of its answers."""
        return not questions.facts_of(self.questions)

    def is_begun(self, claim: Claim) -> bool:
        """Return whether the claim states anything of what this step asks."""
        if self.is_answered:
            return self.is_answered(claim)
        facts = questions.facts_of(self.questions)
        return any(fact.is_required(claim) and bool(fact.stated_by(claim)) for fact in facts)

    def missing(self, claim: Claim) -> tuple[str, ...]:
        """Return the required facts of this step that the claim does not state; none means the step is complete."""
        return questions.missing_facts(claim, self.questions)


STEPS = (
    Step(
        key="customer",
        title=_("Associate a customer"),
        form=CustomerForm,
        groups=("customer", "location"),
        questions=questions.CUSTOMER,
        read=read_customer,
        record=record_customer,
    ),
    Step(
        key="work",
        title=_("Solution area and activity"),
        form=WorkForm,
        groups=("work",),
        questions=questions.WORK,
        read=read_work,
        record=record_work,
    ),
    Step(
        key="details",
        title=_("Associate customer"),
        form=DetailsForm,
        groups=("details",),
        questions=questions.DETAILS,
        read=read_details,
        record=record_details,
        saves_quietly=True,
        button=_("Create claim"),
    ),
    Step(
        key="products",
        title=_("Products"),
        form=ProductsForm,
        groups=("products",),
        questions=questions.PRODUCTS,
        read=stored_products,
        record=record_products,
        saves_quietly=True,
        needs=questions.WORK,
    ),
    Step(
        key="contacts",
        title=_("Contacts"),
        form=ContactsForm,
        groups=("contacts",),
        questions=questions.CONTACTS,
        read=stored_contacts,
        record=record_contacts,
        saves_quietly=True,
    ),
    Step(
        key="proof",
        title=_("Proof of execution (PoE)"),
        form=ProofForm,
        groups=("proof",),
        questions=questions.PROOF,
        read=read_nothing,
        record=record_proofs,
        stay_button=_("Upload"),
    ),
    Step(
        key="comments",
        title=_("Comments"),
        form=CommentsForm,
        groups=("comments",),
        questions=questions.COMMENTS,
        read=read_nothing,
        record=record_comment,
        stay_button=_("Save comment"),
        is_answered=lambda claim: cast(ReadClaim, claim).is_commented,
    ),
)
BY_KEY = {step.key: step for step in STEPS}
STEP_OF_FACT = {fact.name: step for step in STEPS for fact in questions.facts_of(step.questions)}
# The check page is the last one people count.
PAGES = len(STEPS) + 1


def with_answers(claims: ClaimQuerySet) -> ClaimQuerySet:
    """Return *claims* with everything the steps read, in a constant number of queries."""
    is_commented = Exists(Comment.objects.filter(claim=OuterRef("pk")))
    items = ClaimedProduct.objects.select_related("product", "subscription__product", "subscription__tenant")
    asked = ("submit_request__colleague", "submit_request__asked_by", "acknowledgement")
    return (
        claims.select_related("partner", "location", "tenant", *asked)
        .prefetch_related(Prefetch("items", items), "contacts", WITH_READINGS)
        .annotate(is_commented=is_commented)
    )


def step_of(fact: str) -> Step:
    """Return the step that asks for *fact*, the name of a `StatedFact`."""
    return STEP_OF_FACT[fact]


def next_step(step: Step) -> Step | None:
    """Return the step after *step*; None after the last, where the answers are checked."""
    position = STEPS.index(step) + 1
    return STEPS[position] if position < len(STEPS) else None


def first_incomplete(claim: Claim) -> Step | None:
    """Return the first step that still has a required question open."""
    return next((step for step in STEPS if step.missing(claim)), None)
