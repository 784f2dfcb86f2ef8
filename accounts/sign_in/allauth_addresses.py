"""A person's e-mail address is `User.email` alone; allauth's own list of addresses follows it.

allauth finds an account by its list as well, so an address left there would go on signing in and get password links.
"""

from allauth.account.forms import ResetPasswordKeyForm
from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q

from accounts.models import User


@transaction.atomic
def verify_address(user: User) -> None:
    """Note that *user* opened a link that only the mailbox of their address had."""
    of_user, at_address = Q(user=user), Q(email=user.email)
    EmailAddress.objects.filter(of_user ^ at_address).delete()
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def forget_other_addresses(user: User) -> None:
    """Let no address but the present one open the account of *user*."""
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()


class PasswordByLinkForm(ResetPasswordKeyForm):
    """The password chosen after opening the emailed link, which proves that the address is the person's."""

    @transaction.atomic
    def save(self) -> None:
        super().save()
        verify_address(self.user)
