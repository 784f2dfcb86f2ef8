"""Reply templates of reviewers by reason."""

from associations.choices import ReasonCode
from associations.forms.desk.decisions import REJECTION_REASONS
from associations.forms.desk.reply_templates import TEXTS, canned_texts, completed

UNAVAILABLE = "We can't open one of the files. Please add it again, best as a PDF."


def test_every_reason_a_reviewer_may_choose_has_a_text():
    assert set(TEXTS) == set(REJECTION_REASONS)


def test_the_texts_come_in_the_order_of_the_reasons():
    texts = canned_texts([ReasonCode.POE_UNAVAILABLE, ReasonCode.COMPETING_CLAIM_LOST], months=12, language="en")

    assert texts == [
        UNAVAILABLE,
        "Another partner claimed the same products with a more recent proof of execution, and was preferred.",
    ]


def test_the_texts_are_in_the_language_that_is_asked_for():
    in_italian, in_english = (
        canned_texts(TEXTS, months=12, language="it"),
        canned_texts(TEXTS, months=12, language="en"),
    )

    assert len(in_italian) == len(in_english) == 8
    assert not set(in_italian) & set(in_english)


def test_what_was_typed_stays_and_the_missing_texts_follow_as_paragraphs():
    typed = "Dear Anna,\r\nthank you.  "

    assert completed(typed, reasons=[ReasonCode.POE_UNAVAILABLE], months=12, language="en") == (
        f"Dear Anna,\r\nthank you.\n\n{UNAVAILABLE}"
    )


def test_a_text_that_is_there_already_is_not_added_again():
    typed = f"Dear Anna,\n\n{UNAVAILABLE}"

    assert completed(typed, reasons=[ReasonCode.POE_UNAVAILABLE], months=12, language="en") == typed
