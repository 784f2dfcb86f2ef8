"""A claim for Microsoft 365 workloads, from sign-in to its end (domain.md 12, scenarios 1 to 5, 13, 15 and 18)."""

import pytest

from accounts.models import User
from associations.models import Association, Claim
from tests.factories.rules import rules_are
from tests.journeys import people
from tests.journeys.people import APPROVE, OPT_OUT, PartnerAdmin, Person, at, beat, inbox, words

pytestmark = [pytest.mark.django_db, pytest.mark.both, pytest.mark.sitewide]

MONDAY = "2020-10-19T10:00:00+02:00"
WEDNESDAY = "2020-10-21T15:00:00+02:00"
LAST_MINUTE = "2020-10-26T23:59:00+01:00"
MIDNIGHT = "2020-10-27T00:00:00+01:00"
TWO_MONTHS_LATER = "2020-12-27T12:00:00+01:00"
NOTED = frozenset({"changed_at", "history_head"})


def status_of(claim: Claim) -> tuple[str, str]:
    stored = Claim.objects.get(pk=claim.pk)
    return stored.status, stored.consent_status


def facts_of(claim: Claim) -> dict[str, object]:
    """Every column of the claim, but for those that a line of History moves."""
    return {name: value for name, value in Claim.objects.values().get(pk=claim.pk).items() if name not in NOTED}


def file_on_monday(anna: PartnerAdmin) -> Claim:
    """Anna files a claim for two workloads, and the mails leave."""
    with at(MONDAY):
        anna.sign_in()
        anna.file_microsoft_365("EXO", "TEAMS")
    beat(MONDAY)
    return Claim.objects.get()


def subjects(address: str) -> list[str]:
    return [str(message.subject) for message in inbox(address)]


def test_1_validated_on_wednesday_and_official_after_the_fifth_business_day() -> None:
    anna, rita = people.anna(), people.rita()
    with at(MONDAY):
        anna.sign_in()
        confirmation = anna.file_microsoft_365("EXO", "TEAMS")
    beat(MONDAY)
    claim = Claim.objects.get()
    assert claim.number in words(confirmation)
    assert subjects("carla@contoso.example") == [
        "Litware asks to be your partner for Exchange Online + 1 more: you can opt out until 26 October 2020"
    ]

    with at(WEDNESDAY):
        rita.sign_in()
        rita.decide(claim, "start_review")
        rita.decide(claim, "validate")
    beat(LAST_MINUTE)
    assert status_of(claim) == ("awaiting_customer", "sent")

    beat(MIDNIGHT)
    beat(MIDNIGHT)
    assert status_of(claim) == ("approved", "no_objection")
    active = Association.objects.active().filter(tenant=claim.tenant_id)
    assert sorted(active.values_list("product__code", flat=True)) == ["EXO", "TEAMS"]
    assert len(inbox("carla@contoso.example")) == 2
    assert len(inbox("paolo@partner.example")) == 2
    with at(MIDNIGHT):
        anna.sign_in()
        assert "Official" in words(anna.open(anna.page("claim_detail")))


def test_2_the_window_ends_before_the_reviewer_acts() -> None:
    anna, rita = people.anna(), people.rita()
    claim = file_on_monday(anna)
    with at(WEDNESDAY):
        rita.sign_in()
        rita.decide(claim, "start_review")

    beat(MIDNIGHT)

    assert status_of(claim) == ("approved", "no_objection")


def test_2_a_program_that_requires_validation_waits_for_the_reviewer() -> None:
    anna, rita = people.anna(), people.rita()
    rules_are("M365_USAGE", needs_validation=True)
    claim = file_on_monday(anna)
    with at(WEDNESDAY):
        rita.sign_in()
        rita.decide(claim, "start_review")

    beat(MIDNIGHT)
    assert status_of(claim) == ("under_review", "no_objection")

    with at("2020-10-28T09:00:00+01:00"):
        rita.sign_in()
        rita.decide(claim, "validate")
    assert status_of(claim) == ("approved", "no_objection")


def test_3_the_customer_opts_out_on_the_third_day() -> None:
    anna, rita, carla = people.anna(), people.rita(), people.carla()
    claim = file_on_monday(anna)
    with at(WEDNESDAY):
        rita.sign_in()
        rita.decide(claim, "start_review")

    with at("2020-10-21T16:00:00+02:00"):
        receipt = carla.answer_request(inbox("carla@contoso.example")[0], OPT_OUT)
    beat("2020-10-21T16:01:00+02:00")
    beat(MIDNIGHT)

    assert claim.number in words(receipt)
    assert status_of(claim) == ("rejected", "declined")
    assert Claim.objects.get().reason_codes == ["CUSTOMER_DECLINED"]
    assert not Association.objects.exists()
    assert len(inbox("carla@contoso.example")) == len(inbox("paolo@partner.example")) == 2
    with at(MIDNIGHT):
        anna.sign_in()
        page = anna.open(anna.page("claim_detail"))
    assert "Rejected" in words(page)
    assert "Dispute" not in words(page)


