"""The identities that the migrations load; their rules are those of the first edition (domain.md 3.2-3.4)."""

import pytest

from associations.models import IncentiveProgram, Product

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_four_programs_are_loaded():
    codes = IncentiveProgram.objects.values_list("code", flat=True)

    assert list(codes) == ["OSA_SELL", "OSU_BA", "OSU_M365", "REV_ASSOC"]


def test_twenty_six_workloads_are_loaded():
    assert Product.objects.filter(solution_area="M365").count() == 26
