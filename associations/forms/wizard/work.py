"""**Solution area and activity**."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from associations.forms.wizard.step_form import StepForm, required
from associations.services.claim.programs import is_enrolled
from associations.wording.messages import refusal


class WorkForm(StepForm):
    """**Solution area** and **Activity**; the answers to the other area's questions are ignored."""

    USAGE_OR_PRESALES, REVENUE = "usage", "revenue"

    solution_area = forms.ChoiceField(
        label=_("Solution area"),
        choices=(),
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
        cast(forms.ChoiceField, self.fields["solution_area"]).choices = list(self.claim.edition.area_names.items())
        if self.claim.to_correct == "activities":
            self.initial = {}
        stated = self.initial.pop("activity_codes", ())
        self.initial["claims_usage"], self.initial["claims_presales"] = "BA_USAGE" in stated, "BA_PRESALES" in stated
        groups = {activity.choice_group for activity in self.claim.activities if activity.area == "BA"}
        if groups and self.claim.to_correct != "activities":
            self.initial["activity"] = groups.pop()

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        area, activity = answers.get("solution_area", ""), answers.get("activity", "")
        is_business = area == "BA"
        is_split = is_business and activity == self.USAGE_OR_PRESALES
        kinds = {
            "usage": area == "M365" or (is_split and answers["claims_usage"]),
            "presales": is_split and answers["claims_presales"],
            "revenue": is_business and activity == self.REVENUE,
        }
        self.area, self.codes = area, [f"{area}_{kind.upper()}" for kind, is_chosen in kinds.items() if is_chosen]
        if is_business and not self.is_for_later:
            self.ask_for_activity(answers)
        activities = self.claim.edition.activities_named(self.codes)
        if not self.errors and not is_enrolled(self.claim.location_id, activities):
            self.add_error("activity" if is_business else "solution_area", refusal("MPN_NOT_ENROLLED"))
        return answers

    def ask_for_activity(self, answers: Mapping[str, Any]) -> None:
        """Business Applications needs a group and, for usage and pre-sales, at least one of the two."""
        if not answers.get("activity"):
            self.add_error("activity", self.fields["activity"].error_messages["required"])
        elif answers["activity"] == self.USAGE_OR_PRESALES and not self.codes:
            self.add_error("claims_usage", _("Select usage, pre-sales or both."))

    def facts(self) -> dict[str, Any]:
        return {"solution_area": self.area, "activity_codes": tuple(self.codes)}
