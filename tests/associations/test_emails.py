"""Every mail's words: to whom, in which language, with which facts and which link (domain.md 5)."""

import html
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from django.utils.html import strip_tags

from accounts.models import User
from associations import emails, link_tokens
from associations.choices import (
    EndReason,
    EventKind,
    HoldOutcome,
    MemberRole,
    OptOutReason,
    ReasonCode,
    WithdrawalReason,
)
from associations.models import Claim, CustomerNotice
from associations.rules.actors import Actor, Role
from associations.rules.customer.notice_codes import printed_code
from associations.services.association import approval, association
from associations.services.claim import disputes, submission
from associations.services.claim.comments import add_comment
from associations.services.claim.history import Entry, record
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.customer import answer as answering
from associations.services.customer import holds, opt_out_period, reminders, undelivered_notice
from associations.services.customer.answer import Answerer
from associations.services.customer.requests_link import send_requests_link
from associations.services.review import arbitration, decisions, digest, overdue_answers
from associations.services.review import holds as holding
from notifications import outbox
from notifications.models import IncomingKind, Notification, OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.factories import (
    MONDAY,
    CustomerTenantFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ReviewerFactory,
)

pytestmark = pytest.mark.django_db

NAMES = [
    "action_required",
    "answer_arrived",
    "answer_reminder",
    "association_active",
    "association_ended",
    "association_over",
    "claim_approved",
    "claim_received",
    "claim_rejected",
    "competing_found",
    "competing_settled",
    "customer_message",
    "customer_notice",
    "customer_notice_copy",
    "customer_reminder",
    "dispute_accepted",
    "dispute_arrived",
    "draft_reminder",
    "hand_over_receipt",
    "hold_opened",
    "notice_bounced",
    "opt_out_receipt",
    "partner_commented",
    "proof_infected",
    "request_closed",
    "request_handed_over",
    "request_narrowed",
    "requests_link",
    "review_digest",
    "reviewer_commented",
    "submit_asked",
    "subscription_ending",
]
DAY = timedelta(days=1)
# When a question or a window of Monday 19 October ends, and two business days before.
DEADLINE = datetime(2020, 10, 26, 23, tzinfo=UTC)
THURSDAY = datetime(2020, 10, 22, 6, tzinfo=UTC)
TECHNICAL = "Tullio Neri"
THANKS = "Thank you.\nStart with the <sales> team."


@pytest.fixture(autouse=True)
def portal(settings):
    settings.PORTAL_URL = "https://portal.example"


def answer(claim, *, reason=None, at=MONDAY + timedelta(days=1)):
    """Let the customer opt out for *reason*, or approve."""
    notice = CustomerNotice.objects.current().get(claim=claim)
    carla = Answerer(name="Carla Bianchi")
    if reason is None:
        return answering.approve_by_customer(notice_id=notice.pk, answerer=carla, text=THANKS, now=at)
    return answering.opt_out(notice_id=notice.pk, answerer=carla, reason=reason, text="We stopped in May.", now=at)


def tell_every_mail(*, language="en"):
    """Live through enough for every mail to be written once."""
    people = {"language": language}
    official = stories.approved_claim(claim=stories.complete_dynamics_claim(**people))
    answer(official, reason=OptOutReason.OTHER_PARTNER, at=MONDAY + timedelta(days=20))
    returned = stories.claim_needing_action(claim=stories.complete_claim(**people))
    by = stories.admin_of(returned)
    submission.resubmit_claim(claim_id=returned.pk, reply="See page 3.", by=by, now=MONDAY + timedelta(days=1))
    withdraw_claim(claim_id=returned.pk, reason=WithdrawalReason.WRONG_MPN, by=by, now=MONDAY + timedelta(days=2))
    leave(narrow(stories.claim_needing_action(claim=stories.complete_claim(**people))))
    stories.declined_claim(claim=stories.complete_claim(**people))
    answer(stories.noticed_claim(claim=stories.complete_claim(**people)))
    stories.handed_over_claim(claim=stories.complete_claim(**people))
    bounce(stories.submitted_claim(claim=stories.complete_claim(**people)))
    tell_of_a_virus(stories.submitted_claim(claim=stories.complete_claim(**people)))
    accept(dispute(reject(stories.claim_under_review(claim=stories.complete_claim(**people)))))
    settle(*rivals(**people))
    stories.claim_needing_action(claim=stories.complete_claim(**people))
    reminders.plan_draft_reminders(stories.draft_claim(name="Adoption"), now=MONDAY)
    reminders.send_due_reminders(now=THURSDAY)
    reminders.send_due_reminders(now=MONDAY + 8 * DAY)
    subscribed_claim(claim=stories.complete_dynamics_claim(**people))
    reminders.send_due_reminders(now=datetime(2021, 3, 24, 8, tzinfo=UTC))
    curious = stories.noticed_claim(claim=stories.complete_claim(**people))
    User.objects.filter(pk=curious.created_by_id).update(muted_mails=[])
    decisions.start_review(claim_id=curious.pk, by=stories.reviewer(), now=MONDAY)
    stories.receive(curious, at=MONDAY)
    stories.receive(curious, at=MONDAY, kind=IncomingKind.UNCLEAR_REPORT)
    holds.hear_incoming_emails(now=MONDAY)
    digest.send_review_digests(now=DEADLINE + timedelta(hours=12))
    comment(curious)
    hand_over(stories.complete_claim(**people))
    send_requests_link(official.notices.get().contact_email, language=language, now=MONDAY)


