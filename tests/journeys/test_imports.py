"""Many customers at once: re-association from a sheet, existing associations, and the directory behind both."""

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from associations.background import runner
from associations.background.import_writing import ImportContext
from associations.choices import ListedBy
from associations.job_choices import JobPhase
from associations.models import (
    Claim,
    CustomerTenant,
    JobRow,
    LooseFile,
    ProofOfExecution,
    TenantDomain,
)
from associations.services.background.jobs import take_job
from tests.associations.sheets import workbook
from tests.factories import (
    MONDAY,
    CustomerTenantFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
)
from tests.journeys.importing import HEAD, Admin, csv_file, customer, pdf, work
from tests.journeys.people import words

pytestmark = [pytest.mark.django_db, pytest.mark.both, pytest.mark.sitewide]

IMPORT_PAGE_QUERIES = 9


@pytest.mark.timeout(300)
def test_two_hundred_customers_come_back_from_a_sheet_with_twenty_bad_rows(anna: Admin):
    tenants = CustomerTenant.objects.bulk_create(
        CustomerTenant(tenant_id=uuid4(), name=f"Cliente {n}", country="IT") for n in range(200)
    )
    TenantDomain.objects.bulk_create(
        TenantDomain(tenant=tenant, domain_name=f"customer-{n}.example", listed_by=ListedBy.DIRECTORY)
        for n, tenant in enumerate(tenants)
    )
    bad = [
        {"mpn": "7654321"},
        {"mpn": "12"},
        {"domain": "nowhere.example"},
        {"domain": "no domain"},
        {"tenant": "not-a-guid"},
        {"tenant": str(UUID(int=7))},
        {"workloads": "Paint"},
        {"email": "carla@gmail.com"},
        {"language": "Klingon"},
        {"proof": "missing.pdf"},
    ] * 2
    rows = [customer(n, **(bad[n] if n < 20 else {})) for n in range(200)]
    sheet = workbook(HEAD, *rows, strings_to_urls=False)

    page = anna.upload(
        "reassociation",
        sheet=SimpleUploadedFile("customers.xlsx", sheet),
        shared_proof=pdf("statement-of-work.pdf"),
    )
    assert "Waiting to start" in words(page)
    work()
    assert anna.outcomes() == {"invalid": 20, "valid": 180}
    assert not Claim.objects.exists()
    page = anna.open(anna.page() + "?show=invalid")
    assert "No organization is known for this domain name." in words(page)
    assert "belong to different organizations" in words(page)
    assert "180 drafts are made" in words(page)

    anna.browser.post(anna.page("job_confirm"))
    work()
    assert anna.outcomes() == {"invalid": 20, "imported": 180}
    draft = Claim.objects.earliest("pk")
    assert (draft.status, draft.solution_area, draft.proofs.count()) == ("draft", "M365", 1)
    assert sorted(draft.items.values_list("product__code", flat=True)) == ["EXO", "TEAMS"]
    assert draft.contacts.get(kind="partner").email == "anna@litware.example"

    refused = anna.browser.post(anna.page("job_submit"), {"data_is_right": "on"})
    assert "Confirm that the customer knows" in words(refused)
    anna.browser.post(anna.page("job_submit"), {"data_is_right": "on", "customer_knows": "on"})
    work()
    assert anna.outcomes() == {"invalid": 20, "submitted": 180}
    assert Claim.objects.filter(status="submitted").count() == 180
    assert set(Claim.objects.values_list("item_count", flat=True)) == {2}
    assert "180 drafts" in words(anna.open(reverse("notifications")))


def test_a_sheet_that_comes_twice_makes_no_second_draft(anna: Admin):
    CustomerTenantFactory(domain_name="customer-1.example")
    for _ in range(2):
        anna.upload("reassociation", sheet=csv_file(HEAD, customer(1), customer(1)))
        work()
        anna.browser.post(anna.page("job_confirm"))
        work()

    assert Claim.objects.count() == 1
    assert [row.outcome for row in JobRow.objects.order_by("pk")] == ["imported", "invalid", "existing", "invalid"]
    assert "Row 2 says the same." in JobRow.objects.order_by("pk")[1].notes[0]


def test_a_sheet_that_comes_again_after_its_drafts_were_filed_says_so_and_files_nothing(anna: Admin):
    CustomerTenantFactory(domain_name="customer-1.example")
    sheet = [HEAD, customer(1)]
    anna.upload("reassociation", sheet=csv_file(*sheet), shared_proof=pdf("sow.pdf"))
    work()
    anna.browser.post(anna.page("job_confirm"))
    work()
    anna.browser.post(anna.page("job_submit"), {"data_is_right": "on", "customer_knows": "on"})
    work()

    anna.upload("reassociation", sheet=csv_file(*sheet, customer(1, workloads="EXO; Yammer")))
    work()

    assert Claim.objects.get().status == "submitted"
    assert anna.outcomes() == {"existing": 1, "invalid": 1}
    existing, partly = anna.job.rows.order_by("number")
    assert "Exchange Online: " in existing.notes[0]
    assert "Workloads: Exchange Online: " in partly.notes[0]
    assert "Make the drafts" not in words(anna.open(anna.page()))


