"""A claim goes by the edition of the program guide of its day; a draft by the one in force (domain.md D22)."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse

from associations.choices import ClaimStatus, EventKind
from associations.models import Claim
from associations.questions import missing_facts
from associations.services.claim import drafting, submission
from guides import publishing
from guides.editions import edition_in_force, portal_day
from guides.models import ProgramGuide
from tests import stories
from tests.associations.views.wizard.filling_in import check, signed_in
from tests.factories import GuideActivityFactory, UserFactory
from tests.factories.people import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.both]

TOMORROW = MONDAY + timedelta(days=1)
CONFIRMED = {"data_is_right": "on", "customer_knows": "on"}


def publish(*, without: str = "", added: str = "", at: datetime = MONDAY) -> ProgramGuide:
    """Publish an edition for the day after *at*: usage has another name, *without* is gone, *added* is new."""
    first = ProgramGuide.objects.get(code="2020-09")
    guide = publishing.new_edition_from(first, code="2020-10", title="Customer associations, October 2020")
    guide.activities.filter(code="M365_USAGE").update(name={"en": "Adoption", "it": "Adozione"})
    if without:
        guide.activities.filter(code=without).delete()
        for product in guide.products.all():
            product.activities = [code for code in product.activities if code != without]
            product.save()
    if added:
        GuideActivityFactory(guide=guide, area=guide.areas.get(code="BA"), code=added, grain="subscription")
        guide.products.filter(product__code="PBI").update(activities=["BA_REVENUE", added])
    day = portal_day(at) + timedelta(days=1)
    return publishing.publish(guide_id=guide.pk, valid_from=day, by=UserFactory(), now=at)


def submit(claim: Claim, *, at: datetime) -> Claim:
    return submission.submit_claim(claim_id=claim.pk, acknowledged=True, by=stories.admin_of(claim), now=at)


def names(claim: Claim) -> list[str]:
    return [str(activity.name) for activity in stories.fresh(claim).activities]


def test_a_draft_begins_under_the_edition_in_force():
    guide = publish()
    claim = stories.complete_claim()

    def start(now: datetime) -> Claim:
        return drafting.start_claim(
            location=claim.location,
            domain_name=claim.domain_name,
            tenant=claim.tenant,
            by=stories.admin_of(claim),
            now=now,
        )

    today, tomorrow = start(MONDAY), start(TOMORROW)

    assert today.edition.code == "2020-09"
    assert tomorrow.guide == guide


def test_a_filed_claim_keeps_its_edition_and_its_names():
    filed = stories.submitted_claim()
    publish()

    assert drafting.move_drafts(now=TOMORROW) == 0
    assert not drafting.move_draft(claim_id=filed.pk, now=TOMORROW)
    assert stories.fresh(filed).edition.code == "2020-09"
    assert names(filed) == ["Usage"]


def test_the_database_keeps_the_edition_of_a_filed_claim_and_lets_a_draft_move():
    draft, filed = stories.complete_claim(), stories.submitted_claim()
    guide = publish()

    with pytest.raises(DatabaseError, match="keeps its edition"), transaction.atomic():
        Claim.objects.filter(pk=filed.pk).update(guide=guide)
    filed.save()
    assert Claim.objects.filter(pk=draft.pk).update(guide=guide) == 1


def test_a_draft_can_not_be_filed_under_an_edition_of_yesterday():
    draft = stories.complete_claim()
    guide = publish()

    with pytest.raises(submission.EditionChanged):
        submit(draft, at=TOMORROW)
    assert stories.fresh(draft).status == ClaimStatus.DRAFT

    assert drafting.move_draft(claim_id=draft.pk, now=TOMORROW)
    assert submit(draft, at=TOMORROW).guide == guide
    assert names(draft) == ["Adoption"]


def test_the_last_instant_before_midnight_files_under_the_edition_of_the_day():
    draft = stories.complete_claim()
    begins_at = publish().begins_at
    assert begins_at is not None

    assert submit(draft, at=begins_at - timedelta(microseconds=1)).edition.code == "2020-09"
    assert edition_in_force(now=begins_at).code == "2020-10"


def test_an_activity_that_is_new_with_an_edition_can_be_claimed():
    publish(added="BA_AUDIT")
    draft = stories.complete_dynamics_claim(activity_codes=("BA_AUDIT",))

    drafting.move_draft(claim_id=draft.pk, now=TOMORROW)

    moved = stories.fresh(draft)
    assert [activity.code for activity in moved.activities] == ["BA_AUDIT"]
    assert missing_facts(moved) == ()


@pytest.mark.parametrize("codes", [("BA_USAGE", "BA_REVENUE"), ("BA_USAGE", "BA_GONE"), ("M365_USAGE", "BA_USAGE")])
def test_activities_that_do_not_go_together_in_the_edition_are_asked_again(codes):
    draft = stories.complete_dynamics_claim(activity_codes=codes)

    assert "activities" in missing_facts(draft)


def test_the_clock_moves_every_open_draft_once_and_says_so_in_the_history():
    drafts = [stories.draft_claim() for _ in range(3)]
    guide = publish()

    assert [drafting.move_drafts(now=MONDAY), drafting.move_drafts(now=TOMORROW)] == [0, 3]
    assert drafting.move_drafts(now=TOMORROW) == 0
    assert {stories.fresh(draft).guide for draft in drafts} == {guide}
    lines = drafts[0].events.filter(kind=EventKind.EDITION_CHANGED)
    assert [line.note for line in lines] == ["Customer associations, October 2020"]


def test_a_moved_draft_loses_no_answer_and_is_asked_again_for_what_is_gone():
    draft = stories.complete_revenue_claim()
    publish(without="BA_REVENUE")

    drafting.move_draft(claim_id=draft.pk, now=TOMORROW)

    moved = stories.fresh(draft)
    assert moved.activity_codes == ("BA_REVENUE",)
    assert moved.activities == ()
    assert moved.isv_product_solution_name == "Route Planner"
    assert missing_facts(moved) == ("activities",)


def test_a_page_drawn_before_midnight_comes_back_and_files_with_the_next_click(client):
    draft = stories.complete_claim()
    drawn_for = draft.guide_id
    guide = publish()

    with time_machine.travel(TOMORROW, tick=False):
        signed_in(client, draft.created_by)
        shown = client.get(check(draft))
        assert b"This draft now goes by: Customer associations, October 2020" in shown.content
        assert b"Adoption" in shown.content
        assert stories.fresh(draft).guide_id == drawn_for

        refused = client.post(check(draft), CONFIRMED | {"guide": str(drawn_for)})
        assert b"Your answers are kept" in refused.content
        assert (stories.fresh(draft).status, stories.fresh(draft).guide) == (ClaimStatus.DRAFT, guide)

        stale = client.post(check(draft), CONFIRMED | {"guide": str(drawn_for)})
        assert b"The program guide changed since this page was drawn" in stale.content
        assert stories.fresh(draft).status == ClaimStatus.DRAFT

        client.post(check(draft), CONFIRMED | {"guide": str(guide.pk)})
    assert stories.fresh(draft).status == ClaimStatus.SUBMITTED


def test_a_tab_drawn_before_midnight_gets_the_page_with_both_answers(client):
    draft = stories.complete_claim(name="Adoption 2020")
    with time_machine.travel(MONDAY, tick=False):
        signed_in(client, draft.created_by)
        address = reverse("claim_step", args=[draft.public_id, "details"])
        version = client.get(address).context["version"]
    guide = publish()

    with time_machine.travel(TOMORROW, tick=False):
        signed_in(client, draft.created_by)
        answer = client.post(address, {"name": "Adoption 2021", "version": version})
        assert answer.status_code == 409
        assert b"Adoption 2020" in answer.content
        assert b"Adoption 2021" in answer.content
        assert stories.fresh(draft).name == "Adoption 2020"

        client.post(address, {"name": "Adoption 2021", "version": answer.context["version"]})
    assert (stories.fresh(draft).name, stories.fresh(draft).guide) == ("Adoption 2021", guide)
