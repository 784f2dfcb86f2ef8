"""The way of a browser to the tenant and back."""

from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.identity_provider import TENANT

START = "/accounts/oidc/entra/login/"
UID = f"{TENANT}:0b7e-anna"
UNKNOWN = "You need an invitation"


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def at_the_tenant(address: str) -> str:
    """Sign in at the tenant, as the browser would, and return where it sends the person back to."""
    with pytest.raises(HTTPError) as sent_back, build_opener(Stay).open(address):
        pass
    back = urlsplit(sent_back.value.headers["Location"])
    sent_back.value.close()
    return f"{back.path}?{back.query}"


def sent(client: Client, start: str = START) -> str:
    """Return the tenant's address to which the portal sends the person."""
    return client.post(start)["Location"]


def come_back(client: Client, start: str = START):
    """Go to the tenant and back."""
    return client.get(at_the_tenant(sent(client, start)))


def who(client: Client) -> str:
    user_id = client.session.get("_auth_user_id")
    return User.objects.get(pk=user_id).email if user_id else ""