def comment(claim):
    """Let the reviewer in charge and the partner comment on the claim."""
    for by in (Actor(Role.REVIEWER, stories.fresh(claim).reviewer_id), stories.admin_of(claim)):
        add_comment(claim_id=claim.pk, text="See page 3.", by=by, now=MONDAY)


def hand_over(claim):
    """Let an incentives user ask the admin to submit the draft."""
    ugo = PartnerMemberFactory(partner=claim.partner, role=MemberRole.INCENTIVES_USER).user
    by = Actor(Role.INCENTIVES_USER, ugo.pk)
    submission.ask_to_submit(claim_id=claim.pk, colleague_id=claim.created_by_id, by=by, now=MONDAY)


def bounce(claim):
    """Let the notice come back from the customer's mail server."""
    OutboxEmail.objects.filter(pk=claim.notices.current().get().email_id).update(
        status="bounced", sent_at=MONDAY, bounced_at=MONDAY, secret="", last_error="550 5.1.1 No such user"
    )
    undelivered_notice.note_undelivered_notices(now=MONDAY)


def narrow(claim):
    """Let the partner drop a product in its answer to the reviewer."""
    claim.items.get(product__code="TEAMS").delete()
    by = stories.admin_of(claim)
    return submission.resubmit_claim(claim_id=claim.pk, reply="Without Teams.", by=by, now=MONDAY + DAY)


def leave(claim):
    """Let the claim become official, and the partner end it."""
    approval.approve_unopposed_claims(now=MONDAY + 14 * DAY)
    by, at = stories.admin_of(claim), MONDAY + 20 * DAY
    association.disassociate(claim_id=claim.pk, reason="The project is over.", by=by, now=at)


def tell_of_a_virus(claim):
    emails.proof_infected(claim, proof=claim.proofs.get(), now=MONDAY)


def reject(claim, *, at=MONDAY + DAY):
    by = Actor(Role.REVIEWER, claim.reviewer_id)
    reasons = [ReasonCode.POE_DATES]
    return decisions.reject_claim(claim_id=claim.pk, reasons=reasons, text="Signed in 2011.", by=by, now=at)


def dispute(claim, *, at=MONDAY + 2 * DAY):
    by = stories.admin_of(claim)
    return disputes.open_dispute(
        claim_id=claim.pk, justification="Page 3 is signed.", proofs=(), max_files=10, by=by, now=at
    )


def accept(claim, *, at=MONDAY + 3 * DAY):
    return disputes.accept_dispute(claim_id=claim.pk, text="You are right.", by=stories.reviewer(), now=at)


def uphold(claim, *, at=MONDAY + 3 * DAY):
    text = "It is still not signed."
    return disputes.uphold_rejection(claim_id=claim.pk, text=text, by=stories.reviewer(), now=at)


def rivals(*, language="en"):
    """Two partners' claims to the same workloads of one tenant; the second partner is Fabrikam."""
    first = stories.noticed_claim(claim=stories.complete_claim(language=language))
    fabrikam = PartnerLocationFactory(partner__name="Fabrikam", mpn_id="6363276")
    second = stories.complete_claim(language=language, tenant=first.tenant, location=fabrikam)
    return first, stories.noticed_claim(claim=second)


def settle(winner, loser):
    return arbitration.arbitrate(
        claim_id=winner.pk,
        winner_id=winner.partner_id,
        text="The other proof of execution is more recent.",
        by=stories.reviewer(),
        now=MONDAY + DAY,
    )


def subscribed_claim(*, claim=None):
    """An official association on a subscription that ends on 31 March 2021."""
    claim = claim or stories.complete_dynamics_claim()
    claim.tenant.subscriptions.update(ends_on=date(2021, 3, 31))
    return stories.approved_claim(claim=claim)


def mail_named(template, *, claim=None):
    """The newest mail made from *template*."""
    emails = OutboxEmail.objects.filter(template=template)
    if claim is not None:
        emails = emails.filter(key__startswith=f"claim:{claim.pk}:")
    return emails.latest("pk")


def both_parts(email):
    """The text, and what a reader sees of the HTML with the addresses of its links."""
    rendered = rendering.render(email)
    addresses = " ".join(re.findall(r'href="([^"]+)"', rendered.html))
    seen = html.unescape(words(rendered.html))
    return rendered.text, f"{seen} {addresses}"


def words(html):
    """What a reader sees of *html*, on one line."""
    body = re.sub(r"(?s)<head>.*?</head>|<!--.*?-->", " ", html)
    return " ".join(strip_tags(re.sub(r"<(br|/p|/h2|/li|/th|/td|/tr)[^>]*>", " ", body)).split())


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_mail_can_be_sent_in_every_language(language):
    tell_every_mail()

    for name in NAMES:
        email = mail_named(name)
        email.locale = language
        rendered = rendering.render(email)
        assert rendered.subject.strip(), name
        assert "{" not in rendered.subject + rendered.text + rendered.html.split("</head>")[1], name
        assert "None" not in rendered.text + words(rendered.html), name


def test_text_and_html_say_the_same():
    tell_every_mail()

    assert {name: lines_only_in_the_text(mail_named(name)) for name in NAMES} == {name: [] for name in NAMES}


def lines_only_in_the_text(email):
    rendered = rendering.render(email)

    seen = html.unescape(words(rendered.html))
    lines = [line.removeprefix("- ").strip() for line in rendered.text.splitlines()]
    return [
        part
        for line in lines
        for part in re.split(r": |; ", line.removesuffix(":"))
        if part and part != "--" and part not in seen and part not in rendered.html
    ]


