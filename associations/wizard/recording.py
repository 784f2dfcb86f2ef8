"""Reads the stored answers of each step, and records new ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from associations.models import Claim
from associations.questions import CUSTOMER, DETAILS, LOCATION, WORK, columns_of
from associations.rules.actors import Actor
from associations.rules.proof_files import display_name
from associations.services.claim import answers
from associations.services.claim.answers import (
    ItemChoice,
    choose_products,
    record_facts,
    stored_facts,
)
from associations.services.claim.proofs import attach_proof
from associations.services.comments.adding import add_comment


@dataclass(frozen=True, kw_only=True)
class Recording:
    """The person who records answers to a claim, the time, and the version of the page."""

    claim: Claim
    version: str
    by: Actor
    now: datetime


def read_customer(claim: Claim) -> dict[str, Any]:
    """Return the stored columns that the first page asks for: once the claim was filed, only the MPN ID."""
    return stored_facts(claim, columns_of(CUSTOMER if claim.submitted_at is None else [LOCATION]))


def record_customer(facts: Mapping[str, Any], recording: Recording) -> Claim:
    return record_columns(facts, recording, group="customer" if "tenant_id" in facts else "location")


def read_work(claim: Claim) -> dict[str, Any]:
    return stored_facts(claim, columns_of(WORK))


def record_work(facts: Mapping[str, Any], recording: Recording) -> Claim:
    return record_columns(facts, recording, group="work")


def read_details(claim: Claim) -> dict[str, Any]:
    return stored_facts(claim, columns_of(question for question in DETAILS if question.is_asked(claim)))


def record_details(facts: Mapping[str, Any], recording: Recording) -> Claim:
    return record_columns(facts, recording, group="details")


def record_products(facts: Mapping[str, Any], recording: Recording) -> Claim:
    choices = [ItemChoice(int(product), subscription) for product, subscription in facts.items()]
    return choose_products(
        claim_id=recording.claim.pk,
        choices=choices,
        version=recording.version,
        by=recording.by,
        now=recording.now,
    )


def record_contacts(facts: Mapping[str, Any], recording: Recording) -> Claim:
    return answers.record_contacts(
        claim_id=recording.claim.pk,
        facts=facts,
        version=recording.version,
        by=recording.by,
        now=recording.now,
    )


def record_proofs(facts: Mapping[str, Any], recording: Recording) -> None:
    for file, kind in facts["proofs"]:
        attach_proof(
            claim_id=recording.claim.pk,
            file=file,
            name=display_name(file.name or ""),
            kind=kind,
            max_files=settings.POE_MAX_FILES,
            by=recording.by,
            now=recording.now,
        )


def names_added(claim: Claim, *, by: Actor, now: datetime) -> list[str]:
    """Return the names of the files that `record_proofs` kept at this moment, when others were refused."""
    added = claim.proofs.filter(uploaded_by=by.account_id, uploaded_at=now).order_by("pk")
    return list(added.values_list("name", flat=True))


def record_comment(facts: Mapping[str, Any], recording: Recording) -> None:
    if facts["comment"]:
        add_comment(claim_id=recording.claim.pk, text=facts["comment"], by=recording.by, now=recording.now)


def read_nothing(claim: Claim) -> dict[str, Any]:
    """Return no stored answers: a step that only adds overwrites nothing, so its page has no version."""
    return {}


def record_columns(facts: Mapping[str, Any], recording: Recording, *, group: str) -> Claim:
    return record_facts(
        claim_id=recording.claim.pk,
        group=group,
        facts=facts,
        version=recording.version,
        by=recording.by,
        now=recording.now,
    )
