"""Usage reports: every good row is taken once, a bad one is told of and stops no other."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from associations.models import Product
from insights import importing
from insights.importing import ColumnsMissing, import_usage
from insights.models import MonthlyUsage, UsageImport, UsageReport
from tests.factories import CustomerTenantFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2020, 12, 3, 8, tzinfo=UTC)
M365 = "CustomerTenantId,CustomerName,WorkloadName,MonthlyActiveUsers,PaidAvailableUnits,Date\n"
DYNAMICS = "SubscriptionId,Month,AvailableSeats,AssignedSeats,ActiveSeats\n"


def read(head, *rows, report=UsageReport.M365, source="october.csv"):
    return import_usage([head, *(f"{row}\n" for row in rows)], report=report, source=source, now=NOW)


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
    )

    assert (outcome.taken, outcome.faults) == (2, [])
    assert stored() == [
        ("EXO", date(2020, 10, 1), 120, 200, None),
        ("TEAMS", date(2020, 10, 1), 80, 200, None),
    ]


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
        (9, "WorkloadName: unknown: "),
    ]
    assert [row[0] for row in stored()] == ["EXO", "TEAMS"]


def test_a_file_without_its_columns_writes_nothing():
    with pytest.raises(ColumnsMissing) as refused:
        read("CustomerTenantId,Date\n", "x,y")

    assert refused.value.missing == ("WorkloadName", "MonthlyActiveUsers", "PaidAvailableUnits")
    assert not UsageImport.objects.exists()


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

    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="not in UTF-8"):
        call_command("import_usage", path, report="m365")

    path.write_text("Tenant,Users\n")
    with pytest.raises(CommandError, match="lacks these columns"):
        call_command("import_usage", path, report="m365")
