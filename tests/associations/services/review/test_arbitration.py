"""Deciding between partners who claim, or hold, the same item (domain.md 1.7, T17, T25; 12, scenario 10)."""

from datetime import datetime, timedelta

import pytest

from associations.models import Association, Product
from associations.rules.actors import Actor, Role
from associations.rules.lifecycle import ActionNotAllowed
from associations.services.association import approval
from associations.services.claim import disputes
from associations.services.review.arbitration import NothingToDecide, arbitrate, contest_of
from associations.services.review.competing_claims import mark_competing_claims
from associations.services.review.decisions import OwnCompany, ReasonMissing
from notifications.models import OutboxEmail
from tests import stories
from tests.factories import MONDAY, AssociationFactory, PartnerMemberFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TUESDAY = MONDAY + DAY
AFTER_THE_WINDOW = MONDAY + 14 * DAY
LATER = MONDAY + 60 * DAY
TEXT = "The other proof of execution is more recent."


def decide(claim, *, winner, text=TEXT, by=None, at=TUESDAY):
    return arbitrate(claim_id=claim.pk, winner_id=winner.partner_id, text=text, by=by or stories.reviewer(), now=at)


def rivals(**fields):
    """Two partners' claims to the same workloads of one tenant, their windows open."""
    first = stories.noticed_claim(**fields)
    second = stories.noticed_claim(tenant=first.tenant, **fields)
    return stories.fresh(first), stories.fresh(second)


def challenge(*, at=LATER):
    """An official association, and another partner's claim to the same workloads."""
    incumbent = stories.approved_claim()
    return incumbent, stories.noticed_claim(tenant=incumbent.tenant, at=at)


def templates(claim):
    emails = OutboxEmail.objects.filter(key__startswith=f"claim:{claim.pk}:").order_by("pk")
    return list(emails.values_list("template", flat=True))


def holders(claim):
    return set(Association.objects.active().filter(tenant=claim.tenant).values_list("partner", flat=True))


# Who competes


def test_a_contest_names_rival_claims_and_incumbents_on_the_same_items():
    claim, rival = rivals(products=("EXO",))
    stories.noticed_claim(tenant=claim.tenant, products=("SPO",))
    incumbent = AssociationFactory(tenant=claim.tenant)
    AssociationFactory(tenant=claim.tenant, product=Product.objects.get(code="SPO"))

    contest = contest_of(claim)

    assert contest.rival_claims == (rival,)
    assert contest.rival_associations == (incumbent,)
    assert contest.partner_ids == {claim.partner_id, rival.partner_id, incumbent.partner_id}


# The winner


def test_the_winner_goes_on_and_the_loser_is_rejected_and_may_dispute_that():
    winner, loser = rivals()

    named = decide(winner, winner=winner)

    assert (named.status, named.has_competing_claim) == ("submitted", False)
    lost = stories.fresh(loser)
    assert (lost.status, lost.reason_codes, lost.closed_at) == ("rejected", ["COMPETING_CLAIM_LOST"], TUESDAY)
    assert lost.has_competing_claim is False
    assert disputes.is_disputable(lost, now=TUESDAY)
    assert templates(loser)[-2:] == ["request_closed", "claim_rejected"]
    assert OutboxEmail.objects.get(template="claim_rejected").context["text"] == TEXT
    assert templates(winner)[-1] == "competing_settled"


def test_the_partner_may_be_named_on_either_claim():
    loser, winner = rivals()

    named = decide(loser, winner=winner)

    assert named.status == "rejected"
    assert (stories.fresh(winner).status, stories.fresh(winner).has_competing_claim) == ("submitted", False)


def test_a_winner_whose_window_is_over_is_official_at_once():
    winner, loser = rivals()
    approval.approve_unopposed_claims(now=AFTER_THE_WINDOW)
    assert holders(winner) == set()

    named = decide(winner, winner=winner, at=AFTER_THE_WINDOW)

    assert named.status == "approved"
    assert holders(winner) == {winner.partner_id}
    assert templates(winner)[-2:] == ["claim_approved", "association_active"]
    assert "competing_settled" not in templates(winner)
    assert stories.fresh(loser).status == "rejected"


