"""An invented edition of the program guide, published for a 1 July to come, so that anyone can try the pages."""

from datetime import date, datetime

from accounts.models import User
from associations.services.guide.publication import publish_edition
from guides.editions import edition_in_force, portal_day
from guides.models import GuideArea, ProgramGuide
from guides.publishing import new_edition_from

CODE = "invented-example"
NOTE = {
    "en": "This edition is invented for the demo: Microsoft has not published it.",
    "it": "Questa edizione è inventata per la demo: Microsoft non l'ha pubblicata.",
}


def load_guide(*, now: datetime) -> None:
    """Publish the invented edition, unless it was loaded before."""
    if ProgramGuide.objects.filter(code=CODE).exists():
        return
    current = ProgramGuide.objects.get(pk=edition_in_force(now=now).id)
    guide = new_edition_from(current, code=CODE, title="Invented example of a new guide")
    guide.note = NOTE
    guide.source = ""
    guide.save(update_fields=["note", "source"])
    rename_the_areas(guide)
    change_the_rules(guide)
    root = User.objects.get(email="root@microsoft.example")
    publish_edition(guide_id=guide.pk, valid_from=next_first_of_july(portal_day(now)), by=root, now=now)


def rename_the_areas(guide: ProgramGuide) -> None:
    """Rename Business Applications, and add an area for security."""
    names = {"en": "AI Business Solutions", "it": "Soluzioni aziendali con IA"}
    business = guide.areas.get(code="BA")
    business.code, business.name, business.succeeds = "AIBS", names, ["BA"]
    business.save()
    security = GuideArea.objects.create(
        guide=guide, code="SEC", name={"en": "Security", "it": "Sicurezza"}, position=2, succeeds=["M365"]
    )
    adoption = guide.activities.get(code="M365_USAGE")
    adoption.pk, adoption.code, adoption.area, adoption.position = None, "SEC_USAGE", security, 4
    adoption.save()
    for product in guide.products.filter(product__code__in=("MDO", "MDE", "AIP")):
        product.area, product.activities = security, ["SEC_USAGE"]
        product.save()


def change_the_rules(guide: ProgramGuide) -> None:
    """Lengthen a window, ask for newer proofs on the template, and let a workload and an activity change."""
    guide.activities.filter(code="M365_USAGE").update(
        opt_out_business_days=7, template_required=True, proof_age_months=6, least_seats=300
    )
    guide.activities.filter(code="BA_PRESALES").update(
        name={"en": "Build intent - Advisor", "it": "Generazione di interesse - Consulente"}
    )
    yammer = guide.products.get(product__code="YAMMER")
    yammer.name, yammer.former_names = "Viva Engage", ["Yammer"]
    yammer.save()
    guide.products.filter(product__code="TEAMS_PHONE").update(activities=["M365_USAGE"])


def next_first_of_july(day: date) -> date:
    """Return the first 1 July after *day*: Microsoft's fiscal year begins then."""
    july = date(day.year, 7, 1)
    return july if day < july else july.replace(year=day.year + 1)
