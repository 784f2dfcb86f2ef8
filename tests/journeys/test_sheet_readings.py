"""Shows, before an import, how days, numbers and letters of a sheet were read, and lets a person change it."""

import csv
import io
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from associations.models import CustomerTenant, Job, Subscription
from tests.associations.sheets import workbook
from tests.factories import CustomerTenantFactory, PartnerLocationFactory, SubscriptionFactory
from tests.journeys.importing import Admin, work
from tests.journeys.people import words

pytestmark = [pytest.mark.django_db, pytest.mark.sitewide]

TENANT = UUID(int=1)
HEAD = "Subscription ID;Tenant ID;Product;State;Channel;Seats available;Starts on;Ends on"


def row(n: int, *, seats: str = "", starts: str = "", ends: str = "") -> str:
    return f'{UUID(int=n)};{TENANT};PBI;Active;VL;"{seats}";{starts};{ends}'


def sheet(*lines: str, encoding: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile("sheet.csv", "\n".join(lines).encode(encoding))


def upload(admin: Admin, *rows: str) -> Any:
    CustomerTenantFactory(tenant_id=TENANT)
    admin.upload("subscriptions", sheet=sheet(HEAD, *rows))
    work()
    return admin.open(admin.page())


def read_again(admin: Admin, **chosen: str) -> Any:
    page = admin.browser.post(admin.page("job_reading"), chosen, follow=True)
    work()
    return page


def confirm(admin: Admin) -> None:
    admin.browser.post(admin.page("job_confirm"))
    work()


def test_one_day_of_a_column_decides_for_all_of_the_sheet(root: Admin):
    page = upload(
        root,
        row(11, starts="10/1/2020", ends="12/31/2020"),
        row(12, starts="2/3/2020", ends="2021-12-31T00:00:00Z"),
    )
    assert "Starts on" in words(page)
    assert "Month first: 10/1/2020 is 1 October 2020" in words(page)

    confirm(root)
    assert [found.starts_on for found in Subscription.objects.order_by("pk")] == [date(2020, 10, 1), date(2020, 2, 3)]
    assert [found.ends_on for found in Subscription.objects.order_by("pk")] == [date(2020, 12, 31), date(2021, 12, 31)]
    assert "Month first: 10/1/2020 is 1 October 2020" in words(root.open(root.page()))


def test_a_day_that_nothing_decides_is_imported_once_the_person_has_said_how(root: Admin):
    page = upload(root, row(11, starts="10/1/2020"))
    assert root.outcomes() == {"invalid": 1}
    assert "Starts on: 10/1/2020 can be 10 January 2020 or 1 October 2020: select how" in words(page)
    confirm(root)
    assert not Subscription.objects.exists()

    assert "Select one of the answers." in words(read_again(root))
    assert "Select one of the answers." in words(read_again(root, days_starts_on="backwards"))
    read_again(root, days_starts_on="day_first")
    assert root.outcomes() == {"valid": 1}
    read_again(root, days_starts_on="month_first")
    confirm(root)
    assert Subscription.objects.get().starts_on == date(2020, 10, 1)

    assert "or were imported already" in words(read_again(root, days_starts_on="day_first"))
    assert root.outcomes() == {"imported": 1}
    assert Subscription.objects.get().starts_on == date(2020, 10, 1)


def test_an_italian_reader_writes_the_day_first_and_sees_it(root: Admin):
    root.browser.cookies["django_language"] = "it"

    page = upload(root, row(11, starts="10/1/2020"))

    assert "Prima il giorno: 10/1/2020 è il giorno 10 gennaio 2020" in words(page)
    assert root.outcomes() == {"valid": 1}


def test_numbers_are_thousands_until_the_person_says_otherwise(root: Admin):
    page = upload(root, row(11, seats="1.000"), row(12, seats="2.000"))
    assert "1.000 is 1,000" in words(page)

    read_again(root, counts_seats_available="point")
    confirm(root)
    assert [found.seats_available for found in Subscription.objects.order_by("pk")] == [1, 2]


@pytest.mark.parametrize("seats", ["1.000", "1,000", "1 000", "1\u2009000", "1'000", "1000.0", "1000,00"])
def test_a_thousand_seats_are_a_thousand(root: Admin, seats: str):
    upload(root, row(11, seats=seats))
    confirm(root)

    assert Subscription.objects.get().seats_available == 1000


@pytest.mark.parametrize("seats", ["12.5", "-4", "many"])
def test_what_is_no_number_of_seats_is_refused(root: Admin, seats: str):
    page = upload(root, row(11, seats=seats))

    assert "Seats available: This is not a whole number from 0." in words(page)


def test_letters_of_another_code_page_are_shown_and_can_be_changed(root: Admin):
    lines = ("Tenant ID;Name", f"{TENANT};Işıl Ltd.")
    root.upload("tenants", sheet=sheet(*lines, encoding="cp1254"))
    work()
    page = root.open(root.page())
    assert "Western European (Windows): Iþýl" in words(page)
    assert "Turkish (Windows): Işıl" in words(page)
    kept = str(root.job.file.name)
    assert default_storage.exists(kept)

    assert "Select one of the answers." in words(read_again(root, code_page="utf-8"))
    read_again(root, code_page="cp1254")
    confirm(root)

    assert CustomerTenant.objects.get(tenant_id=TENANT).name == "Işıl Ltd."
    assert root.browser.get(root.page("job_file")).status_code == 404


def test_a_sheet_in_utf8_is_not_kept_and_asks_nothing(root: Admin):
    root.upload("tenants", sheet=sheet("Tenant ID;Name", f"{TENANT};Işıl Ltd."))
    work()

    assert not root.job.file
    assert "How the sheet was read" not in words(root.open(root.page()))


def test_the_result_can_be_read_in_one_way_only_and_is_taken_again(root: Admin):
    upload(root, row(11, seats="1.000", starts="10/1/2020", ends="31/12/2020"), row(12, starts="10/1/2020", ends="x"))

    response: Any = root.browser.get(root.page("job_rows_csv"))
    result = b"".join(response.streaming_content)
    found = list(csv.DictReader(io.StringIO(result.decode("utf-8-sig"))))
    assert [(each["Seats available"], each["Starts on"], each["Ends on"]) for each in found] == [
        ("1000", "2020-01-10", "2020-12-31"),
        ("", "2020-01-10", "x"),
    ]
    root.upload("subscriptions", sheet=SimpleUploadedFile("again.csv", result))
    work()
    assert root.outcomes() == {"valid": 1, "invalid": 1}


def test_a_failed_formula_is_no_name(root: Admin):
    root.upload("tenants", sheet=sheet("Tenant ID;Name;Country", f"{TENANT};#N/A;#RIF!"))
    work()

    page = words(root.open(root.page()))
    assert "Name: The cell shows an error of the spreadsheet, #N/A. Enter the value itself." in page
    assert "Country: The cell shows an error of the spreadsheet, #RIF!." in page
    assert root.outcomes() == {"invalid": 1}


def test_letters_that_were_lost_are_no_name(root: Admin):
    root.upload("tenants", sheet=sheet("Tenant ID;Name", f"{TENANT};Citt\ufffd"))
    work()

    assert "Name: Letters of this cell were lost" in words(root.open(root.page()))
    assert root.outcomes() == {"invalid": 1}


@pytest.mark.parametrize(
    "head",
    ["Tenant ID;Name;Tenant ID", "Tenant ID;Name;tenant_id", "Tenant ID;Name;ID tenant", "Tenant ID;Name; NAME "],
)
def test_two_columns_that_mean_the_same_are_refused(root: Admin, head: str):
    page = root.upload("tenants", sheet=sheet(head, f"{TENANT};x;y"))

    twice = head.split(";")[2].strip()
    assert "Two columns of the sheet mean the same: " in words(page)
    assert f"{twice}. Remove one." in words(page)
    assert not Job.objects.exists()


def test_a_title_above_the_heading_is_no_heading(root: Admin):
    root.upload("tenants", sheet=sheet("Our customers;", "", "Name;Tenant ID", f"Contoso;{TENANT}"))
    work()

    assert root.outcomes() == {"valid": 1}


def test_serial_numbers_of_a_workbook_from_1904_are_its_days(root: Admin):
    CustomerTenantFactory(tenant_id=TENANT)
    head = HEAD.split(";")
    values = [str(UUID(int=11)), str(TENANT), "PBI", "Active", "VL", 1000, 42734, ""]
    root.upload("subscriptions", sheet=SimpleUploadedFile("s.xlsx", workbook(head, values, date_1904=True)))
    work()
    assert "42734 is 31 December 2020" in words(root.open(root.page()))
    confirm(root)

    assert Subscription.objects.get().starts_on == date(2020, 12, 31)


def test_the_command_reads_days_and_letters_as_it_is_told(root: Admin, tmp_path: Any, capsys: Any):
    PartnerLocationFactory(mpn_id="4847383")
    SubscriptionFactory(subscription_id=UUID(int=11))
    path = tmp_path / "sheet.csv"
    path.write_bytes(
        f"MPN ID;Subscription ID;Official since;Note\n4847383;{UUID(int=11)};10/1/2019;Işıl\n".encode("cp1254")
    )
    asked = ("import_associations", str(path), "--by", root.email)

    call_command(*asked)
    told = capsys.readouterr().out
    assert told.startswith("Read as cp1252: Iþýl\n10/1/2019: say --days\nrow 2: With errors.")

    call_command(*asked, "--days", "day_first", "--code-page", "cp1254")
    assert capsys.readouterr().out == "Read as cp1254: Işıl\n10/1/2019 is 10 January 2019\nrow 2: Valid.\n"
    with pytest.raises(CommandError, match="The sheet can be in these code pages: cp1252, "):
        call_command(*asked, "--code-page", "utf-7")
    path.write_text("MPN ID;Subscription ID;mpn_id\n1;2;3\n")
    with pytest.raises(CommandError, match="Two columns of the sheet mean the same: MPN ID, mpn_id"):
        call_command(*asked)


def test_nobody_else_reads_a_sheet_again(root: Admin):
    upload(root, row(11, starts="10/1/2020"))
    address = root.page("job_reading")
    stranger = Admin(email="stranger@example.com")

    assert stranger.browser.post(address, {"days_starts_on": "day_first"}).status_code == 302
    assert root.outcomes() == {"invalid": 1}
    opened: Any = root.browser.get(address)
    assert opened.url == reverse("job", args=[root.job.public_id])
