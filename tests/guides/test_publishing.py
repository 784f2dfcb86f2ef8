"""A new edition, its publication, its withdrawal, and what the database refuses by itself."""

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from guides import editions, publishing
from guides.guide_files import exported
from guides.models import GuideActivity, GuideArea, GuideProduct, ProgramGuide
from guides.publishing import CodeTaken, DayHasCome, DayTaken, HasProblems, NotADraft, new_edition_from
from tests.factories import GuideAreaFactory, ProgramGuideFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def tomorrow(now: datetime) -> date:
    return editions.portal_day(now) + timedelta(days=1)


@pytest.fixture
def first() -> ProgramGuide:
    return ProgramGuide.objects.get(code="2020-09")


@pytest.fixture
def draft(first: ProgramGuide) -> ProgramGuide:
    return new_edition_from(first, code="2026-12", title="December 2026")


@pytest.fixture
def coming(draft: ProgramGuide, tomorrow: date, now: datetime) -> ProgramGuide:
    return publishing.publish(guide_id=draft.pk, valid_from=tomorrow, by=UserFactory(), now=now)


def test_a_new_edition_says_what_the_other_one_says(first, draft):
    def said(guide: ProgramGuide) -> str:
        return exported(guide).partition("areas:")[2]

    assert said(draft) == said(first)
    assert not draft.is_published
    with pytest.raises(CodeTaken):
        new_edition_from(first, code="2026-12", title="Again")


def test_a_draft_is_published_from_a_day_to_come(coming, tomorrow, now):
    coming.refresh_from_db()

    assert coming.is_published
    assert coming.valid_from == tomorrow
    assert editions.portal_day(coming.begins_at) == tomorrow
    assert editions.portal_day(coming.begins_at - timedelta(microseconds=1)) == tomorrow - timedelta(days=1)


@pytest.mark.parametrize("days", [0, 1, 400])
def test_no_edition_begins_today_or_earlier(draft, tomorrow, now, days):
    with pytest.raises(DayHasCome):
        publishing.publish(
            guide_id=draft.pk, valid_from=tomorrow - timedelta(days=1 + days), by=UserFactory(), now=now
        )


def test_nothing_is_published_twice_and_no_day_has_two_editions(first, coming, tomorrow, now):
    another = new_edition_from(first, code="another", title="Another")

    with pytest.raises(NotADraft):
        publishing.publish(guide_id=coming.pk, valid_from=tomorrow + timedelta(days=1), by=UserFactory(), now=now)
    with pytest.raises(DayTaken):
        publishing.publish(guide_id=another.pk, valid_from=tomorrow, by=UserFactory(), now=now)


def test_an_edition_with_a_problem_is_not_published_and_the_problem_has_its_row(tomorrow, now):
    area = GuideAreaFactory()

    with pytest.raises(HasProblems) as refused:
        publishing.publish(guide_id=area.guide_id, valid_from=tomorrow, by=UserFactory(), now=now)

    assert [(problem.row, problem.text) for problem in refused.value.problems] == [
        (area, "The solution area has no activity.")
    ]
    assert not ProgramGuide.objects.get(pk=area.guide_id).is_published


def test_a_coming_edition_can_be_withdrawn_changed_and_published_again(coming, tomorrow, now):
    publishing.withdraw(guide_id=coming.pk, now=now)
    coming.activities.update(opt_out_business_days=7)
    publishing.publish(guide_id=coming.pk, valid_from=tomorrow, by=UserFactory(), now=now)

    assert set(coming.activities.values_list("opt_out_business_days", flat=True)) == {7}


def test_an_edition_whose_day_has_come_stays(first, now):
    with pytest.raises(DayHasCome):
        publishing.withdraw(guide_id=first.pk, now=now)


def refuses(work, *args, error=DatabaseError, match="does not change", **options):
    with pytest.raises(error, match=match), transaction.atomic():
        work(*args, **options)


@pytest.mark.parametrize("model", [GuideArea, GuideActivity, GuideProduct])
def test_the_database_refuses_to_change_add_or_delete_a_part_of_a_published_edition(first, coming, model):
    open_draft = new_edition_from(first, code="open", title="Open")
    for guide in (first, coming):
        row = model.objects.filter(guide=guide).first()
        rows = model.objects.filter(pk=row.pk)
        refuses(rows.update, name="other")
        refuses(rows.update, guide=open_draft)
        refuses(rows._raw_delete, "default")
        refuses(model.objects.filter(guide=open_draft).update, guide=guide)
        row.pk = None
        refuses(row.save, force_insert=True)
    assert model.objects.filter(guide=open_draft).update(name="other") > 0


def test_the_database_refuses_to_change_or_delete_an_edition_whose_day_has_come(first):
    row = ProgramGuide.objects.filter(pk=first.pk)

    refuses(lambda: row.update(title="Other"))
    refuses(lambda: row.update(published_at=None, published_by=None))
    refuses(lambda: row._raw_delete("default"))


def test_the_database_lets_a_coming_edition_be_withdrawn_and_nothing_else(coming, tomorrow):
    row = ProgramGuide.objects.filter(pk=coming.pk)

    refuses(lambda: row.update(title="Other"))
    refuses(lambda: row.update(valid_from=tomorrow + timedelta(days=1)))
    refuses(lambda: row._raw_delete("default"))
    assert row.update(published_at=None, published_by=None) == 1


def test_the_database_refuses_two_editions_for_one_day(coming, tomorrow):
    other = ProgramGuideFactory()

    refuses(
        lambda: ProgramGuide.objects.filter(pk=other.pk).update(
            valid_from=tomorrow, begins_at=coming.begins_at, published_at=coming.published_at
        ),
        error=IntegrityError,
        match="one_edition_begins_on_a_day|UNIQUE",
    )


def test_the_database_refuses_a_person_who_publishes_for_a_day_that_has_come(now):
    draft = ProgramGuideFactory()

    refuses(
        lambda: ProgramGuide.objects.filter(pk=draft.pk).update(
            valid_from=now.date(), begins_at=now - timedelta(days=1), published_at=now, published_by=UserFactory()
        ),
        error=IntegrityError,
        match="edition_is_published_before_its_day",
    )
