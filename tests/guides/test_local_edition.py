"""An installation whose programs or products differ keeps its own values, as an edition of its own."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import StateApps

from guides.editions import Edition, read_edition
from guides.migrations import _published
from guides.models import ProgramGuide

pytestmark = [pytest.mark.django_db, pytest.mark.both]

migration = import_module("guides.migrations.0002_the_first_edition")


after = import_module("associations.migrations.0068_old_rules_of_programs_and_products_go")

BEFORE = list(after.Migration.dependencies)
# The columns that a later migration drops, and what they held in the beginning.
OLD_COLUMNS = {
    "associations_incentiveprogram": {
        "activity": "varchar(20) NOT NULL DEFAULT ''",
        "is_paid": "boolean NOT NULL DEFAULT true",
        "requires_validation": "boolean NOT NULL DEFAULT false",
        "opt_out_business_days": "smallint NOT NULL DEFAULT 5",
        "contact_policy": "varchar(10) NOT NULL DEFAULT 'hold'",
    },
    "associations_product": {
        "is_dynamics_365": "boolean NOT NULL DEFAULT false",
        "is_claimable": "boolean NOT NULL DEFAULT true",
        "is_revenue_only": "boolean NOT NULL DEFAULT false",
        "is_paid_eligible": "boolean NOT NULL DEFAULT true",
    },
}


@pytest.fixture
def then(db: None) -> Iterator[StateApps]:
    """Return the models of before the columns went, with what the migration loaded from them taken back."""
    with connection.cursor() as cursor:
        for table, columns in OLD_COLUMNS.items():
            for name, kind in columns.items():
                cursor.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
    models = MigrationLoader(connection).project_state(BEFORE).apps
    after.put_back(models, connection.schema_editor())
    _published.unguard(connection)
    migration.unload(models, connection.schema_editor())
    yield models
    _published.guard(connection)


def loaded(then: StateApps) -> Edition:
    """Load the edition from the rows of this moment."""
    migration.load(then, connection.schema_editor())
    return read_edition(ProgramGuide.objects.get())


def test_rows_as_the_migrations_wrote_them_become_the_edition_of_the_file(then):
    assert loaded(then).code == "2020-09"


def test_a_programs_own_values_are_kept(then):
    then.get_model("associations", "IncentiveProgram").objects.filter(activity="BA_USAGE").update(
        is_paid=False, requires_validation=True, opt_out_business_days=7, contact_policy="allow"
    )

    edition = loaded(then)

    usage = edition.activities_named(["BA_USAGE"])[0]
    assert edition.code == "2020-09-local"
    assert (usage.pays, usage.needs_validation, usage.opt_out_business_days) == (False, True, 7)
    assert usage.contact_policy == "allow"
    assert edition.activities_named(["BA_PRESALES"])[0].opt_out_business_days == 5


def test_a_products_own_values_and_products_of_ones_own_are_kept(then):
    products = then.get_model("associations", "Product").objects
    products.filter(code="TEAMS_PHONE").update(is_claimable=True, name="Teams Calling", is_paid_eligible=False)
    products.filter(code="PBI").update(is_revenue_only=False)
    products.create(code="D365_OWN", name="Our product", solution_area="BA", group="CE", is_dynamics_365=True)
    products.get(code="SFB").delete()

    edition = loaded(then)

    phone, own = edition.products_by_code["TEAMS_PHONE"], edition.products_by_code["D365_OWN"]
    assert edition.code == "2020-09-local"
    assert (phone.name, phone.counts_for_payment) == ("Teams Calling", False)
    assert phone.activities == {"M365_USAGE"}
    assert edition.products_by_code["PBI"].activities == {"BA_USAGE", "BA_PRESALES", "BA_REVENUE"}
    assert (own.area, own.is_dynamics_365) == ("BA", True)
    assert own.activities == {"BA_USAGE", "BA_PRESALES", "BA_REVENUE"}
    assert "SFB" not in edition.products_by_code
