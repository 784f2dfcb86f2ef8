"""Typed input survives the end of the session and a language switch, for that person alone."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import User
from associations.choices import MemberRole
from associations.models import Claim, Comment, CustomerNotice
from tests.accounts.signing_in import sign_in, signed_in_at, signed_in_just_now
from tests.factories import PartnerMemberFactory, ReviewerFactory, UserFactory
from tests.stories import claim_under_review, draft_claim, noticed_claim, rejected_claim, submitted_claim

pytestmark = pytest.mark.django_db

TEXT = 'The customer signed <b>on Monday</b>.\r\nWe "rolled" it out & trained 40 people.'
OFFER = "What you typed was not sent"
PUT_BACK = "/typed/"


def end_session(client: Client) -> None:
    """Let the session end by itself: its row is gone, the browser still sends its cookie."""
    client.session.delete()


def url(name: str, claim: Claim, *more: str) -> str:
    return reverse(name, args=[claim.public_id, *more])


def visited(user: User) -> Client:
    """Return the browser of *user*, who has opened a page since signing in."""
    client = sign_in(user)
    client.get(reverse("preferences"))
    return client


def value_of(page: Any, name: str) -> str:
    """Return what stands in the text box or field *name* of the page."""
    text = page.content.decode()
    box = re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', text, re.DOTALL)
    field = re.search(rf'<input[^>]*name="{name}"[^>]*>', text)
    if box:
        return box[1].removeprefix("\n")
    shown = re.search(r'value="([^"]*)"', field[0]) if field else None
    return shown[1] if shown else ""


class TestTheSessionEnds:
    @pytest.fixture
    def claim(self) -> Claim:
        return submitted_claim()

    def post_without_session(self, claim: Claim) -> Client:
        client = visited(claim.created_by)
        end_session(client)
        answer = client.post(url("claim_comment", claim), {"text": TEXT})
        assert answer.headers["Location"].startswith(reverse("account_login"))
        return client

    def test_the_text_is_offered_after_the_sign_in_and_put_back_at_a_button(self, claim):
        client = self.post_without_session(claim)
        assertContains(client.get(reverse("account_login")), "What you typed is kept: sign in to get it back.")
        sign_in(claim.created_by, client=client)

        page = client.get(url("claim_comment", claim), follow=True)
        assertContains(page, OFFER)
        assertContains(page, "on Monday")
        assert (value_of(page, "text"), Comment.objects.count()) == ("", 0)

        filled = client.post(PUT_BACK, follow=True)
        assert filled.redirect_chain[-1][0] == url("claim_detail", claim) + "#comments"
        assert "&lt;b&gt;on Monday&lt;/b&gt;.\nWe &quot;rolled&quot;" in value_of(filled, "text")
        assertNotContains(filled, OFFER)
        assertNotContains(client.get(url("claim_detail", claim)), "rolled")

    def test_somebody_else_who_signs_in_there_sees_nothing_and_neither_does_the_sign_in_page(self, claim):
        client = self.post_without_session(claim)
        assertNotContains(client.get(reverse("account_login")), "rolled")
        colleague = PartnerMemberFactory(partner=claim.partner, role=MemberRole.INCENTIVES_ADMIN).user
        sign_in(colleague, client=client)

        page = client.get(url("claim_comment", claim), follow=True)
        assertNotContains(page, OFFER)
        assertNotContains(client.post(PUT_BACK, follow=True), "rolled")
        client.post(reverse("account_logout"))
        sign_in(claim.created_by, client=client)
        assertNotContains(client.get(url("claim_detail", claim)), OFFER)

    def test_it_is_encrypted_and_kept_for_an_hour(self, claim):
        client = self.post_without_session(claim)
        assert "rolled" not in str(dict(client.session))
        sign_in(claim.created_by, client=client)

        with time_machine.travel(timezone.now() + timedelta(minutes=61)):
            assertNotContains(client.get(url("claim_detail", claim)), OFFER)
        assertNotContains(client.get(url("claim_detail", claim)), OFFER)

    def test_it_can_be_discarded(self, claim):
        client = self.post_without_session(claim)
        sign_in(claim.created_by, client=client)

        client.post(PUT_BACK, {"forget": "1"})

        assertNotContains(client.get(url("claim_detail", claim)), OFFER)

    def test_nothing_is_kept_for_whom_the_browser_does_not_know(self, claim):
        client = Client()

        client.post(url("claim_comment", claim), {"text": TEXT})

        assert not client.session.keys()

    def test_what_a_script_sends_meanwhile_is_not_kept(self):
        draft = draft_claim(solution_area="M365", activity_codes=("M365_USAGE",))
        client = visited(draft.created_by)
        end_session(client)

        client.post(url("claim_step", draft, "details"), {"name": "Adoption of it", "then": "quiet"})

        assert "typed" not in client.session

    @pytest.mark.parametrize("secret", ["password", "code", "client_secret", "credential", "otp_token"])
    def test_secrets_are_never_kept_nor_more_than_a_form_is_long(self, claim, secret):
        client = visited(claim.created_by)
        end_session(client)

        client.post(url("claim_comment", claim), {"text": TEXT, secret: "123456"})
        client.post(url("claim_comment", claim), {"text": "a b" * 50_000})
        client.post(reverse("account_change_password"), {"oldpassword": "a secret", "password1": "another one"})
        client.post(reverse("mfa_reauthenticate"), {"code": "123456"})

        assert "typed" not in client.session

    def test_files_are_not_kept_and_the_page_says_so(self):
        claim = rejected_claim(at=timezone.now() - timedelta(days=1))
        client = visited(claim.created_by)
        end_session(client)
        facts = {"justification": TEXT, "proofs": SimpleUploadedFile("letter.pdf", b"%PDF-1.4 secret proof")}
        client.post(url("claim_dispute", claim), facts)
        sign_in(claim.created_by, client=client)

        page = client.get(url("claim_dispute", claim))
        assertContains(page, "Files are not kept: choose them again.")
        filled = client.post(PUT_BACK, follow=True)

        assert "on Monday" in value_of(filled, "justification")
        assertNotContains(filled, "letter.pdf")

    def test_the_desk_keeps_a_reviewers_words(self):
        claim, reviewer = claim_under_review(), ReviewerFactory()
        client = sign_in(reviewer)
        client.get("/admin/")
        there = reverse("admin:associations_claim_decide", args=[claim.pk, "reject"])
        end_session(client)
        client.post(there, {"text": TEXT, "reasons": ["POE_DATES"]})
        sign_in(reviewer, client=client)

        assertContains(client.get(there), OFFER)
        filled = client.post(PUT_BACK, follow=True)
        assert "on Monday" in value_of(filled, "text")
        assert re.search(r'<input[^>]*value="POE_DATES"[^>]* checked', filled.content.decode())

    def test_a_demanded_second_factor_loses_no_text(self, claim):
        client = visited(claim.created_by)
        claim.partner.requires_second_factor = True
        claim.partner.save()

        answer = client.post(url("claim_comment", claim), {"text": TEXT})

        assert answer.headers["Location"].startswith(reverse("second_factor"))
        assert "typed" in client.session


def test_who_has_to_confirm_first_loses_no_text():
    """An invitation half an hour after the sign-in asks for the password once more."""
    boss = PartnerMemberFactory(role=MemberRole.GLOBAL_ADMIN)
    there = reverse("colleague_invite", args=[boss.partner_id])
    client = signed_in_at(boss.user, 1_600_000_000)

    asked = client.post(there, {"email": "new@partner.example", "full_name": "Nora New"})
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    signed_in_just_now(boss.user, client=client)

    assertContains(client.get(there), OFFER)
    assertContains(client.post(PUT_BACK, follow=True), 'value="new@partner.example"')


class TestThePageIsOlderThanTheSignIn:
    HERE = {"Origin": "http://testserver"}

    @pytest.fixture
    def claim(self) -> Claim:
        return submitted_claim()

    def browser(self, user: User) -> Client:
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        client.get(reverse("preferences"))
        return client

    def test_the_text_is_offered_on_the_page_that_refuses_it(self, claim):
        client = self.browser(claim.created_by)

        refused = client.post(
            url("claim_comment", claim), {"text": TEXT, "csrfmiddlewaretoken": "old"}, headers=self.HERE
        )

        assertContains(refused, "This page was open for too long", status_code=403)
        assertContains(refused, OFFER, status_code=403)

    def test_after_a_sign_out_in_another_tab_the_way_leads_over_the_sign_in(self, claim):
        client = self.browser(claim.created_by)
        end_session(client)

        refused = client.post(
            url("claim_comment", claim), {"text": TEXT, "csrfmiddlewaretoken": "old"}, headers=self.HERE
        )

        assertContains(refused, "sign in to get it back", status_code=403)
        assertNotContains(refused, "rolled", status_code=403)
        client.force_login(claim.created_by)
        assertContains(client.get(url("claim_detail", claim)), OFFER)

    def test_nothing_is_offered_that_somebody_else_may_have_typed_or_another_site_sent(self, claim):
        client = self.browser(UserFactory())
        client.force_login(claim.created_by)
        client.get(reverse("preferences"))
        alone = self.browser(claim.created_by)

        there, facts = url("claim_comment", claim), {"text": TEXT}
        answers = [
            client.post(there, facts, headers=self.HERE),
            alone.post(there, facts, headers={"Origin": "https://evil.example"}),
            alone.post(there, facts),
        ]

        for answer in answers:
            assertNotContains(answer, "rolled", status_code=403)
            assertNotContains(answer, OFFER, status_code=403)


class TestTheLanguageIsSwitched:
    def switch(self, client: Client, page: str, typed: dict[str, Any]) -> HttpResponse:
        """Press the language's button, which sends the form of the page along."""
        there = re.search(r'formaction="([^"]*language=it)"', client.get(page).content.decode())
        assert there, page
        answer: Any = client.post(there[1].replace("&amp;", "&"), typed, follow=True)
        assertContains(answer, '<html lang="it">')
        return answer

    @pytest.mark.parametrize(
        ("story", "name", "field"),
        [
            (submitted_claim, "claim_detail", "text"),
            (noticed_claim, "claim_withdraw", ""),
            (lambda: rejected_claim(at=timezone.now() - timedelta(days=1)), "claim_dispute", "justification"),
        ],
    )
    def test_a_half_filled_form_comes_along(self, story, name, field):
        claim = story()
        client = visited(claim.created_by)
        typed = {field or "reason": TEXT if field else "wrong_mpn", "proofs": "letter.pdf"}

        page = self.switch(client, url(name, claim), typed)

        if field:
            assert "on Monday" in value_of(page, field)
        else:
            assert re.search(r'<input[^>]*value="wrong_mpn"[^>]* checked>', page.content.decode())
        assert (Comment.objects.count(), Claim.objects.get().status) == (0, claim.status)

    def test_a_step_of_the_wizard_comes_along_with_its_version(self):
        draft = draft_claim(solution_area="M365", activity_codes=("M365_USAGE",))
        client = visited(draft.created_by)
        there = url("claim_step", draft, "contacts") + "?next=check"
        typed = {"version": "0123", "customer_name": "Carla Bianchi", "customer_language": "it"}

        page = self.switch(client, there, typed)

        assert (value_of(page, "customer_name"), value_of(page, "version")) == ("Carla Bianchi", "0123")
        assert re.search(r'<option value="it" selected>', page.content.decode())
        assert page.request["QUERY_STRING"] == "next=check"  # type: ignore[attr-defined]
        assert not draft.contacts.exists()

    def test_a_customer_keeps_the_answer_of_this_claim(self):
        notice = submitted_claim(at=timezone.now()).notices.get()
        client, page, number = Client(), reverse("customer_decision"), notice.claim.number
        client.get(notice.email.secret)
        typed = {"claim": number, "answer": "opted_out", "name": "Carla Bianchi", "text": TEXT}

        shown = self.switch(client, page, typed)
        other = self.switch(client, page, typed | {"claim": "CPOR-9999999", "name": "Eve"})

        assert (value_of(shown, "name"), "on Monday" in value_of(shown, "text")) == ("Carla Bianchi", True)
        assert re.search(r'<input[^>]*value="opted_out"[^>]* checked>', shown.content.decode())
        assert value_of(other, "name") == notice.contact_name != "Eve"
        assert not CustomerNotice.objects.get().answer

    def test_a_customer_whose_session_ended_gets_the_answer_back_with_the_same_link(self):
        notice = submitted_claim(at=timezone.now()).notices.get()
        client, link, page = Client(), notice.email.secret, reverse("customer_decision")
        client.get(link)
        end_session(client)
        typed = {"claim": notice.claim.number, "answer": "opted_out", "name": "Carla Bianchi", "text": TEXT}

        refused = client.post(page, typed)
        assertContains(refused, "open the link in your email again to get it back", status_code=404)
        assertNotContains(refused, "rolled", status_code=404)
        assertContains(client.get(link, follow=True), OFFER)

        assert value_of(client.post(PUT_BACK, follow=True), "name") == "Carla Bianchi"

    def test_strangers_leave_nothing_in_the_database(self):
        client = Client()

        client.post(reverse("set_language") + "?language=it&next=/customers/", {"text": TEXT})
        client.post(reverse("customer_decision"), {"text": TEXT})

        assert not client.session.keys()

    def test_after_a_refused_form_the_page_opens_with_what_was_typed(self):
        claim = submitted_claim()
        client = visited(claim.created_by)
        refused = client.post(url("claim_comment", claim), {"text": "  "})
        there = re.search(r'formaction="([^"]*language=it)"', refused.content.decode())
        assert there

        page: Any = client.post(there[1].replace("&amp;", "&"), {"text": TEXT}, follow=True)

        assert (page.status_code, "on Monday" in value_of(page, "text")) == (200, True)

    def test_it_leads_to_no_other_site(self):
        client = visited(UserFactory())

        client.post(reverse("set_language") + "?language=it&next=https://evil.example/", {"text": TEXT})

        assertRedirects(client.post(PUT_BACK), "/", fetch_redirect_response=False)