def test_the_notice_says_who_asks_for_what_and_until_when():
    tenant = CustomerTenantFactory(name="Adventure Works", domain_name="adventure-works.example")
    claim = stories.complete_claim(tenant=tenant)
    stories.submitted_claim(claim=claim)

    email = mail_named("customer_notice")
    rendered = rendering.render(email)

    assert email.to == ["customer@adventure-works.example"]
    assert email.cc == []
    asks = f"{claim.partner.name} asks to be your partner for Exchange Online + 1 more"
    assert rendered.subject == f"{asks}: you can opt out until 26 October 2020"
    for part in (rendered.text, words(rendered.html)):
        assert "until the end of Monday 26 October 2020 (CET)" in part
        assert "If this is correct you don't need to do anything." in part.replace("&#x27;", "'")
        for fact in (
            claim.partner.name,
            claim.location.mpn_id,
            "Paolo Rossi",
            f"paolo{claim.pk}@partner.example",
            "Adventure Works",
            str(tenant.tenant_id),
            "Microsoft 365",
            "Usage",
            "Exchange Online",
            "Microsoft Teams",
            claim.number,
            "https://portal.example/customers/",
        ):
            assert fact in part, fact


def test_notice_copy_and_reminder_print_where_to_enter_the_notice_s_code():
    claim = stories.noticed_claim(claim=stories.complete_dynamics_claim())
    reminders.send_due_reminders(now=THURSDAY)

    code = printed_code(claim.notices.get().code)
    for name in ("customer_notice", "customer_notice_copy", "customer_reminder"):
        rendered = rendering.render(mail_named(name))
        for part in (rendered.text.replace(": ", " "), words(rendered.html)):
            assert "Address https://portal.example/verify/" in part, name
            assert f"Claim number {claim.number}" in part, name
            assert f"Code of this notice {code}" in part, name


def test_the_preview_of_a_notice_shows_no_code_that_works():
    claim = stories.complete_claim()

    preview = emails.preview_customer_notice(claim, closes_at=DEADLINE, now=MONDAY)

    assert "Code of this notice: XXXX-XXXX" in rendering.render(preview).text


def test_the_notice_names_a_subscription_by_its_id():
    claim = stories.submitted_claim(claim=stories.complete_dynamics_claim())

    bought = claim.tenant.subscriptions.get().subscription_id
    assert f"Dynamics 365 Sales, subscription {bought}" in rendering.render(mail_named("customer_notice")).text


def test_the_notice_carries_its_link_once_in_each_part_and_once_for_the_other_language():
    stories.submitted_claim()

    email = mail_named("customer_notice")
    sent = rendering.render(email).with_link("https://portal.example" + email.secret)

    link = "https://portal.example" + email.secret
    assert re.fullmatch(r"/c/[\w-]{43}/", email.secret)
    assert [sent.text.count(f"{link}{end}") for end in ("\n", "?language=it")] == [1, 1]
    assert [sent.html.count(f'href="{link}{end}"') for end in ("", "?language=it")] == [1, 1]
    assert link not in sent.subject


def test_the_notice_is_written_in_the_language_of_its_reader():
    stories.submitted_claim(claim=stories.complete_claim(language="it"))

    assert mail_named("customer_notice").locale == "it"
    assert mail_named("claim_received").locale == "en"


def test_the_technical_contact_gets_a_copy_without_the_link():
    claim = stories.noticed_claim(claim=stories.complete_dynamics_claim())

    notice, copy = mail_named("customer_notice"), mail_named("customer_notice_copy")
    rendered = rendering.render(copy)

    assert copy.to == [f"technical@{claim.domain_name}"]
    assert (copy.secret, copy.carries_secret) == ("", False)
    assert "/c/" not in rendered.text + rendered.html
    assert rendering.SECRET_PLACEHOLDER not in rendered.text + rendered.html
    assert f"Dear {TECHNICAL}," in rendered.text
    assert "Carla Bianchi got the notice, and can approve or opt out until the end of Monday 26" in rendered.text
    assert copy.context["closes_at"] == notice.context["closes_at"]


def test_a_microsoft_365_claim_sends_no_copy():
    stories.noticed_claim()

    assert not OutboxEmail.objects.filter(template="customer_notice_copy").exists()


def test_no_table_keeps_the_token():
    stories.submitted_claim()
    email = mail_named("customer_notice")
    token = email.secret.split("/")[2]

    outbox.cancel(keys=[email.key], now=MONDAY)

    notice = CustomerNotice.objects.get()
    assert notice.token_digest == link_tokens.digest(token)
    for row in (notice, *OutboxEmail.objects.all()):
        assert token not in str(vars(row))
    assert not any(token in str(vars(event)) for event in notice.claim.events.all())


def test_a_notice_that_leaves_on_another_day_names_that_day_s_deadline():
    claim = stories.submitted_claim(at=datetime(2020, 10, 23, 20, 0, tzinfo=UTC))
    email = mail_named("customer_notice", claim=claim)
    opt_out_period.renew_promised_dates(now=datetime(2020, 10, 24, 7, 0, tzinfo=UTC))
    email.refresh_from_db()

    assert "until the end of Friday 30 October 2020 (CET)" in rendering.render(email).text


def test_the_receipt_tells_the_partner_what_happens_next():
    claim = stories.submitted_claim()

    email = mail_named("claim_received")
    rendered = rendering.render(email)

    assert email.to == [f"paolo{claim.pk}@partner.example", claim.created_by.email]
    assert rendered.subject == f"{claim.number}: your claim for {claim.tenant.name} is submitted"
    assert f"The notice to Carla Bianchi, customer@{claim.domain_name}, is on its way." in rendered.text
    assert "for 5 business days from the moment" in rendered.text
    assert "until the end of Monday 26 October 2020 (CET)" in rendered.text
    assert f"https://portal.example/associations/{claim.public_id}/" in rendered.text


