"""Retention periods, and the people they apply to."""

from datetime import UTC, datetime

from associations.rules.retention import mentions, months_before


def test_months_are_calendar_months_and_end_with_their_last_day():
    moment = datetime(2022, 10, 31, 8, 30, tzinfo=UTC)

    assert months_before(moment, months=24) == datetime(2020, 10, 31, 8, 30, tzinfo=UTC)
    assert months_before(moment, months=1) == datetime(2022, 9, 30, 8, 30, tzinfo=UTC)
    assert months_before(moment, months=10) == datetime(2021, 12, 31, 8, 30, tzinfo=UTC)
    assert months_before(datetime(2024, 3, 31, tzinfo=UTC), months=1) == datetime(2024, 2, 29, tzinfo=UTC)


def test_somebody_is_mentioned_by_whole_words_in_any_case():
    people = {"Ada Neri", "ada@contoso.example", "IT", ""}

    assert mentions("Project of ADA NERI, second part", people)
    assert mentions("Write to <Ada@Contoso.example>.", people)
    assert not mentions("Project of Ada Nerini", people)
    assert not mentions("Write to nevada@contoso.example.", people)
    assert not mentions("The IT of nobody at all", people)
