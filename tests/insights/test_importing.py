"""Usage reports: every good row is taken once, a bad one is told of, and a broken file changes nothing."""

import io
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import translation

from associations.files.tables.dates import DayOrder
from associations.models import Product
from insights import importing
from insights.importing import ReportColumnsMissing, ReportRefused, import_usage
from insights.models import MonthlyUsage, UsageImport, UsageReport
from insights.views import csv_head
from tests.factories import CustomerTenantFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2020, 12, 3, 8, tzinfo=UTC)
M365 = "CustomerTenantId,CustomerName,WorkloadName,MonthlyActiveUsers,PaidAvailableUnits,Date\n"
DYNAMICS = "SubscriptionId,Month,AvailableSeats,AssignedSeats,ActiveSeats\n"


def read(head, *rows, report=UsageReport.M365, source="october.csv", encoding="utf-8", **options):
    file = io.BytesIO("".join([head, *(f"{row}\n" for row in rows)]).encode(encoding))
    return import_usage(file, report=report, source=source, now=NOW, **options)


def stored():
    return list(
        MonthlyUsage.objects.order_by("month", "product__code").values_list(
            "product__code", "month", "active", "available", "assigned"
        )
    )


def test_a_workload_is_known_by_its_name_or_code():
    tenant = CustomerTenantFactory()

    outcome = read(
        M365,
        f"{tenant.tenant_id},Contoso,Exchange Online,120,200,2020-10-01",
        f"{{{tenant.tenant_id}}},Contoso,teams,80,200,2020-10",
        f"'{tenant.tenant_id},Contoso,Exchange\u00a0Online,120,200,2020-10-01",
        f"({tenant.tenant_id}),Contoso,exchange  online,120,200,2020-10-01",
        f'"""{tenant.tenant_id}""",Contoso,EXO,120,200,2020-10-01',
    )

    assert (outcome.taken, outcome.faults) == (5, [])
    assert stored() == [
        ("EXO", date(2020, 10, 1), 120, 200, None),
        ("TEAMS", date(2020, 10, 1), 80, 200, None),
    ]


@pytest.mark.parametrize("unseen", ["\u200b", "\u200e", "\u202c", "\ufeff", "\u2060"])
def test_characters_that_nobody_sees_keep_no_row_away(unseen):
    tenant = CustomerTenantFactory()

    outcome = read(
        M365,
        f"{unseen}{tenant.tenant_id},C,{unseen}Exchange Online{unseen},{unseen}120,200{unseen},2020-10-01{unseen}",
    )

    assert (outcome.taken, outcome.faults) == (1, [])
    assert stored() == [("EXO", date(2020, 10, 1), 120, 200, None)]


@pytest.mark.both
def test_a_subscription_brings_its_tenant_and_product():
    subscription = SubscriptionFactory(product=Product.objects.get(code="D365_SALES"))

    read(DYNAMICS, f"{subscription.subscription_id},2020-10-01,60,50,41", report=UsageReport.DYNAMICS)

    usage = MonthlyUsage.objects.get()
    assert (usage.tenant, usage.product, usage.subscription) == (
        subscription.tenant,
        subscription.product,
        subscription,
    )
    assert (usage.active, usage.assigned, usage.available) == (41, 50, 60)


@pytest.mark.both
@pytest.mark.parametrize("report", UsageReport)
def test_a_file_that_is_read_again_replaces_and_doubles_nothing(report):
    tenant, subscription = CustomerTenantFactory(), SubscriptionFactory(product=Product.objects.get(code="D365_SALES"))
    if report is UsageReport.M365:
        head, first, second = (
            M365,
            f"{tenant.tenant_id},C,EXO,1,9,2020-10-01",
            f"{tenant.tenant_id},C,EXO,2,9,2020-10-01",
        )
    else:
        guid = subscription.subscription_id
        head, first, second = DYNAMICS, f"{guid},2020-10-01,9,5,1", f"{guid},2020-10-01,9,5,2"

    for rows in ([first], [first], [first, second]):
        read(head, *rows, report=report)

    assert [usage.active for usage in MonthlyUsage.objects.all()] == [2]
    assert [found.rows for found in UsageImport.objects.order_by("pk")] == [1, 1, 2]


