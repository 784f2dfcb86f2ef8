"""One action on many claims: said first, done once, told of each."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django.asserts import assertContains, assertRedirects

from associations.choices import ClaimStatus, EndReason, MemberRole
from associations.job_choices import BulkAction, BulkOutcome
from associations.models import Association, BulkRow, BulkRun, Claim, ProofOfExecution
from associations.rules.actors import Actor, Role
from associations.services.claim import bulk
from associations.services.claim.bulk import BulkAnswers
from bench.files import SMALL_PDF
from tests.factories import PartnerLocationFactory, PartnerMemberFactory, ProofFactory, UserFactory
from tests.people import signed_in
from tests.stories import approved_claim, complete_dynamics_claim, draft_claim, rejected_claim

pytestmark = pytest.mark.django_db

PDF = SMALL_PDF


@pytest.fixture
def location():
    return PartnerLocationFactory()


@pytest.fixture
def person(location):
    return PartnerMemberFactory(partner=location.partner).user


@pytest.fixture
def client(person):
    return signed_in(person)


def asked(action, *claims, **more):
    return {"action": action, "claim": [str(claim.public_id) for claim in claims], **more}


def told(response):
    return [(result["claim"], result["is_done"], str(result["text"])) for result in response.context["results"]]


def ending_claim(location):
    """An official Dynamics 365 claim whose subscription ends in ten days."""
    draft = complete_dynamics_claim(location=location)
    subscription = draft.items.get().subscription
    assert subscription is not None
    subscription.ends_on = date.today() + timedelta(days=10)
    subscription.save()
    return approved_claim(claim=draft)


def test_the_confirmation_says_of_each_claim_what_will_happen_or_why_not(client, location):
    official, draft = approved_claim(location=location), draft_claim(location=location)

    response = client.get("/associations/bulk/", asked("disassociate", official, draft, list="?status=approved"))

    assert [(one.claim, one.is_possible, one.text) for one in response.context["claims"]] == [
        (draft, False, "It has no association in force."),
        (official, True, "Its association ends, and its usage data closes at once."),
    ]
    assertContains(response, "Disassociate customer: 1")
    assertContains(response, 'href="/associations/?status=approved"')
    assert Association.objects.active().count() == 2


def test_disassociate_ends_what_can_end_and_tells_of_each(client, location):
    official, draft = approved_claim(location=location), draft_claim(location=location)
    page = client.get("/associations/bulk/", asked("disassociate", official, draft))

    response = client.post(
        "/associations/bulk/",
        asked("disassociate", official, draft, run=page.context["run_id"], reason="The contract ended."),
        follow=True,
    )

    assert told(response) == [
        (draft, False, "It has no association in force."),
        (official, True, "Its association has ended."),
    ]
    assert set(Association.objects.values_list("end_reason", flat=True)) == {EndReason.PARTNER_DISASSOCIATED}


def test_disassociate_needs_a_reason(client, location):
    official = approved_claim(location=location)

    response = client.post("/associations/bulk/", asked("disassociate", official, run=uuid4(), reason=" "))

    assertContains(response, "Enter a reason.")
    assert Association.objects.active().count() == 2
    assert not BulkRun.objects.exists()


def test_renew_opens_one_draft_for_each_however_often_it_is_pressed(client, location):
    ending, safe = ending_claim(location), approved_claim(location=location)
    rejected = rejected_claim(location=location)
    post = asked("renew", ending, safe, rejected, run=uuid4())

    first = client.post("/associations/bulk/", post, follow=True)
    second = client.post("/associations/bulk/", post, follow=True)

    draft = Claim.objects.get(status=ClaimStatus.DRAFT)
    assert (
        told(first)
        == told(second)
        == [
            (rejected, False, "No subscription of it has ended or ends within 60 days."),
            (safe, False, "No subscription of it has ended or ends within 60 days."),
            (ending, True, "A draft was opened."),
        ]
    )
    assert draft.tenant == ending.tenant
    assert draft.items.get().subscription is None
    assertContains(second, f'href="/associations/{draft.public_id}/"')


def test_the_same_files_go_to_every_claim_once(client, location):
    first, second, closed = (draft_claim(location=location) for _n in range(3))
    Claim.objects.filter(pk=closed.pk).update(status=ClaimStatus.CANCELLED)
    run = uuid4()

    for _press in range(2):
        files = [SimpleUploadedFile(name, PDF) for name in ("a.pdf", "b.pdf")]
        response = client.post(
            "/associations/bulk/", asked("add_proof", first, second, closed, run=run, proofs=files), follow=True
        )

    assert told(response) == [
        (closed, False, "It is closed: no proof of execution can be added any more."),
        (second, True, "The files were added."),
        (first, True, "The files were added."),
    ]
    assert sorted(ProofOfExecution.objects.values_list("claim", "name")) == [
        (first.pk, "a.pdf"),
        (first.pk, "b.pdf"),
        (second.pk, "a.pdf"),
        (second.pk, "b.pdf"),
    ]
    assert stored() == [PDF] * 4


def stored():
    """Return the stored bytes of every proof."""
    contents = []
    for proof in ProofOfExecution.objects.all():
        with proof.file.open() as file:
            contents.append(file.read())
    return contents


def test_a_large_upload_reaches_every_claim(client, location, settings):
    settings.FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
    claims = [draft_claim(location=location) for _n in range(2)]

    upload = SimpleUploadedFile("a.pdf", PDF)

    client.post("/associations/bulk/", asked("add_proof", *claims, run=uuid4(), proofs=upload))

    assert stored() == [PDF, PDF]


def test_a_claim_that_would_hold_too_many_files_gets_none(client, location, settings):
    settings.POE_MAX_FILES = 2
    full, free = draft_claim(location=location), draft_claim(location=location)
    ProofFactory(claim=full)
    files = [SimpleUploadedFile(name, PDF) for name in ("a.pdf", "b.pdf")]

    response = client.post(
        "/associations/bulk/", asked("add_proof", full, free, run=uuid4(), proofs=files), follow=True
    )

    assert [is_done for _claim, is_done, _text in told(response)] == [True, False]
    assert (full.proofs.count(), free.proofs.count()) == (1, 2)


def test_a_bad_file_is_refused_in_its_own_words_before_anything_happens(client, location):
    claim = draft_claim(location=location)
    bad = [SimpleUploadedFile("good.pdf", b"%PDF-1.4"), SimpleUploadedFile("a.exe", b"MZ")]

    response = client.post("/associations/bulk/", asked("add_proof", claim, run=uuid4(), proofs=bad))

    assertContains(response, "a.exe")
    assertContains(response, "No file was kept. Choose them again.")
    assert not ProofOfExecution.objects.exists()


def test_a_file_that_is_too_big_is_refused_as_such(client, location, settings):
    settings.POE_MAX_BYTES = 100
    big = SimpleUploadedFile("big.pdf", SMALL_PDF)

    response = client.post(
        "/associations/bulk/", asked("add_proof", draft_claim(location=location), run=uuid4(), proofs=big)
    )

    assertContains(response, "big.pdf: ")
    assert not ProofOfExecution.objects.exists()


def test_one_failing_row_never_stops_the_others(location, monkeypatch, caplog):
    broken, sound = ending_claim(location), ending_claim(location)
    user, now = UserFactory(), timezone.now()
    monkeypatch.setitem(bulk.ACTS, BulkAction.RENEW, fail_on(broken.pk, bulk.ACTS[BulkAction.RENEW]))
    run = bulk.start_run(public_id=uuid4(), action=BulkAction.RENEW, user_id=user.pk, now=now)
    by = Actor(Role.INCENTIVES_ADMIN, user.pk)

    bulk.take_each(run, {broken.pk: by, sound.pk: by}, answers=BulkAnswers(), now=now)

    assert list(BulkRow.objects.values_list("claim", "outcome")) == [
        (broken.pk, BulkOutcome.FAILED),
        (sound.pk, BulkOutcome.DONE),
    ]
    assert Claim.objects.filter(status=ClaimStatus.DRAFT).count() == 1


def fail_on(claim_id, deed):
    def act(row, *args):
        if row.claim_id == claim_id:
            raise OSError("the disk is full")
        return deed(row, *args)

    return act


@pytest.mark.parametrize("action", ["disassociate", "renew", "add_proof"])
@pytest.mark.parametrize("role", [MemberRole.GLOBAL_ADMIN, MemberRole.BILLING_ADMIN])
def test_observers_can_do_nothing_in_bulk(location, role, action):
    claim = ending_claim(location)
    observer = signed_in(PartnerMemberFactory(partner=location.partner, role=role).user)
    proofs = SimpleUploadedFile("a.pdf", PDF)

    post = asked(action, claim, run=uuid4(), reason="Because", proofs=proofs)
    response = observer.post("/associations/bulk/", post, follow=True)

    assert told(response) == [(claim, False, "Your role does not allow it.")]
    assert Association.objects.active().count() == 1
    assert Claim.objects.count() == 1
    assert claim.proofs.count() == 1
    assert observer.get("/associations/").context["bulk_actions"] == []


def test_what_ends_something_is_offered_last(client, location):
    draft_claim(location=location)

    offered = client.get("/associations/").context["bulk_actions"]

    assert [action for action, _label in offered] == ["add_proof", "renew", "disassociate"]


def test_an_incentives_user_renews_and_does_not_disassociate(location):
    claim = ending_claim(location)
    user = signed_in(PartnerMemberFactory(partner=location.partner, role=MemberRole.INCENTIVES_USER).user)

    ended = user.post("/associations/bulk/", asked("disassociate", claim, run=uuid4(), reason="x"), follow=True)
    renewed = user.post("/associations/bulk/", asked("renew", claim, run=uuid4()), follow=True)

    assert [result["is_done"] for result in ended.context["results"]] == [False]
    assert [result["is_done"] for result in renewed.context["results"]] == [True]
    assert Association.objects.active().count() == 1


def test_claims_of_others_and_of_other_locations_are_not_taken(location):
    elsewhere = PartnerLocationFactory(partner=location.partner)
    ours, beside, theirs = (
        approved_claim(location=place) for place in (location, elsewhere, PartnerLocationFactory())
    )
    limited = signed_in(PartnerMemberFactory(partner=location.partner, locations=[location]).user)
    post = asked("disassociate", ours, beside, theirs, run=uuid4(), reason="The contract ended.")

    page = limited.get("/associations/bulk/", asked("disassociate", ours, beside, theirs))
    response = limited.post("/associations/bulk/", post, follow=True)

    assert [one.claim for one in page.context["claims"]] == [ours]
    assert [claim for claim, _is_done, _text in told(response)] == [ours]
    assert set(Association.objects.active().values_list("partner", flat=True)) == {
        location.partner_id,
        theirs.partner_id,
    }


def test_a_run_belongs_to_one_person_and_one_action(client, location):
    claim = ending_claim(location)
    run = uuid4()
    client.post("/associations/bulk/", asked("renew", claim, run=run))
    colleague = signed_in(PartnerMemberFactory(partner=location.partner).user)

    assert colleague.get(f"/associations/bulk/{run}/").status_code == 404
    assert colleague.post("/associations/bulk/", asked("renew", claim, run=run)).status_code == 404
    other = asked("disassociate", claim, run=run, reason="x")
    assert client.post("/associations/bulk/", other).status_code == 404


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"action": "disassociate"}, "Select at least one claim."),
        ({"action": "disassociate", "claim": ["no", "\x00", str(uuid4())]}, "Select at least one claim."),
    ],
)
def test_nothing_selected_leads_back_to_the_list(client, more, words):
    response = client.get("/associations/bulk/", {**more, "list": "?q=cafe&status=nonsense"}, follow=True)

    assertRedirects(response, "/associations/?q=cafe")
    assertContains(response, words)


def test_an_unknown_action_leads_back_to_the_list(client, location):
    claim = draft_claim(location=location)

    assertContains(client.get("/associations/bulk/", asked("delete", claim), follow=True), "Choose what to do")


@pytest.mark.parametrize("count", [1, 5])
def test_the_confirmation_takes_the_same_queries_for_any_number(client, location, count, django_assert_num_queries):
    claims = [draft_claim(location=location) for _n in range(count)]

    with django_assert_num_queries(5):
        response = client.get("/associations/bulk/", asked("disassociate", *claims))

    assert len(response.context["claims"]) == count
