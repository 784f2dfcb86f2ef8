"""Who signs in. The e-mail address is the name."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.languages import language_choices


class OptionalMail(models.TextChoices):
    """The mails a person may switch off; all others ask for something or tell a decision (domain.md 5)."""

    DRAFT_REMINDER = "draft_reminder", _("Reminders of drafts that wait to be finished")
    REVIEW_STARTED = "review_started", _("A reviewer has started on a claim that you submitted")
    REVIEW_DIGEST = "review_digest", _("The daily overview of the review queue")


class Note(models.TextChoices):
    """What a person is told once, in the place where it helps, until they put it away. In the order of the tour."""

    CLAIM_STATUS = (
        "claim_status",
        _("Here you see where the claim stands: what is done, what happens now and what comes next, with dates."),
    )
    CLAIM_NOTICE = (
        "claim_notice",
        _(
            "Your customer is told by mail. This card says how the mail travelled and until when the customer can opt"
            " out. When it comes back you can correct the contact here."
        ),
    )
    CLAIM_ACTIONS = (
        "claim_actions",
        _(
            "These buttons are what you can do now; they change with the status. History says who did what and when,"
            " and can be printed."
        ),
    )


def mails_off_at_first() -> list[str]:
    """Return the mails that a person gets only after asking for them."""
    return [OptionalMail.REVIEW_STARTED.value]


class UserManager(BaseUserManager["User"]):
    """Makes users whose e-mail address is stored in lower case."""

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").lower())

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new user; one without a password can't sign in by password. Raise ValueError without e-mail."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new platform admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account: partner staff, reviewer or platform admin. Customers have none."""

    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=language_choices, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    muted_mails = models.JSONField(_("mails switched off"), default=mails_off_at_first, blank=True)
    notes_put_away = models.JSONField(
        _("notes put away"), default=list, db_default=models.Value([], models.JSONField()), blank=True
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

    def get_full_name(self) -> str:
        return self.full_name or self.email

    def get_short_name(self) -> str:
        return self.full_name.partition(" ")[0] or self.email
