"""The questions about a claim: label, when an answer is required, whether it is given, and the answer in words.

The steps of the wizard, the rule on missing facts, copies and the pages of a claim all read this list, so that a new
question is added here alone.
"""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.text.characters import readable_text
from accounts.text.email_addresses import is_sendable, wire_address
from accounts.text.readable import address_in_full, domain_in_full
from associations.choices import ContactKind
from associations.countries import country_name
from associations.models import Claim, ClaimedProduct, Contact, Subscription
from associations.models.history import texts_of_comments
from associations.question_kinds import Condition, Question, StatedFact, optional_day, text_question
from associations.rules.requirements import always, asking, with_dynamics_365, with_subscriptions
from guides.choices import AskedFact

if TYPE_CHECKING:
    pass


def item_in_words(item: ClaimedProduct) -> str:
    """Return the product, and the subscription if there is one."""
    if item.subscription is None:
        return item.name
    return f"{item.name}: {subscription_in_words(item.subscription)}"


def subscription_in_words(subscription: Subscription) -> str:
    """Return "<id> · <region> · <state> · <channel>"."""
    state, channel = subscription.get_state_display(), subscription.get_channel_display()
    parts = (str(subscription.subscription_id), subscription.region, str(state), str(channel))
    return " · ".join(part for part in parts if part)


def has_subscriptions(claim: Claim) -> bool:
    """Return whether there are items, each with its subscription."""
    items = claim.items.all()
    return bool(items) and all(item.subscription_id for item in items)


def contact_question(kind: ContactKind, *required: str, is_asked: Condition = always) -> Question:
    """Return the question about one person, of whom the columns *required* must be stated."""
    facts = [
        StatedFact(f"{kind.value}_{field}", is_asked, partial(stated_of_contact, kind, field)) for field in required
    ]
    return Question(label=kind.label, in_words=partial(person_in_words, kind), facts=tuple(facts), is_asked=is_asked)


def contact_on(claim: Claim, kind: ContactKind) -> Contact | None:
    """Return the contact of this *kind*, if the claim has one."""
    return next((contact for contact in claim.contacts.all() if contact.kind == kind), None)


def stated_of_contact(kind: ContactKind, field: str, claim: Claim) -> str:
    """Return a contact's *field*; empty when nobody sees the text, or no email reaches the address."""
    contact = contact_on(claim, kind)
    text = getattr(contact, field, "")
    if field == "email":
        return text if text and is_sendable(wire_address(text)) else ""
    return readable_text(text)


def person_in_words(kind: ContactKind, claim: Claim) -> tuple[str, ...]:
    """Return what the claim states of one person, or that it was removed."""
    contact = contact_on(claim, kind)
    if contact is None:
        return ()
    lines = contact_in_words(contact)
    return lines or ((gettext("Removed"),) if claim.submitted_at else ())


def contact_in_words(contact: Contact) -> tuple[str, ...]:
    """Return what is stated of one person, line by line."""
    language = str(contact.get_language_display()) if contact.language else ""
    reason = gettext("Why another email domain: %(reason)s") % {"reason": contact.mismatch_reason}
    why = reason if contact.mismatch_reason else ""
    parts = (contact.name, contact.title, address_in_full(contact.email), language, why)
    return tuple(part for part in parts if part)


LOCATION = Question(
    label=_("MPN ID"),
    in_words=lambda claim: f"{claim.location.mpn_id} · {claim.location.name} · {country_name(claim.location.country)}",
    facts=(StatedFact("location", always, lambda claim: claim.location_id),),
    columns=("location_id",),
)
DOMAIN_NAME = Question(
    label=_("Customer domain name"),
    in_words=lambda claim: domain_in_full(claim.domain_name),
    facts=(StatedFact("domain_name", always, lambda claim: claim.domain_name),),
    columns=("domain_name",),
)
TENANT = Question(
    label=_("Directory ID (tenant ID)"),
    in_words=lambda claim: str(claim.tenant.tenant_id),
    facts=(StatedFact("tenant", always, lambda claim: claim.tenant_id),),
    columns=("tenant_id",),
    is_mono=True,
)
# Not asked: it follows from the tenant.
CUSTOMER_NAME = Question(label=_("Customer"), in_words=lambda claim: claim.tenant.name)
CUSTOMER = (LOCATION, DOMAIN_NAME, TENANT, CUSTOMER_NAME)