@pytest.mark.both
def test_bad_rows_are_told_by_line_and_stop_no_other(monkeypatch):
    monkeypatch.setattr(importing, "ROWS_AT_ONCE", 2)
    tenant = CustomerTenantFactory()

    outcome = read(
        M365,
        f"{tenant.tenant_id},C,EXO,1,9,2020-10-01",
        f"{uuid4()},C,EXO,1,9,2020-10-01",
        "not-a-guid,C,EXO,1,9,2020-10-01",
        f"{tenant.tenant_id},C,Lotus Notes,1,9,2020-10-01",
        f"{tenant.tenant_id},C,EXO,-1,9,2020-10-01",
        f"{tenant.tenant_id},C,EXO,1,99999999999,2020-10-01",
        f"{tenant.tenant_id},C,EXO,1,9,October",
        f"{tenant.tenant_id}",
        f"{tenant.tenant_id},C,TEAMS,3,9,2020-10-01",
    )

    assert (outcome.taken, outcome.refused) == (2, 7)
    assert outcome.faults == [
        (3, "CustomerTenantId: no customer has this tenant ID"),
        (4, "CustomerTenantId: not a GUID"),
        (5, "WorkloadName: unknown: Lotus Notes"),
        (6, "MonthlyActiveUsers: not a whole number from 0"),
        (7, "PaidAvailableUnits: not a whole number from 0"),
        (8, "Date: not a date such as 2026-10-01"),
        (9, "cells are missing"),
    ]
    assert [row[0] for row in stored()] == ["EXO", "TEAMS"]


def test_a_file_without_its_columns_writes_nothing():
    with pytest.raises(ReportColumnsMissing) as refused:
        read("CustomerTenantId,Date\n", "x,y")

    assert refused.value.missing == ("WorkloadName", "MonthlyActiveUsers", "PaidAvailableUnits")
    assert not UsageImport.objects.exists()


@pytest.mark.both
def test_the_directory_is_asked_once_per_piece(django_assert_max_num_queries):
    tenants = [CustomerTenantFactory() for _number in range(30)]
    rows = [f"{tenant.tenant_id},C,EXO,1,9,2020-{month:02}-01" for tenant in tenants for month in range(1, 13)]

    with django_assert_max_num_queries(20):
        outcome = read(M365, *rows)

    assert outcome.taken == 360


def test_the_command_tells_what_became_of_the_file(tmp_path, capsys):
    tenant = CustomerTenantFactory()
    path = tmp_path / "october.csv"
    path.write_text("\ufeff" + M365 + f"{tenant.tenant_id},C,EXO,1,9,2020-10-01\nx,C,EXO,1,9,2020-10-01\n")

    call_command("import_usage", path, report="m365")

    assert capsys.readouterr().out == "1 rows taken, 1 refused.\nline 3: CustomerTenantId: not a GUID\n"
    assert UsageImport.objects.get().source == "october.csv"


def test_the_command_refuses_what_is_no_report(tmp_path):
    path = tmp_path / "usage.csv"
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_usage", path, report="m365")

    for content, why in (
        (b"\xff\xfe\x00", "line 1: it is damaged: bytes that are no utf-16"),
        (b"Tenant,Users\n", "it lacks these columns: CustomerTenantId"),
        (b"", "it lacks these columns"),
        (b"PK\x03\x04", "it is a workbook. Save it as CSV"),
        (b"%PDF\0\1", "it is no text"),
    ):
        path.write_bytes(content)
        with pytest.raises(CommandError, match=f"{why}.*Nothing was stored"):
            call_command("import_usage", path, report="m365")


def test_a_report_of_which_no_row_can_be_taken_is_an_error(tmp_path):
    path = tmp_path / "usage.csv"
    path.write_text(M365 + "x,C,EXO,1,9,2020-10-01\n")

    with pytest.raises(CommandError, match="No row could be taken"):
        call_command("import_usage", path, report="m365")


