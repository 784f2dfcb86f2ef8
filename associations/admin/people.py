"""Accounts in the platform admin's hands: people are invited by email, and choose their passwords themselves."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import UserAdmin
from accounts.models import User
from accounts.rate_limits import count_try, limited, visitor
from accounts.sign_in.reauthentication import confirm_identity
from accounts.text.readable import address_in_full
from associations.admin.desk import person
from associations.forms.desk.people import InvitePersonForm
from associations.services.company.accounts import (
    AlreadyIn,
    invite_again,
    invite_person,
    is_invited,
    revoke_invitation,
)


@admin.register(User)
class PeopleAdmin(UserAdmin):
    """Accounts: adding one invites its person; an invitation can be sent again and revoked."""

    add_form = InvitePersonForm
    add_form_template = "admin/invite.html"
    add_fieldsets = ((None, {"fields": ("full_name", "email", "language", "work")}),)
    list_display = (*UserAdmin.list_display, "invitation")
    actions = ("send_again", "revoke", *UserAdmin.actions)

    @admin.display(description=gettext_lazy("invitation"))
    def invitation(self, user: User) -> str:
        """Return whether the person was invited and has not come yet, or was not to come."""
        if not is_invited(user):
            return ""
        return _("Waiting for the person") if user.is_active else _("Revoked")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask for a person and invite them, as often as the limit of invitations allows."""
        more = {"title": _("Invite a person")} | (extra_context or {})
        invite = limited("invite")(super().add_view)
        return invite(request, form_url, more)

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        answers = {name: form.cleaned_data[name] for name in ("email", "full_name", "language", "work")}
        obj.pk = invite_person(**answers, by_user=person(request), now=timezone.now()).pk
        obj.refresh_from_db()

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        messages.success(request, _("An invitation goes to %(email)s.") % {"email": address_in_full(obj.email)})
        return redirect("admin:accounts_user_changelist")

    @admin.action(description=gettext_lazy("Send the invitation again"))
    def send_again(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Send new links; those sent before end."""
        self.take_each(request, people, invite_again, done=_("An invitation goes to %(email)s."))

    @admin.action(description=gettext_lazy("Revoke the invitation"))
    def revoke(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """End the links, and close the accounts."""
        self.take_each(request, people, revoke_invitation, done=_("The invitation of %(email)s was revoked."))

    def take_each(
        self, request: HttpRequest, people: QuerySet[User], service: Callable[..., User], *, done: str
    ) -> None:
        """Call *service* for each person, as often as the limit of invitations allows, and say what became of it."""
        confirm_identity(request)
        for invited in people:
            facts = {"email": address_in_full(invited.email)}
            if count_try("invite", visitor(request), now=timezone.now()):
                messages.error(request, _("Too many invitations at once. Try again later."))
                return
            try:
                service(user_id=invited.pk, by_user=person(request), now=timezone.now())
            except AlreadyIn:
                messages.warning(request, _("%(email)s has signed in already.") % facts)
            else:
                self.log_change(request, invited, done % facts)
                messages.success(request, done % facts)
