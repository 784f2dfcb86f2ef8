"""Partner companies, their locations and the people who act for them (domain.md 3.5, 7)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from associations.choices import ClaimAction, EnrolmentStatus, MemberRole
from associations.models.folding import FoldedField
from associations.models.reference import IncentiveProgram
from associations.rules import lifecycle
from associations.rules.actors import ROLES

# Who sees the company's claims (domain.md 7): the others see usage data, or nothing.
CLAIM_READERS = tuple(ROLES)
# Who drafts claims for the company.
CLAIM_EDITORS = tuple(role for role, capacity in ROLES.items() if capacity in lifecycle.EDITORS)
# Who submits them (domain.md D6).
CLAIM_SUBMITTERS = tuple(
    role for role, capacity in ROLES.items() if capacity in lifecycle.PERFORMERS[ClaimAction.SUBMIT]
)
NOTIFIED_ROLES = (MemberRole.INCENTIVES_ADMIN.value, MemberRole.INCENTIVES_USER.value)


class Partner(models.Model):
    """A partner company: one legal entity with one global MPN ID, which can't be used for incentives."""

    name = models.CharField(_("legal name"), max_length=200)
    folded_name = FoldedField(of="name")
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
        indexes: ClassVar = [
            models.Index(fields=["name", "id"], name="partners_by_name"),
            GinIndex(fields=["folded_name"], opclasses=["gin_trgm_ops"], name="partners_by_folded_name"),
        ]

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
    """The state of a location in one incentive program; only *Enrolled* can claim."""

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


@dataclass(frozen=True)
class ClaimScope:
    """The claims a person sees, looked up: whole companies, and single locations of others, with the roles.

    *may_start* says whether there is a location for which the person may start a claim.
    Said as keys, it lets the database walk one index; as a subquery, it must sort all claims first.
    """

    roles: dict[int, str] = field(default_factory=dict)
    whole: frozenset[int] = frozenset()
    locations: frozenset[int] = frozenset()
    may_start: bool = False

    @property
    def partly(self) -> frozenset[int]:
        """The companies of which only some locations are in scope."""
        return frozenset(self.roles) - self.whole

    def of_locations(self) -> models.Q:
        """Return the condition on a location."""
        return models.Q(partner__in=self.whole) | models.Q(pk__in=self.locations)

    def may_draft(self, partner_id: int) -> bool:
        """Return whether the person's role in the company edits claims (domain.md D6)."""
        return self.roles.get(partner_id) in CLAIM_EDITORS


def claim_scope_of(user: User) -> ClaimScope:
    """Return where *user* sees claims, in one query; the same as `locations_open_to` says for CLAIM_READERS."""
    members = PartnerMember.objects.filter(user=user, role__in=CLAIM_READERS)
    somewhere = models.Exists(PartnerLocation.objects.filter(partner=models.OuterRef("partner")))
    roles, whole, locations, may_start = {}, set(), set(), False
    rows = members.values_list("partner", "role", "all_locations", "locations", "locations__partner", somewhere)
    for partner, role, is_whole, location, owner, has_locations in rows:
        roles[partner] = role
        if is_whole:
            whole.add(partner)
        elif owner == partner:
            locations.add(location)
        may_start |= role in CLAIM_EDITORS and (has_locations if is_whole else owner == partner)
    return ClaimScope(roles=roles, whole=frozenset(whole), locations=frozenset(locations), may_start=may_start)


def locations_open_to(
    user: User, *, roles: tuple[str, ...] = tuple(MemberRole.values)
) -> models.QuerySet[PartnerLocation]:
    """Return the locations of their companies on which *user* holds one of *roles*, by name or through *all*."""
    members = PartnerMember.objects.filter(user=user, role__in=roles)
    named = members.filter(all_locations=False, partner=models.OuterRef("partner"), locations=models.OuterRef("pk"))
    return PartnerLocation.objects.filter(
        models.Q(partner__in=members.filter(all_locations=True).values("partner")) | models.Exists(named)
    )


def submitters_at(location: PartnerLocation) -> models.QuerySet[User]:
    """Return who may submit claims of *location*: people with an active account and that role on it (domain.md D6)."""
    members = PartnerMember.objects.filter(partner=location.partner_id, role__in=CLAIM_SUBMITTERS)
    in_scope = members.filter(all_locations=True) | members.filter(all_locations=False, locations=location)
    return User.objects.filter(is_active=True, pk__in=in_scope.values("user")).order_by("full_name", "email")


def notified_people_at(locations: Iterable[PartnerLocation]) -> dict[int, list[User]]:
    """Return, for each of *locations*, the people with an active account who get its notifications.

    They have one of `NOTIFIED_ROLES` on it, by name or through *all*. It takes at most two queries, for any number
    of locations.
    """
    wanted = list(locations)
    companies = {location.partner_id for location in wanted}
    members = PartnerMember.objects.filter(partner__in=companies, role__in=NOTIFIED_ROLES)
    colleagues: dict[int, list[PartnerMember]] = defaultdict(list)
    found = list(members.filter(user__is_active=True).select_related("user"))
    models.prefetch_related_objects([member for member in found if not member.all_locations], "locations")
    for member in found:
        colleagues[member.partner_id].append(member)
    return {
        location.pk: [
            member.user
            for member in colleagues[location.partner_id]
            if member.all_locations or location in member.locations.all()
        ]
        for location in wanted
    }


def reviewers_besides(partner: Partner) -> models.QuerySet[User]:
    """Return who may review what *partner* files: reviewers of other companies (domain.md R16)."""
    permission = Permission.objects.filter(codename="review_claim", content_type__app_label="associations")
    granted = Q(groups__permissions__in=permission) | Q(user_permissions__in=permission)
    members = partner.members.values("user")
    return User.objects.filter(granted, is_active=True).exclude(pk__in=members).distinct().order_by("full_name", "pk")
