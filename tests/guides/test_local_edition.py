"""An installation whose programs or products differ keeps its own values, as an edition of its own."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from associations.models import IncentiveProgram, Product
from guides.editions import Edition, read_edition
from guides.migrations import _published
from guides.models import ProgramGuide

pytestmark = [pytest.mark.django_db, pytest.mark.both]

migration = import_module("guides.migrations.0002_the_first_edition")


@pytest.fixture(autouse=True)
def installation_before_the_guide(db: None) -> Iterator[None]:
    """Take back what the migration loaded; `loaded` loads it again from the rows of that moment."""
    _published.unguard(connection)
    migration.unload(apps, connection.schema_editor())
    yield
    _published.guard(connection)


def loaded() -> Edition:
    migration.load(apps, connection.schema_editor())
    return read_edition(ProgramGuide.objects.get())


def test_rows_as_the_migrations_wrote_them_become_the_edition_of_the_file():
    assert loaded().code == "2020-09"


def test_a_programs_own_values_are_kept():
    IncentiveProgram.objects.filter(activity="BA_USAGE").update(
        is_paid=False, requires_validation=True, opt_out_business_days=7, contact_policy="allow"
    )

    edition = loaded()

    usage = edition.activities_named(["BA_USAGE"])[0]
    assert edition.code == "2020-09-local"
    assert (usage.pays, usage.needs_validation, usage.opt_out_business_days) == (False, True, 7)
    assert usage.contact_policy == "allow"
    assert edition.activities_named(["BA_PRESALES"])[0].opt_out_business_days == 5


def test_a_products_own_values_and_products_of_ones_own_are_kept():
    Product.objects.filter(code="TEAMS_PHONE").update(is_claimable=True, name="Teams Calling", is_paid_eligible=False)
    Product.objects.filter(code="PBI").update(is_revenue_only=False)
    Product.objects.create(code="D365_OWN", name="Our product", solution_area="BA", group="CE", is_dynamics_365=True)
    Product.objects.get(code="SFB").delete()

    edition = loaded()

    phone, own = edition.products_by_code["TEAMS_PHONE"], edition.products_by_code["D365_OWN"]
    assert edition.code == "2020-09-local"
    assert (phone.name, phone.counts_for_payment) == ("Teams Calling", False)
    assert phone.activities == {"M365_USAGE"}
    assert edition.products_by_code["PBI"].activities == {"BA_USAGE", "BA_PRESALES", "BA_REVENUE"}
    assert (own.area, own.is_dynamics_365) == ("BA", True)
    assert own.activities == {"BA_USAGE", "BA_PRESALES", "BA_REVENUE"}
    assert "SFB" not in edition.products_by_code
