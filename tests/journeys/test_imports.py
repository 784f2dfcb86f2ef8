"""Many customers at once: re-association from a sheet, existing associations, and the directory behind both."""

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from associations import jobs
from associations.choices import JobPhase
from associations.imports import Context
from associations.models import (
    Association,
    Claim,
    CustomerTenant,
    Job,
    JobRow,
    LooseFile,
    ProofOfExecution,
    Subscription,
    TenantDomain,
)
from associations.services import associating
from associations.services.jobs import take_job
from tests.associations import proof_files
from tests.associations.sheets import workbook
from tests.factories import (
    MONDAY,
    AssociationFactory,
    CustomerTenantFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.journeys.people import Person, words

pytestmark = pytest.mark.django_db

HEAD = [
    "MPN ID",
    "Customer domain name",
    "Tenant ID",
    "Workloads",
    "Customer contact: name",
    "Customer contact: job title",
    "Customer contact: e-mail",
    "Customer contact: language",
    "Proof of execution",
]
IMPORT_PAGE_QUERIES = 9


def work() -> None:
    """Let the workers do all that waits."""
    while jobs.run_due_jobs(clock=lambda: MONDAY):
        continue


def csv_file(*rows: list[Any], name: str = "customers.csv") -> SimpleUploadedFile:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode())


def pdf(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, proof_files.pdf())


def customer(n: int, **changed: str) -> list[str]:
    """A row for the n-th customer."""
    cells = {
        "mpn": "1234567",
        "domain": f"customer-{n}.example",
        "tenant": "",
        "workloads": "EXO; Microsoft Teams",
        "name": "Carla Bianchi",
        "title": "Head of IT",
        "email": f"carla@customer-{n}.example",
        "language": "it",
        "proof": "",
    }
    return list((cells | changed).values())


class Admin(Person):
    """Somebody with sheets."""

    def upload(self, kind: str, **files: Any) -> Any:
        return self.browser.post(reverse("import_start", args=[kind]), files, follow=True)

    @property
    def job(self) -> Job:
        return Job.objects.latest("pk")

    def page(self, name: str = "job") -> str:
        return reverse(name, args=[self.job.public_id])

    def outcomes(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for outcome in self.job.rows.values_list("outcome", flat=True):
            counts[outcome] = counts.get(outcome, 0) + 1
        return counts


@pytest.fixture
def anna() -> Admin:
    location = PartnerLocationFactory(mpn_id="1234567", partner__name="Litware")
    PartnerMemberFactory(partner=location.partner, user__email="anna@litware.example", user__full_name="Anna Conti")
    admin = Admin(email="anna@litware.example")
    admin.sign_in()
    return admin


@pytest.fixture
def root() -> Admin:
    admin = Admin(email=UserFactory(is_staff=True, is_superuser=True).email)
    admin.sign_in()
    return admin


@pytest.mark.once
@pytest.mark.timeout(300)
def test_two_hundred_customers_come_back_from_a_sheet_with_twenty_bad_rows(anna: Admin):
    tenants = CustomerTenant.objects.bulk_create(
        CustomerTenant(tenant_id=uuid4(), name=f"Cliente {n}", country="IT") for n in range(200)
    )
    TenantDomain.objects.bulk_create(
        TenantDomain(tenant=tenant, domain_name=f"customer-{n}.example") for n, tenant in enumerate(tenants)
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
    assert "No organisation is known for this domain name." in words(page)
    assert "belong to different organisations" in words(page)
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
    assert "180 drafts" in words(anna.open(reverse("notices")))


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
    context = Context.of(dead, now=MONDAY)
    for row in dead.rows.all()[:2]:
        jobs.take_row(row.pk, JobPhase.APPLY, context)

    later = MONDAY + timedelta(minutes=5)
    jobs.run_due_jobs(clock=lambda: later)

    assert anna.outcomes() == {"imported": 4}
    assert Claim.objects.count() == 4
    jobs.take_row(dead.rows.all()[0].pk, JobPhase.APPLY, context)
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

    assert "No organisation is known" in words(page)
    assert len(queries) == IMPORT_PAGE_QUERIES


def test_microsoft_brings_the_directory_and_the_existing_associations(root: Admin):
    partner = PartnerLocationFactory(mpn_id="4847383").partner
    other = AssociationFactory(subscription=SubscriptionFactory(subscription_id=UUID(int=9)), for_usage=True)
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
    assert migrated[1].for_revenue

    anna = Admin(email=PartnerMemberFactory(partner=partner).user.email)
    anna.sign_in()
    listed = anna.open(reverse("migrated_list"))
    assert "Città S.p.A." in words(listed)
    held = reverse("migrated_detail", args=[migrated[0].pk])
    assert held in listed.content.decode()
    anna.browser.post(held, {"proofs": [pdf("letter.pdf")]})
    assert migrated[0].proofs.get().name == "letter.pdf"

    associating.expire_associations(now=MONDAY + timedelta(days=80))
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