def test_one_business_day_is_not_plural():
    stories.submitted_claim()
    email = mail_named("claim_received")
    email.context["business_days"] = 1

    assert "for 1 business day from the moment" in rendering.render(email).text


@pytest.mark.parametrize(("sent", "until"), [(1, "entro l'8 ottobre 2020"), (2, "entro il 9 ottobre 2020")])
def test_the_italian_subject_elides_its_article_before_the_eighth(sent, until):
    stories.submitted_claim(claim=stories.complete_claim(language="it"), at=datetime(2020, 10, sent, 8, tzinfo=UTC))

    assert rendering.render(mail_named("customer_notice")).subject.endswith(
        f": è possibile negare il consenso {until}"
    )


def test_the_start_of_a_review_is_told_to_those_who_want_to_know():
    quiet, curious = stories.noticed_claim(), stories.noticed_claim()
    User.objects.filter(pk=curious.created_by_id).update(muted_mails=[])

    for claim in (quiet, curious):
        decisions.start_review(claim_id=claim.pk, by=stories.reviewer(), now=MONDAY)

    email = OutboxEmail.objects.get(template="review_started")
    assert email.to == [curious.created_by.email]
    rendered = rendering.render(email)
    assert rendered.subject == f"{curious.number}: the review for {curious.tenant.name} has started"
    for part in both_parts(email):
        assert "The next step is due by the end of Monday 26 October 2020 (CET); a competing" in part
        assert f"https://portal.example/associations/{curious.public_id}/" in part


def test_a_question_names_its_reasons_its_words_and_its_last_day():
    claim = stories.claim_needing_action()

    rendered = rendering.render(mail_named("action_required"))

    assert rendered.subject == f"{claim.number}: reply to the reviewer by 26 October 2020"
    assert "- A claimed product is not in the proof of execution" in rendered.text
    assert "Teams is not named in the statement of work." in rendered.text
    asks = "Reply by the end of Monday 26 October 2020 (CET)."
    assert f"{asks} Without a reply, the claim is rejected automatically after that." in rendered.text


def test_the_reviewer_who_asked_hears_of_the_answer():
    claim = stories.claim_needing_action()
    submission.resubmit_claim(claim_id=claim.pk, reply="See page 3.", by=stories.admin_of(claim), now=MONDAY)

    email = mail_named("answer_arrived")

    assert email.to == [User.objects.get(pk=claim.reviewer_id or 0).email]
    for part in both_parts(email):
        assert "See page 3." in part
        assert "Changed since your question" not in part
        assert f"/admin/associations/claim/{claim.pk}/change/" in part
        assert "The next step is due by the end of Monday 26 October 2020 (CET)." in part


def test_the_reviewer_reads_what_was_changed_since_the_question():
    claim = stories.claim_needing_action()
    by, path = stories.admin_of(claim), "letter.pdf"
    record([claim], EventKind.PRODUCTS_CHANGED, by=by, now=MONDAY + DAY)
    record([claim], EventKind.PRODUCTS_CHANGED, by=by, now=MONDAY + DAY)
    record([claim], EventKind.PROOF_ADDED, Entry(path), by=by, now=MONDAY + DAY)
    record([claim], EventKind.EDIT_REFUSED, by=by, now=MONDAY + DAY)

    submission.resubmit_claim(claim_id=claim.pk, reply="", by=by, now=MONDAY + DAY)

    email = mail_named("answer_arrived")
    assert email.context["changes"] == ["Products changed", f"Proof of execution added: {path}"]
    for part in both_parts(email):
        assert f"Proof of execution added: {path}" in part
        assert "The partner's reply" not in part


def test_a_rejection_by_the_reviewer_gives_the_reasons():
    claim = stories.claim_under_review()
    by = Actor(Role.REVIEWER, claim.reviewer_id)
    decisions.reject_claim(
        claim_id=claim.pk, reasons=[ReasonCode.POE_DATES], text="Signed in 2011.", by=by, now=MONDAY
    )

    rendered = rendering.render(mail_named("claim_rejected"))
    text = rendered.text

    assert rendered.subject == f"{claim.number}: Exchange Online + 1 more for {claim.tenant.name} was rejected"
    assert f"Microsoft rejected your claim {claim.number}:\nExchange Online, Microsoft Teams\n" in text
    assert text.index("Signed in 2011.") < text.index("The claim")
    assert "- Dates are missing or too old" in text
    assert "Signed in 2011." in text
    assert "opted out" not in text


def speak(language, claim):
    """Return who filed *claim*, and now reads *language*."""
    submitter = claim.submitted_by
    submitter.language = language
    submitter.save(update_fields=["language"])
    return submitter


@pytest.mark.parametrize(("language", "reason"), [("en", "Another partner"), ("it", "un altro partner")])
def test_the_partner_reads_in_the_mail_why_and_what_the_customer_wrote(language, reason):
    claim = stories.noticed_claim()
    speak(language, claim)
    answer(claim, reason=OptOutReason.OTHER_PARTNER)
    official = stories.approved_claim()
    speak(language, official)
    answer(official, reason=OptOutReason.OTHER_PARTNER, at=MONDAY + 20 * DAY)

    for email in (mail_named("claim_rejected", claim=claim), mail_named("association_ended", claim=official)):
        for part in both_parts(email):
            assert "Carla Bianchi" in part
            assert reason in part
            assert "We stopped in May." in part
            order = [part.index(words) for words in ("Exchange Online", "Carla Bianchi", "We stopped in May.")]
            assert order == sorted(order)


