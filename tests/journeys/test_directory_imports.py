"""Microsoft imports its directory, and sheets that can't be imported are refused in words."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from associations.models import Association, CustomerTenant, Job, Subscription
from associations.services.association import association
from tests.factories import (
    MONDAY,
    AssociationFactory,
    CustomerTenantFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    SubscriptionFactory,
)
from tests.journeys.importing import HEAD, Admin, csv_file, customer, pdf, work
from tests.journeys.people import words

pytestmark = [pytest.mark.django_db, pytest.mark.both, pytest.mark.sitewide]


def test_microsoft_brings_the_directory_and_the_existing_associations(root: Admin):
    partner = PartnerLocationFactory(mpn_id="4847383").partner
    other = AssociationFactory(
        subscription=SubscriptionFactory(subscription_id=UUID(int=9)), activity_codes=("BA_USAGE",)
    )
    tenant, wrong = UUID(int=1), UUID(int=2)
    root.upload(
        "tenants",
        sheet=csv_file(
            ["tenant_id", "name", "country", "time_zone", "domain_names"],
            [f"{{{tenant}}}", "Città S.p.A.", "it", "", "https://citta.example/; citta.onmicrosoft.com"],
            [str(wrong), "Bad", "Italy", "", ""],
        ),
    )
    work()
    root.browser.post(root.page("job_confirm"))
    work()
    assert root.outcomes() == {"invalid": 1, "imported": 1}
    stored = CustomerTenant.objects.get(tenant_id=tenant)
    assert (stored.name, stored.country, stored.domains.count()) == ("Città S.p.A.", "IT", 2)

    root.upload(
        "subscriptions",
        sheet=csv_file(
            ["subscription_id", "tenant_id", "product", "state", "channel", "seats available", "ends on"],
            [str(UUID(int=11)), str(tenant), "Dynamics 365 Sales", "active", "vl", "40", "2021-01-31"],
            [str(UUID(int=12)), str(tenant), "PBI", "In grace period", "Web Direct", "", "31/12/2020"],
            [str(UUID(int=13)), str(wrong), "PBI", "Active", "VL", "", ""],
        ),
    )
    work()
    root.browser.post(root.page("job_confirm"))
    work()
    assert root.outcomes() == {"imported": 2, "invalid": 1}
    assert Subscription.objects.get(subscription_id=UUID(int=11)).seats_available == 40

    sheet = [
        ["MPN ID", "Subscription ID", "Tenant ID", "Activities", "Official since"],
        ["4847383", str(UUID(int=11)), str(tenant), "usage; pre-sales", "2019-07-01"],
        [partner.global_mpn_id, str(UUID(int=12)), "", "revenue", ""],
        ["4847383", str(other.subscription.subscription_id), "", "", ""],
        ["4847383", str(UUID(int=77)), "", "", ""],
        ["999999", str(UUID(int=11)), "", "dancing", "yesterday"],
    ]
    for expected in ({"imported": 2, "invalid": 3}, {"existing": 2, "invalid": 3}):
        with time_machine.travel(MONDAY, tick=False):
            root.upload("migration", sheet=csv_file(*sheet))
        work()
        root.browser.post(root.page("job_confirm"))
        work()
        assert root.outcomes() == expected
    migrated = Association.objects.filter(is_migrated=True).order_by("pk")
    assert [held.partner for held in migrated] == [partner, partner]
    assert migrated[0].starts_at.isoformat() == "2019-07-01T00:00:00+00:00"
    assert migrated[1].activity_codes == ("BA_REVENUE",)

    anna = Admin(email=PartnerMemberFactory(partner=partner).user.email)
    anna.sign_in()
    listed = anna.open(f"{reverse('claim_list')}?tab=existing")
    assert "Città S.p.A." in words(listed)
    held = reverse("migrated_detail", args=[migrated[0].pk])
    assert held in listed.content.decode()
    anna.browser.post(held, {"proofs": [pdf("letter.pdf")]})
    assert migrated[0].proofs.get().name == "letter.pdf"

    association.expire_associations(now=MONDAY + timedelta(days=80))
    assert [held.end_reason for held in migrated.all()] == ["", "subscription_expired"]


def test_a_broken_row_stops_no_other(root: Admin, monkeypatch: pytest.MonkeyPatch):
    CustomerTenantFactory(tenant_id=UUID(int=5), domain_name="taken.example")
    root.upload(
        "tenants",
        sheet=csv_file(
            ["tenant_id", "name", "domain_names"],
            [str(UUID(int=1)), "One", "new.example"],
            [str(UUID(int=2)), "Two", "new.example"],
            [str(UUID(int=3)), "Three", "taken.example"],
        ),
    )
    work()
    root.browser.post(root.page("job_confirm"))
    work()

    rows = list(root.job.rows.all())
    assert [row.outcome for row in rows] == ["imported", "invalid", "invalid"]
    assert CustomerTenant.objects.filter(tenant_id=UUID(int=2)).count() == 0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"MPN ID;Workloads\n1;2\n", "The sheet lacks columns: Customer domain name"),
        ("a.csv", b"MPN ID\n", "The sheet has no row below its heading."),
        ("a.pdf", b"%PDF\0", "This is not a sheet. Use CSV or XLSX."),
        ("a.csv", b"", "The sheet has no row below its heading."),
    ],
)
def test_a_sheet_that_cannot_be_imported_is_refused_in_words(anna: Admin, name: str, content: bytes, message: str):
    page = anna.upload("reassociation", sheet=SimpleUploadedFile(name, content))

    assert message in words(page)
    assert not Job.objects.exists()


def test_a_sheet_over_the_caps_and_doubtful_proofs_are_refused(anna: Admin, settings: Any):
    settings.IMPORT_MAX_ROWS = 1
    assert "more than 1 rows" in words(anna.upload("reassociation", sheet=csv_file(HEAD, customer(1), customer(2))))
    settings.IMPORT_MAX_BYTES = 10
    assert "bigger than" in words(anna.upload("reassociation", sheet=csv_file(HEAD, customer(1))))
    page = anna.upload("reassociation", sheet=csv_file(["a"]), proofs=[pdf("a.pdf"), pdf("A.pdf")])
    assert "Two files have the same name." in words(page)
    page = anna.upload("reassociation", sheet=csv_file(["a"]), shared_proof=SimpleUploadedFile("a.exe", b"MZ"))
    assert "This type of file is not accepted." in words(page)
    settings.POE_MAX_BYTES = 100
    page = anna.upload("reassociation", sheet=csv_file(["a"]), shared_proof=pdf("big.pdf"))
    assert "big.pdf: " in words(page)


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_the_template_is_accepted_as_it_is_filled_in(anna: Admin, extension: str):
    template = anna.browser.get(reverse("import_template", args=["reassociation", extension])).content

    page = anna.upload("reassociation", sheet=SimpleUploadedFile(f"t.{extension}", template))

    assert "The sheet has no row below its heading." in words(page)
    assert anna.browser.get(reverse("import_template", args=["reassociation", "exe"])).status_code == 404
    assert anna.browser.get(reverse("import_template", args=["tenants", "csv"])).status_code == 404
