"""Partner companies, their locations and the people who act for them (domain.md 3.5, 7)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from associations.choices import EnrolmentStatus, MemberRole
from associations.models.catalogue import IncentiveProgram

# Who sees the company's claims (domain.md 7): the others see usage data, or nothing.
CLAIM_READERS = (
    MemberRole.INCENTIVES_ADMIN.value,
    MemberRole.INCENTIVES_USER.value,
    MemberRole.GLOBAL_ADMIN.value,
    MemberRole.BILLING_ADMIN.value,
)


class Partner(models.Model):
    """A partner company: one legal entity with one global MPN ID, which can't be used for incentives."""

    name = models.CharField(_("legal name"), max_length=200)
    global_mpn_id = models.CharField(_("global MPN ID"), max_length=10, unique=True)
    requires_second_factor = models.BooleanField(
        _("second factor required"),
        default=False,
        db_default=False,
        help_text=_("Its people sign in with an authenticator app or a passkey as well."),
    )

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class PartnerLocation(models.Model):
    """A site of a partner with its own MPN ID; claims and payouts hang on it."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="locations", verbose_name=_("partner"))
    mpn_id = models.CharField(_("MPN ID"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=200)
    country = models.CharField(_("country"), max_length=2)
    partner_type = models.CharField(_("partner type"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("partner location")
        verbose_name_plural = _("partner locations")
        ordering: ClassVar = ["mpn_id"]

    def __str__(self) -> str:
        return f"{self.mpn_id} {self.name}"


class LocationEnrolment(models.Model):
    """Where a location stands in one incentive program; only *Enrolled* may claim."""

    location = models.ForeignKey(
        PartnerLocation, on_delete=models.CASCADE, related_name="enrolments", verbose_name=_("partner location")
    )
    program = models.ForeignKey(IncentiveProgram, on_delete=models.PROTECT, verbose_name=_("incentive program"))
    status = models.CharField(_("status"), max_length=20, choices=EnrolmentStatus.choices)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["location", "program"], name="location_is_enrolled_once_per_program"),
            models.CheckConstraint(
                condition=models.Q(status__in=EnrolmentStatus.values), name="enrolment_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.location} · {self.program}: {self.get_status_display()}"


class PartnerMember(models.Model):
    """One person's role in one partner company, for all of its locations or for those listed."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="members", verbose_name=_("partner"))
    role = models.CharField(_("role"), max_length=20, choices=MemberRole.choices)
    all_locations = models.BooleanField(_("all locations"), default=True)
    locations = models.ManyToManyField(
        PartnerLocation, blank=True, related_name="members", verbose_name=_("only these locations")
    )

    class Meta:
        verbose_name = _("partner member")
        verbose_name_plural = _("partner members")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "partner"], name="person_has_one_role_per_partner"),
            models.CheckConstraint(condition=models.Q(role__in=MemberRole.values), name="member_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.partner}: {self.get_role_display()}"


def locations_open_to(
    user: User, *, roles: tuple[str, ...] = tuple(MemberRole.values)
) -> models.QuerySet[PartnerLocation]:
    """Return the locations of their companies on which *user* holds one of *roles*, by name or through *all*."""
    members = PartnerMember.objects.filter(user=user, role__in=roles)
    named = members.filter(all_locations=False, partner=models.OuterRef("partner"), locations=models.OuterRef("pk"))
    return PartnerLocation.objects.filter(
        models.Q(partner__in=members.filter(all_locations=True).values("partner")) | models.Exists(named)
    )


def people_at(location: PartnerLocation, *, roles: tuple[str, ...]) -> models.QuerySet[User]:
    """Return the people with an active account who hold one of *roles* on *location*, by name or through *all*."""
    members = PartnerMember.objects.filter(partner=location.partner_id, role__in=roles)
    in_scope = members.filter(models.Q(all_locations=True) | models.Q(locations=location))
    return User.objects.filter(is_active=True, pk__in=in_scope.values("user")).order_by("pk")