def test_a_proof_is_found_however_the_sheet_spells_its_name(anna: Admin):
    CustomerTenantFactory(domain_name="customer-1.example")
    decomposed = "Attivita\u0300 2020.PDF"
    anna.upload(
        "reassociation", sheet=csv_file(HEAD, customer(1, proof="attività 2020.pdf")), proofs=[pdf(decomposed)]
    )
    work()
    anna.browser.post(anna.page("job_confirm"))
    work()

    assert Claim.objects.get().proofs.get().name == "Attività 2020.PDF"


def test_each_row_gets_the_proof_that_it_names_and_a_row_without_is_not_submitted(anna: Admin):
    for n in (1, 2):
        CustomerTenantFactory(domain_name=f"customer-{n}.example")
    sheet = csv_file(HEAD, customer(1, proof="one.pdf"), customer(2))
    anna.upload("reassociation", sheet=sheet, proofs=[pdf("one.pdf"), pdf("other.pdf")])
    work()
    anna.browser.post(anna.page("job_confirm"))
    work()
    anna.browser.post(anna.page("job_submit"), {"data_is_right": "on", "customer_knows": "on"})
    work()

    assert Claim.objects.earliest("pk").proofs.get().name == "one.pdf"
    assert anna.outcomes() == {"submitted": 1, "refused": 1}
    response: Any = anna.browser.get(anna.page("job_rows_csv"))
    result = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(result)))
    assert [row["Outcome"] for row in rows] == ["Submitted", "Not submitted"]
    assert rows[1]["Notes"] == "Add at least one proof of execution."

    draft = Claim.objects.get(status="draft")
    anna.browser.post(reverse("claim_step", args=[draft.public_id, "proof"]), {"proofs": [pdf("two.pdf")]})
    anna.browser.post(anna.page("job_submit"), {"data_is_right": "on", "customer_knows": "on"})
    work()
    assert anna.outcomes() == {"submitted": 2}


def test_an_incentives_user_imports_drafts_and_submits_none(anna: Admin):
    location = PartnerLocationFactory._meta.model.objects.get()
    user = PartnerMemberFactory(partner=location.partner, role="incentives_user").user
    CustomerTenantFactory(domain_name="customer-1.example")
    ugo = Admin(email=user.email)
    ugo.sign_in()
    ugo.upload("reassociation", sheet=csv_file(HEAD, customer(1)))
    work()
    ugo.browser.post(ugo.page("job_confirm"))
    work()

    assert Claim.objects.get().created_by == user
    assert ugo.open(ugo.page("job_submit")).status_code == 404
    assert "Submit all valid" not in words(ugo.open(ugo.page()))


def test_an_import_goes_on_where_a_dead_worker_left_it(anna: Admin, monkeypatch: pytest.MonkeyPatch):
    for n in range(4):
        CustomerTenantFactory(domain_name=f"customer-{n}.example")
    anna.upload("reassociation", sheet=csv_file(HEAD, *(customer(n) for n in range(4))))
    work()
    anna.browser.post(anna.page("job_confirm"))
    dead = take_job(now=MONDAY)
    assert dead
    context = ImportContext.of(dead, now=MONDAY)
    for row in dead.rows.all()[:2]:
        runner.take_row(row.pk, JobPhase.APPLY, context)

    later = MONDAY + timedelta(minutes=5)
    runner.run_due_jobs(clock=lambda: later)

    assert anna.outcomes() == {"imported": 4}
    assert Claim.objects.count() == 4
    runner.take_row(dead.rows.all()[0].pk, JobPhase.APPLY, context)
    assert Claim.objects.count() == 4


def stored_proofs() -> set[str]:
    return set(default_storage.listdir("proofs")[1])


def test_a_row_that_fails_leaves_no_file_behind(anna: Admin):
    before = stored_proofs() if default_storage.exists("proofs") else set()
    for n in range(3):
        CustomerTenantFactory(domain_name=f"customer-{n}.example")
    sheet = csv_file(HEAD, *(customer(n) for n in range(3)))
    anna.upload("reassociation", sheet=sheet, shared_proof=pdf("shared.pdf"))
    work()
    anna.browser.post(anna.page("job_confirm"))
    TenantDomain.objects.filter(domain_name="customer-1.example").delete()
    work()

    assert anna.outcomes() == {"imported": 2, "invalid": 1}
    assert {f"proofs/{name}" for name in stored_proofs() - before} == {
        proof.file.name for proof in ProofOfExecution.objects.all()
    }
    assert ProofOfExecution.objects.count() == 2
    assert not LooseFile.objects.exists()


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_of_an_import_takes_the_same_queries_for_any_number_of_rows(anna: Admin, count: int):
    anna.upload("reassociation", sheet=csv_file(HEAD, *(customer(n) for n in range(count))))
    work()

    with CaptureQueriesContext(connection) as queries:
        page = anna.browser.get(anna.page())

    assert "No organization is known" in words(page)
    assert len(queries) == IMPORT_PAGE_QUERIES
