"""The reviewer's queue and claim page: who sees what, in which order, and that nothing there can be edited."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import User
from associations.choices import WithdrawalReason
from associations.models import Claim, ClaimEvent
from associations.rules.actors import Actor, Role
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.comments.adding import add_comment
from associations.services.review import decisions
from bench.files import SMALL_PDF
from notifications.models import OutboxEmail
from tests import stories
from tests.associations.admin.cases import disputed_claim
from tests.factories import (
    MONDAY,
    AssociationFactory,
    ClaimFactory,
    PartnerFactory,
    PartnerMemberFactory,
    UserFactory,
)

QUEUE = reverse("admin:associations_claim_changelist")
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform_admin(client, django_user_model):
    user = django_user_model.objects.create_superuser("root@microsoft.example", "cpor-demo")
    client.force_login(user)
    return user


def page_of(claim):
    return reverse("admin:associations_claim_change", args=[claim.pk])


def subscription_of(claim):
    return str(claim.items.values_list("subscription__subscription_id", flat=True).get())


def found(response):
    return [claim.pk for claim in response.context["cl"].result_list]


def test_a_partner_has_no_desk(client):
    claim = stories.submitted_claim()
    client.force_login(claim.created_by)

    assert client.get(QUEUE, follow=True).status_code == 403
    assert client.get(page_of(claim), follow=True).status_code == 403


def test_staff_who_review_nothing_have_no_desk(client):
    client.force_login(UserFactory(is_staff=True))

    assert client.get(QUEUE).status_code == 403
    assert client.get(page_of(stories.submitted_claim())).status_code == 403


def test_a_reviewer_sees_claims_and_replies_and_no_reference_data(client, reviewer):
    response = client.get(reverse("admin:index"))

    models = [model["object_name"] for app in response.context["app_list"] for model in app["models"]]
    assert models == ["Claim", "CommentReply"]


def test_the_queue_leaves_out_drafts_and_the_reviewers_own_company(client, reviewer):
    filed = stories.submitted_claim()
    stories.draft_claim()
    own = stories.submitted_claim()
    PartnerMemberFactory(user=reviewer, partner=own.partner)

    assert found(client.get(QUEUE)) == [filed.pk]


def test_a_claim_of_the_reviewers_own_company_is_not_found(client, reviewer):
    claim = stories.submitted_claim()
    PartnerMemberFactory(user=reviewer, partner=claim.partner)

    assert client.get(page_of(claim)).status_code == 404


def test_a_draft_and_a_bad_number_are_not_found(client, reviewer):
    draft = stories.draft_claim()

    assert client.get(page_of(draft)).status_code == 404
    assert client.get(page_of(draft).replace(str(draft.pk), "none")).status_code == 404


def test_a_platform_admin_sees_every_claim_and_decides_on_none(client, platform_admin):
    filed, draft = stories.submitted_claim(), stories.draft_claim()

    assert found(client.get(QUEUE)) == [filed.pk, draft.pk]
    assert client.get(page_of(draft)).status_code == 200
    assert client.get(page_of(filed)).context["decisions"] == {}


@pytest.mark.both
def test_the_queue_shows_undecided_claims_first_and_the_oldest_on_top(client, reviewer):
    decided = stories.approved_claim(at=MONDAY - 30 * DAY)
    younger = stories.submitted_claim(at=MONDAY)
    older = stories.submitted_claim(at=MONDAY - DAY)

    assert found(client.get(QUEUE)) == [older.pk, younger.pk, decided.pk]


@pytest.mark.both
def test_the_claim_page_shows_facts_people_files_and_names_in_the_history(client, reviewer):
    claim = stories.claim_needing_action(claim=stories.complete_dynamics_claim())
    User.objects.filter(is_staff=True).exclude(pk=reviewer.pk).update(full_name="Rosa Another")
    proof = claim.proofs.get()

    response = client.get(page_of(claim))

    for text in [
        claim.number,
        claim.name,
        claim.partner.name,
        claim.location.mpn_id,
        claim.tenant.name,
        str(claim.tenant.tenant_id),
        subscription_of(claim),
        "Carla Bianchi",
        "Tullio Neri",
        "Paolo Rossi",
        reverse("proof_download", args=[claim.public_id, proof.public_id]),
        "Mon 26 Oct 2020, end of day (CET)",
        "More information requested",
        "A claimed product is not in the proof of execution",
        "Teams is not named in the statement of work.",
        "Rosa Another",
        "The partner has to answer first.",
    ]:
        assertContains(response, text)


def test_the_history_of_the_desk_says_as_much_as_the_partners(client, reviewer):
    claim = stories.noticed_claim()
    decisions.assign_reviewer(
        claim_id=claim.pk, reviewer_id=reviewer.pk, by=Actor(Role.REVIEWER, reviewer.pk), now=MONDAY
    )
    withdraw_claim(claim_id=claim.pk, reason=WithdrawalReason.WRONG_ACTIVITY, by=stories.admin_of(claim), now=MONDAY)

    rows = client.get(page_of(claim)).context["history"]

    assert [(row.text, row.note) for row in rows[:5]] == [
        ("Claim withdrawn", "Reason: Wrong activity"),
        ("Reviewer assigned", str(reviewer)),
        ("Notice delivered, opt-out period started", "Until Mon 26 Oct 2020, end of day (CET)"),
        ("Notice to the customer queued", f"To customer@{claim.domain_name}"),
        (
            "Claim submitted",
            f"Items: Exchange Online, Microsoft Teams\nCustomer contact: customer@{claim.domain_name}",
        ),
    ]


def test_a_reviewer_downloads_a_proof_of_a_filed_claim(client, reviewer):
    claim = stories.submitted_claim()

    response = client.get(client.get(page_of(claim)).context["files"][0].line.url)

    assert b"".join(response.streaming_content) == SMALL_PDF
    assert response["Content-Disposition"] == 'attachment; filename="statement-of-work.pdf"'


def test_staff_who_review_nothing_download_no_proof(client):
    claim = stories.submitted_claim()
    proof = claim.proofs.get()
    client.force_login(UserFactory(is_staff=True))

    response = client.get(reverse("proof_download", args=[claim.public_id, proof.public_id]))

    assert response.status_code == 404


def test_a_drafts_proof_is_not_offered_to_the_platform_admin(client, platform_admin):
    response = client.get(page_of(stories.complete_claim()))

    assert [file.line.url for file in response.context["files"]] == [""]


def test_the_claim_page_says_what_the_customer_answered(client, reviewer):
    response = client.get(page_of(stories.declined_claim()))

    assertContains(response, "Opted out")
    assertContains(response, "We don&#x27;t work with this partner")


@pytest.mark.both
def test_the_claim_page_names_who_else_holds_an_item(client, reviewer):
    held = AssociationFactory(partner=PartnerFactory(name="Fabrikam Services"))
    rival = stories.submitted_claim(tenant=held.tenant)
    claim = stories.submitted_claim(tenant=held.tenant)

    response = client.get(page_of(claim))

    assertContains(response, "Exchange Online: Fabrikam Services,")
    assertContains(response, f"Exchange Online: {rival.partner.name},")
    assertContains(response, page_of(rival))


def test_the_claim_page_shows_the_comments_and_takes_one_only_while_the_claim_is_open(client, reviewer):
    approved, claim = stories.approved_claim(), stories.claim_under_review()
    add_comment(claim_id=claim.pk, text="See page 4.", by=stories.admin_of(claim), now=MONDAY)

    assertContains(client.get(page_of(claim)), "See page 4.")
    assertContains(client.get(page_of(claim)), "Add comment")
    assertNotContains(client.get(page_of(approved)), "Add comment")


@pytest.mark.parametrize(
    ("story", "buttons"),
    [
        (stories.submitted_claim, {"review": ["start_review", "assign"], "comments": ["comment"]}),
        (
            stories.claim_under_review,
            {"review": ["validate", "request_action", "reject", "assign"], "comments": ["comment"]},
        ),
        (stories.claim_needing_action, {"review": ["assign"], "comments": ["comment"]}),
        (
            disputed_claim,
            {"dispute": ["accept_dispute", "uphold_rejection"], "review": ["assign"], "comments": ["comment"]},
        ),
        (stories.approved_claim, {}),
    ],
)
def test_the_claim_page_draws_only_the_buttons_that_would_work(client, reviewer, story, buttons):
    response = client.get(page_of(story()))

    drawn = {place: [row.key for row in rows] for place, rows in response.context["decisions"].items() if rows}
    assert drawn == buttons


@pytest.mark.parametrize("story", [stories.claim_needing_action, stories.claim_under_review])
def test_the_claim_page_stays_within_its_queries(client, reviewer, story, django_assert_max_num_queries):
    claim = story()

    with django_assert_max_num_queries(15):
        client.get(page_of(claim))


def test_the_history_lists_the_mails_that_a_server_took(client, reviewer):
    claim = stories.noticed_claim()

    mails = client.get(page_of(claim)).context["mails"]

    sent = OutboxEmail.objects.filter(key__startswith=f"claim:{claim.pk}:", status="sent")
    assert sent.count() >= 1
    assert set(mails) == set(sent)
    assertContains(client.get(page_of(claim)), "Emails about this claim")
    assertNotContains(client.get(page_of(stories.submitted_claim())), "Emails about this claim")


def test_nothing_can_be_posted_to_the_claim_page(client, reviewer):
    claim = stories.claim_under_review()
    before = Claim.objects.values().get(pk=claim.pk)
    events = ClaimEvent.objects.count()

    response = client.post(page_of(claim), {"status": "approved", "name": "Taken over", "_save": "Save"})

    assert response.status_code == 405
    assert Claim.objects.values().get(pk=claim.pk) == before
    assert ClaimEvent.objects.count() == events


@pytest.mark.parametrize("user", ["reviewer", "platform_admin"])
def test_nobody_adds_deletes_or_bulk_edits_a_claim(client, request, user):
    request.getfixturevalue(user)
    claim = stories.submitted_claim()
    before = Claim.objects.values().get(pk=claim.pk)

    assert client.post(reverse("admin:associations_claim_add"), {"name": "New"}).status_code == 403
    assert client.post(reverse("admin:associations_claim_delete", args=[claim.pk]), {"post": "yes"}).status_code == 403
    client.post(QUEUE, {"action": "delete_selected", "_selected_action": [claim.pk], "post": "yes"})
    client.post(QUEUE, {"form-0-id": claim.pk, "form-0-status": "approved", "form-TOTAL_FORMS": 1, "_save": "Save"})
    assert list(Claim.objects.values()) == [before]


def test_the_admins_own_history_leads_to_the_claims(client, reviewer):
    claim = stories.submitted_claim()

    response = client.get(reverse("admin:associations_claim_history", args=[claim.pk]))

    assertRedirects(response, page_of(claim) + "#history")


def test_a_draft_without_answers_still_has_a_page(client, platform_admin):
    response = client.get(page_of(ClaimFactory()))

    assertContains(response, "Nothing chosen yet.")
    assertContains(response, "No notice yet.")
