"""Headings of imported sheets: every language, and templates of earlier releases."""

import pytest

from associations.background.import_kinds import KINDS
from associations.background.import_sheets import headings, plain_heading
from associations.job_choices import JobKind


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Customer contact: e-mail", "customer_email"),
        ("Customer contact: email", "customer_email"),
        ("Your company's contact: e-mail", "partner_email"),
        ("Contatto del cliente: e-mail", "customer_email"),
    ],
)
def test_a_template_of_an_earlier_release_is_still_read(heading, column):
    columns = KINDS[JobKind.REASSOCIATION].columns

    assert headings(columns)[plain_heading(heading)] == column
