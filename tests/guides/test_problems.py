"""The problems of an edition, each with its row."""

import pytest

from guides.models import ProgramGuide
from guides.problems import problems_of
from guides.publishing import new_edition_from
from tests.factories import GuideActivityFactory, GuideAreaFactory, GuideProductFactory, ProgramGuideFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def first() -> ProgramGuide:
    return ProgramGuide.objects.get(code="2020-09")


def said(guide: ProgramGuide, first: ProgramGuide, *, blocks: bool = True) -> list[tuple[object, str]]:
    return [(problem.row, problem.text) for problem in problems_of(guide, before=first) if problem.blocks == blocks]


def test_a_copy_of_the_first_edition_has_no_problem(first):
    assert said(new_edition_from(first, code="copy", title="Copy"), first) == []


def test_a_whole_edition_of_the_factories_has_no_problem(first):
    activity = GuideActivityFactory()
    GuideProductFactory(area=activity.area, activities=[activity.code])

    assert problems_of(activity.guide, before=first) == []


def test_an_empty_edition_loses_the_areas_of_the_one_before(first):
    guide = ProgramGuideFactory()

    assert said(guide, first) == [
        (guide, "The edition has no solution area."),
        (guide, "No solution area succeeds M365 of edition 2020-09."),
        (guide, "No solution area succeeds BA of edition 2020-09."),
    ]


def test_an_activity_without_products_and_an_area_without_activities(first):
    activity, area = GuideActivityFactory(), GuideAreaFactory()

    assert (activity, "No product can be claimed for the activity.") in said(activity.guide, first)
    assert (area, "The solution area has no activity.") in said(area.guide, first)


def test_english_texts_are_needed_and_others_are_a_hint(first):
    activity = GuideActivityFactory(name={"it": "Adozione"}, choose_when={"en": "You drive use."})
    GuideProductFactory(area=activity.area, activities=[activity.code])

    assert said(activity.guide, first) == [(activity, "A text is missing in English.")]
    assert said(activity.guide, first, blocks=False) == [
        (activity, "A text is missing in this language, English is shown: Italian")
    ]


def test_two_activities_with_one_name_and_two_grains_in_one_group(first):
    usage = GuideActivityFactory(name={"en": "Usage", "it": "Utilizzo"})
    other = GuideActivityFactory(area=usage.area, name=usage.name, grain="subscription")
    GuideProductFactory(area=usage.area, activities=[usage.code, other.code])

    assert [row for row, text in said(usage.guide, first) if "this name" in text] == [usage, other]
    assert [row for row, text in said(usage.guide, first) if "per workload" in text] == [other]


def test_products_with_activities_that_the_edition_lacks_or_has_elsewhere(first):
    activity = GuideActivityFactory()
    GuideProductFactory(area=activity.area, activities=[activity.code])
    elsewhere = GuideAreaFactory(guide=activity.guide)
    GuideActivityFactory(area=elsewhere, guide=activity.guide, code="OTHER")
    lost = GuideProductFactory(area=activity.area, activities=["GONE"])
    wrong = GuideProductFactory(area=activity.area, activities=["OTHER"])

    found = said(activity.guide, first)

    assert (lost, "The edition has no activity GONE.") in found
    assert (wrong, "The activity OTHER is of another solution area.") in found


def test_an_area_that_succeeds_one_that_never_was(first):
    area = GuideAreaFactory(succeeds=["M365", "BA", "NEVER"])

    assert (area, "No other edition has the solution area NEVER.") in said(area.guide, first)


def test_activities_that_go_together_accept_a_signature_and_a_channel_in_common(first):
    guide = new_edition_from(first, code="copy", title="Copy")
    guide.activities.filter(code="BA_USAGE").update(sales_channels=["CSP"], signature_kinds=["ink"])
    guide.activities.filter(code="BA_PRESALES").update(signature_kinds=["drawn"])

    presales = guide.activities.get(code="BA_PRESALES")
    assert said(guide, first) == [
        (presales, "Activities of one choice group have to accept one kind of signature."),
        (presales, "Activities of one choice group have to share one sales channel."),
    ]