@pytest.mark.parametrize(("language", "words"), [("en", "approved the association of"), ("it", "ha approvato")])
def test_an_approval_with_a_message_is_mailed_to_the_partner_and_stands_on_the_noticeboard(language, words):
    claim = stories.noticed_claim()
    submitter = speak(language, claim)

    answer(claim)

    email = mail_named("customer_message", claim=claim)
    rendered = rendering.render(email)
    assert submitter.email in email.to
    assert f"Carla Bianchi {words}" in rendered.text
    assert THANKS in rendered.text
    assert "Thank you.<br>Start with the &lt;sales&gt; team." in rendered.html
    assert Notification.objects.filter(kind="customer_message", user=submitter).exists()


def test_an_approval_without_a_message_mails_none():
    claim = stories.noticed_claim()
    notice = CustomerNotice.objects.current().get(claim=claim)

    answering.approve_by_customer(notice_id=notice.pk, answerer=Answerer(name="Carla Bianchi"), now=MONDAY)

    assert not OutboxEmail.objects.filter(template="customer_message").exists()


def test_a_rejection_by_the_customer_is_not_to_be_disputed():
    claim = stories.declined_claim()

    email = mail_named("claim_rejected", claim=claim)
    text = rendering.render(email).text

    subject = f"{claim.number}: {claim.tenant.name} opted out of Exchange Online + 1 more"
    assert rendering.render(email).subject == subject
    assert f"The customer opted out, so your claim {claim.number} was rejected:\nExchange Online" in text
    assert "it can't be disputed" in text
    assert "Microsoft rejected" not in text


def test_a_withdrawal_tells_the_customer_that_nothing_is_left_to_do():
    claim = stories.noticed_claim()
    withdraw_claim(claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=stories.admin_of(claim), now=MONDAY)

    email = mail_named("request_closed")
    text = rendering.render(email).text

    assert email.to == [f"customer@{claim.domain_name}"]
    assert f"{claim.partner.name} withdrew its request to be recorded as your partner." in text
    assert "You don't need to do anything. There is nothing left to answer." in text
    assert "rejected" not in text


def test_a_rejection_tells_the_customer_that_microsoft_rejected_the_request():
    claim = reject(stories.claim_under_review())

    text = rendering.render(mail_named("request_closed", claim=claim)).text

    assert f"Microsoft rejected the request of {claim.partner.name}." in text
    assert "withdrew" not in text


def test_the_customer_learns_that_the_partner_did_not_answer_microsoft():
    claim = stories.claim_needing_action()
    overdue_answers.expire_answers(now=DEADLINE)

    text = rendering.render(mail_named("request_closed", claim=claim)).text

    assert f"the request of {claim.partner.name}, which didn't answer the reviewer's question in time." in text


def test_the_customer_learns_that_another_partner_was_preferred():
    winner, loser = rivals()
    settle(winner, loser)

    text = rendering.render(mail_named("request_closed", claim=loser)).text

    assert "Another partner was preferred for these products" in text
    assert winner.partner.name not in text


def test_an_approval_is_no_payment():
    claim = stories.approved_claim()

    partners, customers = mail_named("claim_approved", claim=claim), mail_named("association_active", claim=claim)

    text = rendering.render(partners).text
    assert "became official on Monday 2 November 2020, 09:00 (CET): the customer did not opt out." in text
    assert "An association is not a payment" in text
    assert "not paid" not in text
    assert customers.to == [f"customer@{claim.domain_name}"]
    assert "You can end the association at any time" in rendering.render(customers).text
    assert "https://portal.example/customers/requests/" in rendering.render(customers).text


def test_a_revenue_association_is_never_paid():
    claim = stories.noticed_claim(claim=stories.complete_revenue_claim())
    approval.approve_unopposed_claims(now=MONDAY + timedelta(days=14))

    text = rendering.render(mail_named("claim_approved", claim=claim)).text

    assert "A revenue association is recognized, but not paid." in text


def test_the_opt_out_has_a_receipt_with_number_name_time_and_reason():
    claim = stories.noticed_claim()
    answer(claim, reason=OptOutReason.OTHER)

    email = mail_named("opt_out_receipt")
    text = rendering.render(email).text

    assert email.to == [f"customer@{claim.domain_name}"]
    assert "Carla Bianchi opted out on Tuesday 20 October 2020, 10:00 (CEST)." in text
    assert f"its number is {claim.number}" in text
    assert "Reason for the opt-out: Another reason\nWe stopped in May." in text
    assert "The claim is declined:" in text


def test_an_opt_out_that_was_written_is_told_without_a_word_of_what_was_written():
    claim = stories.held_claim()
    holding.settle_hold(
        claim_id=claim.pk,
        hold_id=claim.holds.get().pk,
        outcome=HoldOutcome.OPTED_OUT,
        reason="She never hired them.",
        by=stories.reviewer(),
        now=MONDAY + 2 * DAY,
    )

    receipt, rejected = rendering.render(mail_named("opt_out_receipt")), rendering.render(mail_named("claim_rejected"))

    assert "You wrote to us by email. On Wednesday 21 October 2020, 10:00 (CEST) a Microsoft reviewer" in receipt.text
    assert "Reason for the opt-out" not in receipt.text
    assert "Reason for the opt-out: The customer wrote it to Microsoft" in rejected.text
    assert "hired" not in receipt.text + receipt.html + rejected.text + rejected.html