WORK = (
    Question(
        label=_("Solution area"),
        in_words=lambda claim: claim.edition.area_name(claim.solution_area),
        facts=(StatedFact("solution_area", always, lambda claim: claim.solution_area in claim.edition.area_names),),
        columns=("solution_area",),
    ),
    Question(
        label=_("Activity"),
        in_words=lambda claim: tuple(str(activity.name) for activity in claim.activities),
        facts=(StatedFact("activities", always, lambda claim: claim.has_activities),),
        columns=("activity_codes",),
    ),
)

NAME = text_question(
    "name",
    _("Claim name"),
    missing=_("Enter a claim name."),
    help_text=_("Only your company and the reviewers see it."),
    names_people=True,
)
# A new question about the details goes here.
MORE_DETAILS = (
    text_question(
        "dynamics_solution_seller_name",
        _("Dynamics solution seller name"),
        missing=_("Enter the Dynamics solution seller name."),
        is_asked=asking(AskedFact.SELLER_NAME),
        is_person_name=True,
    ),
    text_question(
        "revenue_customer_name",
        _("Customer name"),
        missing=_("Enter the customer name."),
        is_asked=asking(AskedFact.CUSTOMER_NAME),
    ),
    text_question(
        "isv_product_solution_name",
        _("ISV product/solution name"),
        missing=_("Enter the ISV product/solution name."),
        is_asked=asking(AskedFact.ISV_PRODUCT),
    ),
    optional_day(
        "transaction_date",
        _("Date of the transaction"),
        is_asked=asking(AskedFact.TRANSACTION_DATE),
        help_text=_("Optional. The day on which the customer bought, to tell you if the claim is late."),
        wrong=_("Enter a day, such as 2026-11-30."),
    ),
)
DETAILS = (NAME, *MORE_DETAILS)

PRODUCTS = (
    Question(
        label=_("Products"),
        in_words=lambda claim: tuple(item_in_words(item) for item in claim.items.all()),
        facts=(
            StatedFact("products", always, lambda claim: claim.items.all()),
            StatedFact("subscriptions", with_subscriptions, has_subscriptions),
        ),
    ),
)

CUSTOMER_CONTACT = contact_question(ContactKind.CUSTOMER, "name", "title", "email", "language")
TECHNICAL_CONTACT = contact_question(ContactKind.TECHNICAL, "name", "title", "email", is_asked=with_dynamics_365)
CONTACTS = (CUSTOMER_CONTACT, TECHNICAL_CONTACT, contact_question(ContactKind.PARTNER, "name", "email"))

# How the contacts form, sheets and History name what is stated of each person.
CONTACT_ANSWERS = tuple(f"{kind.value}_{field}" for kind in ContactKind for field in Contact.FIELDS)

PROOF = (
    Question(
        label=_("Files"),
        in_words=lambda claim: tuple(proof.name for proof in claim.proofs.all()),
        facts=(StatedFact("proofs", always, lambda claim: claim.proofs.exists()),),
    ),
)
COMMENTS = (
    Question(label=_("Comments"), in_words=lambda claim: texts_of_comments(claim) or pgettext("comments", "None")),
)

QUESTIONS = (*CUSTOMER, *WORK, *DETAILS, *PRODUCTS, *CONTACTS, *PROOF, *COMMENTS)


def columns_of(questions: Iterable[Question]) -> tuple[str, ...]:
    """Return the columns of the claim that hold the answers to *questions*."""
    return tuple(column for question in questions for column in question.columns)


def facts_of(questions: Iterable[Question]) -> tuple[StatedFact, ...]:
    """Return the facts that the answers to *questions* consist of, in the order in which they are asked."""
    return tuple(fact for question in questions for fact in question.facts)


NAMING_PEOPLE = columns_of(question for question in DETAILS if question.names_people)
PERSON_NAMES = columns_of(question for question in DETAILS if question.is_person_name)


def missing_facts(claim: Claim, questions: Iterable[Question] = QUESTIONS) -> tuple[str, ...]:
    """Return the required facts of *questions* that *claim* does not state; an empty tuple means it is complete.

    Facts for which the copied claim was withdrawn count as missing until somebody states them again.
    """
    return tuple(
        fact.name
        for fact in facts_of(questions)
        if fact.is_required(claim) and (fact.name == claim.to_correct or not fact.stated_by(claim))
    )
