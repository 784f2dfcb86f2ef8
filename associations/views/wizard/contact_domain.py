"""Answers while the customer contact's email is typed: is it the customer's (domain.md D18)?"""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import rate_limits
from associations.choices import ClaimStatus
from associations.models import Claim
from associations.rules import lifecycle
from associations.views.actor import member_actor, signed_in, with_member_role
from associations.wording.contact_standing import standing_of

LONGEST_NAME = 253
WITH_A_CONTACT_TO_NAME = lifecycle.UNDECIDED | {ClaimStatus.DRAFT}


@require_safe
def contact_domain(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Return as JSON whether an address at `?domain=` is the customer's, for people who may change the contact.

    The address itself is not sent: no log should name a person. Nothing is written. So often as CPOR_LIMITS allows,
    the public directory is asked about what isn't listed.
    """
    user = signed_in(request)
    claims = Claim.objects.visible_to(user).filter(status__in=WITH_A_CONTACT_TO_NAME).select_related("tenant")
    claim = get_object_or_404(with_member_role(claims, user=user), public_id=public_id)
    if member_actor(claim, user=user).role not in lifecycle.EDITORS:
        raise Http404
    email = f"somebody@{request.GET.get('domain', '')[: LONGEST_NAME + 1]}"
    standing = standing_of(email, claim, asks_public=False)
    if standing.asks_for_reason:
        if wait := rate_limits.count_try("lookup", rate_limits.visitor(request), now=timezone.now()):
            return rate_limits.too_many(request, seconds=wait)
        standing = standing_of(email, claim, asks_public=True)
    return JsonResponse({"text": standing.text, "tone": standing.tone, "asks_for_reason": standing.asks_for_reason})