def test_a_winner_whose_window_is_open_is_official_after_it():
    winner, _ = rivals()
    decide(winner, winner=winner)

    approval.approve_unopposed_claims(now=AFTER_THE_WINDOW)

    assert holders(winner) == {winner.partner_id}


def test_every_side_has_the_decision_in_its_history():
    winner, loser = rivals()
    by = stories.reviewer()

    decide(winner, winner=winner, by=by)

    for claim in (winner, loser):
        line = claim.events.get(kind="arbitrated")
        assert (line.actor_role, line.actor_id, line.note) == ("reviewer", by.user_id, TEXT)
    assert list(loser.events.values_list("kind", flat=True))[-2:] == ["lose_item", "arbitrated"]


# Incumbents


def test_a_challenger_who_wins_ends_the_association():
    incumbent, challenger = challenge()

    decide(challenger, winner=challenger, at=LATER + DAY)

    assert stories.fresh(incumbent).status == "approved"
    assert set(Association.objects.values_list("ended_at", "end_reason")) == {(LATER + DAY, "superseded")}
    ended = OutboxEmail.objects.get(template="association_ended")
    assert ended.key.startswith(f"claim:{incumbent.pk}:")
    assert ended.context["ended_items"] == ["Exchange Online", "Microsoft Teams"]
    assert (ended.context["end_reason"], ended.context["text"]) == ("superseded", TEXT)
    assert incumbent.events.get(kind="association_ended").details == {
        "reason": "superseded",
        "products": ["Exchange Online", "Microsoft Teams"],
    }


def test_a_challenger_whose_window_is_over_takes_the_place_at_once():
    incumbent, challenger = challenge()

    decide(challenger, winner=challenger, at=LATER + 20 * DAY)

    assert holders(incumbent) == {challenger.partner_id}


def test_an_incumbent_who_wins_stays_and_is_told():
    incumbent, challenger = challenge()

    decide(challenger, winner=incumbent, at=LATER + DAY)

    assert stories.fresh(challenger).status == "rejected"
    assert holders(incumbent) == {incumbent.partner_id}
    assert templates(incumbent)[-1] == "competing_settled"
    settled = OutboxEmail.objects.get(template="competing_settled")
    assert (settled.context["is_official"], settled.context["won_items"]) == (
        True,
        ["Exchange Online", "Microsoft Teams"],
    )
    assert incumbent.events.filter(kind="arbitrated").count() == 1


# Only what is at stake


def test_who_competes_for_other_items_than_the_winner_s_is_left_alone():
    claim = stories.noticed_claim(products=("EXO", "TEAMS"))
    winner = stories.noticed_claim(tenant=claim.tenant, products=("EXO",))
    other = stories.noticed_claim(tenant=claim.tenant, products=("TEAMS",))
    held = AssociationFactory(tenant=claim.tenant, product=Product.objects.get(code="TEAMS"))

    decide(claim, winner=winner)

    assert stories.fresh(claim).status == "rejected"
    assert stories.fresh(winner).has_competing_claim is False
    assert (stories.fresh(other).status, stories.fresh(other).has_competing_claim) == ("submitted", True)
    held.refresh_from_db()
    assert held.ended_at is None


def test_the_loser_s_own_association_with_the_item_ends_as_well():
    draft = stories.complete_dynamics_claim(activity_codes=("BA_USAGE",))
    official = stories.approved_claim(claim=draft)
    second = stories.complete_dynamics_claim(
        location=official.location, tenant=official.tenant, activity_codes=("BA_PRESALES",), at=LATER
    )
    loser = stories.noticed_claim(claim=second, at=LATER)
    winner = stories.noticed_claim(claim=stories.complete_dynamics_claim(tenant=official.tenant, at=LATER), at=LATER)

    decide(loser, winner=winner, at=LATER + DAY)

    assert holders(official) == set()
    assert stories.fresh(winner).has_competing_claim is False