@pytest.mark.parametrize(
    ("kind", "subject", "words"),
    [
        (IncomingKind.REPLY, "the customer wrote, please read it", "only reviewers can read it."),
        (IncomingKind.UNCLEAR_REPORT, "did the notice arrive?", "say whether the notice arrived."),
    ],
)
def test_the_claims_reviewer_is_told_that_something_has_to_be_read(kind, subject, words):
    claim = stories.claim_under_review()
    stories.receive(claim, at=MONDAY + DAY, kind=kind)
    holds.hear_incoming_emails(now=MONDAY + DAY)

    email = mail_named("hold_opened")
    rendered = rendering.render(email)

    assert claim.reviewer
    assert email.to == [claim.reviewer.email]
    assert rendered.subject == f"{claim.number}: {subject}"
    assert f"{words} Until then the claim does not become official." in rendered.text
    assert "Your decision is due by the end of Thursday 22 October 2020 (CEST)." in rendered.text
    assert f"https://portal.example/admin/associations/claim/{claim.pk}/change/" in rendered.text


def test_the_digest_counts_what_has_to_be_read():
    ReviewerFactory(language="en")
    claim = stories.held_claim()
    Claim.objects.filter(pk=claim.pk).update(review_due_at=None)

    digest.send_review_digests(now=MONDAY + 3 * DAY)

    assert "With an email to read: 1" in rendering.render(mail_named("review_digest")).text


def test_an_opt_out_from_an_official_association_ends_it_in_both_mails():
    claim = stories.approved_claim()
    answer(claim, reason=OptOutReason.NO_RELATION, at=MONDAY + timedelta(days=60))

    receipt, ended = rendering.render(mail_named("opt_out_receipt")), rendering.render(mail_named("association_ended"))

    assert "The association has ended" in receipt.text
    assert "The claim is declined" not in receipt.text
    assert "The reason: The customer opted out." in ended.text
    assert ended.subject == f"{claim.number}: {claim.tenant.name} ended the association for Exchange Online + 1 more"


def test_the_reason_of_an_end_is_told_in_the_partner_s_language():
    claim = stories.complete_claim()
    claim.created_by.language = "it"
    claim.created_by.save()
    stories.approved_claim(claim=claim)
    answer(claim, reason=OptOutReason.OTHER, at=MONDAY + timedelta(days=60))

    email = mail_named("association_ended")

    with translation.override("it"):
        expected = str(EndReason.CUSTOMER_OPT_OUT.label)
    assert (email.locale, email.context["end_reason_label"]) == ("it", expected)


def test_what_people_typed_is_text_in_the_html():
    claim = stories.complete_claim(tenant=CustomerTenantFactory(name='<a href="https://evil.example">Works</a>'))
    stories.submitted_claim(claim=claim)

    html = rendering.render(mail_named("customer_notice")).html

    assert 'href="https://evil.example"' not in html
    assert "&lt;a href=&quot;https://evil.example&quot;&gt;Works&lt;/a&gt;" in html


# Disputes (E6, E8)


def test_a_rejection_says_until_when_it_can_be_disputed():
    claim = reject(stories.claim_under_review())

    email = mail_named("claim_rejected", claim=claim)

    assert email.to == [f"paolo{claim.pk}@partner.example", claim.created_by.email]
    for part in both_parts(email):
        assert "until the end of Thursday 19 November 2020 (CET)" in part
        assert "choose Dispute the rejection" in part
        assert "final" not in part
        assert f"https://portal.example/associations/{claim.public_id}/" in part


def test_an_upheld_rejection_says_that_it_is_final():
    claim = uphold(dispute(reject(stories.claim_under_review())))

    email = mail_named("claim_rejected", claim=claim)
    subject = f"{claim.number}: the rejection of Exchange Online + 1 more for {claim.tenant.name} is final"
    assert rendering.render(email).subject == subject
    for part in both_parts(email):
        assert "Microsoft checked your dispute and didn't change the rejection of your claim" in part
        assert "Microsoft rejected" not in part
        assert "This decision is final" in part
        assert "It is still not signed." in part
        assert "Dispute the rejection" not in part


def test_a_second_rejection_after_an_accepted_dispute_is_final():
    claim = accept(dispute(reject(stories.claim_under_review())))

    reject(claim, at=MONDAY + 4 * DAY)

    assert "This decision is final" in rendering.render(mail_named("claim_rejected", claim=claim)).text


def test_a_question_that_ran_out_rejects_and_says_so():
    claim = stories.claim_needing_action()
    overdue_answers.expire_answers(now=DEADLINE)

    text = rendering.render(mail_named("claim_rejected", claim=claim)).text

    assert "- No answer in time" in text
    assert "until the end of Thursday 26 November 2020 (CET)" in text


def test_the_reviewer_who_rejected_hears_of_the_dispute():
    claim = dispute(reject(stories.claim_under_review()))

    email = mail_named("dispute_arrived")

    assert email.to == [User.objects.get(pk=claim.reviewer_id or 0).email]
    assert rendering.render(email).subject == f"{claim.number}: {claim.partner.name} disputes the rejection"
    for part in both_parts(email):
        assert "Page 3 is signed." in part
        assert "The next step is due by the end of Wednesday 28 October 2020 (CET)." in part
        assert f"/admin/associations/claim/{claim.pk}/change/" in part


def test_an_accepted_dispute_says_that_the_customer_is_asked_again():
    claim = accept(dispute(reject(stories.claim_under_review())))

    email = mail_named("dispute_accepted")

    assert email.to == [f"paolo{claim.pk}@partner.example", claim.created_by.email]
    assert rendering.render(email).subject == f"{claim.number}: your dispute was accepted"
    for part in both_parts(email):
        assert "You are right." in part
        assert "The customer gets a new notice" in part


