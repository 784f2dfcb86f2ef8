"""The platform admin's form that invites a person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from associations.services.company.accounts import Work


class InvitePersonForm(forms.ModelForm):
    """Name, address, language and work of a person, who chooses the password by the emailed link."""

    work = forms.TypedChoiceField(
        label=_("Works as"),
        choices=[
            (Work.REVIEWER.value, _("Reviewer")),
            (Work.PLATFORM_ADMIN.value, _("Platform admin")),
            (Work.PARTNER.value, _("Person of a partner")),
        ],
        coerce=Work,
        initial=Work.REVIEWER.value,
        widget=forms.RadioSelect,
        help_text=_("A person of a partner gets a role in the company afterwards, under Partner members."),
    )

    class Meta:
        model = User
        fields = ("full_name", "email", "language")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["full_name"].required = True
