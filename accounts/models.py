"""The user account. The email address is the user name."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.languages import language_choices
from accounts.text.email_addresses import account_name, sendable_address
from accounts.text.readable import address_in_full
from accounts.text.validators import validate_address


class OptionalMail(models.TextChoices):
    """Emails that a person can switch off. All others ask for something or announce a decision (domain.md 5)."""

    DRAFT_REMINDER = "draft_reminder", _("Reminders of drafts that wait to be finished")
    REVIEW_STARTED = "review_started", _("A reviewer has started on a claim that you submitted")
    COMMENT = "comment", _("Comments on claims, besides the notification in the portal")
    REVIEW_DIGEST = "review_digest", _("The daily overview of the review queue")


class Note(models.TextChoices):
    """Tips shown once, until the person closes them, in the order of the tour."""

    CLAIM_STATUS = (
        "claim_status",
        _("See the status of the claim here: what is done, what happens now and what comes next, with dates."),
    )
    CLAIM_NOTICE = (
        "claim_notice",
        _(
            "Your customer gets an email. This card says whether it arrived and until when the "
            "customer can opt out. If it comes back, you can correct the contact here."
        ),
    )
    CLAIM_ACTIONS = (
        "claim_actions",
        _(
            "These buttons are what you can do now; they change with the status. The history says "
            "who did what and when, and can be printed."
        ),
    )


def mails_off_at_first() -> list[str]:
    """Return the mails that a person gets only after asking for them."""
    return [OptionalMail.REVIEW_STARTED.value]


class UserManager(BaseUserManager["User"]):
    """Makes users whose email address is stored in lower case, with its domain as DNS stores it."""

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=account_name(email or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new user; one without a password can't sign in by password.

        Raise ValueError without an email address, and NotSendable for one that no email reaches.
        """
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=sendable_address(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new platform admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account: partner staff, reviewer or platform admin. Customers have none."""

    email = models.EmailField(_("email address"), unique=True, validators=[validate_address])
    full_name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=language_choices, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    muted_mails = models.JSONField(_("emails switched off"), default=mails_off_at_first, blank=True)
    has_weekly_digest = models.BooleanField(_("weekly digest"), default=False, db_default=False)
    notes_put_away = models.JSONField(
        _("notes put away"), default=list, db_default=models.Value([], models.JSONField()), blank=True
    )
    list_columns = models.JSONField(
        _("columns of the list"), default=list, db_default=models.Value([], models.JSONField()), blank=True
    )
    is_staff = models.BooleanField(_("works for Microsoft"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"),
        ]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        self.email = account_name(self.email)

    def get_full_name(self) -> str:
        return self.full_name or address_in_full(self.email)

    def get_short_name(self) -> str:
        return self.full_name.partition(" ")[0] or address_in_full(self.email)


class UsedCode(models.Model):
    """A code of an authenticator app that was accepted: it isn't accepted again (`accounts.sign_in.totp_codes`)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=8)
    used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "code"], name="code_is_used_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.used_at:%Y-%m-%d %H:%M}"
