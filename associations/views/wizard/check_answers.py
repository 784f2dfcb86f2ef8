"""The end of the wizard: check the answers, file the claim, and see what happens next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from associations import emails
from associations.choices import ClaimAction, ClaimStatus, ConsentStatus, ContactKind
from associations.forms.wizard.submit import SubmitForm
from associations.questions import missing_facts
from associations.rules import lifecycle
from associations.rules.review.competing import Holding
from associations.services.claim import submission
from associations.services.claim.eligibility import ClaimIncomplete, ClaimIneligible
from associations.services.customer.contacts import ask_about_contact
from associations.services.deadlines import end_of_customer_business_days
from associations.services.files.proof_findings import claim_findings
from associations.services.review.competing_claims import holding, item_of
from associations.status_words.claim_status import status_in_words
from associations.status_words.deadlines import deadline_of
from associations.views.actor import signed_in
from associations.views.claim.notice_email import frames_emails, preview_of
from associations.views.claim.proof_findings import findings_context
from associations.views.wizard.progress_list import place_in_words, step_rows
from associations.views.wizard.visit import Visit, begin_visit
from associations.views.zones import in_own_zone
from associations.wizard.refusals import missing_in_words, problems_in_words
from associations.wizard.steps import PAGES, STEPS, Step
from associations.wording.contact_standing import standing_of
from associations.wording.counted_days import turns_of
from associations.wording.customer_period import lasting_holds_of
from associations.wording.facts import Fact, answers_to
from associations.wording.guide_rules import guide_warnings
from associations.wording.messages import MESSAGES
from guides.editions import portal_day

# The customer has not answered, and the notice may still arrive.
WAITING = frozenset({ConsentStatus.QUEUED, ConsentStatus.OPEN})


@dataclass(frozen=True)
class CheckedStep:
    """The answers of one step under its title."""

    title: Promise
    facts: Sequence[Fact]


@in_own_zone
def claim_check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Every answer once more, then **Submit claim**; a claim that is filed already shows its confirmation."""
    visit = begin_visit(request, public_id)
    claim = visit.claim
    if claim.submitted_at is not None:
        return redirect("claim_submitted", public_id)
    if visit.by.role not in lifecycle.EDITORS:
        raise Http404
    if claim.status != ClaimStatus.DRAFT:
        messages.error(request, str(MESSAGES["STATE_CONFLICT"]))
        return redirect("claim_detail", public_id)
    if request.method != "POST" or not may_submit(visit) or is_of_another_edition(visit):
        return draw_check(visit, SubmitForm())
    form = SubmitForm(request.POST)
    if not form.is_valid():
        return draw_check(visit, form, is_refused=True)
    return file_claim(visit, form)


def file_claim(visit: Visit, form: SubmitForm) -> HttpResponse:
    """Submit; whoever was faster wins, and the other one lands on the same confirmation."""
    claim = visit.claim
    ask_about_contact(claim)
    try:
        submission.submit_claim(claim_id=claim.pk, acknowledged=True, by=visit.by, now=visit.now)
    except (lifecycle.ActionNotAllowed, submission.EditionChanged):
        return redirect("claim_check", claim.public_id)
    except (ClaimIncomplete, ClaimIneligible):
        return draw_check(begin_visit(visit.request, claim.public_id), form, is_refused=True)
    return redirect("claim_submitted", claim.public_id)


def is_of_another_edition(visit: Visit) -> bool:
    """Return whether the page that was sent showed the draft under an earlier edition: it has to be seen again."""
    drawn_for = visit.request.POST.get("guide", str(visit.claim.guide_id))
    if drawn_for == str(visit.claim.guide_id):
        return visit.is_moved
    if not visit.is_moved:
        messages.warning(visit.request, _("The program guide changed since this page was drawn. Check your answers."))
    return True


def may_submit(visit: Visit) -> bool:
    """Return whether the person may file this claim: incentives admins only (domain.md D6)."""
    return ClaimAction.SUBMIT in lifecycle.actions_for(visit.claim.status, visit.by.role)


