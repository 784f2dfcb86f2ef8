"""An invented edition, entered through the admin pages alone, is what claims go by from its day on (domain.md D22)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from associations.models import Association, Claim, CustomerTenant, Product
from guides.models import GuideActivity, GuideArea, GuideProduct, ProgramGuide
from tests.accounts.signing_in import signed_in_just_now
from tests.factories import SubscriptionFactory, UserFactory
from tests.guides.pages import posted
from tests.journeys import people
from tests.journeys.people import CARLA, PAOLO, TULLIO, PartnerAdmin, at, beat, words

pytestmark = [pytest.mark.django_db, pytest.mark.both, pytest.mark.sitewide]

MONDAY = "2020-10-19T10:00:00+02:00"
TUESDAY = "2020-10-20T10:00:00+02:00"
SEVENTH_DAY = "2020-10-29T23:00:00+01:00"
AFTER_SEVEN_DAYS = "2020-10-30T12:00:00+01:00"


class Editor:
    """A platform admin who enters an edition, page by page."""

    def __init__(self) -> None:
        self.browser = Client()
        signed_in_just_now(UserFactory(is_staff=True, is_superuser=True), client=self.browser)

    def begin(self) -> None:
        first = ProgramGuide.objects.get(code="2020-09")
        self.press(reverse("admin:guides_programguide_new", args=[first.pk]), code="2020-10", title="October 2020")
        self.guide = ProgramGuide.objects.get(code="2020-10")

    def press(self, address: str, **typed: Any) -> Any:
        response = self.browser.post(address, typed)
        assert response.status_code == 302, words(response)
        return response

    def change(self, row: GuideArea | GuideActivity | GuideProduct, **typed: Any) -> None:
        address = reverse(f"admin:guides_{row._meta.model_name}_change", args=[row.pk])
        self.press(address, **posted(row, self.browser) | typed)

    def add(self, kind: str, **typed: Any) -> None:
        self.press(f"{reverse(f'admin:guides_{kind}_add')}?guide={self.guide.pk}", **typed)

    def add_activity_like(self, original: str, **typed: Any) -> None:
        self.add("guideactivity", **posted(self.guide.activities.get(code=original), self.browser) | typed)

    def publish(self, day: str) -> None:
        self.press(reverse("admin:guides_programguide_publish", args=[self.guide.pk]), valid_from=day)


def enter_the_invented_edition() -> None:
    """Three areas, a renamed activity, an exclusive third group, a new workload and another window."""
    root = Editor()
    root.begin()
    guide = root.guide
    root.press(
        reverse("admin:associations_product_add"),
        code="COPILOT",
        name="Microsoft 365 Copilot",
        solution_area="M365",
        group="M365",
    )
    names = {"name_en": "AI Business Solutions", "name_it": "Soluzioni aziendali con IA"}
    root.change(guide.areas.get(code="BA"), code="AIBS", succeeds="BA", **names)
    root.add("guidearea", code="SEC", name_en="Security", name_it="Sicurezza", position=2, succeeds="M365")
    security = guide.areas.get(code="SEC")
    root.add_activity_like(
        "M365_USAGE",
        code="SEC_ADOPT",
        area=security.pk,
        position=9,
        name_en="Secure adoption",
        name_it="Adozione sicura",
        choose_when_en="You roll out protection.",
        choose_when_it="L'azienda introduce la protezione.",
    )
    root.add_activity_like(
        "BA_REVENUE",
        code="BA_RENEWAL",
        position=8,
        choice_group="renewal",
        name_en="Renewal",
        name_it="Rinnovo",
        choose_when_en="You renewed the subscription.",
        choose_when_it="L'azienda ha rinnovato l'abbonamento.",
        asks=[],
    )
    presales = {"name_en": "Build intent", "name_it": "Generazione di interesse"}
    root.change(guide.activities.get(code="BA_PRESALES"), **presales)
    root.change(guide.activities.get(code="M365_USAGE"), opt_out_business_days=7)
    root.change(guide.products.get(product__code="MDO"), area=security.pk, activities=["SEC_ADOPT"])
    sales = ["BA_USAGE", "BA_PRESALES", "BA_REVENUE", "BA_RENEWAL"]
    root.change(guide.products.get(product__code="D365_SALES"), activities=sales)
    copilot = Product.objects.get(code="COPILOT")
    root.add(
        "guideproduct",
        product=copilot.pk,
        area=guide.areas.get(code="M365").pk,
        group="M365",
        name="Microsoft 365 Copilot",
        activities=["M365_USAGE"],
    )
    root.publish("2020-10-20")


def file_what_is_chosen(anna: PartnerAdmin, *codes: str, **people_asked: str) -> Any:
    """Go from the products of a claim to its submission."""
    anna.select(*codes)
    anna.answer("contacts", **CARLA, **PAOLO, **people_asked, customer_language="en")
    anna.upload()
    anna.answer("comments", comment="")
    response = anna.submit()
    stored = Claim.objects.get(pk=anna.claim.pk)
    assert stored.status == "submitted", words(response)
    return stored


def test_an_edition_entered_in_the_admin_is_used_for_claims_from_its_day_on() -> None:
    anna = people.anna()
    SubscriptionFactory(
        tenant=CustomerTenant.objects.get(name="Contoso"), product=Product.objects.get(code="D365_SALES")
    )
    with at(MONDAY):
        enter_the_invented_edition()
        anna.sign_in()
        anna.start()
        anna.answer("work", solution_area="BA", activity="usage", claims_usage="on")
        anna.answer("details", name="Sales before")
        before = file_what_is_chosen(anna, "D365_SALES", **TULLIO)
        anna.start()
    assert (before.edition.code, before.activity_codes) == ("2020-09", ("BA_USAGE",))
    beat(MONDAY)

    with at(TUESDAY):
        anna.sign_in()
        page = words(anna.open(anna.step("work")))
        for text in ("Security", "AI Business Solutions", "Build intent", "Renewal", "Secure adoption"):
            assert text in page
        # Groups exclude each other, whatever another one's boxes say.
        anna.answer("work", solution_area="AIBS", activity="renewal", claims_usage="on")
        assert Claim.objects.get(pk=anna.claim.pk).activity_codes == ("BA_RENEWAL",)
        anna.answer("details", name="Sales renewed")
        renewed = file_what_is_chosen(anna, "D365_SALES", **TULLIO)
        assert (renewed.edition.code, renewed.items.get().subscription is None) == ("2020-10", False)

        anna.start()
        anna.answer("work", solution_area="SEC")
        anna.answer("details", name="Shielded mail")
        offered = words(anna.open(anna.step("products")))
        assert "Exchange Online" not in offered
        protected = file_what_is_chosen(anna, "MDO")
        assert (protected.activity_codes, protected.items.get().subscription) == (("SEC_ADOPT",), None)

        anna.start()
        anna.answer("work", solution_area="M365")
        anna.answer("details", name="Copilot")
        copilot = file_what_is_chosen(anna, "COPILOT")
        assert copilot.opt_out_business_days == 7

        listed = words(anna.open(f"{reverse('claim_list')}?area=AIBS"))
        assert "Sales before" in listed
        assert "Sales renewed" in listed
        assert "Shielded mail" not in listed
        of_before = words(anna.open(f"{reverse('claim_list')}?area=BA"))
        assert "Sales before" in of_before
        assert "Sales renewed" in of_before
        assert "Business Applications" in words(anna.open(reverse("claim_detail", args=[before.public_id])))
    beat(TUESDAY)
    beat(SEVENTH_DAY)
    assert set(Association.objects.values_list("product__code", flat=True)) == {"D365_SALES", "MDO"}
    beat(AFTER_SEVEN_DAYS)

    held = {row.product.code: row.activity_codes for row in Association.objects.select_related("product")}
    assert held == {
        "D365_SALES": ("BA_USAGE", "BA_RENEWAL"),
        "MDO": ("SEC_ADOPT",),
        "COPILOT": ("M365_USAGE",),
    }
