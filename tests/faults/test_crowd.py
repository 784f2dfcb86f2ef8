"""Many people at once on the wizard: slower is allowed, an error page or a lost answer is not.

FAULTS_USERS=200 FAULTS_SECONDS=300 tries what is promised; without them a smaller crowd stays for a moment.
"""

import itertools
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles

import pytest
from django.db import connection
from django.urls import reverse
from requests import Response

from associations.models import Claim, PartnerMember
from bench.serving import wait_for
from tests.factories import CustomerTenantFactory, PartnerLocationFactory, PartnerMemberFactory
from tests.faults.processes import Portal
from tests.faults.visitors import Visitor, hidden_in

USERS = int(os.environ.get("FAULTS_USERS", "40"))
SECONDS = float(os.environ.get("FAULTS_SECONDS", "12"))

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(300 + SECONDS),
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="The portal's processes share the test's database"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


class Busy:
    """A partner's admin who starts a claim, and names it again and again until the time is over."""

    def __init__(self, visitor: Visitor, *, mpn_id: str, domain_name: str) -> None:
        self.visitor, self.customer = visitor, {"location": mpn_id, "domain_name": domain_name, "tenant_id": ""}
        self.times: list[float] = []
        self.statuses: set[int] = set()
        self.name = ""

    def fill_in(self, path: str, typed: dict[str, str]) -> Response:
        """Open a form, take a moment, and send it; note how long the portal took."""
        page = self.noting(self.visitor.open(path))
        time.sleep(random.uniform(0.2, 1.2))  # noqa: S311 - nobody guesses it
        return self.noting(self.visitor.send(path, hidden_in(page.text) | typed))

    def noting(self, answer: Response) -> Response:
        self.times.append(answer.elapsed.total_seconds())
        self.statuses.add(answer.status_code)
        return answer

    def work(self, *, until: float) -> None:
        first = self.fill_in(reverse("start_claim"), self.customer).headers["Location"]
        self.fill_in(first, {"solution_area": "M365"})
        details = first.replace("/work/", "/details/")
        for turn in itertools.count(1):
            name = f"Adoption {turn}"
            if self.fill_in(details, {"name": name}).status_code == 302:
                self.name = name
            if time.monotonic() > until:
                return


def test_a_crowd_on_the_wizard_sees_no_error_and_loses_no_answer(portal: Portal, capsys):
    people = []
    for _ in range(USERS):
        location, tenant = PartnerLocationFactory(), CustomerTenantFactory()
        admin: PartnerMember = PartnerMemberFactory(partner=location.partner)
        domain_name = tenant.domains.get().domain_name
        people.append(Busy(Visitor(portal.port, admin.user), mpn_id=location.mpn_id, domain_name=domain_name))
    portal.web(workers=2)
    wait_for(portal.port)

    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor(USERS) as crowd:
        for visit in [crowd.submit(person.work, until=until) for person in people]:
            visit.result(timeout=SECONDS + 90)

    times = [seconds for person in people for seconds in person.times]
    with capsys.disabled():
        print(f"\n{USERS} people, {len(times)} pages and forms: p95 {quantiles(times, n=20)[-1]:.2f} s")
    assert {status for person in people for status in person.statuses} == {200, 302}
    kept = dict(Claim.objects.values_list("domain_name", "name"))
    assert kept == {person.customer["domain_name"]: person.name for person in people}
    assert all(person.name for person in people)
