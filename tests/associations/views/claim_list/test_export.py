"""The list as a file: what stands in it, who gets it, and when it becomes work for the background."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from pytest_django import Settings
from pytest_django.asserts import assertContains

from accounts.models import User
from associations.background import runner
from associations.choices import EndReason, MemberRole
from associations.models import Claim, Job, Subscription
from associations.rules.actors import PORTAL
from associations.services.association.association import end_associations
from tests.associations.sheets import opened
from tests.factories import (
    MONDAY,
    CustomerTenantFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ReviewerFactory,
    UserFactory,
)
from tests.people import signed_in
from tests.stories import (
    approved_claim,
    complete_claim,
    complete_dynamics_claim,
    held_claim,
    noticed_claim,
    submitted_claim,
)

pytestmark = pytest.mark.django_db

EXPORT_QUERIES = 8


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def rows_of(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(response).decode("utf-8-sig"))))


def test_the_csv_tells_the_list_in_its_columns():
    claim = noticed_claim(
        name="Città & Perù", tenant=CustomerTenantFactory(name="Müller S.p.A.", domain_name="m.example")
    )

    response = signed_in(claim.created_by).get(reverse("export_csv"))

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].endswith('.csv"')
    raw = body(response)
    assert raw.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))
    assert row == {
        "Claim ID": claim.number,
        "Claim name": "Città & Perù",
        "Customer": "Müller S.p.A.",
        "Customer domain name": "m.example",
        "Tenant ID": str(claim.tenant.tenant_id),
        "Solution area": "Microsoft 365",
        "Activity": "Usage",
        "Number of items": "2",
        "Items": "Exchange Online; Microsoft Teams",
        "Subscription IDs": "",
        "MPN ID": claim.location.mpn_id,
        "MPN location": claim.location.name,
        "Status": "Opt-out period",
        "Answer due": "",
        "Opt-out period": "Opt-out period open",
        "Last day to opt out": "2020-10-26",
        "Owner": claim.created_by.full_name,
        "Created": "2020-10-19 10:00",
        "Submitted": "2020-10-19 10:00",
        "Last activity": "2020-10-19 10:00",
        "Domain name in its own letters": "m.example",
        "On hold: decision by a reviewer due": "",
        "Review": "Waiting for review",
        "Official since": "",
        "How it became official": "",
        "Ended": "",
        "Why it ended": "",
        "Holds": "",
        "Program guide": "Customer associations, September 2020",
        "Status details": "The opt-out period ended: Mon 26 Oct 2020, end of day (CET). Emails from the customer are "
        "being checked.",
    }


def test_the_csv_tells_official_from_ended_and_by_what_a_claim_became_official():
    claim = approved_claim()
    ended = approved_claim(location=claim.location, created_by=claim.created_by)
    end_associations(ended, reason=EndReason.SUPERSEDED, by=PORTAL, now=MONDAY + timedelta(days=30))

    rows = {row["Claim ID"]: row for row in rows_of(signed_in(claim.created_by).get(reverse("export_csv")))}

    told = ("Status", "Official since", "How it became official", "Ended", "Why it ended")
    assert [rows[claim.number][name] for name in told] == [
        "Official",
        "2020-11-02 09:00",
        "Official by no reply",
        "",
        "",
    ]
    assert [rows[ended.number][name] for name in told] == [
        "Ended",
        "2020-11-02 09:00",
        "Official by no reply",
        "2020-11-18 09:00",
        "Another partner was preferred",
    ]


def test_the_csv_names_what_holds_a_claim():
    claim = held_claim()
    Claim.objects.filter(pk=claim.pk).update(has_competing_claim=True, requires_validation=True)

    (row,) = rows_of(signed_in(claim.created_by).get(reverse("export_csv")))

    assert (row["Status"], row["Holds"]) == ("Opt-out period", "Competing claim; Customer wrote; Validation needed")


@pytest.mark.parametrize("language", ["en", "it"])
def test_each_row_tells_the_status_in_the_sentence_of_the_claims_page(language: str):
    owner = approved_claim().created_by
    claims = [
        make(location=owner.memberships.get().partner.locations.first(), created_by=owner)
        for make in (complete_claim, submitted_claim, noticed_claim, held_claim)
    ]
    User.objects.filter(pk=owner.pk).update(language=language)
    client = signed_in(User.objects.get(pk=owner.pk))

    rows = list(
        csv.reader(io.StringIO(body(client.get(reverse("export_csv"), {"separator": "comma"})).decode("utf-8-sig")))
    )

    sentences = {row[0]: row[-1] for row in rows[1:]}
    assert len(sentences) == len(claims) + 1
    for claim in Claim.objects.all():
        page = client.get(reverse("claim_detail", args=[claim.public_id])).content.decode()
        assert escape(sentences[claim.number]) in page


AWKWARD = '=HYPERLINK("http://evil.example","x")\nsecond line, à è'


def test_a_workbook_opened_again_says_the_same_and_runs_nothing():
    claim = complete_dynamics_claim(name=AWKWARD)

    response = signed_in(claim.created_by).get(reverse("export_xlsx"))

    ((head, row),) = opened(body(response))
    assert head[:3] == ["Claim ID", "Claim name", "Customer"]
    assert row[0] == claim.number
    assert row[1] == AWKWARD
    assert row[7] == 1
    assert row[9] == str(Subscription.objects.get().subscription_id)
    assert row[17] == datetime(2020, 10, 19, 10, 0)


def test_a_workbook_and_a_csv_of_one_list_tell_the_same():
    claim = complete_claim(name=AWKWARD, tenant=CustomerTenantFactory(name="Città\nMüller", domain_name="m.example"))
    client = signed_in(claim.created_by)

    ((head, row),) = opened(body(client.get(reverse("export_xlsx"))))
    (told,) = rows_of(client.get(reverse("export_csv")))

    assert list(told) == head
    assert told["Claim name"] == f"'{row[1]}"
    assert told["Customer"] == row[2] == "Città\nMüller"
    assert told["Created"] == row[17].isoformat(" ", "minutes")


def test_a_csv_cell_never_begins_a_formula():
    claim = complete_claim(name="=1+1")

    (row,) = rows_of(signed_in(claim.created_by).get(reverse("export_csv")))

    assert row["Claim name"] == "'=1+1"


def test_the_export_holds_what_is_filtered_and_nobody_elses():
    mine = submitted_claim(name="Mine")
    complete_claim(name="A draft", location=mine.location, created_by=mine.created_by)
    submitted_claim(name="Another company's")

    rows = rows_of(signed_in(mine.created_by).get(reverse("export_csv"), {"status": "submitted"}))

    assert [row["Claim ID"] for row in rows] == [mine.number]


@pytest.mark.parametrize("role", [MemberRole.GLOBAL_ADMIN, MemberRole.BILLING_ADMIN, MemberRole.INCENTIVES_USER])
def test_who_sees_the_list_exports_it(role: str):
    claim = complete_claim()
    colleague = PartnerMemberFactory(partner=claim.partner, role=role).user

    assert len(rows_of(signed_in(colleague).get(reverse("export_csv")))) == 1


def test_a_limited_person_exports_their_locations_and_a_report_viewer_nothing():
    claim = complete_claim()
    limited = PartnerMemberFactory(
        partner=claim.partner, locations=[PartnerLocationFactory(partner=claim.partner)]
    ).user
    viewer = PartnerMemberFactory(partner=claim.partner, role=MemberRole.REPORT_VIEWER).user

    assert rows_of(signed_in(limited).get(reverse("export_csv"))) == []
    assert rows_of(signed_in(viewer).get(reverse("export_csv"))) == []


def test_a_reviewer_exports_filed_claims_of_others_only():
    filed, own = submitted_claim(), submitted_claim()
    complete_claim()
    reviewer = ReviewerFactory()
    PartnerMemberFactory(user=reviewer, partner=own.partner, role=MemberRole.REPORT_VIEWER)

    rows = rows_of(signed_in(reviewer).get(reverse("export_csv")))

    assert Group.objects.filter(user=reviewer).exists()
    assert [row["Claim ID"] for row in rows] == [filed.number]


@pytest.mark.parametrize("count", [1, 5])
def test_the_export_takes_the_same_queries_for_any_number_of_rows(count: int):
    claims = [complete_claim()]
    same: dict[str, Any] = {"location": claims[0].location, "created_by": claims[0].created_by}
    claims += [complete_claim(**same) for _ in range(count - 1)]
    client = signed_in(claims[0].created_by)

    with CaptureQueriesContext(connection) as queries:
        rows = rows_of(client.get(reverse("export_csv")))

    assert len(rows) == count
    assert len(queries) == EXPORT_QUERIES


def test_a_long_export_is_asked_for_and_written_by_a_worker(settings: Settings):
    settings.EXPORT_DIRECT_ROWS = 1
    first = submitted_claim(name="One")
    submitted_claim(name="Two", location=first.location, created_by=first.created_by)
    complete_claim(name="Three", location=first.location, created_by=first.created_by)
    client = signed_in(first.created_by)

    page = client.get(reverse("export_csv"), {"status": "submitted"})
    assertContains(page, "The list has 2 claims.")
    assert not Job.objects.exists()
    client.post(reverse("start_export"), {"format": "xlsx", "query": "status=submitted"})
    job = Job.objects.get()
    assertContains(client.get(reverse("job", args=[job.public_id])), "Waiting to start")
    assert runner.run_due_jobs(clock=lambda: MONDAY) == 1

    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 2, 2)
    page = client.get(reverse("job", args=[job.public_id]))
    assertContains(page, "The file has 2 rows.")
    response = client.get(reverse("job_file", args=[job.public_id]))
    assert [row[1] for row in opened(body(response))[0]] == ["Claim name", "Two", "One"]
    assert first.created_by.notifications.get().url == reverse("job", args=[job.public_id])
    assertContains(client.get(reverse("notifications")), "Your export is ready: 2 rows.")
    assertContains(client.get(reverse("jobs")), "customer-associations-")


def test_a_long_csv_is_written_in_the_language_of_who_asked(settings: Settings):
    settings.EXPORT_DIRECT_ROWS = 0
    claim = complete_claim()
    client = signed_in(claim.created_by)

    client.post(reverse("start_export"), {"format": "csv", "query": ""}, headers={"Accept-Language": "it"})
    runner.run_due_jobs(clock=lambda: MONDAY)

    job = Job.objects.get()
    content = body(client.get(reverse("job_file", args=[job.public_id])))
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert row["Stato"] == "Bozza"


@pytest.mark.parametrize("rows_at_once", [0, 20_000], ids=["in the background", "at once"])
def test_a_script_asks_for_one_separator_in_every_language(settings: Settings, rows_at_once: int):
    settings.EXPORT_DIRECT_ROWS = rows_at_once
    client = signed_in(complete_claim(name="Rollout;=1+41").created_by)
    client.cookies["django_language"] = "it"

    response = client.get(reverse("export_csv"), {"separator": "comma"})
    if not rows_at_once:
        client.post(reverse("start_export"), {"format": "csv", "query": response.context["query"]})
        runner.run_due_jobs(clock=lambda: MONDAY)
        response = client.get(reverse("job_file", args=[Job.objects.get().public_id]))

    (row,) = rows_of(response)
    assert (row["Nome della richiesta"], row["Stato"]) == ("Rollout;'=1+41", "Bozza")


def test_a_worker_writes_only_what_the_owner_may_still_see():
    claim = complete_claim()
    client = signed_in(claim.created_by)
    client.post(reverse("start_export"), {"format": "csv", "query": ""})
    claim.partner.members.all().delete()

    runner.run_due_jobs(clock=lambda: MONDAY)

    assert rows_of(client.get(reverse("job_file", args=[Job.objects.get().public_id]))) == []
    assert Claim.objects.exists()


def test_a_job_and_its_file_are_the_owners_alone():
    claim = complete_claim()
    signed_in(claim.created_by).post(reverse("start_export"), {"format": "csv", "query": ""})
    runner.run_due_jobs(clock=lambda: MONDAY)
    job, stranger = Job.objects.get(), signed_in(UserFactory())

    for name in ("job", "job_progress", "job_file"):
        assert stranger.get(reverse(name, args=[job.public_id])).status_code == 404
    assert stranger.post(reverse("job_cancel", args=[job.public_id])).status_code == 404


def test_the_progress_is_told_and_a_waiting_job_can_be_stopped_once():
    claim = complete_claim()
    client = signed_in(claim.created_by)
    client.post(reverse("start_export"), {"format": "csv", "query": ""})
    job = Job.objects.get()

    told = client.get(reverse("job_progress", args=[job.public_id])).json()
    stopped = client.post(reverse("job_cancel", args=[job.public_id]), follow=True)
    again = client.post(reverse("job_cancel", args=[job.public_id]), follow=True)

    assert told == {"state": "queued", "phase": "write", "done": 0, "total": 1, "text": "Waiting to start"}
    assertContains(stopped, "Stopped. Anything already done is kept.")
    assertContains(again, "It had already ended.")
    assert runner.run_due_jobs(clock=lambda: MONDAY) == 0
    assert client.get(reverse("job_file", args=[job.public_id])).status_code == 404