@pytest.mark.parametrize(
    ("separator", "encoding"),
    [("\t", "utf-16"), ("\t", "utf-16-le"), (";", "cp1252"), ("|", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-32")],
)
def test_any_separator_and_encoding_is_read(separator: str, encoding: str):
    tenant = CustomerTenantFactory()
    row = f"{tenant.tenant_id},Città di Forlì,EXO,120,200,2020-10-01"

    read(M365.replace(",", separator), row.replace(",", separator), encoding=encoding)

    assert stored() == [("EXO", date(2020, 10, 1), 120, 200, None)]


@pytest.mark.parametrize(
    "head",
    [
        "sep=,\nCustomerTenantId,CustomerName,WorkloadName,MonthlyActiveUsers,PaidAvailableUnits,Date\n",
        "\n\n,,\nCustomerTenantId,CustomerName,WorkloadName,MonthlyActiveUsers,PaidAvailableUnits,Date\n",
        "CPOR usage\n\ncustomertenantid, CustomerName,WORKLOADNAME ,monthlyactiveusers,PaidAvailableUNITS,DATE\n",
        "Customer Tenant ID,Customer,Workload Name,Monthly Active Users,Paid Available Units,Month\n",
        '"tenant_id","customer","workload","mau","pau","Report Month"\r\n',
        '"ID directory (ID tenant)",Cliente,Prodotto,Attivi,Disponibili,Mese\n',
    ],
)
def test_headings_are_found_by_what_they_mean(head: str):
    tenant = CustomerTenantFactory()

    read(head, f"{tenant.tenant_id},Contoso,EXO,120,200,2020-10-01")

    assert stored() == [("EXO", date(2020, 10, 1), 120, 200, None)]


@pytest.mark.both
def test_the_portals_own_file_is_read_again():
    tenant = CustomerTenantFactory()
    with translation.override("it"):
        head = ";".join(f'"{heading}"' for heading in csv_head())

    read(f"\ufeff{head}\r\n", f'"Contoso";"{tenant.tenant_id}";"Exchange Online";"";"2020-10-01";"7";"";"9"')

    assert stored() == [("EXO", date(2020, 10, 1), 7, 9, None)]


def test_two_columns_of_one_heading_are_refused():
    with pytest.raises(ReportRefused, match="line 1: two columns have the heading date"):
        read(M365.replace("CustomerName", "date"), "x,2020-01-01,EXO,1,2,2020-10-01")


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (["10/1/2020", "11/1/2020 12:00:00 AM"], [10, 11]),
        (["1/10/2020", "01.11.2020"], [10, 11]),
        (["3/2/2020", "3/31/2020"], [3, 3]),
        (["2/3/2020", "31/3/2020"], [3, 3]),
        (["2020-10-01T00:00:00Z", "Nov-20"], [10, 11]),
        (["10/2020", "November 2020"], [10, 11]),
        (["20201001", "202011"], [10, 11]),
        (["1-Oct-2020", "ottobre 2020"], [10, 10]),
        (["44105", "44136.0"], [10, 11]),
    ],
)
def test_months_are_read_as_their_column_shows(months: list[str], expected: list[int]):
    tenant = CustomerTenantFactory()
    rows = zip(("EXO", "TEAMS"), months, strict=True)

    outcome = read(M365, *(f"{tenant.tenant_id},C,{workload},1,9,{month}" for workload, month in rows))

    assert outcome.faults == []
    assert sorted(month.month for _code, month, *_figures in stored()) == expected


