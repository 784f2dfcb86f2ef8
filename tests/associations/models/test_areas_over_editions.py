"""Claims and associations of every edition are listed under the areas of the one in force."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from associations.background.existing_sheet import ExistingSheet
from associations.choices import EndReason
from associations.models import Association, Claim, PartnerLocation, Product
from associations.models.claim_parts import listed_under
from associations.rules.actors import Actor, Role
from associations.services.association import existing
from guides import publishing
from guides.editions import Edition, edition_in_force, portal_day
from guides.models import ProgramGuide
from tests.factories import (
    MONDAY,
    AssociationFactory,
    ClaimedProductFactory,
    ClaimFactory,
    GuideActivityFactory,
    GuideAreaFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both]

TOMORROW = MONDAY + timedelta(days=1)


@pytest.fixture
def coming() -> Edition:
    """An edition in which Security took a workload out of Microsoft 365, and revenue association is gone."""
    guide = publishing.new_edition_from(ProgramGuide.objects.get(code="2020-09"), code="2020-10", title="October")
    security = GuideAreaFactory(guide=guide, code="SEC", succeeds=["M365"], position=7)
    GuideActivityFactory(area=security, code="SEC_ADOPT")
    guide.products.filter(product__code="MDO").update(area=security, activities=["SEC_ADOPT"])
    guide.activities.filter(code="BA_REVENUE").delete()
    for product in guide.products.all():
        product.activities = [code for code in product.activities if code != "BA_REVENUE"]
        product.save()
    day = portal_day(MONDAY) + timedelta(days=1)
    publishing.publish(guide_id=guide.pk, valid_from=day, by=UserFactory(), now=MONDAY)
    return edition_in_force(now=TOMORROW)


def claim_to(name: str, *codes: str) -> Claim:
    claim = ClaimFactory(name=name, solution_area="M365", activity_codes=("M365_USAGE",))
    for code in codes:
        ClaimedProductFactory(claim=claim, product=Product.objects.get(code=code))
    return claim


def test_of_an_area_with_two_successors_a_claim_is_listed_where_its_products_are(coming):
    claim_to("mail", "EXO")
    claim_to("protection", "MDO")
    claim_to("both", "EXO", "MDO")
    claim_to("nothing yet")
    ClaimFactory(name="new", solution_area="SEC", activity_codes=("SEC_ADOPT",))

    def listed(area: str) -> set[str]:
        return set(Claim.objects.filter(listed_under(area, coming)).values_list("name", flat=True))

    assert listed("M365") == {"mail", "both", "nothing yet"}
    assert listed("SEC") == {"protection", "both", "new"}
    assert listed("BA") == set()


def test_an_association_is_listed_where_its_product_is_and_names_what_is_gone(coming):
    held = AssociationFactory(product=Product.objects.get(code="MDO"), activity_codes=("M365_USAGE", "BA_REVENUE"))

    assert list(Association.objects.listed_under("SEC", coming)) == [held]
    assert not Association.objects.listed_under("M365", coming).exists()
    assert [str(activity.name) for activity in held.activities_by(coming)] == ["Usage", "Revenue association"]


def test_a_renewal_and_the_exported_sheet_take_the_area_of_the_edition_in_force(coming):
    person = PartnerMemberFactory(partner=PartnerLocationFactory().partner).user
    location = PartnerLocation.objects.get()
    ended = {"ended_at": MONDAY, "end_reason": EndReason.SUBSCRIPTION_EXPIRED, "is_migrated": True}
    protection = Product.objects.get(code="MDO")
    held = AssociationFactory(partner=location.partner, product=protection, activity_codes=("M365_USAGE",), **ended)

    draft = existing.renew(
        association_id=held.pk,
        location=location,
        name="Protection",
        by=Actor(Role.INCENTIVES_ADMIN, person.pk),
        now=TOMORROW,
        draft_id=None,
    )

    assert draft.solution_area == "SEC"
    sheet = ExistingSheet(zone=ZoneInfo("UTC"), now=TOMORROW)
    (row,) = sheet.existing_rows(Association.objects.with_row_facts())
    assert row[5] == str(coming.area_name("SEC"))
