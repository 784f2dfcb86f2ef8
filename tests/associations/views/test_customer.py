"""The customer's pages: no GET decides, a POST takes two pages, and the link stays out of sight."""

import logging
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from associations.choices import NoticeAnswer, OptOutReason, WithdrawalReason
from associations.models import Claim, CustomerNotice
from associations.services import answering, approval, noticing, submission
from notifications import delivery
from notifications.models import OutboxEmail
from tests import stories
from tests.factories import PASSWORD, ReviewerFactory

pytestmark = pytest.mark.django_db

DECISION = "/c/decision/"
CONFIRM = "/c/decision/confirm/"
RECEIPT = "/c/receipt/"
APPROVE = {"answer": "approved", "name": "Carla Bianchi"}
OPT_OUT = {"answer": "opted_out", "name": "Carla Bianchi", "reason": "other_partner", "text": "Fabrikam does this."}
SCANNER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Safe Links"


def link_to(claim: Claim) -> str:
    """The path in the notice that waits in the outbox."""
    return OutboxEmail.objects.get(pk=claim.notices.current().get().email_id).secret


def filed(*, days_ago: int = 0) -> tuple[Claim, str]:
    """A claim whose window opened some days ago, and its link."""
    at = timezone.now() - timedelta(days=days_ago)
    claim = stories.submitted_claim(at=at)
    link = link_to(claim)
    stories.deliver_notice(claim, at=at)
    return stories.fresh(claim), link


def official() -> tuple[Claim, str]:
    """A claim made official by silence, and its link."""
    claim, link = filed(days_ago=30)
    approval.approve_unopposed_claims(now=timezone.now() - timedelta(days=1))
    return stories.fresh(claim), link


def give(client, claim, answer):
    """Go through both pages, as a person does, and return the last response."""
    client.post(DECISION, answer | {"claim": claim.number})
    return client.post(CONFIRM, answer | {"claim": claim.number}, follow=True)


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&#x27;", "'").split())