def test_a_day_that_can_be_two_is_not_guessed():
    tenant = CustomerTenantFactory()
    row = f"{tenant.tenant_id},C,EXO,1,9,10/11/2020"

    outcome = read(M365, row)
    assert outcome.faults == [(2, "Date: 10/11/2020 can be 2020-11-10 or 2020-10-11: say which comes first")]

    outcome = read(M365, row, days=DayOrder.DAY_FIRST)
    assert [row[1] for row in stored()] == [date(2020, 11, 1)]
    assert outcome.readings == ["Date: 10/11/2020 is read day first"]


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        (["1,234", "9"], [1234, 9]),
        (["1.234", "9"], [1234, 9]),
        (["1 234", "12\u202f345"], [1234, 12345]),
        (["1234.0", "9.00"], [1234, 9]),
        (["1.234,00", "2.000"], [1234, 2000]),
        (["1.000.000", "2.000"], [1_000_000, 2000]),
        (["1.000", "2.000"], [1000, 2000]),
        (["12.0", "2.000"], [12, 2]),
        (["'1234", "1’000"], [None, 1000]),
        (["12.5", "1"], [None, 1]),
        (["1.000", "1,000"], [None, None]),
        (['=""1234""', "9"], [1234, 9]),
    ],
)
def test_figures_are_read_as_their_column_shows(figures: list[str], expected: list[int | None]):
    tenant = CustomerTenantFactory()
    rows = zip(("EXO", "TEAMS"), figures, strict=True)

    read(M365, *(f'{tenant.tenant_id},C,{workload},"{figure}",9,2020-10-01' for workload, figure in rows))

    found = {code: active for code, _month, active, *_figures in stored()}
    assert [found.get(code) for code in ("EXO", "TEAMS")] == expected


def test_thousands_that_nothing_confirms_are_told():
    tenant = CustomerTenantFactory()

    outcome = read(M365, f"{tenant.tenant_id},C,EXO,2.000,900,2020-10-01")

    assert outcome.readings == ["MonthlyActiveUsers: 2.000 is read as a number of thousands"]


MANY = 30_000


def long_report() -> tuple[bytes, bytes]:
    """Return a report with more rows than are taken at once, good ones all, and its last row."""
    tenant = CustomerTenantFactory(name="Città")
    row = f"{tenant.tenant_id},Città,EXO,1,9,2020-10-01\r\n".encode()
    return M365.encode() + row * MANY, row


def test_a_file_that_breaks_on_the_way_changes_nothing_and_names_its_line(tmp_path: Path):
    whole, row = long_report()
    path = tmp_path / "usage.csv"
    for content, why in (
        (whole + row.replace(b"EXO", b"EX\xff"), f"line {MANY + 2}: it is damaged: bytes that are no utf-8"),
        (whole[:-2] + b"\xc3", f"line {MANY + 1}: it is damaged"),
        (whole + row[:50], f"line {MANY + 2}: the file ends in the middle of this line"),
        (whole + row.replace(b"EXO", b'"EXO'), f"line {MANY + 2}: the file ends inside quotation marks"),
        (whole + row.replace(b"EXO", b"X" * 200_000), f"line {MANY + 2}: field larger than field limit"),
        (whole.decode().encode("utf-16")[:-3], f"line {MANY + 1}: it is damaged"),
    ):
        path.write_bytes(content)
        with pytest.raises(CommandError, match=f"{why}.*Nothing was stored"):
            call_command("import_usage", path, report="m365")

    assert not MonthlyUsage.objects.exists()
    assert not UsageImport.objects.exists()


@pytest.mark.both
@pytest.mark.skipif(connection.vendor != "postgresql", reason="locks a table from a second connection")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_database_that_fails_on_the_way_keeps_nothing_and_is_told(tmp_path: Path):
    whole, _row = long_report()
    path = tmp_path / "usage.csv"
    path.write_bytes(whole)
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor, connection.cursor() as ours:
            cursor.execute("LOCK TABLE insights_monthlyusage IN EXCLUSIVE MODE")
            ours.execute("SET lock_timeout = '100ms'")
            with pytest.raises(CommandError, match=r"the database failed: .*Nothing was stored. Run it again"):
                call_command("import_usage", path, report="m365")
            ours.execute("SET lock_timeout = 0")
    finally:
        other.rollback()
        other.close()

    assert not UsageImport.objects.exists()
    call_command("import_usage", path, report="m365")
    assert MonthlyUsage.objects.count() == 1
