"""How allauth behaves here: people are invited, never self-registered."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Closes open sign-up: a partner's or Microsoft's admin makes the account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
