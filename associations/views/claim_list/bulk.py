"""One action on many claims of the list: say what will happen to each, do it, say what became of each."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from associations.forms.claim.bulk import FORMS
from associations.forms.claim_list.filter import ClaimFilter
from associations.job_choices import BulkAction, BulkOutcome
from associations.models import BulkRun, Claim
from associations.rules.actors import Actor
from associations.services.claim import bulk
from associations.services.claim.bulk import RunOfAnother
from associations.views.actor import member_actor, signed_in, with_member_role
from associations.views.claim_list.rows import load_items
from associations.views.posted_ids import posted_id, uuid_in
from associations.views.uploads import files_of, uploads_limited
from associations.views.zones import in_own_zone

WILL: dict[BulkAction, Promise] = {
    BulkAction.DISASSOCIATE: gettext_lazy("Its association ends, and its usage data closes at once."),
    BulkAction.RENEW: gettext_lazy("A draft opens with its answers; the subscription ID and the proof are left open."),
    BulkAction.ADD_PROOF: gettext_lazy("It gets the files."),
}
DID: dict[BulkAction, Promise] = {
    BulkAction.DISASSOCIATE: gettext_lazy("Its association has ended."),
    BulkAction.RENEW: gettext_lazy("A draft was opened."),
    BulkAction.ADD_PROOF: gettext_lazy("The files were added."),
}

# In the order in which the list offers them.
OFFERED = (BulkAction.ADD_PROOF, BulkAction.RENEW, BulkAction.DISASSOCIATE)


@dataclass(frozen=True)
class Foreseen:
    """One claim of the confirmation page: what will happen, or why it can't."""

    claim: Claim
    text: str
    is_possible: bool


@require_http_methods(["GET", "HEAD", "POST"])
@uploads_limited
@in_own_zone
def claims_bulk(request: HttpRequest) -> HttpResponse:
    """Say what the chosen action will do to each chosen claim, and do it."""
    user, now = signed_in(request), timezone.now()
    asked = request.POST if request.method == "POST" else request.GET
    action, back_url = action_in(asked), list_url_in(asked)
    claims = chosen(user, asked)
    if action is None or not claims or len(claims) > bulk.MOST_AT_ONCE:
        messages.error(request, why_nothing(action, claims))
        return redirect(back_url)
    actors = {claim.pk: member_actor(claim, user=user) for claim in claims}
    is_posted = request.method == "POST"
    form = FORMS[action](request.POST if is_posted else None, files_of(request) if is_posted else None)
    run_id = posted_id(request, "run")
    if form.is_valid():
        try:
            run = bulk.start_run(public_id=run_id, action=action, user_id=user.pk, now=now)
        except RunOfAnother as error:
            raise Http404 from error
        bulk.take_each(run, actors, answers=form.answers(), now=now)
        address = reverse("claims_bulk_result", args=[run.public_id])
        return redirect(f"{address}?{QueryDict.fromkeys(['list'], list_query_in(asked)).urlencode()}")
    foreseen = [foreseen_of(claim, action, actors[claim.pk]) for claim in claims]
    context = {
        "action": action.value,
        "title": action.label,
        "form": form,
        "run_id": run_id,
        "claims": foreseen,
        "possible": sum(one.is_possible for one in foreseen),
        "list_query": list_query_in(asked),
        "back_url": back_url,
        "is_danger": action is BulkAction.DISASSOCIATE,
        "asks_for_files_again": bool(form.errors and files_of(request)),
        "has_files": action is BulkAction.ADD_PROOF,
    }
    return render(request, "associations/bulk.html", context)


@require_safe
def claims_bulk_result(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Say of each claim of the person's own run what became of it."""
    user = signed_in(request)
    run = get_object_or_404(BulkRun, public_id=run_id, owner=user)
    seen = Claim.objects.visible_to(user)
    rows = run.rows.filter(claim__in=seen.values("pk")).select_related("claim__tenant", "draft")
    results = [
        {
            "claim": row.claim,
            "draft": row.draft,
            "is_done": row.outcome == BulkOutcome.DONE,
            "text": DID[BulkAction(run.action)] if row.outcome == BulkOutcome.DONE else row.get_outcome_display(),
        }
        for row in rows
    ]
    context = {
        "title": run.get_action_display(),
        "results": results,
        "done": sum(row.outcome == BulkOutcome.DONE for row in rows),
        "back_url": list_url_in(request.GET),
    }
    return render(request, "associations/bulk_result.html", context)


def action_in(asked: QueryDict) -> BulkAction | None:
    word = asked.get("action", "")
    return BulkAction(word) if word in BulkAction.values else None


def list_query_in(asked: QueryDict) -> str:
    """Return the query of the list that the person came from, as the list itself would write it."""
    return ClaimFilter.asked(QueryDict(asked.get("list", "").removeprefix("?"))).query()


def list_url_in(asked: QueryDict) -> str:
    return reverse("claim_list") + list_query_in(asked)


def chosen(user: User, asked: QueryDict) -> list[Claim]:
    """Return the claims that *asked* names, as far as the person may see them, their items loaded."""
    keys = [key for text in asked.getlist("claim")[: bulk.MOST_AT_ONCE + 1] if (key := uuid_in(text))]
    visible = Claim.objects.visible_to(user).filter(public_id__in=keys)
    claims = list(with_member_role(visible, user=user).select_related("tenant").order_by("-pk"))
    load_items(claims)
    return claims


def why_nothing(action: BulkAction | None, claims: list[Claim]) -> str:
    if len(claims) > bulk.MOST_AT_ONCE:
        return _("Choose at most %(count)s claims at once.") % {"count": bulk.MOST_AT_ONCE}
    if not claims:
        return _("Select at least one claim.")
    return _("Choose what to do with the claims.")


def foreseen_of(claim: Claim, action: BulkAction, actor: Actor) -> Foreseen:
    outcome = bulk.foreseen(claim, action, by=actor, now=timezone.now())
    is_possible = outcome == BulkOutcome.DONE
    return Foreseen(claim, str(WILL[action] if is_possible else outcome.label), is_possible)


def bulk_actions_for(roles: Any) -> list[tuple[str, Any]]:
    """Return the actions on many claims that any of the person's *roles* allows; what ends something comes last."""
    return [(action.value, action.label) for action in OFFERED if bulk.MAY[action] & roles]
