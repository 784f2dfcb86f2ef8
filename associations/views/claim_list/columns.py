"""The person's choice of the list's columns, kept in the account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from accounts.post_only import post_only
from associations.forms.claim_list.columns import in_order
from associations.views.actor import signed_in
from associations.views.claim_list.address import list_url_of


@post_only("claim_list")
def list_columns(request: HttpRequest) -> HttpResponse:
    """Keep the columns that were selected, or go back to the usual ones, and return to the list as it was."""
    chosen = [] if "usual" in request.POST else list(in_order(request.POST.getlist("column")))
    User.objects.filter(pk=signed_in(request).pk).update(list_columns=chosen)
    return redirect(list_url_of(request.POST.get("list", "")))
