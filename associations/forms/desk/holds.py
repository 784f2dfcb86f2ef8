"""The reviewer's decision that ends a hold, with its reason (domain.md D19, D20)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from associations.choices import HoldOutcome
from associations.forms.desk.decisions import text_field
from associations.models import ClaimHold
from associations.services.review.holds import is_read_only, outcomes_of

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

WORDS: dict[HoldOutcome, "StrPromise"] = {
    HoldOutcome.OPTED_OUT: _(
        "Record an opt-out. The claim is declined, or its association ends, at once and for good. We "
        "notify the partner and the customer."
    ),
    HoldOutcome.SENT_AGAIN: _(
        "Send the link again. The customer gets a new notice and a full new period; the old link ends."
    ),
    HoldOutcome.LIFTED: _("Lift the hold. The opt-out period goes on; when it is over, the claim becomes official."),
    HoldOutcome.ARRIVED: _(
        "The notice arrived. The opt-out period goes on; when it is over, the claim becomes official."
    ),
    HoldOutcome.NOT_ARRIVED: _(
        "The notice did not arrive. The opt-out period stops, and the partner is asked to correct "
        "the contact or to send the notice again."
    ),
}
NOTHING_TO_DO = _("Nothing to do. The claim stays as it was decided.")


class HoldForm(forms.Form):
    """The outcome, from those that are possible now, and the reason; `cleaned_data` is what the service takes."""

    use_required_attribute = False

    reason = text_field(_("Reason"), help_text=_("Only reviewers read this."), missing=_("Write a reason."), rows=4)

    def __init__(self, data: Mapping[str, Any] | None = None, *, hold: ClaimHold) -> None:
        super().__init__(data)
        words = WORDS | ({HoldOutcome.LIFTED: NOTHING_TO_DO} if is_read_only(hold) else {})
        self.fields["outcome"] = forms.TypedChoiceField(
            label=_("What follows"),
            choices=[(outcome.value, words[outcome]) for outcome in outcomes_of(hold)],
            coerce=HoldOutcome,
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Choose what follows."),
                "invalid_choice": _("The claim has changed in the meantime. Choose again."),
            },
        )
        self.order_fields(["outcome", "reason"])
