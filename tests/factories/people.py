"""People, companies and their roles, and the Monday on which most tests begin."""

from datetime import UTC, datetime

import factory
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from accounts.models import UsedCode, User
from associations import models
from associations.choices import EnrolmentStatus, MemberRole

MONDAY = datetime(2020, 10, 19, 8, 0, tzinfo=UTC)
PASSWORD = "cpor-demo"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@partner.example")
    full_name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password(PASSWORD)


class ReviewerFactory(UserFactory):
    email = factory.Sequence(lambda n: f"reviewer{n}@microsoft.example")
    is_staff = True

    @factory.post_generation
    def group(self, create: bool, extracted: object, **kwargs: object) -> None:
        if create:
            self.groups.add(Group.objects.get_or_create(name="Reviewers")[0])


class UsedCodeFactory(DjangoModelFactory):
    class Meta:
        model = UsedCode

    user = factory.SubFactory(UserFactory)
    code = factory.Sequence(lambda n: f"{n:06}")
    used_at = MONDAY


class PartnerFactory(DjangoModelFactory):
    class Meta:
        model = models.Partner

    name = factory.Sequence(lambda n: f"Partner {n}")
    global_mpn_id = factory.Sequence(lambda n: str(6_000_000 + n))


class PartnerLocationFactory(DjangoModelFactory):
    """A location enrolled in every program; `enrolled=False` makes one that is enrolled in none."""

    class Meta:
        model = models.PartnerLocation
        skip_postgeneration_save = True

    partner = factory.SubFactory(PartnerFactory)
    mpn_id = factory.Sequence(lambda n: str(4_000_000 + n))
    name = factory.Sequence(lambda n: f"Location {n}")
    country = "IT"

    @factory.post_generation
    def enrolled(self, create: bool, extracted: bool | None, **kwargs: object) -> None:
        if not create or extracted is False:
            return
        for program in models.IncentiveProgram.objects.all():
            models.LocationEnrolment.objects.create(location=self, program=program, status=EnrolmentStatus.ENROLLED)


class PartnerMemberFactory(DjangoModelFactory):
    """Someone with a role in a partner; `locations=[...]` limits them to those."""

    class Meta:
        model = models.PartnerMember
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    partner = factory.SubFactory(PartnerFactory)
    role = MemberRole.INCENTIVES_ADMIN

    @factory.post_generation
    def locations(self, create: bool, extracted: list[models.PartnerLocation] | None, **kwargs: object) -> None:
        if create and extracted is not None:
            self.all_locations = False
            self.save(update_fields=["all_locations"])
            self.locations.set(extracted)
