"""**Colleagues**: a company's global admins invite people and give roles; others ask them for one (domain.md 7)."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.rate_limits import limited
from accounts.sign_in.reauthentication import confirm_identity
from accounts.text.readable import address_in_full
from associations.forms.colleagues import AccessRequestForm, InviteForm, RoleForm
from associations.models import Partner, PartnerMember
from associations.services.company import colleagues
from associations.services.company.colleagues import (
    AlreadyColleague,
    AskedAlready,
    NobodyToAsk,
    NotGlobalAdmin,
    NotInvitable,
)
from associations.views.actor import signed_in
from associations.views.company.permissions import companies_to_ask, global_admins_for, managed_companies


@dataclass(frozen=True)
class Company:
    """One company and its people, by address."""

    partner: Partner
    members: list[PartnerMember]


@require_safe
def colleague_list(request: HttpRequest) -> HttpResponse:
    """List the people of the person's companies, with their roles and locations."""
    partners = list(managed_companies(signed_in(request)))
    if not partners:
        raise Http404
    found = PartnerMember.objects.filter(partner__in=partners).order_by("user__email")
    members = list(found.select_related("user").prefetch_related("locations"))
    companies = [
        Company(partner, [member for member in members if member.partner_id == partner.pk]) for partner in partners
    ]
    return render(request, "associations/colleagues.html", {"companies": companies})


@require_http_methods(["GET", "HEAD", "POST"])
@limited("invite")
def colleague_invite(request: HttpRequest, partner_id: int) -> HttpResponse:
    """Give a person a role in the company and mail them an invitation."""
    user = signed_in(request)
    partner = get_object_or_404(managed_companies(user), pk=partner_id)
    confirm_identity(request)
    form = InviteForm(request.POST or None, company=partner)
    if request.method == "POST" and form.is_valid():
        try:
            member = invite(form.cleaned_data, partner=partner, by_user=user)
        except AlreadyColleague:
            form.add_error("email", _("This person is among your colleagues already."))
        except NotInvitable:
            form.add_error("email", _("The person at this address can't be invited."))
        else:
            messages.success(
                request, _("An invitation goes to %(email)s.") % {"email": address_in_full(member.user.email)}
            )
            return redirect("colleagues")
    return render(request, "associations/colleagues_invite.html", {"partner": partner, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def colleague_edit(request: HttpRequest, member_id: int) -> HttpResponse:
    """Give a colleague another role or other locations."""
    user = signed_in(request)
    member = find_colleague(member_id, user=user)
    confirm_identity(request)
    present = {"role": member.role, "all_locations": member.all_locations, "locations": member.locations.all()}
    form = RoleForm(request.POST or None, company=member.partner, initial=present)
    if request.method == "POST" and form.is_valid():
        try:
            change_role(form.cleaned_data, member=member, by_user=user)
        except (NotGlobalAdmin, PartnerMember.DoesNotExist) as error:
            raise Http404 from error
        messages.success(request, _("The role of %(name)s was changed.") % {"name": member.user.get_full_name()})
        return redirect("colleagues")
    return render(request, "associations/colleagues_edit.html", {"member": member, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def colleague_remove(request: HttpRequest, member_id: int) -> HttpResponse:
    """Ask once, then take the colleague's role away."""
    user = signed_in(request)
    member = find_colleague(member_id, user=user)
    confirm_identity(request)
    if request.method == "POST":
        try:
            colleagues.remove(member_id=member_id, by_user=user, now=timezone.now())
        except (NotGlobalAdmin, PartnerMember.DoesNotExist) as error:
            raise Http404 from error
        messages.info(request, _("%(name)s was removed.") % {"name": member.user.get_full_name()})
        return redirect("colleagues")
    return render(request, "associations/colleagues_remove.html", {"member": member})


@require_http_methods(["GET", "HEAD", "POST"])
def request_access(request: HttpRequest) -> HttpResponse:
    """**Request access**: ask the global admins of the person's company for a role."""
    user = signed_in(request)
    companies = companies_to_ask(user)
    if not companies:
        raise Http404
    form = AccessRequestForm(request.POST or None, companies=companies)
    if request.method == "POST" and form.is_valid():
        ask_for_access(request, form.cleaned_data, user=user)
        return redirect("overview")
    names = ", ".join(admin.get_full_name() for admin in global_admins_for(user))
    return render(request, "associations/colleagues_request.html", {"form": form, "admin_names": names})


def find_colleague(member_id: int, *, user: User) -> PartnerMember:
    """Return somebody else in a company that *user* manages; raise Http404 for anybody else, and for oneself."""
    others = PartnerMember.objects.filter(partner__in=managed_companies(user)).exclude(user=user)
    return get_object_or_404(others.select_related("user", "partner"), pk=member_id)


def invite(facts: dict[str, Any], *, partner: Partner, by_user: User) -> PartnerMember:
    """Hand the checked invitation to its service; raise AlreadyColleague or NotInvitable."""
    try:
        return colleagues.invite(
            partner=partner,
            email=facts["email"],
            role=facts["role"],
            locations=facts["locations"],
            all_locations=facts["all_locations"],
            by_user=by_user,
            now=timezone.now(),
        )
    except NotGlobalAdmin as error:
        raise Http404 from error


def change_role(facts: dict[str, Any], *, member: PartnerMember, by_user: User) -> None:
    """Hand the checked role to its service; raise NotAllowed or PartnerMember.DoesNotExist."""
    colleagues.set_role(
        member_id=member.pk,
        role=facts["role"],
        locations=facts["locations"],
        all_locations=facts["all_locations"],
        by_user=by_user,
        now=timezone.now(),
    )


def ask_for_access(request: HttpRequest, facts: dict[str, Any], *, user: User) -> None:
    """Hand the request to its service, and say what became of it."""
    try:
        admins = colleagues.request_access(
            user=user, partner=facts["company"], message=facts["message"], now=timezone.now()
        )
    except AskedAlready:
        messages.info(request, _("You have asked for access today. You can ask again tomorrow."))
    except NobodyToAsk as error:
        raise Http404 from error
    else:
        names = ", ".join(admin.get_full_name() for admin in admins)
        messages.success(request, _("Your request goes to %(names)s.") % {"names": names})
