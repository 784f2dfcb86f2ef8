"""The edition in force on a day, and what stays in memory."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from guides import editions, publishing
from guides.editions import NoEdition, edition_by_id, edition_in_force, edition_on
from guides.models import GuideActivity, ProgramGuide
from tests.factories import UserFactory
from tests.factories.rules import edition_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def tomorrow() -> date:
    return editions.portal_day(timezone.now()) + timedelta(days=1)


def published(code: str, *, valid_from: date) -> ProgramGuide:
    draft = publishing.new_edition_from(ProgramGuide.objects.get(code="2020-09"), code=code, title=code)
    return publishing.publish(guide_id=draft.pk, valid_from=valid_from, by=UserFactory(), now=timezone.now())


def test_the_published_edition_with_the_latest_day_is_in_force(tomorrow):
    published("next", valid_from=tomorrow)
    publishing.new_edition_from(ProgramGuide.objects.get(code="2020-09"), code="draft", title="Draft")

    assert edition_on(date(2020, 9, 1)).code == "2020-09"
    assert edition_on(tomorrow - timedelta(days=1)).code == "2020-09"
    assert edition_on(tomorrow).code == "next"
    assert edition_on(tomorrow + timedelta(days=400)).code == "next"


def test_the_first_edition_holds_for_the_days_before_it_too(tomorrow):
    published("next", valid_from=tomorrow)

    assert edition_on(date(2020, 8, 31)).code == "2020-09"


def test_the_day_changes_at_midnight_of_the_portals_zone():
    before, after = datetime(2026, 6, 30, 21, 59, tzinfo=UTC), datetime(2026, 6, 30, 22, 0, tzinfo=UTC)

    assert editions.portal_day(before) == date(2026, 6, 30)
    assert editions.portal_day(after) == date(2026, 7, 1)


def test_an_edition_is_read_once_and_the_question_which_is_in_force_is_one_query(django_assert_num_queries):
    first = edition_in_force(now=timezone.now())

    with django_assert_num_queries(1):
        assert edition_in_force(now=timezone.now()) is first
    with django_assert_num_queries(0):
        assert edition_by_id(first.id) is first


def test_an_edition_that_was_withdrawn_changed_and_published_again_is_read_anew(tomorrow):
    guide = published("next", valid_from=tomorrow)
    assert edition_on(tomorrow).activities[0].opt_out_business_days == 5

    publishing.withdraw(guide_id=guide.pk, now=timezone.now())
    assert edition_on(tomorrow).code == "2020-09"
    GuideActivity.objects.filter(guide=guide).update(opt_out_business_days=7)
    publishing.publish(guide_id=guide.pk, valid_from=tomorrow, by=UserFactory(), now=timezone.now())

    assert edition_on(tomorrow).activities[0].opt_out_business_days == 7


def test_a_draft_is_nobodys_edition():
    draft = publishing.new_edition_from(ProgramGuide.objects.get(), code="draft", title="Draft")

    with pytest.raises(NoEdition):
        edition_by_id(draft.pk)


def test_names_are_read_in_the_language_of_the_page_and_fall_back_to_english():
    edition = edition_on(date(2026, 1, 1))
    usage = edition.activities_named(["BA_USAGE"])[0]

    assert str(usage.name) == "Usage"
    with translation.override("it"):
        assert str(usage.name) == "Utilizzo"
        assert edition.area_name("BA") == "Business Applications"
    with translation.override("de"):
        assert str(usage.name) == "Usage"


def test_what_can_be_claimed_for_an_activity():
    edition = edition_on(date(2026, 1, 1))

    assert "PBI" in {product.code for product in edition.products_for("BA_REVENUE")}
    assert "PBI" not in {product.code for product in edition.products_for("BA_USAGE")}
    assert len(edition.products_for("M365_USAGE")) == 10
    assert {activity.code for activity in edition.activities_in("M365")} == {"M365_USAGE"}


def test_an_edition_in_memory_can_not_be_changed():
    edition = edition_on(date(2026, 1, 1))

    with pytest.raises(AttributeError):
        edition.activities[0].pays = False  # type: ignore[misc]
    with pytest.raises(TypeError):
        edition.activities[0].name.texts["en"] = "Other"  # type: ignore[index]


def test_a_product_belongs_to_its_area_in_the_edition_or_to_the_successor_of_its_old_one():
    def other_areas(guide):
        guide.areas.filter(code="BA").update(code="AIBS", succeeds=["BA"])
        guide.products.filter(product__code="MDO").update(area=guide.areas.get(code="AIBS"))

    edition = editions.read_edition(edition_with(other_areas))

    assert edition.area_of("MDO", in_catalog="M365") == "AIBS"
    assert edition.area_of("TEAMS", in_catalog="M365") == "M365"
    assert edition.area_of("GONE", in_catalog="BA") == "AIBS"
    assert edition.area_of("GONE", in_catalog="UNKNOWN") == "UNKNOWN"
