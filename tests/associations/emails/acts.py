"""Acts that send emails, and the words of the emails that people receive."""

import html
import re
from datetime import UTC, date, datetime, timedelta

from django.utils.html import strip_tags

from accounts.models import User
from associations import emails
from associations.choices import (
    MemberRole,
    OptOutReason,
    ReasonCode,
    WithdrawalReason,
)
from associations.models import CustomerNotice
from associations.rules.actors import Actor, Role
from associations.services.association import approval, association
from associations.services.claim import disputes, submission
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.comments.adding import add_comment
from associations.services.comments.replies import hear_comment_replies
from associations.services.customer import acknowledgement as acknowledging
from associations.services.customer import answer as answering
from associations.services.customer import holds, reminders, undelivered_notice, weekly_digest
from associations.services.customer.answer import Answerer
from associations.services.review import arbitration, decisions, digest
from notifications.models import IncomingKind, OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.factories import (
    MONDAY,
    IncomingEmailFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
)
from tests.seals.acknowledging import acknowledged_claim

DAY = timedelta(days=1)
# When a question or a window of Monday 19 October ends, and two business days before.
DEADLINE = datetime(2020, 10, 26, 23, tzinfo=UTC)
THURSDAY = datetime(2020, 10, 22, 6, tzinfo=UTC)
THANKS = "Thank you.\nStart with the <sales> team."


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
    gather(**people)
    curious = stories.noticed_claim(claim=stories.complete_claim(**people))
    User.objects.filter(pk=curious.created_by_id).update(muted_mails=[])
    decisions.start_review(claim_id=curious.pk, by=stories.reviewer(), now=MONDAY)
    stories.receive(curious, at=MONDAY)
    stories.receive(curious, at=MONDAY, kind=IncomingKind.UNCLEAR_REPORT)
    holds.hear_incoming_emails(now=MONDAY)
    digest.send_review_digests(now=DEADLINE + timedelta(hours=12))
    comment(curious)
    hand_over(stories.complete_claim(**people))
    acknowledged_claim(claim=stories.complete_claim(**people), language=language)
    returned = stories.claim_needing_action(claim=stories.complete_claim(**people))
    acknowledging.ask(claim_id=returned.pk, by=stories.admin_of(returned), now=MONDAY)
    stories.send_requests_link(official.notices.get().contact_email, language=language, at=MONDAY)


def gather(*, language):
    """Let the next reminders of a draft and of a subscription wait for the weekly digest."""
    claim = stories.draft_claim(name="Adoption")
    User.objects.filter(pk=claim.created_by_id).update(has_weekly_digest=True)
    reminders.plan_draft_reminders(claim, now=MONDAY)
    reminders.send_due_reminders(now=MONDAY + 7 * DAY)
    same = {"language": language, "location": claim.location, "created_by": claim.created_by}
    subscribed_claim(claim=stories.complete_dynamics_claim(**same))
    reminders.send_due_reminders(now=datetime(2021, 3, 24, 8, tzinfo=UTC))
    weekly_digest.send_weekly_digests(now=datetime(2021, 3, 29, 8, tzinfo=UTC))


def comment(claim):
    """Let the reviewer in charge and the partner comment on the claim."""
    for by in (Actor(Role.REVIEWER, stories.fresh(claim).reviewer_id), stories.admin_of(claim)):
        add_comment(claim_id=claim.pk, text="See page 3.", by=by, now=MONDAY)
    to_submitter = OutboxEmail.objects.filter(template="reviewer_commented", hears_replies=True).latest("pk")
    IncomingEmailFactory(email=to_submitter, sender="mallory@elsewhere.example")
    hear_comment_replies(now=MONDAY)


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
    """Return the visible text of *html* on one line."""
    body = re.sub(r"(?s)<head>.*?</head>|<!--.*?-->", " ", html)
    return " ".join(strip_tags(re.sub(r"<(br|/p|/h2|/li|/th|/td|/tr)[^>]*>", " ", body)).split())
