"""**Solution area and activity**."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from associations.choices import SolutionArea
from associations.forms.wizard.step_form import StepForm, required
from associations.rules.activities import activities_of
from associations.services.claim.programs import is_enrolled, programs_of
from associations.wording.messages import refusal


class WorkForm(StepForm):
    """**Solution area** and **Activity**; the answers to the other area's questions are ignored."""

    USAGE_OR_PRESALES, REVENUE = "usage", "revenue"

    solution_area = forms.ChoiceField(
        label=_("Solution area"),
        choices=SolutionArea.choices,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose the solution area.")),
    )
    activity = forms.ChoiceField(
        label=_("Activity"),
        choices=[(USAGE_OR_PRESALES, _("Usage and/or Pre-sales")), (REVENUE, _("Revenue association"))],
        widget=forms.RadioSelect,
        required=False,
        error_messages=required(_("Choose the activity.")),
    )
    claims_usage = forms.BooleanField(
        label=_("Usage"), required=False, help_text=_("You drive adoption and use of an eligible product.")
    )
    claims_presales = forms.BooleanField(
        label=_("Pre-sales"), required=False, help_text=_("You influenced the purchase.")
    )

    def prepare(self) -> None:
        if self.claim.to_correct == "activities":
            self.initial = {}
        if self.initial.get("solution_area") == SolutionArea.M365:
            self.initial["claims_usage"] = False
        if self.initial.get("claims_revenue"):
            self.initial["activity"] = self.REVENUE
        elif self.initial.get("claims_usage") or self.initial.get("claims_presales"):
            self.initial["activity"] = self.USAGE_OR_PRESALES

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        area, activity = answers.get("solution_area", ""), answers.get("activity", "")
        is_business = area == SolutionArea.BA
        is_split = is_business and activity == self.USAGE_OR_PRESALES
        self.stated = {
            "solution_area": area,
            "claims_usage": area == SolutionArea.M365 or (is_split and answers["claims_usage"]),
            "claims_presales": is_split and answers["claims_presales"],
            "claims_revenue": is_business and activity == self.REVENUE,
        }
        if is_business and not self.is_for_later:
            self.ask_for_activity(answers)
        activities = activities_of(**self.stated)
        if not self.errors and not is_enrolled(programs_of(self.claim.location_id, activities)):
            self.add_error("activity" if is_business else "solution_area", refusal("MPN_NOT_ENROLLED"))
        return answers

    def ask_for_activity(self, answers: Mapping[str, Any]) -> None:
        """Business Applications needs a group and, for usage and pre-sales, at least one of the two."""
        if not answers.get("activity"):
            self.add_error("activity", self.fields["activity"].error_messages["required"])
        elif answers["activity"] == self.USAGE_OR_PRESALES and not self.has_activity:
            self.add_error("claims_usage", _("Select usage, pre-sales or both."))

    @property
    def has_activity(self) -> bool:
        return bool(self.stated["claims_usage"] or self.stated["claims_presales"])

    def facts(self) -> dict[str, Any]:
        return self.stated