def test_4_the_customer_opts_out_two_months_after_the_approval() -> None:
    anna, carla = people.anna(), people.carla()
    claim = file_on_monday(anna)
    beat(MIDNIGHT)
    assert status_of(claim) == ("approved", "no_objection")

    with at(TWO_MONTHS_LATER):
        carla.answer_request(inbox("carla@contoso.example")[0], OPT_OUT)
    beat(TWO_MONTHS_LATER)

    ended = Association.objects.filter(tenant=claim.tenant_id)
    assert {held.ended_at.isoformat() for held in ended if held.ended_at} == {"2020-12-27T11:00:00+00:00"}
    assert set(ended.values_list("end_reason", flat=True)) == {"customer_opt_out"}
    with at(TWO_MONTHS_LATER):
        anna.sign_in()
        history = words(anna.open(anna.page("claim_history")))
    assert "Association ended" in history
    assert "Carla Bianchi" in history
    assert "ended" in inbox("paolo@partner.example")[-1].subject


def test_5_a_mail_scanner_opens_every_link_and_nothing_changes() -> None:
    anna, carla = people.anna(), people.carla()
    claim = file_on_monday(anna)
    notice, scanner = inbox("carla@contoso.example")[0], Person()

    with at(WEDNESDAY):
        for path in (str(carla.open_link(notice).redirect_chain[-1][0]), "/c/decision/confirm/", "/c/receipt/"):
            scanner.open(path)
            carla.browser.head(path)
            carla.browser.get(path)
    assert status_of(claim) == ("submitted", "sent")
    assert claim.notices.get().answer == ""

    with at(WEDNESDAY):
        carla.answer_request(notice, OPT_OUT)
        lines = claim.events.count()
        again = carla.answer_request(notice, OPT_OUT)

    assert status_of(claim) == ("rejected", "declined")
    assert claim.events.count() == lines
    assert "Your answer is recorded" in words(again)


def test_the_customer_approves_and_it_is_official_at_once() -> None:
    anna, carla = people.anna(), people.carla()
    claim = file_on_monday(anna)

    with at(WEDNESDAY):
        receipt = carla.answer_request(inbox("carla@contoso.example")[0], APPROVE)

    assert "The association is official." in words(receipt)
    assert status_of(claim) == ("approved", "acknowledged")


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("customer", {"location": "1234567"}),
        ("work", {"solution_area": "BA", "activity": "revenue"}),
        ("details", {"name": "Another name"}),
        ("products", {"product_1": "on"}),
        ("contacts", {"customer_email": "anna@litware.example"}),
        ("proof", {}),
    ],
)
def test_13_a_crafted_post_after_the_submission_is_refused_and_logged(key: str, typed: dict[str, str]) -> None:
    anna = people.anna()
    claim = file_on_monday(anna)
    before = facts_of(claim)

    with at(WEDNESDAY):
        anna.sign_in()
        response = anna.browser.post(anna.step(key), typed)

    assert response["Location"] == anna.page("claim_detail")
    assert facts_of(claim) == before
    assert sorted(claim.items.values_list("product__code", flat=True)) == ["EXO", "TEAMS"]
    assert claim.contacts.get(kind="customer").email == "carla@contoso.example"
    line = claim.events.latest("pk")
    assert (line.kind, line.actor) == ("edit_refused", User.objects.get(email="anna@litware.example"))


def test_13_a_second_submission_changes_nothing() -> None:
    anna = people.anna()
    claim = file_on_monday(anna)

    with at(WEDNESDAY):
        anna.sign_in()
        response = anna.submit()

    assert claim.number in words(response)
    assert claim.events.filter(kind="submit").count() == 1
    assert len(inbox("carla@contoso.example")) == 1


def test_15_a_beat_that_runs_twice_does_everything_once() -> None:
    anna = people.anna()
    claim = file_on_monday(anna)
    for moment in (MONDAY, LAST_MINUTE, MIDNIGHT, MIDNIGHT, TWO_MONTHS_LATER):
        beat(moment)

    assert claim.events.filter(kind="window_opened").count() == 1
    assert claim.events.filter(kind="window_closed").count() == 1
    assert claim.events.filter(kind="approve").count() == 1
    assert Association.objects.count() == 2
    assert len(inbox("carla@contoso.example")) == len(inbox("paolo@partner.example")) == 2


def test_18_a_holiday_in_the_window_moves_its_end_the_same_everywhere() -> None:
    anna, rita, carla = people.anna(), people.rita(), people.carla()
    with at("2020-12-21T10:00:00+01:00"):
        anna.sign_in()
        confirmation = anna.file_microsoft_365("EXO")
    beat("2020-12-21T10:00:00+01:00")
    claim = Claim.objects.get()

    with at("2020-12-23T10:00:00+01:00"):
        rita.sign_in()
        anna.sign_in()
        notice = inbox("carla@contoso.example")[0]
        in_sentences = {"mail": notice, "customer": carla.open_link(notice)}
        in_tables = {
            "confirmation": confirmation,
            "list": anna.open("/associations/"),
            "claim": anna.open(anna.page("claim_detail")),
            "desk": rita.look_at(claim),
        }

    assert claim.opt_out_closes_at is not None
    assert claim.opt_out_closes_at.isoformat() == "2020-12-29T23:00:00+00:00"
    for place, page in in_sentences.items():
        assert "until the end of Tuesday 29 December 2020 (CET)" in words(page), place
    for place, page in in_tables.items():
        assert "Tue 29 Dec 2020, end of day (CET)" in words(page), place