def test_an_accepted_dispute_after_a_full_window_asks_nobody_again():
    claim = stories.claim_under_review()
    approval.close_elapsed_windows(now=DEADLINE)
    accept(dispute(reject(claim, at=DEADLINE + DAY), at=DEADLINE + 2 * DAY), at=DEADLINE + 3 * DAY)

    for part in both_parts(mail_named("dispute_accepted")):
        assert "the customer is not asked again" in part
        assert "new notice" not in part


# Competing claims (E11, E10)


def test_competing_partners_are_asked_for_their_most_recent_proof_and_learn_no_name():
    first, second = rivals()

    email = mail_named("competing_found", claim=first)
    rendered = rendering.render(email)

    assert email.to == [f"paolo{first.pk}@partner.example", first.created_by.email]
    assert rendered.subject == f"{first.number}: a competing claim for {first.tenant.name}"
    for part in both_parts(email):
        assert "Upload your most recent proof of execution" in part
        assert "also when your association is official already" in part
        assert f"https://portal.example/associations/{first.public_id}/" in part
        for hint in ("Fabrikam", "6363276", second.number, f"paolo{second.pk}", str(second.public_id)):
            assert hint not in part, hint


def test_both_sides_read_which_product_is_contested():
    incumbent = stories.approved_claim(products=("EXO", "TEAMS"))
    challenger = stories.noticed_claim(tenant=incumbent.tenant, products=("TEAMS", "SPO"))

    for claim in (incumbent, challenger):
        assert mail_named("competing_found", claim=claim).context["contested_items"] == ["Microsoft Teams"]


def test_the_preferred_partner_hears_for_what():
    winner, loser = rivals()
    settle(winner, loser)

    email = mail_named("competing_settled")

    assert email.to == [f"paolo{winner.pk}@partner.example", winner.created_by.email]
    assert rendering.render(email).subject == f"{winner.number}: the competing claim is settled"
    for part in both_parts(email):
        assert "Exchange Online" in part
        assert "Your claim goes on." in part
        assert "Fabrikam" not in part


def test_the_other_partner_hears_why_and_may_dispute_it():
    winner, loser = rivals()
    settle(winner, loser)

    for part in both_parts(mail_named("claim_rejected", claim=loser)):
        assert "Another partner's claim was preferred" in part
        assert "The other proof of execution is more recent." in part
        assert "until the end of Thursday 19 November 2020 (CET)" in part
        assert winner.partner.name not in part


def test_a_superseded_association_names_its_items_and_the_reviewer_s_words():
    incumbent = stories.approved_claim()
    challenger = stories.noticed_claim(tenant=incumbent.tenant)
    settle(challenger, incumbent)

    for part in both_parts(mail_named("association_ended", claim=incumbent)):
        assert "Microsoft Teams" in part
        assert "The reason: Another partner was preferred." in part
        assert "The other proof of execution is more recent." in part
        assert challenger.partner.name not in part


def test_an_association_that_ended_with_its_subscription_can_be_renewed():
    claim = subscribed_claim()
    association.expire_associations(now=datetime(2021, 4, 2, tzinfo=UTC))

    bought = claim.tenant.subscriptions.get().subscription_id
    for part in both_parts(mail_named("association_ended")):
        assert f"Dynamics 365 Sales, subscription {bought}" in part
        assert "The reason: The subscription expired." in part
        assert "choose Renew" in part


# Reminders (E3a, E7, E12, E14)


def test_the_partner_is_reminded_of_the_question_and_of_what_follows():
    claim = stories.claim_needing_action()
    reminders.send_due_reminders(now=THURSDAY)

    email = mail_named("answer_reminder")
    rendered = rendering.render(email)

    assert email.to == [f"paolo{claim.pk}@partner.example", claim.created_by.email]
    assert rendered.subject == f"{claim.number}: reply to the reviewer by 26 October 2020, or the claim is rejected"
    for part in both_parts(email):
        assert "A claimed product is not in the proof of execution" in part
        assert "by the end of Monday 26 October 2020 (CET)" in part
        assert "rejected automatically" in part


def test_the_customer_s_reminder_carries_its_own_link_once_in_each_part_and_the_exact_end():
    claim = stories.noticed_claim()
    notice_secret = CustomerNotice.objects.get().token_digest
    reminders.send_due_reminders(now=THURSDAY)

    email = mail_named("customer_reminder")
    link = "https://portal.example" + email.secret
    sent = rendering.render(email).with_link(link)

    assert email.to == [f"customer@{claim.domain_name}"]
    asks = f"{claim.partner.name} as your partner for Exchange Online + 1 more"
    assert sent.subject == f"Reminder: {asks}, you can opt out until 26 October 2020"
    assert re.fullmatch(r"/c/[\w-]{43}/", email.secret)
    assert link_tokens.digest(email.secret.split("/")[2]) != notice_secret
    for part in (sent.text, sent.html):
        assert part.count(link) == part.count(f"{link}?language=it") + 1 == 2
        assert "until the end of Monday 26 October 2020 (CET)" in part
    assert "On Monday 19 October 2020 we asked you about" in sent.text
    assert "End of the opt-out period: Monday 26 October 2020, 23:59 (CET)" in sent.text


def test_the_customer_is_reminded_in_the_language_of_the_notice():
    stories.noticed_claim(claim=stories.complete_claim(language="it"))
    reminders.send_due_reminders(now=THURSDAY)

    assert mail_named("customer_reminder").locale == "it"


