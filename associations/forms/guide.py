"""Forms of the platform admin's work on the program guide."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.text.form_fields import TextField
from guides.models import GuideActivity, GuideArea, GuideProduct, ProgramGuide


class NewEditionForm(forms.Form):
    """The code and the title of a new edition."""

    code = forms.SlugField(label=_("Code"), max_length=40, help_text=_("Such as 2027-07. It can't be changed."))
    title = TextField(label=_("Title"), max_length=120)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if ProgramGuide.objects.filter(code=code).exists():
            raise ValidationError(_("There is an edition with this code."))
        return code


class PublishForm(forms.Form):
    """The day from which an edition is in force."""

    valid_from = forms.DateField(
        label=_("In force from"),
        help_text=_("A day after today. The edition is in force from midnight in the portal's time zone."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class EditionConfirmForm(forms.Form):
    """Nothing is asked."""


class PartForm(forms.ModelForm):
    """A row of one edition; `guide` is set by the page."""

    guide: ProgramGuide

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk is None:
            self.instance.guide = self.guide
        if "area" in self.fields:
            areas: Any = self.fields["area"]
            areas.queryset = GuideArea.objects.filter(guide=self.guide)
            # The admin's icons beside the list know no edition.
            areas.widget.can_add_related = areas.widget.can_change_related = False
            areas.widget.can_delete_related = areas.widget.can_view_related = False

    def refuse_second(self, name: str) -> None:
        """Refuse a value of the field *name* that another row of the edition has."""
        value = self.cleaned_data.get(name)
        others = type(self.instance)._default_manager.filter(guide=self.guide).exclude(pk=self.instance.pk)
        if value and others.filter(**{name: value}).exists():
            self.add_error(name, _("The edition has it already."))


class AreaForm(PartForm):
    """A solution area."""

    class Meta:
        model = GuideArea
        fields = ("code", "name", "position", "succeeds")

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        self.refuse_second("code")
        return facts


class ActivityForm(PartForm):
    """An activity."""

    class Meta:
        model = GuideActivity
        fields = (
            "code",
            "area",
            "position",
            "name",
            "choose_when",
            "choice_group",
            "grain",
            "program",
            "pays",
            "gives_recognition",
            "asks",
            "opt_out_business_days",
            "needs_validation",
            "review_business_days",
            "answer_business_days",
            "dispute_days",
            "late_filing_days",
            "least_seats",
            "template_required",
            "proof_age_months",
            "proof_elements",
            "signature_kinds",
            "sales_channels",
            "contact_policy",
        )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        self.refuse_second("code")
        return facts


class ProductForm(PartForm):
    """A workload or product, and the activities that it can be claimed for."""

    class Meta:
        model = GuideProduct
        fields = (
            "product",
            "area",
            "group",
            "name",
            "former_names",
            "synonyms",
            "is_dynamics_365",
            "activities",
            "counts_for_payment",
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["activities"] = forms.MultipleChoiceField(
            label=self.fields["activities"].label,
            help_text=_("Those it can be claimed for; none if it can't be claimed."),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            choices=[(activity.code, str(activity)) for activity in self.guide.activities.all()],
        )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        self.refuse_second("product")
        return facts
