"""**Solution area and activity**."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from associations.forms.wizard.area_questions import ActivityGroup, AreaQuestions, questions_of
from associations.forms.wizard.step_form import StepForm, required
from associations.services.claim.programs import is_enrolled
from associations.wording.messages import refusal


class WorkForm(StepForm):
    """**Solution area** and **Activity** as the edition of the claim offers them.

    The answers to another area's questions, and to those of a group that was not chosen, are ignored.
    """

    solution_area = forms.ChoiceField(
        label=_("Solution area"),
        choices=(),
        widget=forms.RadioSelect,
        error_messages=required(_("Choose the solution area.")),
    )

    def prepare(self) -> None:
        self.areas = questions_of(self.claim.edition)
        offered = [(each.area.code, str(each.area.name)) for each in self.areas]
        cast(forms.ChoiceField, self.fields["solution_area"]).choices = offered
        stated = set(self.initial.pop("activity_codes", ()))
        if self.claim.to_correct == "activities":
            self.initial, stated = {}, set()
        for each in self.areas:
            self.add_fields(each, stated)

    def add_fields(self, each: AreaQuestions, stated: set[str]) -> None:
        """Ask for a group of the area where there are several, and for each activity of a group of several."""
        if each.choice:
            self.fields[each.choice] = forms.ChoiceField(
                label=_("Activity"),
                choices=[(group.code, group.label) for group in each.groups],
                widget=forms.RadioSelect,
                required=False,
                error_messages=required(_("Choose the activity.")),
            )
        for group in each.groups:
            held = [activity for activity in group.activities if activity.code in stated]
            if held and each.choice:
                self.initial[each.choice] = group.code
            for activity in group.activities if group.boxes else ():
                box = group.boxes[activity.code]
                self.fields[box] = forms.BooleanField(
                    label=str(activity.name), required=False, help_text=str(activity.choose_when)
                )
                self.initial[box] = activity in held

    def questions(self) -> list[dict[str, Any]]:
        """Return each area with its questions, as the page shows them."""
        return [
            {
                "asked": each,
                "choice": self[each.choice] if each.choice else None,
                "groups": [
                    {"code": group.code, "legend": group.legend, "boxes": [self[box] for box in group.boxes.values()]}
                    for group in each.groups
                    if group.boxes
                ],
            }
            for each in self.areas
        ]

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        self.area: str = answers.get("solution_area", "")
        self.codes: tuple[str, ...] = ()
        each = next((each for each in self.areas if each.area.code == self.area), None)
        if each is None:
            return answers
        group = each.chosen(answers)
        self.codes = group.stated(answers) if group else ()
        if not self.codes and not self.is_for_later:
            self.ask_for_activity(each, group)
        activities = self.claim.edition.activities_named(self.codes)
        if not self.errors and not is_enrolled(self.claim.location_id, activities):
            self.add_error(each.choice or "solution_area", refusal("MPN_NOT_ENROLLED"))
        return answers

    def ask_for_activity(self, each: AreaQuestions, group: ActivityGroup | None) -> None:
        """Say that the group is missing, or in a group of several the activity."""
        if group is None:
            field = each.choice or "solution_area"
            self.add_error(field, self.fields[field].error_messages["required"])
        else:
            self.add_error(next(iter(group.boxes.values())), group.missing)

    def facts(self) -> dict[str, Any]:
        return {"solution_area": self.area, "activity_codes": self.codes}