# Refusals


def test_a_second_decision_finds_nothing_to_decide():
    winner, loser = rivals()
    decide(winner, winner=winner)

    for claim in (winner, loser):
        with pytest.raises(NothingToDecide):
            decide(claim, winner=loser)

    assert stories.fresh(winner).status == "submitted"


def test_an_uncontested_claim_has_nothing_to_decide():
    claim = stories.noticed_claim()

    with pytest.raises(NothingToDecide):
        decide(claim, winner=claim)


def test_a_partner_who_does_not_compete_cannot_win():
    claim, rival = rivals()

    with pytest.raises(NothingToDecide):
        decide(claim, winner=stories.noticed_claim())

    assert stories.fresh(rival).status == "submitted"


@pytest.mark.parametrize("side", [0, 1])
def test_nobody_decides_for_or_against_their_own_company(side):
    pair = rivals()
    insider = Actor(Role.REVIEWER, PartnerMemberFactory(partner=pair[side].partner, role="global_admin").user_id)

    with pytest.raises(OwnCompany):
        decide(pair[0], winner=pair[0], by=insider)

    assert stories.fresh(pair[1]).status == "submitted"


def test_nobody_decides_against_the_association_of_their_own_company():
    incumbent, challenger = challenge()
    insider = Actor(Role.REVIEWER, PartnerMemberFactory(partner=incumbent.partner, role="global_admin").user_id)

    with pytest.raises(OwnCompany):
        decide(challenger, winner=incumbent, by=insider, at=LATER + DAY)

    assert stories.fresh(challenger).status == "submitted"


def test_a_partner_does_not_arbitrate():
    claim, rival = rivals()

    with pytest.raises(ActionNotAllowed):
        decide(claim, winner=claim, by=Actor(Role.INCENTIVES_ADMIN, PartnerMemberFactory().user_id))

    assert stories.fresh(rival).status == "submitted"


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_decision_says_why(text):
    claim, rival = rivals()

    with pytest.raises(ReasonMissing):
        decide(claim, winner=claim, text=text)

    assert stories.fresh(rival).status == "submitted"


# E11


def test_both_sides_are_told_once():
    first, second = rivals()

    mark_competing_claims(first.tenant, now=TUESDAY)

    assert templates(first).count("competing_found") == 1
    assert templates(second).count("competing_found") == 1


def test_both_sides_are_told_again_when_a_dispute_brings_the_loser_back():
    winner, loser = rivals()
    decide(winner, winner=winner)
    disputes.open_dispute(
        claim_id=loser.pk,
        justification="Ours is newer.",
        proofs=(),
        max_files=10,
        by=stories.admin_of(loser),
        now=TUESDAY,
    )

    disputes.accept_dispute(claim_id=loser.pk, text="It is.", by=stories.reviewer(), now=TUESDAY + DAY)

    assert [stories.fresh(claim).has_competing_claim for claim in (winner, loser)] == [True, True]
    assert [templates(claim).count("competing_found") for claim in (winner, loser)] == [2, 2]


def test_an_incumbent_is_told_once_and_stays_official():
    incumbent, challenger = challenge()

    mark_competing_claims(incumbent.tenant, now=LATER + DAY)

    assert templates(incumbent).count("competing_found") == 1
    assert templates(challenger).count("competing_found") == 1
    assert holders(incumbent) == {incumbent.partner_id}


def test_no_mail_of_a_contest_names_the_other_side():
    first, second = rivals()
    decide(first, winner=first, at=datetime.fromisoformat("2020-10-20T10:00:00+00:00"))

    for claim, other in ((first, second), (second, first)):
        told = str([email.context for email in OutboxEmail.objects.filter(key__startswith=f"claim:{claim.pk}:")])
        assert claim.partner.name in told
        for name in (other.partner.name, other.location.mpn_id, other.number, f"paolo{other.pk}@"):
            assert name not in told, name
