"""Three plain questions that lead to an activity."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from associations.forms.wizard.step_form import required
from associations.rules.activities import Sale, fitting_activities
from guides.editions import Activity, Edition


class ActivityQuestions(forms.Form):
    """The partner's work, described without terms of the program."""

    product = forms.ChoiceField(
        label=_("What does the customer use?"),
        choices=[
            ("M365", _("Microsoft 365, such as Exchange Online, Teams or Intune")),
            ("BA", _("Dynamics 365 or Power Platform")),
        ],
        widget=forms.RadioSelect,
        error_messages=required(_("Select what the customer uses.")),
    )
    use = forms.ChoiceField(
        label=_("Do you help the customer's people to use it?"),
        help_text=_("You set it up, train people, or raise the number of those who work with it."),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
        error_messages=required(_("Select whether you help the customer's people to use it.")),
    )
    sale = forms.ChoiceField(
        label=_("What did you have to do with the purchase?"),
        choices=[
            (Sale.ADVISED.value, _("We advised the customer before it: demonstration, workshop, proposal")),
            (
                Sale.OWN_SOLUTION.value,
                _("Our own solution led the customer to the product; we ask for recognition only"),
            ),
            (Sale.NONE.value, _("Nothing")),
        ],
        widget=forms.RadioSelect,
        error_messages=required(_("Select what you had to do with the purchase.")),
    )

    def advice(self, edition: Edition) -> Sequence[Activity]:
        """Return the activities of *edition* that fit the valid answers."""
        answers = self.cleaned_data
        return fitting_activities(
            edition.activities_in(answers["product"]),
            drives_use=answers["use"] == "yes",
            sale=Sale(answers["sale"]),
        )
