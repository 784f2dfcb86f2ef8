"""Pages of one existing association, from before this process: its proofs, and **Renew** (domain.md R5)."""

import logging
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from associations.choices import EnrolmentStatus
from associations.files.storage import StorageUnavailable
from associations.forms.claim.bulk import CheckedFilesForm
from associations.forms.claim.renewal import RenewForm
from associations.forms.wizard.details import suggested_name
from associations.models import Association, PartnerLocation, locations_open_to
from associations.models.partners import CLAIM_EDITORS, claim_scope_of
from associations.rules import lifecycle
from associations.rules.actors import Actor, member_actor
from associations.services.association import existing
from associations.services.association.existing import AssociationLocked
from associations.services.claim.disputes import CheckedProof
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.claim.proofs import TooManyProofs
from associations.views.actor import signed_in
from associations.views.claim.content import continue_url
from associations.views.claim.proofs import file_response
from associations.views.existing.rows import association_facts, file_of, row_of
from associations.views.posted_ids import posted_id
from associations.views.uploads import files_of, uploads_limited
from associations.views.zones import in_own_zone
from associations.wording.messages import refusal
from guides.editions import edition_in_force

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@uploads_limited
@in_own_zone
def migrated_detail(request: HttpRequest, association_id: int) -> HttpResponse:
    """One existing association with its proofs; a post adds files, which are never too late to strengthen it."""
    user, now = signed_in(request), timezone.now()
    held, actor = find_association(user, association_id)
    is_posted = request.method == "POST"
    form = CheckedFilesForm(request.POST if is_posted else None, files_of(request) if is_posted else None)
    if is_posted and form.is_valid():
        try:
            added = add_proofs(held, form.cleaned_data["proofs"], by=actor, now=now)
        except AssociationLocked as error:
            raise Http404 from error
        except TooManyProofs:
            words = _("An association can hold %(limit)s files.") % {"limit": settings.POE_MAX_FILES}
            form.add_error("proofs", words)
        except StorageUnavailable:
            logger.exception("A file for association %s could not be stored.", held.pk)
            form.add_error("proofs", refusal("POE_NOT_STORED"))
        else:
            words = ngettext("%(count)d file was added.", "%(count)d files were added.", added) % {"count": added}
            messages.success(request, words)
            return redirect("migrated_detail", held.pk)
    may_edit = actor.role in lifecycle.EDITORS
    row = row_of(held, may_renew=may_edit, now=now)
    context = {
        "held": held,
        "row": row,
        "facts": association_facts(row, edition_in_force(now=now)),
        "files": [file_of(proof, held) for proof in held.proofs.select_related("uploaded_by").order_by("pk")],
        "form": form,
        "asks_for_files_again": bool(form.errors and files_of(request)),
        "can_add_proof": may_edit and held.ended_at is None,
    }
    return render(request, "associations/migrated_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def migrated_renew(request: HttpRequest, association_id: int) -> HttpResponse:
    """**Renew**: say what follows, and open the draft of a claim for the renewed subscription."""
    user, now = signed_in(request), timezone.now()
    held, actor = find_association(user, association_id)
    if actor.role not in lifecycle.EDITORS:
        raise Http404
    draft_id = posted_id(request, "draft_id")
    form = RenewForm(request.POST if request.method == "POST" else None, locations=enrolled_locations(held, user=user))
    try:
        if not held.is_renewable(now=now):
            raise AssociationLocked
        if form.is_valid():
            edition = edition_in_force(now=now)
            draft = existing.renew(
                association_id=held.pk,
                location=form.chosen(),
                name=suggested_name(held.tenant, edition.area_name(held.product.area_in(edition)), now),
                by=actor,
                now=now,
                draft_id=draft_id,
            )
            return redirect(continue_url(draft, actor) or reverse("claim_detail", args=[draft.public_id]))
    except (AssociationLocked, ClaimLocked):
        messages.error(request, _("Its subscription neither has ended nor ends within 60 days."))
        return redirect("migrated_detail", held.pk)
    context = {"held": held, "form": form, "draft_id": draft_id}
    return render(request, "associations/migrated_renew.html", context)


@require_safe
def migrated_proof(request: HttpRequest, association_id: int, proof_id: UUID) -> HttpResponseBase:
    """Hand a proof out as an attachment to who sees the association."""
    held, _actor = find_association(signed_in(request), association_id)
    return file_response(request, get_object_or_404(held.proofs.exclude(name=""), public_id=proof_id))


def find_association(user: User, association_id: int) -> tuple[Association, Actor]:
    """Return an existing association of a company for all of which the person acts, and in which role, or Http404."""
    scope = claim_scope_of(user)
    own = Association.objects.without_a_claim().filter(partner__in=scope.whole)
    held: Association = get_object_or_404(own.with_row_facts(), pk=association_id)
    return held, member_actor(user.pk, role=scope.roles[held.partner_id])


def enrolled_locations(held: Association, *, user: User) -> list[PartnerLocation]:
    """Return the company's locations for which *user* drafts and that may claim at all."""
    open_to = locations_open_to(user, roles=CLAIM_EDITORS).filter(partner=held.partner_id)
    return list(open_to.filter(enrolments__status=EnrolmentStatus.ENROLLED).distinct().order_by("mpn_id"))


def add_proofs(held: Association, proofs: list[CheckedProof], *, by: Actor, now: datetime) -> int:
    """Keep every one of *proofs* and return how many; raise as `migrated.add_proof` does, those before it kept."""
    if held.proofs.count() + len(proofs) > settings.POE_MAX_FILES:
        raise TooManyProofs
    for proof in proofs:
        existing.add_proof(
            association_id=held.pk,
            file=proof.file,
            name=proof.name,
            kind=proof.kind,
            max_files=settings.POE_MAX_FILES,
            by=by,
            now=now,
        )
    return len(proofs)