@frames_emails
def draw_check(visit: Visit, form: SubmitForm, *, is_refused: bool = False) -> HttpResponse:
    claim = visit.claim
    # Read by the preview's contact and by the findings of the files.
    prefetch_related_objects([claim.tenant], "domains")
    missing = missing_facts(claim)
    todo = open_questions(visit, missing=missing)
    is_submitter = may_submit(visit)
    # The preview fixes the rules of the edition on the claim, unsaved, as a submission would today.
    preview = None if missing else preview_of(visit)
    context: dict[str, Any] = {
        "claim": claim,
        "form": form,
        "todo": todo,
        "problems": todo if is_refused else [],
        "form_errors": is_refused,
        "sections": sections(visit),
        "warnings": warnings_of(visit),
        "steps": step_rows(visit, current=None),
        "kicker": place_in_words(PAGES, claim),
        "may_submit": is_submitter,
        "asked": getattr(claim, "submit_request", None),
        "reader": signed_in(visit.request),
        "preview": preview,
        "turns": turns_of(claim, now=visit.now) if preview else [],
        **findings_context(claim, by=visit.by, now=visit.now, asks=False),
        "back_url": reverse("claim_step", args=[claim.public_id, STEPS[-1].key]),
    }
    return render(visit.request, "associations/wizard/check.html", context)


def sections(visit: Visit) -> list[CheckedStep]:
    """Return every answer under its step's title, each with the way to change it and come back."""
    claim, found = visit.claim, []
    for step in STEPS:
        url = change_url(visit, step) if step.can_start(claim) else ""
        found.append(CheckedStep(step.title, answers_to(step.questions, claim, change_url=url)))
    return found


def open_questions(visit: Visit, *, missing: tuple[str, ...]) -> list[dict[str, str]]:
    """Return what keeps the claim from being submitted, each with the link to the step that changes it."""
    found = [*missing_in_words(missing), *problems_in_words(visit.problems)]
    return [{"text": text, "url": change_url(visit, step)} for step, text in found]


def change_url(visit: Visit, step: Step) -> str:
    return f"{reverse('claim_step', args=[visit.claim.public_id, step.key])}?next=check"


def warnings_of(visit: Visit) -> list[str]:
    """Return what does not stop the claim but deserves a look before it is filed."""
    claim, found = visit.claim, []
    if claim.tenant.country and claim.location.country != claim.tenant.country:
        found.append(str(MESSAGES["COUNTRY_MISMATCH"]))
    for contact in claim.contacts.all():
        # Only an address that wasn't known to be the customer's has a reason.
        if contact.kind == ContactKind.CUSTOMER and contact.mismatch_reason:
            standing = standing_of(contact.email, claim, asks_public=False)
            found += [f"{contact.get_kind_display()}: {standing.text}"] if standing.asks_for_reason else []
    for item in claim.items.all():
        holders = visit.holders.get(item_of(item), [])
        if holding(holders, partner_id=claim.partner_id, activities=claim.activity_codes) is Holding.OTHERS:
            found.append(f"{item.name}: {MESSAGES['ITEM_HELD_BY_OTHER']}")
    findings = claim_findings(claim, now=visit.now, with_pointers=False)
    return found + guide_warnings(claim, findings, today=portal_day(visit.now))


@in_own_zone
def claim_submitted(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The confirmation, which keeps its address: the number, and while the customer can answer what happens next."""
    visit = begin_visit(request, public_id)
    claim = visit.claim
    if claim.submitted_at is None:
        raise Http404
    is_waiting = claim.status in lifecycle.UNDECIDED and claim.consent_status in WAITING
    context = {
        "claim": claim,
        "status": status_in_words(claim, now=visit.now),
        "is_waiting": is_waiting,
        "window": window_facts(visit),
        "holds": lasting_holds_of(claim),
    }
    return render(request, "associations/wizard/submitted.html", context)


def window_facts(visit: Visit) -> dict[str, Any]:
    """Return until when the customer can opt out: as stored, or as promised if the notice leaves today."""
    claim = visit.claim
    promised = end_of_customer_business_days(claim, visit.now, days=claim.opt_out_business_days)
    closes_at = claim.opt_out_closes_at or promised
    return {
        "contact": emails.contact_of(claim, ContactKind.CUSTOMER),
        "is_open": claim.opt_out_closes_at is not None,
        "is_on_its_way": claim.consent_status == ConsentStatus.QUEUED,
        "deadline": deadline_of(claim, closes_at, now=visit.now),
        "days": claim.opt_out_business_days,
    }
