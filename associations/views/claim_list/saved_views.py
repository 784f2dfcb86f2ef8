"""The person's saved views of the list: save, open, rename, share, delete."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from associations.forms.claim_list.existing import TAB, ExistingFilter
from associations.forms.claim_list.filter import ClaimFilter
from associations.forms.claim_list.saved_views import SavedViewForm
from associations.models import Partner, SavedView
from associations.models.partners import CLAIM_READERS
from associations.services.company import saved_views
from associations.services.company.saved_views import NameTaken
from associations.views.actor import signed_in


@require_safe
def view_list(request: HttpRequest) -> HttpResponse:
    """List the person's own views and those that colleagues share."""
    user = signed_in(request)
    found = list(SavedView.objects.open_to(user).select_related("owner", "partner"))
    context = {
        "own": [view for view in found if view.owner_id == user.pk],
        "shared": [view for view in found if view.owner_id != user.pk],
    }
    return render(request, "associations/views.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def view_new(request: HttpRequest) -> HttpResponse:
    """Ask for a name for the list that the address describes, and keep it."""
    user = signed_in(request)
    companies = companies_of(user)
    if not companies:
        raise Http404
    asked = QueryDict(request.POST.get("list", "").removeprefix("?")) if request.method == "POST" else request.GET
    query = query_of(asked)
    form = SavedViewForm(request.POST if request.method == "POST" else None, companies=companies)
    if form.is_valid():
        try:
            view = saved_views.save_view(
                owner_id=user.pk,
                partner=form.cleaned_data.get("partner", companies[0]),
                name=form.cleaned_data["name"],
                query=query,
                is_shared=form.cleaned_data["is_shared"],
            )
        except NameTaken:
            form.refuse_name()
        else:
            messages.success(request, _("The view %(name)s was saved.") % {"name": view.name})
            return redirect(reverse("claim_list") + query)
    context = {"form": form, "query": query, "back_url": reverse("claim_list") + query}
    return render(request, "associations/view_new.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def view_edit(request: HttpRequest, view_id: int) -> HttpResponse:
    """Rename one of the person's own views, share it or stop sharing it."""
    view = own_view(signed_in(request), view_id)
    stated = {"name": view.name, "is_shared": view.is_shared}
    form = SavedViewForm(request.POST if request.method == "POST" else None, companies=[], initial=stated)
    if form.is_valid():
        try:
            saved_views.change_view(view, name=form.cleaned_data["name"], is_shared=form.cleaned_data["is_shared"])
        except NameTaken:
            form.refuse_name()
        else:
            messages.success(request, _("The view was changed."))
            return redirect("view_list")
    return render(request, "associations/view_edit.html", {"form": form, "view_id": view_id, "name": stated["name"]})


@require_http_methods(["GET", "HEAD", "POST"])
def view_delete(request: HttpRequest, view_id: int) -> HttpResponse:
    """Ask, and delete one of the person's own views."""
    view = own_view(signed_in(request), view_id)
    if request.method == "POST":
        saved_views.forget_view(view)
        messages.info(request, _("The view was deleted."))
        return redirect("view_list")
    return render(request, "associations/view_delete.html", {"view": view})


def query_of(address: QueryDict) -> str:
    """Return the query string of the list, or of its tab, that *address* states; what makes no sense is left out."""
    return (ExistingFilter if address.get("tab") == TAB else ClaimFilter).asked(address).query()


def own_view(user: User, view_id: int) -> SavedView:
    return get_object_or_404(SavedView.objects.open_to(user).filter(owner=user), pk=view_id)


def companies_of(user: User) -> list[Partner]:
    """Return the companies whose claims *user* sees."""
    return list(Partner.objects.filter(members__user=user, members__role__in=CLAIM_READERS).distinct())
