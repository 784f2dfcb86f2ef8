"""What a reviewer writes when deciding on a claim (domain.md 4.1, T7, T16, T19, T20).

A form's `cleaned_data` is what the service of the decision takes.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from django import forms
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from associations.choices import ReasonCode
from associations.forms import canned
from associations.models import Claim, Comment, Partner
from associations.rules.evidence import ProofElement

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Posted = MultiValueDict[str, str]

RETURN_REASONS = (
    ReasonCode.POE_ALL_MISSING,
    ReasonCode.POE_NO_SIGNATURE,
    ReasonCode.POE_DATES,
    ReasonCode.POE_NO_SERVICE,
    ReasonCode.POE_NO_PRODUCT,
    ReasonCode.POE_UNAVAILABLE,
    ReasonCode.DATA_MISMATCH,
)
REJECTION_REASONS = (*RETURN_REASONS, ReasonCode.COMPETING_CLAIM_LOST)
ELEMENTS: dict[ProofElement, "_StrPromise"] = {
    ProofElement.PARTIES: _("Both parties, with the customer's domain name and tenant ID, as on the claim"),
    ProofElement.ACKNOWLEDGEMENT: _("The customer's signature, dated within 12 months before submission"),
    ProofElement.WORK: _("The work done: activities and services"),
    ProofElement.PRODUCTS: _("Every product on the claim, by name"),
    ProofElement.DATES: _("Dates, recent when the claim was submitted"),
}
LONGEST_TEXT = Comment._meta.get_field("text").max_length
PARTNER_READS_THIS = _("The partner reads this in a mail and on the claim page.")


def reasons_field(*reasons: ReasonCode) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=_("Reasons"),
        choices=[(reason.value, reason.label) for reason in reasons],
        coerce=ReasonCode,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one reason.")},
    )


def text_field(
    label: "_StrPromise", *, help_text: "_StrPromise", missing: "_StrPromise", rows: int = 6
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
    )


def language_of_partner(claim: Claim) -> str:
    """Return the language of the person who submitted the claim, in which the partner is written to."""
    submitter = claim.submitted_by
    return (submitter.language if submitter else "") or settings.LANGUAGE_CODE


def reviewers_for(claim: Claim) -> QuerySet[User]:
    """Return who may review the claim: reviewers of other companies than its partner (domain.md R16)."""
    permission = Permission.objects.filter(codename="review_claim", content_type__app_label="associations")
    granted = Q(groups__permissions__in=permission) | Q(user_permissions__in=permission)
    members = claim.partner.members.values("user")
    return User.objects.filter(granted, is_active=True).exclude(pk__in=members).distinct().order_by("full_name", "pk")


class ChecklistForm(forms.Form):
    """The five elements of a proof of execution, ticked by the reviewer while reading; nothing is stored."""

    shown = forms.MultipleChoiceField(
        label=_("The files show"),
        help_text=_("What stays unticked becomes the reasons of Ask for more and Reject."),
        choices=[(element.value, label) for element, label in ELEMENTS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class DecisionForm(forms.Form):
    """The questions of one decision on one claim."""

    use_required_attribute = False

    def __init__(
        self,
        data: Posted | None = None,
        *,
        claim: Claim,
        preselected: Sequence[ReasonCode] = (),
        auto_id: str = "id_%s",
    ) -> None:
        super().__init__(data, auto_id=auto_id)
        self.claim = claim
        self.prepare(preselected)

    def prepare(self, preselected: Sequence[ReasonCode]) -> None:
        """Fill in what depends on the claim and on the checklist."""


class ConfirmForm(DecisionForm):
    """A decision that needs no words."""


class ReasonedForm(DecisionForm):
    """Reasons, and the words to the partner, begun with what is usually written for them."""

    offered: ClassVar[tuple[ReasonCode, ...]]

    def prepare(self, preselected: Sequence[ReasonCode]) -> None:
        chosen = [reason for reason in self.offered if reason in preselected]
        self.initial["reasons"] = [reason.value for reason in chosen]
        self.complete_text("", chosen)

    def complete_text(self, typed: str, reasons: Sequence[ReasonCode]) -> None:
        language = language_of_partner(self.claim)
        self.initial["text"] = canned.completed(typed, reasons=reasons, language=language)

    @classmethod
    def with_texts(cls, data: Posted, *, claim: Claim) -> "ReasonedForm":
        """Return the form as it was posted, unchecked, with the usual text of every chosen reason."""
        chosen = [reason for reason in cls.offered if reason.value in data.getlist("reasons")]
        form = cls(claim=claim, preselected=chosen)
        form.complete_text(data.get("text", ""), chosen)
        return form


class RequestActionForm(ReasonedForm):
    """What the partner must add or correct."""

    offered = RETURN_REASONS

    reasons = reasons_field(*RETURN_REASONS)
    text = text_field(
        _("What the partner must add or correct"),
        help_text=PARTNER_READS_THIS,
        missing=_("Write what the partner must add or correct."),
        rows=10,
    )


class RejectForm(ReasonedForm):
    """Why the claim is rejected."""

    offered = REJECTION_REASONS

    reasons = reasons_field(*REJECTION_REASONS)
    text = text_field(
        _("Why the claim is rejected"),
        help_text=PARTNER_READS_THIS,
        missing=_("Write why the claim is rejected."),
        rows=10,
    )


class UpholdForm(DecisionForm):
    """Why the rejection stands."""

    text = text_field(
        _("Why the rejection stands"), help_text=PARTNER_READS_THIS, missing=_("Write why the rejection stands.")
    )


class AcceptForm(DecisionForm):
    """What the dispute changed."""

    text = text_field(
        _("Why the claim is reviewed again"),
        help_text=PARTNER_READS_THIS,
        missing=_("Write why the claim is reviewed again."),
    )


class AssignForm(DecisionForm):
    """Who reviews the claim."""

    reviewer_id = forms.TypedChoiceField(
        label=_("Reviewer"), coerce=int, error_messages={"required": _("Choose a reviewer.")}
    )

    def prepare(self, preselected: Sequence[ReasonCode]) -> None:
        people = [(user.pk, f"{user.get_full_name()} ({user.email})") for user in reviewers_for(self.claim)]
        cast(forms.ChoiceField, self.fields["reviewer_id"]).choices = [("", _("Choose a reviewer")), *people]
        self.initial["reviewer_id"] = self.claim.reviewer_id


class CommentForm(DecisionForm):
    """A remark on a claim that is not closed."""

    text = text_field(
        _("Comment"),
        help_text=_("The partner and the reviewers see this, the customer never does."),
        missing=_("Write a comment."),
        rows=4,
    )


class ArbitrationForm(forms.Form):
    """Which of the partners who compete is preferred, and why."""

    use_required_attribute = False

    winner_id = forms.TypedChoiceField(
        label=_("Which partner is preferred"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the partner that is preferred.")},
    )
    text = text_field(
        _("Why this partner is preferred"),
        help_text=_("All partners involved read this, so name none of them."),
        missing=_("Write why this partner is preferred."),
    )

    def __init__(self, data: Posted | None = None, *, partners: Sequence[Partner]) -> None:
        super().__init__(data)
        cast(forms.ChoiceField, self.fields["winner_id"]).choices = [(side.pk, side.name) for side in partners]
