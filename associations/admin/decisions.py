"""The reviewer's decisions as rows: what each asks, which service takes it, what is said afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.contrib.auth.models import Permission
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from associations.choices import ClaimAction
from associations.forms.desk import decisions as forms
from associations.models import Claim
from associations.rules import lifecycle
from associations.rules.actors import Role
from associations.services.claim import disputes
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.comments.adding import add_comment
from associations.services.customer import confirmation
from associations.services.review import decisions
from associations.wording.messages import MESSAGES

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

COMMENT = "comment"
ASSIGN = "assign"


class Place(StrEnum):
    """The section of the claim's page that shows a decision, next to its subject."""

    REVIEW = "review"
    DISPUTE = "dispute"
    CONTACTS = "contacts"
    COMMENTS = "comments"


class Weight(StrEnum):
    """The look of a decision's button: what is usually next, what else there is, and what can't be taken back."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    DESTRUCTIVE = "destructive"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One page of the desk. `service` takes `claim_id`, `by`, `now` and what the form asks."""

    key: str
    label: Promise
    # With the days that the partner has to answer.
    explanation: "StrPromise"
    form: type[forms.DecisionForm]
    service: Callable[..., object]
    done: Promise
    place: Place = Place.REVIEW
    weight: Weight = Weight.PRIMARY


START_REVIEW = Decision(
    key=ClaimAction.START_REVIEW.value,
    label=ClaimAction.START_REVIEW.label,
    explanation=_("The claim is assigned to you. The opt-out period goes on meanwhile."),
    form=forms.ConfirmForm,
    service=decisions.start_review,
    done=_("The review of %(claim)s has started."),
)
VALIDATE = Decision(
    key=ClaimAction.VALIDATE.value,
    label=ClaimAction.VALIDATE.label,
    explanation=_(
        "The claim and its proof of execution are in order. When the opt-out period is over and "
        "nothing holds the claim, the association becomes official at once; otherwise it follows "
        "when the period ends."
    ),
    form=forms.ConfirmForm,
    service=decisions.validate_claim,
    done=_("%(claim)s was validated."),
)
REQUEST_ACTION = Decision(
    key=ClaimAction.REQUEST_ACTION.value,
    label=ClaimAction.REQUEST_ACTION.label,
    explanation=ngettext_lazy(
        "The partner has %(days)d business day to answer. Until then the claim is on hold.",
        "The partner has %(days)d business days to answer. Until then the claim is on hold.",
        "days",
    ),
    form=forms.RequestActionForm,
    service=decisions.request_action,
    done=_("The partner of %(claim)s was asked for more."),
    weight=Weight.SECONDARY,
)
REJECT = Decision(
    key=ClaimAction.REJECT.value,
    label=ClaimAction.REJECT.label,
    explanation=_("We tell the partner why, and the customer that nothing is left to do."),
    form=forms.RejectForm,
    service=decisions.reject_claim,
    done=_("%(claim)s was rejected."),
    weight=Weight.DESTRUCTIVE,
)
ACCEPT_DISPUTE = Decision(
    key=ClaimAction.ACCEPT_DISPUTE.value,
    label=ClaimAction.ACCEPT_DISPUTE.label,
    explanation=_(
        "The claim comes back under review and is assigned to you. A customer whose period was cut short gets a new"
        " notice and a full period."
    ),
    form=forms.AcceptForm,
    service=disputes.accept_dispute,
    done=_("The dispute of %(claim)s was accepted."),
    place=Place.DISPUTE,
)
UPHOLD_REJECTION = Decision(
    key=ClaimAction.UPHOLD_REJECTION.value,
    label=ClaimAction.UPHOLD_REJECTION.label,
    explanation=_("The rejection is final: the partner can't dispute it again, only file a new claim."),
    form=forms.UpholdForm,
    service=disputes.uphold_rejection,
    done=_("The rejection of %(claim)s is final."),
    weight=Weight.DESTRUCTIVE,
    place=Place.DISPUTE,
)
ASSIGN_REVIEWER = Decision(
    key=ASSIGN,
    label=_("Assign to a reviewer"),
    explanation=_("The claim moves to the queue of the person you choose. Nothing else changes."),
    form=forms.AssignForm,
    service=decisions.assign_reviewer,
    done=_("%(claim)s was assigned."),
    weight=Weight.SECONDARY,
)
CONFIRM_CONTACT = Decision(
    key="confirm_contact",
    label=_("Confirm contact"),
    explanation=_(
        "You confirm that the contact is of the customer. If the opt-out period is over and nothing else holds the"
        " claim, the association becomes official at once; otherwise it follows when the period ends."
    ),
    form=forms.ConfirmContactForm,
    service=confirmation.confirm_by_reviewer,
    done=_("The contact of %(claim)s is confirmed."),
    place=Place.CONTACTS,
)
ADD_COMMENT = Decision(
    key=COMMENT,
    label=_("Comment"),
    explanation=_("A remark changes nothing about the claim."),
    form=forms.ReviewerCommentForm,
    service=add_comment,
    done=_("Your comment on %(claim)s was added."),
    place=Place.COMMENTS,
    weight=Weight.SECONDARY,
)
DECISIONS = {
    decision.key: decision
    for decision in (
        START_REVIEW,
        VALIDATE,
        REQUEST_ACTION,
        REJECT,
        ACCEPT_DISPUTE,
        UPHOLD_REJECTION,
        CONFIRM_CONTACT,
        ASSIGN_REVIEWER,
        ADD_COMMENT,
    )
}
# What a reviewer does with the checklist filled in.
ENDS_OF_A_REVIEW = (VALIDATE, REQUEST_ACTION, REJECT)

REFUSALS: dict[type[Exception], Promise] = {
    lifecycle.ActionNotAllowed: MESSAGES["STATE_CONFLICT"],
    ClaimLocked: _("The claim is closed: it takes no more comments."),
    decisions.ClaimClosed: _("The claim is decided: it needs no reviewer any more."),
    decisions.OwnCompany: _("You belong to this partner company, so another reviewer has to decide."),
    decisions.ReasonMissing: _("Choose at least one reason and write a text."),
    confirmation.NothingToConfirm: _("The contact has changed or is confirmed already. Nothing was changed."),
    confirmation.DomainNotListable: _("This domain name can't be listed for the customer. Clear the selection."),
}


def open_decisions(claim: Claim) -> list[Decision]:
    """Return what a reviewer may do with the claim now, so that no button is drawn that would fail."""
    keys = {action.value for action in lifecycle.actions_for(claim.status, Role.REVIEWER)}
    if claim.awaits_confirmation:
        keys.add(CONFIRM_CONTACT.key)
    if claim.status in lifecycle.REVIEWABLE:
        keys.add(ASSIGN)
    if claim.status in lifecycle.COMMENTABLE:
        keys.add(COMMENT)
    return [decision for decision in DECISIONS.values() if decision.key in keys]


def is_reviewer(user: User) -> bool:
    """Return whether the person was made a reviewer; a platform admin alone is none (domain.md 7)."""
    if not user.is_superuser:
        return user.has_perm("associations.review_claim")
    granted = Permission.objects.filter(Q(group__user=user) | Q(user=user))
    return granted.filter(codename="review_claim", content_type__app_label="associations").exists()
