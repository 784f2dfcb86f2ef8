"""Users in the platform admin's hands."""

from typing import Any

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from allauth.socialaccount.admin import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.admin import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import Field, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin_search import FoldedSearch
from accounts.models import User
from accounts.sign_in.allauth_addresses import forget_other_addresses
from accounts.sign_in.reauthentication import ConfirmedAdmin, confirm_identity
from accounts.text.form_fields import ADMIN_FIELDS, PersonNameField
from accounts.text.readable import address_in_full

# Groups come with the migrations, the identity provider with the settings; the others are their person's own.
admin.site.unregister([Group, EmailAddress, SocialApp, SocialToken, SocialAccount, Authenticator, UserSession])


class PasswordForm(AdminPasswordChangeForm):
    # Django joins its own help text to a warning before it knows the reader's language.
    usable_password_help_text = _(  # type: ignore[assignment]
        "Whether this person can sign in with a password. If not, the present password is lost, and Entra ID or a"
        " passkey is the way in."
    )


class UserAdmin(ConfirmedAdmin, FoldedSearch, DjangoUserAdmin):
    """Accounts, their language and whether they work for Microsoft; `associations.admin.people` adds invitations."""

    form = UserChangeForm
    change_password_form = PasswordForm
    formfield_overrides = ADMIN_FIELDS
    ordering = ("email",)
    list_display: tuple[str, ...] = ("address", "full_name", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active")
    search_fields = ("email",)
    folded_here = ("email", "full_name")
    readonly_fields = ("last_login", "date_joined")
    # Django's two-box widget can't be read by a screen reader; there are few groups.
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("full_name", "language", "time_zone")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    actions: tuple[str, ...] = ("forget_second_factors",)

    @admin.display(description=_("email address"), ordering="email")
    def address(self, user: User) -> str:
        return address_in_full(user.email)

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        forget_other_addresses(obj)

    def formfield_for_dbfield(self, db_field: "Field[Any, Any]", request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "full_name":
            options["form_class"] = PersonNameField
        return super().formfield_for_dbfield(db_field, request, **options)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        confirm_identity(request)
        return super().user_change_password(request, id, form_url)

    @admin.action(description=_("Remove the second factor of the people selected, who have lost it"))
    def forget_second_factors(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Remove the second factors of people who lost phone and codes; if required, they set up a new one."""
        confirm_identity(request)
        for person in people:
            Authenticator.objects.filter(user=person).delete()
            self.log_change(request, person, "Second factor removed.")
        count = len(people)
        text = ngettext("%(count)d person sets up anew.", "%(count)d people set up anew.", count)
        messages.success(request, text % {"count": count})
