"""Usage opens when an association becomes official, and closes the minute it ends (domain.md 8, R10)."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from associations.models import Claim
from tests.journeys import people
from tests.journeys.people import CARLA, OPT_OUT, at, beat, inbox, words

pytestmark = [pytest.mark.django_db, pytest.mark.both, pytest.mark.sitewide]

MONDAY = "2020-10-19T10:00:00+02:00"
HEAD = "CustomerTenantId,CustomerName,WorkloadName,MonthlyActiveUsers,PaidAvailableUnits,Date\n"


def test_usage_opens_with_the_association_and_closes_with_the_customer_s_no(tmp_path) -> None:
    anna, carla = people.anna(), people.carla()
    with at(MONDAY):
        anna.sign_in()
        anna.file_microsoft_365("TEAMS")
        assert "No usage data yet" in words(anna.open(reverse("usage_list")))
    beat(MONDAY)
    claim = Claim.objects.get()
    report = tmp_path / "usage.csv"
    months = [("2020-09-01", 71), ("2020-10-01", 86), ("2020-11-01", 93)]
    rows = [f"{claim.tenant.tenant_id},Contoso,Teams,{active},150,{month}\n" for month, active in months]
    report.write_text(HEAD + "".join(rows).replace("Teams", "TEAMS"))
    call_command("import_usage", report, report="m365")
    address = reverse("usage_customer", args=[claim.tenant.tenant_id])
    with at(MONDAY):
        assert anna.open(address).status_code == 404

    beat("2020-10-27T00:00:00+01:00")
    with at("2020-12-03T10:00:00+01:00"):
        anna.sign_in()
        seen = words(anna.open(address))
    assert "Nov 2020 93 150" in seen
    assert "Oct 2020 86 150" in seen
    assert "71" not in seen

    with at("2020-12-03T10:05:00+01:00"):
        notice = inbox(CARLA["customer_email"])[0]
        carla.answer_request(notice, OPT_OUT)
        assert anna.open(address).status_code == 404
        assert "No usage data yet" in words(anna.open(reverse("usage_list")))
