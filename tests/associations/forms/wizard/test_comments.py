"""**Comments** takes a comment or none."""

import pytest

from associations.forms.wizard.step_form import Intent
from tests import stories
from tests.associations.forms.wizard.asking import ask, codes

pytestmark = pytest.mark.django_db


def test_a_comment_is_optional_until_it_is_to_be_saved():
    claim = stories.draft_claim()

    assert ask("comments", {"comment": ""}, claim=claim).is_valid()
    assert ask("comments", {"comment": ""}, claim=claim, intent=Intent.STAY).errors == {
        "comment": ["Enter a comment."]
    }


def test_a_comment_has_at_most_4000_characters():
    form = ask("comments", {"comment": "x" * 4001}, claim=stories.draft_claim())

    assert codes(form) == {"comment": ["max_length"]}
