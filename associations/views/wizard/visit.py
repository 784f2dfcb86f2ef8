"""Finds the claim of a request, and what its pages know about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NoReturn, Protocol, cast
from uuid import UUID

from django.contrib import messages
from django.db.models import Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from associations.choices import ClaimStatus
from associations.forms.wizard.step_form import Asked, StepForm
from associations.models import Claim
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.services.claim.answers import note_refused_edit, version_of
from associations.services.claim.drafting import move_draft
from associations.services.claim.eligibility import EligibilityProblem, find_problems
from associations.services.review.competing_claims import Holder, Item, holders_on
from associations.views.actor import member_actor, signed_in, with_member_role
from associations.wizard.recording import Recording
from associations.wizard.steps import with_answers
from associations.wording.messages import MESSAGES
from guides.editions import portal_day
from guides.models import ProgramGuide


class _WithGuide(Protocol):
    """A claim of `begin_visit`."""

    guide_in_force: int


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One person on the pages of one claim."""

    request: HttpRequest
    claim: Claim
    by: Actor
    now: datetime
    # Whether this request found the draft under an earlier edition of the program guide.
    is_moved: bool = False

    @property
    def asked(self) -> Asked:
        # Only the products are asked about their holders.
        holders: Any = SimpleLazyObject(lambda: self.holders)
        return Asked(user=signed_in(self.request), now=self.now, claim=self.claim, holders=holders)

    @cached_property
    def holders(self) -> Mapping[Item, list[Holder]]:
        """The other partners that hold or claim what is on the customer's tenant."""
        return holders_on(self.claim.tenant, besides=self.claim)

    @cached_property
    def problems(self) -> tuple[EligibilityProblem, ...]:
        """The reasons why the claim can't be submitted yet."""
        return tuple(find_problems(self.claim, holders=self.holders))

    @property
    def returns_to_check(self) -> bool:
        """True if the person came from the check page and goes back there."""
        return self.request.GET.get("next") == "check"


def begin_visit(request: HttpRequest, public_id: UUID) -> Visit:
    """Return the visit to a claim that the person may see, or raise Http404."""
    user = signed_in(request)
    claims = with_member_role(with_answers(Claim.objects.visible_to(user)), user=user)
    now = timezone.now()
    in_force = Subquery(ProgramGuide.objects.in_force_on(portal_day(now)).values("pk"))
    claim = get_object_or_404(claims.annotate(guide_in_force=in_force), public_id=public_id)
    guide_id = cast(_WithGuide, claim).guide_in_force
    is_moved = claim.status == ClaimStatus.DRAFT and claim.guide_id != guide_id
    if is_moved:
        move_to(guide_id, claim, request=request, now=now)
    return Visit(request=request, claim=claim, by=member_actor(claim, user=user), now=now, is_moved=is_moved)


def move_to(guide_id: int, claim: Claim, *, request: HttpRequest, now: datetime) -> None:
    """Show a draft as the edition in force reads it, and say so; only a POST changes what is stored."""
    if request.method == "POST":
        move_draft(claim_id=claim.pk, now=now)
    claim.guide_id = guide_id
    words = _("The program guide changed. This draft now goes by: %(edition)s. Your answers are kept.")
    messages.warning(request, words % {"edition": claim.edition.title})


def redirect_to_claim(visit: Visit) -> HttpResponse:
    """Redirect from a page of the wizard to the claim that was filed or canceled; raise Http404 for a draft.

    What was sent is refused: the claim says what can be done now.
    """
    if visit.claim.status == ClaimStatus.DRAFT:
        raise Http404
    if visit.request.method == "POST":
        messages.error(visit.request, str(MESSAGES["STATE_CONFLICT"]))
    return redirect("claim_detail", visit.claim.public_id)


def refuse_edit(visit: Visit, *, groups: Iterable[str]) -> NoReturn:
    """Answer like a page that does not exist, and note who tried to change a claim that is locked."""
    note_locked_edit(visit, groups=groups)
    raise Http404


def note_locked_edit(visit: Visit, *, groups: Iterable[str]) -> None:
    """Note in the History who tried to change facts of *groups* on a claim that is locked."""
    claim = visit.claim
    is_locked = not lifecycle.EDITABLE_FACTS.get(ClaimStatus(claim.status), frozenset()).intersection(groups)
    if visit.request.method == "POST" and is_locked:
        group = next(iter(groups))
        note_refused_edit(claim_id=claim.pk, group=group, by=visit.by, now=visit.now)


def warn(request: HttpRequest, form: StepForm) -> None:
    """Say on the next page what does not stop the claim but deserves a look."""
    for warning in form.warnings:
        messages.warning(request, str(warning))


def recording(visit: Visit) -> Recording:
    """Return for whom answers are recorded, and the version of the answers from which the posted page was drawn."""
    version = visit.request.POST.get("version", "").removesuffix(edition_mark(visit.claim))
    return Recording(claim=visit.claim, version=version, by=visit.by, now=visit.now)


def page_version(claim: Claim, stored: Mapping[str, Any]) -> str:
    """Return the fingerprint of the answers and of the edition from which a page is drawn."""
    return version_of(stored) + edition_mark(claim)


def edition_mark(claim: Claim) -> str:
    return f"-{claim.guide_id}"
