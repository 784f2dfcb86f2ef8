"""The reference data that the migrations load (domain.md 3.2-3.4, D2, D8, D9)."""

import pytest

from associations.models import IncentiveProgram, Product

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_four_programs_are_loaded_and_only_revenue_association_pays_nothing():
    assert list(IncentiveProgram.objects.values_list("activity", "code", "is_paid")) == [
        ("BA_PRESALES", "OSA_SELL", True),
        ("BA_USAGE", "OSU_BA", True),
        ("M365_USAGE", "OSU_M365", True),
        ("BA_REVENUE", "REV_ASSOC", False),
    ]


def test_no_program_needs_validation_and_every_window_lasts_five_business_days():
    rules = IncentiveProgram.objects.values_list("requires_validation", "opt_out_business_days")

    assert set(rules) == {(False, 5)}


def test_ten_workloads_can_be_claimed():
    workloads = Product.objects.filter(solution_area="M365")

    assert set(workloads.filter(is_claimable=True).values_list("code", flat=True)) == {
        "EXO", "SPO", "TEAMS", "M365APPS", "YAMMER", "INTUNE", "AADP", "AIP", "MDO", "MDE",
    }  # fmt: skip
    assert workloads.count() == 26


def test_workloads_that_count_as_recognition_only_are_marked():
    unpaid = Product.objects.filter(is_paid_eligible=False)

    assert set(unpaid.values_list("code", flat=True)) == {"TEAMS", "YAMMER", "OUTLOOK_MOB", "AIP"}


def test_power_bi_alone_is_for_revenue_association_only():
    power_bi = Product.objects.get(is_revenue_only=True)

    assert (power_bi.code, power_bi.is_claimable, power_bi.is_dynamics_365) == ("PBI", True, False)


def test_dynamics_365_products_are_those_named_so():
    dynamics = Product.objects.filter(is_dynamics_365=True)

    assert dynamics.count() == 21
    assert not dynamics.exclude(code__startswith="D365_").exists()
    assert not Product.objects.filter(code__startswith="D365_", is_dynamics_365=False).exists()


def test_a_product_of_a_later_year_is_known_but_not_claimable():
    later = Product.objects.filter(solution_area="BA", is_claimable=False)

    assert set(later.values_list("code", flat=True)) == {"D365_IOM", "PPAGES"}