def test_the_author_of_a_draft_is_told_that_it_earns_nothing():
    claim = stories.draft_claim(name="Adoption")
    reminders.plan_draft_reminders(claim, now=MONDAY)
    reminders.send_due_reminders(now=MONDAY + 7 * DAY)

    email = mail_named("draft_reminder")

    assert email.to == [claim.created_by.email]
    assert rendering.render(email).subject == f"{claim.number}: your claim for {claim.tenant.name} is not submitted"
    for part in both_parts(email):
        assert "has waited since Monday 19 October 2020" in part
        assert "Adoption" in part
        assert "earns nothing" in part
        assert f"https://portal.example/associations/{claim.public_id}/" in part


def test_the_end_of_a_subscription_is_announced_with_its_day_and_what_to_do():
    claim = subscribed_claim()
    reminders.send_due_reminders(now=datetime(2021, 3, 24, 8, tzinfo=UTC))

    email = mail_named("subscription_ending")

    bought = claim.tenant.subscriptions.get().subscription_id
    assert email.to == [f"paolo{claim.pk}@partner.example", claim.created_by.email]
    ends = f"a subscription of {claim.tenant.name} ends on 31 March 2021"
    assert rendering.render(email).subject == f"{claim.number}: {ends}"
    for part in both_parts(email):
        assert f"Dynamics 365 Sales, subscription {bought}: ends on Wednesday 31 March 2021" in part
        assert "file a new claim with the new subscription ID" in part


# The reviewers' day (E13)


def test_the_digest_counts_what_is_late_and_what_is_due():
    stories.submitted_claim()
    stories.submitted_claim(at=MONDAY + DAY)
    reviewer = ReviewerFactory(language="it")
    digest.send_review_digests(now=DEADLINE + timedelta(hours=12))

    email = mail_named("review_digest")
    email.locale = "en"

    assert email.to == [reviewer.email]
    subject = "Review queue on 27 October 2020: overdue 1, due today 1"
    assert rendering.render(email).subject == subject
    for part in both_parts(email):
        assert "Review queue on Tuesday 27 October 2020" in part.replace("The review queue", "Review queue")
        assert "Waiting for a reviewer: 2" in part
        assert "https://portal.example/admin/associations/claim/" in part


def test_partners_and_reviewers_are_written_to_in_their_own_language():
    claim = stories.complete_claim()
    claim.created_by.language = "it"
    claim.created_by.save()
    ReviewerFactory(language="it")
    stories.claim_needing_action(claim=claim)
    stories.submitted_claim(at=MONDAY)
    reminders.send_due_reminders(now=THURSDAY)
    digest.send_review_digests(now=DEADLINE + timedelta(hours=12))
    overdue_answers.expire_answers(now=DEADLINE)

    found = OutboxEmail.objects.filter(key__startswith=f"claim:{claim.pk}:")
    locales = dict(found.values_list("template", "locale"))
    assert {name: locales[name] for name in ("answer_reminder", "claim_rejected")} == {
        "answer_reminder": "it",
        "claim_rejected": "it",
    }
    assert "it" in OutboxEmail.objects.filter(template="review_digest").values_list("locale", flat=True)


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize("secret", ["", "/accounts/password/reset/key/2a-key/"])
def test_invitation_names_company_and_inviter_and_leads_to_the_right_place(language, secret):
    boss = PartnerMemberFactory(
        partner__name="Contoso Services", user__full_name="Giulia Verdi", user__language=language, role="global_admin"
    )
    member = PartnerMemberFactory(partner=boss.partner)

    emails.invitation(member, by_user=boss.user, secret=secret, now=MONDAY)

    email = mail_named("invitation")
    rendered = rendering.render(email).with_link("https://portal.example/secret/")
    goal = "https://portal.example/secret/" if secret else "https://portal.example/incentives/"
    assert (email.to, email.locale) == ([member.user.email], language)
    assert "Giulia Verdi" in rendered.subject
    for part in (rendered.text, rendered.html):
        assert "Contoso Services" in part
        assert goal in part
        assert boss.user.email in part


def test_invitation_says_until_when_its_link_works():
    boss = PartnerMemberFactory(role="global_admin", user__time_zone="Europe/Rome")

    emails.invitation(boss, by_user=boss.user, secret="/accounts/password/reset/key/2a-key/", now=MONDAY)

    assert "by Thursday 22 October 2020, 10:00 (CEST)" in rendering.render(mail_named("invitation")).text


@pytest.mark.parametrize("language", ["en", "it"])
def test_access_request_says_who_asks_and_where_to_give_the_role(language):
    member = PartnerMemberFactory(user__full_name="Berta Blu", role="billing_admin")
    boss = PartnerMemberFactory(partner=member.partner, role="global_admin", user__language=language).user

    emails.access_request(member, admin=boss, message="For Milan.", on=MONDAY.date(), now=MONDAY)

    email = mail_named("access_request")
    rendered = rendering.render(email)
    assert (email.to, email.locale) == ([boss.email], language)
    assert "Berta Blu" in rendered.subject
    for part in (rendered.text, rendered.html):
        assert f"Berta Blu ({member.user.email})" in part
        assert "For Milan." in part
        assert f"https://portal.example/colleagues/{member.pk}/" in part


@pytest.mark.parametrize(("language", "asks"), [("en", "asks you for access"), ("it", "chiede l'accesso")])
def test_access_request_of_somebody_without_a_name_says_the_address_once(language, asks):
    member = PartnerMemberFactory(user__full_name="", role="billing_admin")
    boss = PartnerMemberFactory(partner=member.partner, role="global_admin", user__language=language).user

    emails.access_request(member, admin=boss, message="", on=MONDAY.date(), now=MONDAY)

    rendered = rendering.render(mail_named("access_request"))
    for part in (rendered.text, rendered.html):
        assert f"{member.user.email} {asks}" in part.replace("&#x27;", "'")
        assert f"({member.user.email})" not in part