def without_csrf(response):
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def rows():
    """How many rows every table has, sessions aside."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.label != "sessions.Session"
    }


def test_the_link_moves_into_the_session_and_out_of_the_address(client):
    _, link = filed()

    response = client.get(link)

    assert (response.status_code, response["Location"]) == (302, DECISION)
    page = client.get(DECISION)
    assert page.status_code == 200
    token = link.split("/")[2]
    assert token not in page.content.decode()
    assert token not in str(dict(client.session))


@pytest.mark.parametrize("path", ["/c/unknown/", f"/c/{'x' * 43}/", "/c/%00%ff/", "/c/<script>/"])
def test_a_link_that_leads_nowhere_gets_one_neutral_page(client, path):
    response = client.get(path)

    assert response.status_code == 404
    assert without_csrf(response) == without_csrf(client.get("/c/other/"))
    assert "newer notice has replaced it. Nothing was changed." in text_of(response)


def test_a_revoked_link_gets_the_same_page_as_an_unknown_one(client):
    claim, link = filed()
    noticing.send_notice(claim, now=timezone.now())

    revoked, unknown = client.get(link), client.get("/c/unknown/")

    assert revoked.status_code == 404
    assert without_csrf(revoked) == without_csrf(unknown)
    assert link.split("/")[2] not in revoked.content.decode()
    assert client.get(DECISION).status_code == 404


def test_the_new_link_works_after_the_old_one_was_revoked(client):
    claim, link = filed()
    client.get(link)
    noticing.send_notice(claim, now=timezone.now())

    assert client.get(DECISION).status_code == 404
    assert client.get(link_to(claim)).status_code == 302
    assert client.get(DECISION).status_code == 200


@pytest.mark.parametrize("path", [DECISION, CONFIRM, RECEIPT])
def test_a_clean_page_without_a_link_is_the_neutral_page(client, path):
    response = client.get(path)

    assert response.status_code == 404
    assert "This link does not work" in text_of(response)


def test_the_page_says_who_asks_what_becomes_visible_and_until_when(client):
    claim, link = filed()

    text = text_of(client.get(link, follow=True))

    for fact in (
        claim.number,
        f"{claim.partner.name} asks to be associated with {claim.domain_name}",
        claim.location.mpn_id,
        "Paolo Rossi",
        str(claim.tenant.tenant_id),
        "Microsoft 365",
        "Exchange Online",
        "Microsoft Teams",
        "how many people use the products",
        "The partner gets no administrator rights.",
        "If this is correct you don't need to do anything.",
        "If you approve",
        "If you opt out",
        "If you do nothing",
    ):
        assert fact in text, fact


def test_the_page_names_the_deadline_of_the_mail_before_and_after_it_left(client):
    at = timezone.now()
    claim = stories.submitted_claim(at=at)
    link = link_to(claim)
    mail = delivery.render(OutboxEmail.objects.get(template="customer_notice")).text
    deadline = re.findall(r"until the end of (.+? \(CES?T\))", mail)[0]

    waiting = text_of(client.get(link, follow=True))
    stories.deliver_notice(claim, at=at)
    running = text_of(client.get(DECISION))

    assert f"You can answer until the end of {deadline}." in waiting
    assert f"You can answer until the end of {deadline}." in running


def test_the_page_asks_without_preselecting_anything(client):
    _, link = filed()

    html = client.get(link, follow=True).content.decode()

    assert html.count('type="radio"') == 2
    assert " checked" not in html
    assert " selected" not in html.replace('<option value="" selected>', "")


def test_a_hundred_visits_change_nothing(client):
    _, link = filed()
    before = rows(), Claim.objects.values().get(), CustomerNotice.objects.values().get()

    for _ in range(25):
        for path in (link, DECISION, CONFIRM, RECEIPT):
            client.get(path, headers={"User-Agent": SCANNER})
            Client().head(path, headers={"User-Agent": SCANNER})

    assert (rows(), Claim.objects.values().get(), CustomerNotice.objects.values().get()) == before


@pytest.mark.parametrize("path", [DECISION, CONFIRM])
def test_a_scanner_that_presses_every_button_decides_nothing(client, path):
    claim, link = filed()
    client.get(link)

    response = client.post(path, {"claim": claim.number, "name": "", "reason": "", "text": ""}, follow=True)

    assert response.status_code == 200
    assert stories.fresh(claim).status == "submitted"
    assert CustomerNotice.objects.get().answer == ""


def test_an_empty_answer_gets_an_error_summary(client):
    claim, link = filed()
    client.get(link)

    response = client.post(DECISION, {"claim": claim.number, "name": "", "reason": "", "text": ""})

    text = text_of(response)
    assert "There is a problem" in text
    assert text.count("Choose Approve or Opt out") == 2
    assert text.count("Enter your full name") == 2
    assert "<title>Error:" in re.sub(r"\s+", " ", response.content.decode())


def test_an_opt_out_needs_a_reason_and_what_was_typed_stays(client):
    claim, link = filed()
    client.get(link)

    response = client.post(DECISION, OPT_OUT | {"reason": "", "claim": claim.number})

    html = response.content.decode()
    assert text_of(response).count("Choose a reason for the opt-out") == 2
    assert 'value="Carla Bianchi"' in html
    assert "Fabrikam does this." in html
    assert html.count(" checked") == 1


def test_the_first_page_only_leads_to_the_check_page(client):
    claim, link = filed()
    client.get(link)

    response = client.post(DECISION, OPT_OUT | {"claim": claim.number})

    assert (response.status_code, response["Location"]) == (302, CONFIRM)
    assert stories.fresh(claim).status == "submitted"
    page = text_of(client.get(CONFIRM))
    assert "Nothing is decided yet." in page
    assert "Another partner does this work for us" in page
    assert page.count("Opt out of the association") == 1
    assert "Approve the association" not in page


def test_the_check_page_of_an_approval_names_the_approval(client):
    claim, link = filed()
    client.get(link)
    client.post(DECISION, APPROVE | {"claim": claim.number})

    page = text_of(client.get(CONFIRM))

    assert page.count("Approve the association") == 1
    assert "Opt out of the association" not in page
    assert "Reason for the opt-out" not in page


def test_the_way_back_from_the_check_page_keeps_what_was_typed(client):
    claim, link = filed()
    client.get(link)
    client.post(DECISION, OPT_OUT | {"claim": claim.number})

    html = client.get(DECISION).content.decode()

    assert 'value="Carla Bianchi"' in html
    assert "Fabrikam does this." in html
    assert html.count(" checked") == 1


def test_the_check_page_without_an_answer_leads_back(client):
    _, link = filed()
    client.get(link)

    assert client.get(CONFIRM)["Location"] == DECISION


def test_an_approval_makes_the_association_official_at_once(client):
    claim, link = filed()
    client.get(link)

    response = give(client, claim, APPROVE)

    assert response.redirect_chain == [(RECEIPT, 302)]
    assert stories.fresh(claim).status == "approved"
    text = text_of(response)
    assert f"Claim number {claim.number}" in text
    assert "Answer Approved" in text
    assert "Answered by Carla Bianchi" in text
    assert "The association is official." in text


def test_an_opt_out_declines_the_claim_and_keeps_the_evidence(client):
    claim, link = filed()
    client.get(link)
    client.post(DECISION, OPT_OUT | {"claim": claim.number})

    client.post(
        CONFIRM,
        OPT_OUT | {"claim": claim.number},
        REMOTE_ADDR="203.0.113.7",
        headers={"User-Agent": "Browser " + "x" * 400},
    )

    notice = CustomerNotice.objects.get()
    assert stories.fresh(claim).status == "rejected"
    assert (notice.answer, notice.answer_reason) == (NoticeAnswer.OPTED_OUT, OptOutReason.OTHER_PARTNER)
    assert (notice.answered_by_name, notice.answer_text) == ("Carla Bianchi", "Fabrikam does this.")
    assert notice.answer_ip == "203.0.113.7"
    assert notice.answer_user_agent == ("Browser " + "x" * 400)[:300]
    assert "The claim is declined" in text_of(client.get(RECEIPT))
    assert "typed" not in client.session["customer_links"][claim.number]


def test_an_answer_behind_a_socket_file_has_no_address(client):
    claim, link = filed()
    client.get(link)

    client.post(CONFIRM, APPROVE | {"claim": claim.number}, REMOTE_ADDR="")

    assert CustomerNotice.objects.get().answer_ip is None


def test_a_second_opt_out_shows_the_first(client):
    claim, link = filed()
    client.get(link)
    give(client, claim, OPT_OUT)
    before = rows()

    response = give(client, claim, OPT_OUT | {"name": "Somebody Else"})

    text = text_of(response)
    assert response.redirect_chain[-1] == (RECEIPT, 302)
    assert "This request was answered already." in text
    assert "Answered by Carla Bianchi" in text
    assert "Somebody Else" not in text
    assert rows() == before


def test_a_second_approval_shows_the_first(client):
    claim, link = filed()
    client.get(link)
    give(client, claim, APPROVE)

    response = client.post(CONFIRM, APPROVE | {"claim": claim.number, "name": "Somebody Else"}, follow=True)

    assert "Answered by Carla Bianchi" in text_of(response)
    assert CustomerNotice.objects.get().answered_by_name == "Carla Bianchi"


def test_the_link_of_an_answered_request_leads_to_the_receipt(client):
    claim, link = filed()
    client.get(link)
    give(client, claim, OPT_OUT)

    response = Client().get(link, follow=True)

    assert response.redirect_chain == [(DECISION, 302), (RECEIPT, 302)]
    assert "Answer Opted out" in text_of(response)


def test_the_same_link_ends_an_official_association_and_offers_nothing_else(client):
    claim, link = official()

    page = client.get(link, follow=True)
    assert 'type="radio"' not in page.content.decode()
    assert "You can end it at any time." in text_of(page)

    response = give(client, claim, OPT_OUT)
    assert "The association has ended." in text_of(response)
    assert not answering.is_official(stories.fresh(claim))
    assert stories.fresh(claim).status == "approved"


def test_an_approval_may_be_taken_back_and_both_stay_on_record(client):
    claim, link = filed()
    client.get(link)
    give(client, claim, APPROVE)
    assert "approved this request on" in text_of(client.get(DECISION))

    give(client, claim, OPT_OUT)

    assert CustomerNotice.objects.get().answer == "opted_out"
    kinds = list(claim.events.filter(actor_role="customer").values_list("kind", flat=True))
    assert kinds == ["customer_approved", "association_ended"]


def test_an_official_association_can_not_be_approved_again(client):
    claim, link = official()
    client.get(link)

    response = client.post(CONFIRM, APPROVE | {"claim": claim.number}, follow=True)

    assert "The request has changed in the meantime." in text_of(response)
    assert CustomerNotice.objects.get().answer == ""


def test_a_request_that_was_withdrawn_has_nothing_left_to_answer(client):
    claim, link = filed()
    client.get(link)
    client.post(DECISION, OPT_OUT | {"claim": claim.number})
    submission.withdraw_claim(
        claim_id=claim.pk,
        reason=WithdrawalReason.WRONG_MPN,
        by=stories.admin_of(claim),
        now=timezone.now(),
    )

    response = client.post(CONFIRM, OPT_OUT | {"claim": claim.number}, follow=True)

    text = text_of(response)
    assert "There is nothing left to answer" in text
    assert "The partner withdrew the request, or Microsoft refused it." in text
    assert CustomerNotice.objects.get().answer == ""


def test_an_answer_to_a_notice_revoked_meanwhile_changes_nothing(client):
    claim, link = filed()
    client.get(link)
    client.post(DECISION, OPT_OUT | {"claim": claim.number})
    noticing.send_notice(claim, now=timezone.now())

    response = client.post(CONFIRM, OPT_OUT | {"claim": claim.number})

    assert response.status_code == 404
    assert stories.fresh(claim).status == "submitted"
    client.get(link_to(claim))
    assert "Fabrikam does this." in client.get(DECISION).content.decode()


def test_two_requests_in_two_tabs_are_not_mixed_up(client):
    one, link_of_one = filed()
    two, link_of_two = filed()
    client.get(link_of_one)
    client.get(link_of_two)

    give(client, one, OPT_OUT)

    assert (stories.fresh(one).status, stories.fresh(two).status) == ("rejected", "submitted")
    assert f"Claim number {one.number}" in text_of(client.get(RECEIPT))


def test_a_claim_whose_link_was_not_opened_here_can_not_be_answered(client):
    _, link_of_one = filed()
    two, _ = filed()
    client.get(link_of_one)

    response = give(client, two, OPT_OUT)

    assert response.status_code == 404
    assert stories.fresh(two).status == "submitted"


@pytest.mark.parametrize("path", [DECISION, CONFIRM])
def test_a_forged_request_is_refused(path):
    claim, link = filed()
    careful = Client(enforce_csrf_checks=True)
    careful.get(link)

    response = careful.post(path, OPT_OUT | {"claim": claim.number})

    assert response.status_code == 403
    assert CustomerNotice.objects.get().answer == ""


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_link_itself_takes_no_answer(client, method):
    _, link = filed()

    assert getattr(client, method)(link).status_code == 405


def test_every_page_is_kept_by_nobody_and_passed_on_to_nobody(client):
    claim, link = filed()
    responses = [client.get("/c/unknown/"), client.get(link), client.get(DECISION)]
    responses += [client.post(DECISION, OPT_OUT | {"claim": claim.number}), client.get(CONFIRM)]
    responses += [client.post(CONFIRM, OPT_OUT | {"claim": claim.number}), client.get(RECEIPT)]

    for response in responses:
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//', response.content.decode()) == []


def test_the_forms_may_still_name_their_origin(client):
    """With "no-referrer" alone a browser posts "Origin: null", which the protection against forgery refuses."""
    claim, link = filed()
    pages = [client.get("/c/unknown/"), client.get(link, follow=True)]
    client.post(DECISION, OPT_OUT | {"claim": claim.number})
    pages += [client.get(CONFIRM), client.post(CONFIRM, OPT_OUT | {"claim": claim.number}, follow=True)]

    for page in pages:
        assert '<meta name="referrer" content="same-origin">' in page.content.decode()


def test_the_pages_do_not_care_who_is_signed_in(client):
    claim, link = filed()
    reviewer = ReviewerFactory()
    client.get(link)
    client.login(email=reviewer.email, password=PASSWORD)

    give(client, claim, APPROVE)

    assert CustomerNotice.objects.get().answered_by_name == "Carla Bianchi"
    event = claim.events.get(kind="customer_approved")
    assert (event.actor, event.actor_role) == (None, "customer")


def test_too_many_tries_are_told_to_wait(client, settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"answer_link": (2, 600)}
    claim, link = filed()
    client.get(link)

    tries = [client.post(DECISION, {"claim": claim.number}) for _ in range(3)]

    assert [response.status_code for response in tries] == [200, 200, 429]
    assert 0 < int(tries[2]["Retry-After"]) <= 600
    assert re.search(r"Nothing was changed. Wait \d+ minutes?, then try again.", text_of(tries[2]))
    assert client.post(CONFIRM, OPT_OUT | {"claim": claim.number}).status_code == 429
    assert CustomerNotice.objects.get().answer == ""
    assert client.get(DECISION).status_code == 200


def test_one_address_is_limited_whatever_link_it_tries(client, settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"answer": (1, 600)}
    claim, link = filed()
    client.get(link)

    tries = [client.post(DECISION, {"claim": claim.number}, REMOTE_ADDR="203.0.113.7") for _ in range(2)]
    elsewhere = client.post(DECISION, {"claim": claim.number}, REMOTE_ADDR="203.0.113.8")

    assert [response.status_code for response in [*tries, elsewhere]] == [200, 429, 200]


def test_links_that_lead_nowhere_are_counted_and_good_ones_are_not(client, settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"bad_link": (2, 600)}
    _claim, link = filed()

    good = [client.get(link).status_code for _ in range(5)]
    guesses = [client.get(f"/c/guess-{n}/").status_code for n in range(3)]

    assert good == [302] * 5
    assert guesses == [404, 404, 429]
    assert client.get(link).status_code == 429
    assert client.get(link, REMOTE_ADDR="203.0.113.8").status_code == 302


def test_the_pages_speak_italian_when_asked(client):
    _, link = filed()
    client.cookies["django_language"] = "it"

    assert '<html lang="it">' in client.get(link, follow=True).content.decode()


def test_the_page_about_the_notices_is_open_to_everybody(client):
    response = client.get("/customers/")

    text = text_of(response)
    assert response.status_code == 200
    for heading in (
        "What is this notice?",
        "What will the partner see?",
        "What if I do nothing?",
        "How do I say no?",
        "Can I say no later?",
        "Is the mail genuine?",
    ):
        assert heading in text


def test_the_token_is_in_no_line_of_the_log(client, caplog):
    claim, link = filed()
    caplog.set_level(logging.DEBUG)

    client.get(link)
    give(client, claim, OPT_OUT)

    assert link.split("/")[2] not in caplog.text
