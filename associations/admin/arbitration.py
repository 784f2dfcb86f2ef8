"""Competing partners side by side, and the one act that prefers one of them (domain.md 1.7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from associations.admin.desk import DeskAdmin, person, reviewer
from associations.admin.proofs import newest_first, preview_url
from associations.forms.desk.decisions import ArbitrationForm
from associations.models import Association, Claim, ClaimedProduct, Partner, PartnerMember, ProofOfExecution
from associations.rules import lifecycle
from associations.services.review import decisions
from associations.services.review.arbitration import Contest, NothingToDecide, arbitrate, contest_of
from associations.services.review.competing_claims import Item, item_of
from associations.status_words.claim_status import StatusInWords, status_in_words
from associations.wording.messages import MESSAGES
from guides.editions import edition_in_force

OWN_COMPANY: Promise = gettext_lazy("You belong to one of the partner companies, so another reviewer has to decide.")
NOTHING_TO_DECIDE: Promise = gettext_lazy("Nothing is left to decide: the claim is closed, or competes no more.")
REFUSALS: dict[type[Exception], Promise] = {
    NothingToDecide: NOTHING_TO_DECIDE,
    lifecycle.ActionNotAllowed: MESSAGES["STATE_CONFLICT"],
    decisions.OwnCompany: OWN_COMPANY,
    decisions.ReasonMissing: gettext_lazy("Write why this partner is preferred."),
}


@dataclass(frozen=True)
class SideProof:
    """A proof of one side, without a *url* until it is scanned."""

    name: str
    at: datetime
    url: str


@dataclass(frozen=True)
class SideItem:
    """An item of a claim, and whether another partner wants it too."""

    item: ClaimedProduct
    is_contested: bool


@dataclass(frozen=True)
class SideClaim:
    """A claim of one side, with its proofs, the newest first."""

    claim: Claim
    status: StatusInWords
    activities: Sequence[str]
    items: Sequence[SideItem]
    proofs: Sequence[SideProof]


@dataclass(frozen=True)
class SideAssociation:
    """An active association of one side, with the proofs that defend it, the newest first."""

    association: Association
    activities: Sequence[str]
    proofs: Sequence[SideProof]


@dataclass(frozen=True)
class Side:
    """One partner in a contest."""

    partner: Partner
    claims: Sequence[SideClaim]
    associations: Sequence[SideAssociation]


class ArbitrationAdmin(DeskAdmin):
    """The page on which a reviewer decides between partners who want the same item."""

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def arbitrate_view(self, request: HttpRequest, claim_id: int) -> HttpResponse:
        """Show who competes, then let the service prefer one."""
        claim = self.find(request, claim_id)
        if not self.has_decide_permission(request):
            raise PermissionDenied
        contest = contest_of(claim)
        refusal = refusal_to_open(contest, request)
        if refusal:
            messages.warning(request, str(refusal))
            return redirect("admin:associations_claim_change", claim.pk)
        form = ArbitrationForm(request.POST if request.method == "POST" else None, partners=partners_in(contest))
        if not form.is_valid():
            return self.compare(request, contest, form)
        by = reviewer(request)
        try:
            arbitrate(claim_id=claim.pk, by=by, now=timezone.now(), **form.cleaned_data)
        except tuple(REFUSALS) as error:
            form.add_error(None, str(REFUSALS[type(error)]))
            return self.compare(request, contest_of(claim), form, status=409)
        messages.success(request, _("The competing claims to the items of %(claim)s are decided.") % {"claim": claim})
        return redirect("admin:associations_claim_change", claim.pk)

    def compare(
        self, request: HttpRequest, contest: Contest, form: ArbitrationForm, *, status: int = 200
    ) -> HttpResponse:
        context = {"sides": sides(contest), "form": form}
        return self.answer(request, "admin/associations/claim/arbitrate.html", contest.claim, context, status=status)


def refusal_to_open(contest: Contest, request: HttpRequest) -> Promise | None:
    """Return why the person can't decide the contest, in words; None when they can."""
    is_contested = bool(contest.rival_claims or contest.rival_associations)
    if contest.claim.status not in lifecycle.UNDECIDED or not is_contested:
        return NOTHING_TO_DECIDE
    memberships = PartnerMember.objects.filter(user=person(request), partner__in=contest.partner_ids)
    return OWN_COMPANY if memberships.exists() else None


def partners_in(contest: Contest) -> list[Partner]:
    """Return the partners who compete, the one of the named claim first."""
    claiming = [claim.partner for claim in (contest.claim, *contest.rival_claims)]
    holding = [held.partner for held in contest.rival_associations]
    partners = {partner.pk: partner for partner in (*claiming, *holding)}
    return list(partners.values())


def sides(contest: Contest) -> list[Side]:
    """Return one column for each partner: its claims and associations on the contested items, newest proof first."""
    prefetch_related_objects(
        contest.rival_associations, "claimed_products__claim__proofs", "claimed_products__claim__partner", "proofs"
    )
    contested = contested_items(contest)
    return [
        Side(
            partner,
            claims=[side_claim(claim, contested) for claim in claims_of(contest, partner)],
            associations=[
                side_association(held) for held in contest.rival_associations if held.partner_id == partner.pk
            ],
        )
        for partner in partners_in(contest)
    ]


def claims_of(contest: Contest, partner: Partner) -> list[Claim]:
    return [claim for claim in (contest.claim, *contest.rival_claims) if claim.partner_id == partner.pk]


def contested_items(contest: Contest) -> set[Item]:
    """Return the items of the named claim that another partner claims or holds."""
    claimed = [item_of(item) for rival in contest.rival_claims for item in rival.items.all()]
    held = [item_of(association) for association in contest.rival_associations]
    return {item_of(item) for item in contest.claim.items.all()} & {*claimed, *held}


def side_claim(claim: Claim, contested: set[Item]) -> SideClaim:
    return SideClaim(
        claim,
        status=status_in_words(claim, now=timezone.now()),
        activities=[str(activity.name) for activity in claim.activities],
        items=[SideItem(item, is_contested=item_of(item) in contested) for item in claim.items.all()],
        proofs=[side_proof(proof, claim) for proof in newest_first(claim)],
    )


def side_association(held: Association) -> SideAssociation:
    """Return an active association with its proofs: those of the claims behind it, or its own."""
    claims = {item.claim.pk: item.claim for item in held.claimed_products.all()}.values()
    proofs = [side_proof(proof, claim) for claim in claims for proof in claim.proofs.all()]
    proofs += [side_proof(proof, held) for proof in held.proofs.all()]
    named = held.activities_by(edition_in_force(now=timezone.now()))
    newest = sorted(proofs, key=attrgetter("at"), reverse=True)
    return SideAssociation(held, activities=[str(activity.name) for activity in named], proofs=newest)


def side_proof(proof: ProofOfExecution, holder: Claim | Association) -> SideProof:
    url = preview_url(proof, holder) if proof.is_usable else ""
    return SideProof(proof.shown_name, at=proof.uploaded_at, url=url)
