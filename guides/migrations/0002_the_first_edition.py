"""The edition of September 2020, published. An installation with rows of its own gets them as its own edition."""

from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import yaml
from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FILE = Path(__file__).parent.parent / "first_edition" / "2020-09.yaml"
CODES = ("2020-09", "2020-09-local")
ACTIVITY = (
    "code",
    "name",
    "choose_when",
    "choice_group",
    "grain",
    "pays",
    "gives_recognition",
    "asks",
    "opt_out_business_days",
    "needs_validation",
    "review_business_days",
    "answer_business_days",
    "dispute_days",
    "late_filing_days",
    "least_seats",
    "template_required",
    "proof_age_months",
    "proof_elements",
    "signature_kinds",
    "sales_channels",
    "contact_policy",
)
PRODUCT = (
    "group",
    "name",
    "former_names",
    "synonyms",
    "is_dynamics_365",
    "activities",
    "counts_for_payment",
)


def load(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    stated = yaml.safe_load(FILE.read_text())
    programs = {row.activity: row for row in apps.get_model("associations", "IncentiveProgram").objects.all()}
    products = {row.code: row for row in apps.get_model("associations", "Product").objects.all()}
    activities = [own_activity(row, programs[row["code"]]) for row in stated["activities"] if row["code"] in programs]
    claimable = [own_product(row, stated["products"]) for row in in_order(products, stated["products"])]
    is_as_stated = activities == stated["activities"] and claimable == stated["products"]
    begins_at = datetime.combine(stated["valid_from"], time.min, tzinfo=ZoneInfo(settings.TIME_ZONE))
    guide = apps.get_model("guides", "ProgramGuide").objects.create(
        code=CODES[0] if is_as_stated else CODES[1],
        title=stated["title"] if is_as_stated else f"{stated['title']}, with values of this installation",
        valid_from=stated["valid_from"],
        begins_at=begins_at,
        published_at=begins_at,
        source=stated["source"],
        note=stated["note"],
    )
    areas = {
        row["code"]: apps.get_model("guides", "GuideArea").objects.create(
            guide=guide, code=row["code"], name=row["name"], position=position, succeeds=row["succeeds"]
        )
        for position, row in enumerate(stated["areas"])
    }
    for position, row in enumerate(activities):
        apps.get_model("guides", "GuideActivity").objects.create(
            guide=guide,
            area=areas[row["area"]],
            program=programs[row["code"]],
            position=position,
            **{name: row[name] for name in ACTIVITY},
        )
    model = apps.get_model("guides", "GuideProduct")
    model.objects.bulk_create(
        model(
            guide=guide,
            area=areas[row["area"]],
            product=products[row["product"]],
            **{name: row[name] for name in PRODUCT},
        )
        for row in claimable
    )


def own_activity(stated: dict[str, Any], program: Any) -> dict[str, Any]:
    """Return an activity as this installation has it."""
    return stated | {
        "program": program.code,
        "pays": program.is_paid,
        "needs_validation": program.requires_validation,
        "opt_out_business_days": program.opt_out_business_days,
        "contact_policy": program.contact_policy,
    }


def in_order(products: dict[str, Any], stated: list[dict[str, Any]]) -> Iterator[Any]:
    """Yield the rows of products in the order of the file, then those that it doesn't know."""
    codes = [row["product"] for row in stated]
    yield from (products[code] for code in codes if code in products)
    yield from (products[code] for code in sorted(products.keys() - set(codes)))


def own_product(product: Any, stated: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a product as this installation has it."""
    names = {"former_names": [], "synonyms": []}
    known = next((row for row in stated if row["product"] == product.code), names)
    return {
        "product": product.code,
        "area": product.solution_area,
        "group": product.group,
        "name": product.name,
        "former_names": known["former_names"],
        "synonyms": known["synonyms"],
        "is_dynamics_365": product.is_dynamics_365,
        "activities": activities_for(product),
        "counts_for_payment": product.is_paid_eligible,
    }


def activities_for(product: Any) -> list[str]:
    if not product.is_claimable:
        return []
    if product.solution_area == "M365":
        return ["M365_USAGE"]
    return ["BA_REVENUE"] if product.is_revenue_only else ["BA_USAGE", "BA_PRESALES", "BA_REVENUE"]


def unload(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guides = apps.get_model("guides", "ProgramGuide").objects.filter(code__in=CODES)
    for name in ("GuideProduct", "GuideActivity", "GuideArea"):
        apps.get_model("guides", name).objects.filter(guide__in=guides).delete()
    guides.delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("guides", "0001_editions_of_the_program_guide")]
    operations: ClassVar = [migrations.RunPython(load, unload)]
