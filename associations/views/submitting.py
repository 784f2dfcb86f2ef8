"""The end of the wizard: check the answers, file the claim, and see what happens next."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from associations import emails, wizard
from associations.choices import ClaimAction, ClaimStatus, ConsentStatus, ContactKind
from associations.forms.messages import MESSAGES
from associations.forms.steps import SubmitForm
from associations.rules import lifecycle
from associations.rules.competing import Holding
from associations.services import submission
from associations.services.competing import holding, item_of
from associations.services.deadlines import end_of_business_days
from associations.services.submission import ClaimIncomplete, ClaimIneligible, Problem
from associations.views.moments import deadline_of, in_own_zone
from associations.views.people import admins_of
from associations.views.wizard import Visit, begin_visit, step_rows
from notifications import delivery


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
    if request.method != "POST" or not may_submit(visit):
        return draw_check(visit, SubmitForm())
    form = SubmitForm(request.POST)
    if not form.is_valid():
        return draw_check(visit, form, is_refused=True)
    return file_claim(visit, form)


def file_claim(visit: Visit, form: SubmitForm) -> HttpResponse:
    """Submit; whoever was faster wins, and the other one lands on the same confirmation."""
    claim = visit.claim
    try:
        submission.submit_claim(claim_id=claim.pk, acknowledged=True, by=visit.by, now=visit.now)
    except lifecycle.ActionNotAllowed:
        return redirect("claim_check", claim.public_id)
    except (ClaimIncomplete, ClaimIneligible):
        return draw_check(begin_visit(visit.request, claim.public_id), form, is_refused=True)
    return redirect("claim_submitted", claim.public_id)


def may_submit(visit: Visit) -> bool:
    """Whether the person may file this claim: incentives admins only (domain.md D6)."""
    return ClaimAction.SUBMIT in lifecycle.actions_for(visit.claim.status, visit.by.role)


def draw_check(visit: Visit, form: SubmitForm, *, is_refused: bool = False) -> HttpResponse:
    claim = visit.claim
    missing = wizard.missing_in(claim)
    todo = open_questions(visit, missing=missing, problems=visit.problems)
    is_submitter = may_submit(visit)
    context: dict[str, Any] = {
        "claim": claim,
        "form": form,
        "todo": todo,
        "problems": todo if is_refused else [],
        "form_errors": is_refused,
        "sections": sections(visit),
        "warnings": warnings_of(visit),
        "steps": step_rows(visit, current=None),
        "number": wizard.PAGES,
        "pages": wizard.PAGES,
        "may_submit": is_submitter,
        "admins": [] if is_submitter else admins_of(claim.location),
        "preview": None if missing else preview_of(visit),
        "back_url": reverse("claim_step", args=[claim.public_id, wizard.STEPS[-1].key]),
    }
    return render(visit.request, "associations/wizard/check.html", context)


def sections(visit: Visit) -> list[dict[str, Any]]:
    """Return every answer under its step's title, each with the way to change it and come back."""
    found = []
    for step in wizard.STEPS:
        url = change_url(visit, step) if step.can_start(visit.claim) else ""
        rows = [
            {
                "label": answer.label,
                "value": answer.value,
                "lines": answer.lines,
                "mono": answer.mono,
                "change_url": url,
            }
            for answer in step.answers(visit.claim)
        ]
        found.append({"title": step.title, "rows": rows})
    return found


def open_questions(visit: Visit, *, missing: tuple[str, ...], problems: tuple[Problem, ...]) -> list[dict[str, str]]:
    """Return what keeps the claim from being filed, each with the link to the step that mends it."""
    steps = list(dict.fromkeys(wizard.step_of(fact) for fact in missing))
    found = [{"text": missing_text(step), "url": change_url(visit, step)} for step in steps]
    for problem in problems:
        text = f"{problem.subject}: {MESSAGES[problem.code]}"
        found.append({"text": text, "url": change_url(visit, wizard.step_of(problem.fact))})
    return found


def missing_text(step: wizard.Step) -> str:
    if "proofs" in step.collects:
        return str(MESSAGES["POE_MISSING"])
    return _("%(step)s: some answers are missing.") % {"step": step.title}


def change_url(visit: Visit, step: wizard.Step) -> str:
    return f"{reverse('claim_step', args=[visit.claim.public_id, step.key])}?next=check"


def warnings_of(visit: Visit) -> list[str]:
    """Return what does not stop the claim but deserves a look before it is filed."""
    claim, found = visit.claim, []
    if claim.tenant.country and claim.location.country != claim.tenant.country:
        found.append(str(MESSAGES["COUNTRY_MISMATCH"]))
    for item in claim.items.all():
        holders = visit.holders.get(item_of(item), [])
        if holding(holders, partner_id=claim.partner_id, activities=claim.activities) is Holding.OTHERS:
            found.append(f"{item.product}: {MESSAGES['ITEM_HELD_BY_OTHER']}")
    return found


def preview_of(visit: Visit) -> dict[str, str]:
    """Return the customer's mail as it would leave today, and its language; words stand for the personal link."""
    claim = visit.claim
    submission.copy_program_rules(claim, programs=visit.programs)
    closes_at = end_of_business_days(claim, visit.now, days=claim.opt_out_business_days)
    email = emails.preview_customer_notice(claim, closes_at=closes_at, now=visit.now)
    rendered = delivery.render(email).with_link(_("[personal link of the customer]"))
    return {"language": email.locale, "subject": rendered.subject, "text": rendered.text}


@in_own_zone
def claim_submitted(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The confirmation, which keeps its address: the number, and what happens next with dates."""
    visit = begin_visit(request, public_id)
    claim = visit.claim
    if claim.submitted_at is None:
        raise Http404
    context = {"claim": claim, "window": window_facts(visit)}
    return render(request, "associations/wizard/submitted.html", context)


def window_facts(visit: Visit) -> dict[str, Any]:
    """Return until when the customer can opt out: as stored, or as promised if the notice leaves today."""
    claim = visit.claim
    promised = end_of_business_days(claim, visit.now, days=claim.opt_out_business_days)
    closes_at = claim.opt_out_closes_at or promised
    return {
        "contact": emails.contact_of(claim, ContactKind.CUSTOMER),
        "is_open": claim.opt_out_closes_at is not None,
        "is_on_its_way": claim.consent_status == ConsentStatus.QUEUED,
        "deadline": deadline_of(claim, closes_at, now=visit.now),
        "days": claim.opt_out_business_days,
    }
