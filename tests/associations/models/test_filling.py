"""Migrations that fill columns of rows that were there before."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import F

from associations.choices import EndReason, OptOutReason
from associations.models import Association, Claim
from associations.services.association.association import disassociate
from associations.services.customer import answer
from tests import stories
from tests.factories import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.both]

LATER = MONDAY + timedelta(days=40)
CARLA = answer.Answerer(name="Carla Bianchi")


def approved_by_its_customer() -> Claim:
    claim = stories.noticed_claim()
    answer.approve_by_customer(notice_id=claim.notices.get().pk, answerer=CARLA, now=MONDAY)
    return stories.fresh(claim)


def opted_out_of(claim: Claim) -> Claim:
    notice = claim.notices.get()
    answer.opt_out(notice_id=notice.pk, answerer=CARLA, reason=OptOutReason.NO_RELATION, now=LATER)
    return stories.fresh(claim)


def test_claims_of_before_learn_when_and_why_they_ended_and_by_what_they_were_official():
    claims = {
        "silent": stories.approved_claim(),
        "approved": approved_by_its_customer(),
        "silent, then opted out": opted_out_of(stories.approved_claim()),
        "approved, then opted out": opted_out_of(approved_by_its_customer()),
        "disassociated": stories.approved_claim(),
        "open": stories.noticed_claim(),
        "rejected": stories.rejected_claim(),
    }
    left = claims["disassociated"]
    disassociate(claim_id=left.pk, reason="Over.", by=stories.admin_of(left), now=LATER)
    facts = ("ended_at", "end_reason", "official_by")
    known = dict(Claim.objects.values_list("pk", F("ended_at")))
    before = {claim.pk: claim for claim in Claim.objects.all()}
    Claim.objects.update(ended_at=None, end_reason="", official_by="")

    fill = import_module("associations.migrations.0045_fill_when_claims_ended").fill
    fill(apps, None)
    fill(apps, None)

    told = {name: Claim.objects.values_list(*facts).get(pk=claim.pk) for name, claim in claims.items()}
    assert told == {
        "silent": (None, "", "no_reply"),
        "approved": (None, "", "approval"),
        "silent, then opted out": (LATER, "customer_opt_out", "no_reply"),
        "approved, then opted out": (LATER, "customer_opt_out", "approval"),
        "disassociated": (LATER, "partner_disassociated", "no_reply"),
        "open": (None, "", ""),
        "rejected": (None, "", ""),
    }
    assert {claim.pk: claim.ended_at for claim in Claim.objects.all()} == known
    assert all(
        getattr(claim, fact) == getattr(before[claim.pk], fact) for claim in Claim.objects.all() for fact in facts
    )


def test_a_claim_of_which_a_part_is_in_force_has_not_ended():
    claim = stories.approved_claim()
    one = Association.objects.active().filter(claimed_products__claim=claim).earliest("pk")
    Association.objects.filter(pk=one.pk).update(ended_at=LATER, end_reason=EndReason.REVOKED)

    import_module("associations.migrations.0045_fill_when_claims_ended").fill(apps, None)

    assert stories.fresh(claim).ended_at is None


def test_what_the_former_version_left_out_is_completed_after_the_upgrade(capsys):
    claims = [stories.approved_claim(), approved_by_its_customer(), stories.approved_claim(), stories.noticed_claim()]
    disassociate(claim_id=claims[2].pk, reason="Over.", by=stories.admin_of(claims[2]), now=LATER)
    facts = ("ended_at", "end_reason", "official_by")
    known = list(Claim.objects.order_by("pk").values_list(*facts))
    Claim.objects.update(ended_at=None, end_reason="", official_by="")

    call_command("note_ended_claims")
    call_command("note_ended_claims")

    assert list(Claim.objects.order_by("pk").values_list(*facts)) == known
    assert capsys.readouterr().out == "4 entries were completed.\n0 entries were completed.\n"
